package lift

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/face"
	"github.com/virtualcube/virtualcube/models/matte/ground"
	"github.com/virtualcube/virtualcube/models/matte/plane"
	"github.com/virtualcube/virtualcube/models/matte/segment"
	"github.com/virtualcube/virtualcube/models/parameter"
)

// Parameters of the filter.
type Parameters struct {
	FOV       float64 `param:"fov,live" min:"30" max:"120" unit:"degrees" help:"the camera's field of view from corner to corner"`
	Tilt      float64 `param:"tilt,live" min:"-45" max:"45" unit:"degrees" help:"how far the camera looks down"`
	Feather   float64 `param:"feather,live" min:"0" max:"1" help:"how soft the person's edge is"`
	Stability float64 `param:"stability,live" min:"0" max:"1" help:"how much an edge that does not move is held"`
}

// Definition is the filter.
func Definition() (models.Definition, error) {
	d, err := models.Video(models.Description{
		Name:      "lift",
		Summary:   "Cuts the person out of the picture and guesses their depth, so that they sit in the room in 3D.",
		Latency:   60 * time.Millisecond,
		Late:      models.Hold,
		Failing:   models.Hold,
		Private:   true,
		Providers: []models.Provider{models.CPU},
		Weights:   []string{segment.Weights, face.DetectorWeights, face.MeshWeights, face.IrisWeights, segment.Library},
		Native:    true,
	}, Parameters{FOV: 70, Feather: 0.35, Stability: 0.7}, open)
	d.Camera = func(width, height int, v models.Values) space.Camera {
		p := parameter.To[Parameters](v)
		return Camera(width, height, p.FOV, p.Tilt)
	}
	return d, err
}

func open(_ context.Context, e models.Environment, _ Parameters) (models.VideoFilter[Parameters], error) {
	net, err := segment.Open(e)
	if err != nil {
		return nil, fmt.Errorf("open lift: %w", err)
	}
	finder, err := face.Open(e)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open lift: %w", err), net.Close())
	}
	return &filter{
		closes: []io.Closer{net, finder}, segmenter: segment.New(net), person: newPerson(&face.Tracker{Finder: finder}),
		frames: capture.NewFramePool(poolSize), observe: e.Observe,
	}, nil
}

// poolSize is how many frames that nobody uses are kept.
const poolSize = 4

type filter struct {
	closes    []io.Closer
	segmenter *segment.Segmenter
	composer  ground.Composer
	person    *person
	relief    relief
	expander  plane.Expander
	frames    *capture.FramePool
	observe   func(models.Observation)
	closed    bool
}

// Process gives a frame the person's matte and depth.
func (f *filter) Process(in *capture.Frame, p Parameters) (*capture.Frame, error) {
	if f.closed {
		return nil, errors.New("lift is closed")
	}
	m, err := f.segmenter.Segment(in.Colour, segment.Options{Feather: p.Feather, Stability: p.Stability})
	if err != nil {
		return nil, fmt.Errorf("lift: %w", err)
	}
	camera := Camera(in.Colour.Width, in.Colour.Height, p.FOV, p.Tilt)
	if err := f.person.watch(in.Colour, m, camera.Lens); err != nil {
		return nil, fmt.Errorf("lift: %w", err)
	}
	out, err := f.frames.Frame(capture.FrameShape{
		Format: capture.I420, Width: in.Colour.Width, Height: in.Colour.Height, Matte: true, Depth: true,
	})
	if err != nil {
		return nil, fmt.Errorf("lift: %w", err)
	}
	out.Camera, out.Sequence, out.Captured, out.Emitted = in.Camera, in.Sequence, in.Captured, in.Emitted
	f.composer.Remove(out.Colour, in.Colour, m)
	copy(out.Matte.Coverage, m.Coverage)
	f.expand(out.Depth, m, f.relief.make(m, f.person, camera.Lens, p.Tilt))
	if gaze, seen := f.person.gaze(camera); seen && f.observe != nil {
		f.observe(models.Observation{Captured: in.Captured, Gaze: &gaze})
	}
	return out, nil
}

// expand writes the depth of every pixel that holds something of the person.
func (f *filter) expand(dst capture.DepthPicture, m *segment.Matte, depth *plane.Plane) {
	f.expander.Fit(dst.Width, depth.Width, m.Cell)
	for y := range dst.Height {
		row, cover := dst.Millimetres[y*dst.Width:(y+1)*dst.Width], m.Coverage[y*dst.Width:(y+1)*dst.Width]
		var line []float32
		for x, c := range cover {
			if c == 0 {
				row[x] = 0
				continue
			}
			if line == nil {
				line = f.expander.Line(0, depth, y)
			}
			row[x] = uint16(f.expander.At(line, x) + 0.5)
		}
	}
}

// Close unloads the networks.
func (f *filter) Close() error {
	f.closed = true
	var err error
	for _, c := range f.closes {
		err = errors.Join(err, c.Close())
	}
	return err
}
