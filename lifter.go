package main

import (
	"context"
	"errors"
	"log/slog"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/render"
	"github.com/virtualcube/virtualcube/render/gl"
	"github.com/virtualcube/virtualcube/render/pack"
	"github.com/virtualcube/virtualcube/session/fanout"
	"github.com/virtualcube/virtualcube/session/multiview"
	"github.com/virtualcube/virtualcube/session/view"
	"github.com/virtualcube/virtualcube/signaling/protocol"
	"github.com/virtualcube/virtualcube/signaling/room"
)

// lifter makes cubes of webcams whose pictures a filter gives depth: rigs of one
// camera, rendered as those of six are.
type lifter struct {
	config *Config
	device *gl.Device
	clock  *capture.Clock
	log    *slog.Logger
}

// webcamRate is how many pictures a second a webcam gives as a rule.
const webcamRate = 30

// webcamFrames are kept to be filled again: one waits, one is rendered, one comes.
const webcamFrames = 3

// liftedWebcam is one of them.
type liftedWebcam struct {
	cube     room.Cube
	renderer *render.Renderer
	views    *multiview.Views
	slot     chan *capture.FrameSet // the newest; it replaces the one that waits
	pool     *capture.FramePool
	sequence uint64
	log      *slog.Logger
}

// lift implements room.Config.Lift.
func (l lifter) lift(name string, camera space.Camera) (room.Lifted, error) {
	rig := capture.Rig{
		Name: name, Volume: capture.DefaultVolume(), Rate: webcamRate,
		Cameras: []capture.Camera{{Name: "webcam", Colour: camera, Depth: camera, Matted: true}},
	}
	w := &liftedWebcam{slot: make(chan *capture.FrameSet, 1), pool: capture.NewFramePool(webcamFrames), log: l.log}
	options := l.config.options()
	options.Geometry, options.Colour = 1, 1
	var err error
	if w.renderer, err = render.New(l.device, rig, options); err != nil {
		return nil, err
	}
	ladders, watched, err := newLadders(l.config)
	if err != nil {
		return nil, err
	}
	w.views, err = multiview.New(multiview.Config{
		Cube: name, Volume: rig.Volume, Rate: rig.Rate, Sets: w, Renderer: w.renderer,
		Framing: func() view.Framing { return render.NewFraming(rig) }, Ladders: watched, Encoder: openVP8, Clock: l.clock, Log: l.log,
	})
	w.cube = room.Cube{Name: name, Ladders: ladders, Views: w.views, Packed: protocol.CubeView{
		Layout: protocol.Layout{Version: pack.Version, Width: l.config.Size.Width, Height: l.config.Size.Height},
		Volume: protocolVolume(rig.Volume), Rate: rig.Rate,
	}}
	return w, err
}

// newLadders makes as many as a cube may have views.
func newLadders(config *Config) (ladders []*fanout.Ladder, watched []multiview.Ladder, err error) {
	for range config.Views {
		l, err := fanout.NewLadder(fanout.Config{
			Bitrate: fanout.Bitrate{Start: config.Bitrate, Floor: config.Floor, Max: config.Ceiling},
			Rungs:   rungs(config.Size),
			Limit:   config.Viewers,
		})
		if err != nil {
			return nil, nil, err
		}
		ladders, watched = append(ladders, l), append(watched, l)
	}
	return ladders, watched, nil
}

// Cube implements room.Lifted.
func (w *liftedWebcam) Cube() room.Cube { return w.cube }

// Put implements room.Lifted.
func (w *liftedWebcam) Put(f *capture.Frame) {
	c := f.Colour
	pooled, err := w.pool.Frame(capture.FrameShape{Format: capture.NV12, Range: c.Range, Width: c.Width, Height: c.Height})
	if err != nil {
		w.log.Debug("webcam's frame not shown", "error", err) // of a size that its lens was made for
		return
	}
	picture := pooled.Colour
	for y := range c.Height {
		copy(picture.Planes[0][y*picture.Strides[0]:][:c.Width], c.Planes[0][y*c.Strides[0]:])
	}
	for y := range c.Height / 2 {
		to, u, v := picture.Planes[1][y*picture.Strides[1]:], c.Planes[1][y*c.Strides[1]:], c.Planes[2][y*c.Strides[2]:]
		for x := range c.Width / 2 {
			to[2*x], to[2*x+1] = u[x], v[x]
		}
	}
	f.Retain()
	made := capture.NewFrame(func(*capture.Frame) {
		pooled.Release()
		f.Release()
	})
	made.Sequence, made.Captured, made.Emitted, made.Colour, made.Depth, made.Matte = f.Sequence, f.Captured, f.Emitted, picture, f.Depth, f.Matte
	w.sequence++
	s := capture.NewFrameSet(w.sequence, f.Emitted, []*capture.Frame{made})
	for {
		select {
		case w.slot <- s:
			return
		default:
		}
		select {
		case old := <-w.slot:
			old.Release()
		default:
		}
	}
}

// Next implements multiview.Sets.
func (w *liftedWebcam) Next(ctx context.Context) (*capture.FrameSet, error) {
	select {
	case s := <-w.slot:
		return s, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Run implements room.Lifted.
func (w *liftedWebcam) Run(ctx context.Context) error {
	err := w.views.Run(ctx)
	if ctx.Err() != nil {
		err = nil
	}
	closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), closePatience)
	defer cancel()
	err = errors.Join(err, w.renderer.Close(closing))
	select {
	case s := <-w.slot:
		s.Release()
	default:
	}
	return err
}
