package matte

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/matte/ground"
	"github.com/virtualcube/virtualcube/models/matte/segment"
)

// What becomes of the background.
const (
	Blur    = "blur"
	Replace = "replace"
	Remove  = "remove"
)

// Parameters of the filter.
type Parameters struct {
	Mode      string  `param:"mode,live" choices:"blur,replace,remove" help:"what becomes of the background; remove keeps the matte and makes it grey"`
	Radius    int     `param:"radius,live" min:"8" max:"80" unit:"px" help:"how far the blur reaches, of a picture 720 pixels high"`
	Colour    string  `param:"colour,live" type:"colour" help:"what replaces the background"`
	Feather   float64 `param:"feather,live" min:"0" max:"1" help:"how soft the person's edge is"`
	Stability float64 `param:"stability,live" min:"0" max:"1" help:"how much an edge that does not move is held"`
}

// Definition is the filter.
func Definition() (models.Definition, error) {
	return models.Video(models.Description{
		Name:      "matte",
		Summary:   "Finds the person in the picture and blurs, replaces or removes what is behind.",
		Latency:   45 * time.Millisecond,
		Late:      models.Hold,
		Failing:   models.Hold,
		Private:   true,
		Providers: []models.Provider{models.CPU},
		Weights:   []string{segment.Weights, segment.Library},
		Native:    true,
	}, Parameters{Mode: Blur, Radius: 24, Colour: "#1f3a52", Feather: 0.35, Stability: 0.7}, open)
}

func open(_ context.Context, e models.Environment, _ Parameters) (models.VideoFilter[Parameters], error) {
	net, err := segment.Open(e)
	if err != nil {
		return nil, fmt.Errorf("open matte: %w", err)
	}
	return newFilter(net, net), nil
}

func newFilter(net segment.Net, closes io.Closer) *filter {
	return &filter{net: closes, segmenter: segment.New(net), frames: capture.NewFramePool(poolSize)}
}

// poolSize is how many frames that nobody uses are kept.
const poolSize = 4

type filter struct {
	net       io.Closer
	segmenter *segment.Segmenter
	composer  ground.Composer
	frames    *capture.FramePool
	closed    bool
}

// Process gives the person of a frame another background.
func (f *filter) Process(in *capture.Frame, p Parameters) (*capture.Frame, error) {
	if f.closed {
		return nil, errors.New("matte is closed")
	}
	m, err := f.segmenter.Segment(in.Colour, segment.Options{Feather: p.Feather, Stability: p.Stability})
	if err != nil {
		return nil, fmt.Errorf("matte: %w", err)
	}
	out, err := f.frames.Frame(capture.FrameShape{
		Format: capture.I420, Width: in.Colour.Width, Height: in.Colour.Height, Matte: p.Mode == Remove,
	})
	if err != nil {
		return nil, fmt.Errorf("matte: %w", err)
	}
	out.Depth = capture.DepthPicture{}
	if !in.Depth.Empty() { // of a filter before
		out.Depth = in.Depth
		out.Depth.Millimetres = slices.Clone(in.Depth.Millimetres)
	}
	out.Camera, out.Sequence, out.Captured, out.Emitted = in.Camera, in.Sequence, in.Captured, in.Emitted
	switch p.Mode {
	case Blur:
		f.composer.Blur(out.Colour, in.Colour, m, float64(p.Radius))
	case Replace:
		f.composer.Replace(out.Colour, in.Colour, m, p.Colour)
	case Remove:
		f.composer.Remove(out.Colour, in.Colour, m)
		copy(out.Matte.Coverage, m.Coverage)
	}
	return out, nil
}

// Close unloads the network.
func (f *filter) Close() error {
	f.closed = true
	return f.net.Close()
}
