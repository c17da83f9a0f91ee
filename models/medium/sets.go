package medium

import (
	"fmt"

	"github.com/virtualcube/virtualcube/capture"
)

// Sets are the frame sets of a rig.
type Sets struct{}

// Captured is the set's own instant.
func (Sets) Captured(s *capture.FrameSet) capture.Time { return s.Captured }

// Retain adds a reference.
func (Sets) Retain(s *capture.FrameSet) *capture.FrameSet { return s.Retain() }

// Release gives a reference up.
func (Sets) Release(s *capture.FrameSet) { s.Release() }

// Absent says that it is nil.
func (Sets) Absent(s *capture.FrameSet) bool { return s == nil }

// Check wants as many cameras, and of each what Frames wants and depth of the size
// that came. A camera may be taken out; one that in lacks may come of an earlier
// set, and is only to be valid.
func (Sets) Check(in, out *capture.FrameSet) error {
	if len(out.Frames) != len(in.Frames) {
		return fmt.Errorf("a set of %d cameras was made of one of %d", len(out.Frames), len(in.Frames))
	}
	for i, f := range out.Frames {
		if f == nil {
			continue
		}
		if err := checkCamera(in.Frames[i], f); err != nil {
			return fmt.Errorf("camera %d: %w", i, err)
		}
	}
	return nil
}

func checkCamera(in, out *capture.Frame) error {
	if in == nil {
		return valid(out)
	}
	if err := (Frames{}).Check(in, out); err != nil {
		return err
	}
	if a, b := in.Depth, out.Depth; a.Width != b.Width || a.Height != b.Height {
		return fmt.Errorf("depth of %dx%d was made of %dx%d", b.Width, b.Height, a.Width, a.Height)
	}
	return nil
}

// At is the set whose instant is the nearest.
func (m Sets) At(earlier []*capture.FrameSet, instant capture.Time) (*capture.FrameSet, bool) {
	s, ok := nearest(earlier, instant, m.Captured)
	if !ok {
		return nil, false
	}
	return s.Retain(), true
}

// Held keeps the last set's instants of its frames, whose motion it is; only the
// set's own is the new one.
func (Sets) Held(last, now *capture.FrameSet, due capture.Time) *capture.FrameSet {
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

// Skipped is nothing.
func (Sets) Skipped(*capture.FrameSet, capture.Time) (*capture.FrameSet, bool) { return nil, false }
