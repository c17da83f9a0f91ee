package host

import (
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/medium"
)

// stream is what a chain must know of the frames that come to it.
type stream[T any] interface {
	medium.Of[T]
	// keep is for how long frames that came are kept to warm up new filters with,
	// beside the newest.
	keep() time.Duration
	// blank is a frame to warm up with where none came yet.
	blank() (T, error)
	// depth is how many frames may wait, before the chain and before each filter:
	// pictures are dropped, sound is caught up with.
	depth() (chain, filter int)
}

// blankTime is when a blank frame was captured: so late that whoever looks ahead
// has an instant before it.
const blankTime = capture.Time(10 * models.MaxLookAhead)

type voice struct{ medium.Sounds }

// keep is what filters of voices need to be in their stride.
func (voice) keep() time.Duration           { return 500 * time.Millisecond }
func (voice) blank() (capture.Sound, error) { return medium.Silence(blankTime), nil }
func (voice) depth() (chain, filter int)    { return 25, 10 }

type pictures struct{ medium.Frames }

func (pictures) keep() time.Duration        { return 0 }
func (pictures) depth() (chain, filter int) { return 1, 1 }
func (pictures) blank() (*capture.Frame, error) {
	return grey(capture.FrameShape{Format: capture.I420, Width: 640, Height: 360})
}

type rig struct {
	medium.Sets
	of capture.Rig
}

func (rig) keep() time.Duration        { return 0 }
func (rig) depth() (chain, filter int) { return 1, 1 }
func (r rig) blank() (*capture.FrameSet, error) {
	list := make([]*capture.Frame, len(r.of.Cameras))
	for i, c := range r.of.Cameras {
		f, err := grey(capture.FrameShape{Format: capture.NV12, Width: c.Colour.Lens.Width, Height: c.Colour.Lens.Height})
		if err != nil {
			return nil, err
		}
		depth := c.Depth.Lens
		f.Camera = i
		f.Depth = capture.DepthPicture{Width: depth.Width, Height: depth.Height, Millimetres: make([]uint16, depth.Width*depth.Height)}
		list[i] = f
	}
	return capture.NewFrameSet(0, blankTime, list), nil
}

// grey is a blank picture.
func grey(shape capture.FrameShape) (*capture.Frame, error) {
	f, err := capture.NewFramePool(0).Frame(shape)
	if err != nil {
		return nil, err
	}
	f.Captured = blankTime
	for _, plane := range f.Colour.Planes {
		for i := range plane {
			plane[i] = 128
		}
	}
	return f, nil
}
