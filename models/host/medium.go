package host

import (
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models"
)

// medium is what a chain must know of its frames.
type medium[T any] interface {
	captured(T) capture.Time
	retain(T) T
	release(T)
	// check says why a filter may not return out for in.
	check(in, out T) error
	// absent says that a filter returned nothing yet.
	absent(T) bool
	// at returns the frame of an instant from earlier ones, the newest last.
	at(earlier []T, instant capture.Time) (T, bool)
	// held is a filter's last frame once more, in the place of another, at the
	// instant that is due.
	held(last, now T, due capture.Time) T
	// skipped stands for a frame that is left out; ok is false where nothing does.
	skipped(now T, due capture.Time) (_ T, ok bool)
	// keep is for how long frames that came are kept to warm up new filters with,
	// beside the newest.
	keep() time.Duration
	// blank is a frame to warm up with where none came yet.
	blank() (T, error)
	// depth is how many frames may wait, before the chain and before each filter:
	// pictures are dropped, sound is caught up with.
	depth() (chain, filter int)
}

type sounds struct{}

func (sounds) captured(s capture.Sound) capture.Time { return s.Captured }
func (sounds) retain(s capture.Sound) capture.Sound  { return s }
func (sounds) release(capture.Sound)                 {}
func (sounds) absent(s capture.Sound) bool           { return s.Samples == nil }
func (sounds) check(_, out capture.Sound) error      { return out.Validate() }
func (sounds) skipped(now capture.Sound, due capture.Time) (capture.Sound, bool) {
	return capture.Sound{Captured: due, Samples: make([]float32, len(now.Samples))}, true
}

// held fades out: a stretch that is repeated for longer is a buzz.
func (sounds) held(last, now capture.Sound, due capture.Time) capture.Sound {
	out := capture.Sound{Captured: due, Samples: make([]float32, len(now.Samples))}
	for i := range min(len(last.Samples), len(out.Samples)) {
		out.Samples[i] = last.Samples[i] * float32(len(out.Samples)-i) / float32(len(out.Samples)) / 2
	}
	return out
}

// at cuts a stretch out of those that came.
func (sounds) at(earlier []capture.Sound, instant capture.Time) (capture.Sound, bool) {
	out := capture.Sound{Captured: instant, Samples: make([]float32, capture.SoundSamples)}
	found := false
	for _, s := range earlier {
		first := samples(s.Captured.Sub(instant))
		for i := max(0, -first); i < len(s.Samples) && first+i < len(out.Samples); i++ {
			out.Samples[first+i] = s.Samples[i]
			found = true
		}
	}
	return out, found
}

// keep is what filters of voices need to be in their stride.
func (sounds) keep() time.Duration { return 500 * time.Millisecond }

func (sounds) blank() (capture.Sound, error) {
	return capture.Sound{Captured: blankTime, Samples: make([]float32, capture.SoundSamples)}, nil
}

func (sounds) depth() (chain, filter int) { return 25, 10 }

// blankTime is when a blank frame was captured: so late that whoever looks ahead
// has an instant before it.
const blankTime = capture.Time(10 * models.MaxLookAhead)

// samples is a duration in samples, rounded.
func samples(d time.Duration) int { return int(math.Round(d.Seconds() * capture.SampleRate)) }

// lasting is the duration of samples.
func lasting(n int) time.Duration { return time.Duration(n) * time.Second / capture.SampleRate }

type frames struct{}

func (frames) captured(f *capture.Frame) capture.Time                      { return f.Captured }
func (frames) retain(f *capture.Frame) *capture.Frame                      { return f.Retain() }
func (frames) release(f *capture.Frame)                                    { f.Release() }
func (frames) absent(f *capture.Frame) bool                                { return f == nil }
func (frames) skipped(*capture.Frame, capture.Time) (*capture.Frame, bool) { return nil, false }

func (frames) check(in, out *capture.Frame) error {
	if err := out.Colour.Validate(); err != nil {
		return err
	}
	if out.Colour.Format != in.Colour.Format || out.Colour.Width != in.Colour.Width || out.Colour.Height != in.Colour.Height {
		return fmt.Errorf("a %v of %dx%d was made of a %v of %dx%d", out.Colour.Format, out.Colour.Width, out.Colour.Height, in.Colour.Format, in.Colour.Width, in.Colour.Height)
	}
	if !out.Depth.Empty() {
		if err := out.Depth.Validate(); err != nil {
			return err
		}
	}
	if out.Matte.Empty() {
		return nil
	}
	if err := out.Matte.Validate(); err != nil {
		return err
	}
	if out.Matte.Width != out.Colour.Width || out.Matte.Height != out.Colour.Height {
		return fmt.Errorf("the matte has %dx%d pixels, its picture %dx%d", out.Matte.Width, out.Matte.Height, out.Colour.Width, out.Colour.Height)
	}
	return nil
}

func (m frames) at(earlier []*capture.Frame, instant capture.Time) (*capture.Frame, bool) {
	f, ok := nearest(earlier, instant, m.captured)
	if !ok {
		return nil, false
	}
	return f.Retain(), true
}

func (frames) held(last, now *capture.Frame, due capture.Time) *capture.Frame {
	f := capture.NewFrame(func(*capture.Frame) { last.Release() })
	last.Retain()
	f.Camera, f.Sequence, f.Captured, f.Emitted = now.Camera, now.Sequence, due, now.Emitted
	f.Colour, f.Depth, f.Matte = last.Colour, last.Depth, last.Matte
	return f
}

func (frames) keep() time.Duration { return 0 }

func (frames) blank() (*capture.Frame, error) {
	f, err := capture.NewFramePool(0).Frame(capture.FrameShape{Format: capture.I420, Width: 640, Height: 360})
	if err == nil {
		f.Captured = blankTime
		grey(f)
	}
	return f, err
}

func (frames) depth() (chain, filter int) { return 1, 1 }

// grey paints a new frame.
func grey(f *capture.Frame) {
	for _, plane := range f.Colour.Planes {
		for i := range plane {
			plane[i] = 128
		}
	}
}

type sets struct{ rig capture.Rig }

func (sets) captured(s *capture.FrameSet) capture.Time                         { return s.Captured }
func (sets) retain(s *capture.FrameSet) *capture.FrameSet                      { return s.Retain() }
func (sets) release(s *capture.FrameSet)                                       { s.Release() }
func (sets) absent(s *capture.FrameSet) bool                                   { return s == nil }
func (sets) skipped(*capture.FrameSet, capture.Time) (*capture.FrameSet, bool) { return nil, false }

var errCameras = errors.New("the set has other cameras than the one that it was made of")

func (sets) check(in, out *capture.FrameSet) error {
	if len(out.Frames) != len(in.Frames) {
		return errCameras
	}
	for i, f := range out.Frames {
		if f == nil {
			continue // a camera may be taken out
		}
		if in.Frames[i] == nil {
			return errCameras
		}
		if err := (frames{}).check(in.Frames[i], f); err != nil {
			return fmt.Errorf("camera %d: %w", i, err)
		}
		if d := in.Frames[i].Depth; f.Depth.Width != d.Width || f.Depth.Height != d.Height {
			return fmt.Errorf("camera %d: depth of %dx%d was made of %dx%d", i, f.Depth.Width, f.Depth.Height, d.Width, d.Height)
		}
	}
	return nil
}

func (m sets) at(earlier []*capture.FrameSet, instant capture.Time) (*capture.FrameSet, bool) {
	s, ok := nearest(earlier, instant, m.captured)
	if !ok {
		return nil, false
	}
	return s.Retain(), true
}

// held keeps the last set's instants of its frames, whose motion it is; only the
// set's own is the new one.
func (sets) held(last, now *capture.FrameSet, due capture.Time) *capture.FrameSet {
	list := make([]*capture.Frame, len(last.Frames))
	for i, f := range last.Frames {
		if f != nil {
			list[i] = f.Retain()
		}
	}
	s := capture.NewFrameSet(now.Sequence, now.Closed, list)
	s.Captured, s.Emitted = due, now.Emitted
	return s
}

func (sets) keep() time.Duration { return 0 }

func (m sets) blank() (*capture.FrameSet, error) {
	list := make([]*capture.Frame, len(m.rig.Cameras))
	for i, c := range m.rig.Cameras {
		f, err := capture.NewFramePool(0).Frame(capture.FrameShape{Format: capture.NV12, Width: c.Colour.Lens.Width, Height: c.Colour.Lens.Height})
		if err != nil {
			return nil, err
		}
		grey(f)
		depth := c.Depth.Lens
		f.Camera, f.Captured = i, blankTime
		f.Depth = capture.DepthPicture{Width: depth.Width, Height: depth.Height, Millimetres: make([]uint16, depth.Width*depth.Height)}
		list[i] = f
	}
	return capture.NewFrameSet(0, blankTime, list), nil
}

func (sets) depth() (chain, filter int) { return 1, 1 }

// nearest is the frame whose instant is the nearest.
func nearest[T any](list []T, instant capture.Time, captured func(T) capture.Time) (best T, ok bool) {
	for _, x := range list {
		if !ok || captured(x).Sub(instant).Abs() < captured(best).Sub(instant).Abs() {
			best, ok = x, true
		}
	}
	return best, ok
}
