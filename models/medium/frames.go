package medium

import (
	"fmt"

	"github.com/virtualcube/virtualcube/capture"
)

// Frames are the pictures of a webcam or a screen.
type Frames struct{}

// Captured is when the picture was taken.
func (Frames) Captured(f *capture.Frame) capture.Time { return f.Captured }

// Retain adds a reference.
func (Frames) Retain(f *capture.Frame) *capture.Frame { return f.Retain() }

// Release gives a reference up.
func (Frames) Release(f *capture.Frame) { f.Release() }

// Absent says that it is nil.
func (Frames) Absent(f *capture.Frame) bool { return f == nil }

// Check wants the format and the size of the picture that came, and a matte of
// that size if there is one.
func (Frames) Check(in, out *capture.Frame) error {
	if err := valid(out); err != nil {
		return err
	}
	if a, b := in.Colour, out.Colour; a.Format != b.Format || a.Width != b.Width || a.Height != b.Height {
		return fmt.Errorf("a %v of %dx%d was made of a %v of %dx%d", b.Format, b.Width, b.Height, a.Format, a.Width, a.Height)
	}
	return nil
}

// valid says what is wrong in a frame by itself.
func valid(f *capture.Frame) error {
	if err := f.Colour.Validate(); err != nil {
		return err
	}
	if !f.Depth.Empty() {
		if err := f.Depth.Validate(); err != nil {
			return err
		}
	}
	if f.Matte.Empty() {
		return nil
	}
	if err := f.Matte.Validate(); err != nil {
		return err
	}
	if f.Matte.Width != f.Colour.Width || f.Matte.Height != f.Colour.Height {
		return fmt.Errorf("the matte has %dx%d pixels, its picture %dx%d", f.Matte.Width, f.Matte.Height, f.Colour.Width, f.Colour.Height)
	}
	return nil
}

// At is the picture whose instant is the nearest.
func (m Frames) At(earlier []*capture.Frame, instant capture.Time) (*capture.Frame, bool) {
	f, ok := nearest(earlier, instant, m.Captured)
	if !ok {
		return nil, false
	}
	return f.Retain(), true
}

// Held is the last picture as what was due.
func (Frames) Held(last, now *capture.Frame, due capture.Time) *capture.Frame {
	f := capture.NewFrame(func(*capture.Frame) { last.Release() })
	last.Retain()
	f.Camera, f.Sequence, f.Captured, f.Emitted = now.Camera, now.Sequence, due, now.Emitted
	f.Colour, f.Depth, f.Matte = last.Colour, last.Depth, last.Matte
	return f
}

// Skipped is nothing.
func (Frames) Skipped(*capture.Frame, capture.Time) (*capture.Frame, bool) { return nil, false }
