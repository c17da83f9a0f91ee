package eval

import (
	"slices"
	"time"

	"github.com/virtualcube/virtualcube/capture"
)

// Where in time the measurements lie: so far from one another that a renderer
// that filters in time sees each as a sequence of its own, and never sees time
// go back.
const (
	stillBegins   = capture.Time(30 * time.Minute)
	stillSequence = 1 << 20
	dropBegins    = capture.Time(time.Hour)
	dropSequence  = 1 << 21
	pause         = capture.Time(time.Second) // between two sequences of one measurement
	pauseFrames   = 60
)

// later returns a set of its own, later by so many frames and so much time,
// that lacks some cameras.
func later(set *capture.FrameSet, frames uint64, by capture.Time, missing ...int) *capture.FrameSet {
	moved := make([]*capture.Frame, len(set.Frames))
	for i, f := range set.Frames {
		if f == nil || slices.Contains(missing, i) {
			continue
		}
		f.Retain()
		moved[i] = capture.NewFrame(func(*capture.Frame) { f.Release() })
		moved[i].Camera, moved[i].Sequence = f.Camera, f.Sequence+frames
		moved[i].Captured, moved[i].Emitted = f.Captured+by, f.Emitted+by
		moved[i].Colour, moved[i].Depth = f.Colour, f.Depth
	}
	return capture.NewFrameSet(set.Sequence+frames, set.Closed+by, moved)
}

// onward moves sequences of frame sets behind one another.
type onward struct {
	sequence uint64       // of the last set
	captured capture.Time // of the last set
	begun    bool
	frames   uint64 // that the present sequence is moved by, modulo 2^64
	by       capture.Time
}

// begin ends the present sequence.
func (o *onward) begin() { o.begun = false }

// next moves the next set of the present sequence and leaves out some cameras;
// the caller releases it.
func (o *onward) next(set *capture.FrameSet, missing ...int) *capture.FrameSet {
	if !o.begun {
		o.begun = true
		o.frames, o.by = o.sequence+pauseFrames-set.Sequence, o.captured+pause-set.Captured
	}
	moved := later(set, o.frames, o.by, missing...)
	o.sequence, o.captured = moved.Sequence, set.Captured+o.by
	return moved
}
