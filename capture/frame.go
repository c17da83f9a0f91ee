package capture

import "sync/atomic"

// Frame is one colour and depth picture pair of one camera of a rig, or one
// picture of a webcam or a screen, whose Depth is empty until a filter makes one.
// It is immutable; its owner holds one reference (see the package comment).
type Frame struct {
	Camera   int    // index in Rig.Cameras; 0 of a webcam
	Sequence uint64 // counts the camera's frames, gaps are losses
	Captured Time   // middle of the exposure, on the node's clock
	Emitted  Time   // when the source handed it on, set by the source
	Colour   Picture
	Depth    DepthPicture
	Matte    Matte // empty where nobody says which pixels are the person

	references atomic.Int32
	free       func(*Frame)
}

// NewFrame returns a frame with one reference. free, which may be nil, is
// called once, when the last reference is released: it takes the planes back.
func NewFrame(free func(*Frame)) *Frame {
	f := &Frame{free: free}
	f.references.Store(1)
	return f
}

// Retain adds a reference and returns the frame.
func (f *Frame) Retain() *Frame {
	if f.references.Add(1) <= 1 {
		panic("capture: frame retained after its last release")
	}
	return f
}

// Release gives a reference up. The frame may not be used by the caller after.
func (f *Frame) Release() {
	switch n := f.references.Add(-1); {
	case n < 0:
		panic("capture: frame released more often than retained")
	case n == 0 && f.free != nil:
		f.free(f)
	}
}

// MaxCameras bounds a rig.
const MaxCameras = 8

// FrameSet is one frame a camera, of one instant on the rig's clock. Frames
// has one entry a camera of the rig; a camera that did not come is nil. The
// set holds one reference to each of its frames.
type FrameSet struct {
	Sequence uint64
	Captured Time // newest capture instant of its frames
	Emitted  Time // newest emission instant of its frames
	Closed   Time // when the set was closed
	Frames   []*Frame

	references atomic.Int32
}

// NewFrameSet returns a set with one reference that takes over the caller's
// references to the frames. Captured and Emitted are taken from them.
func NewFrameSet(sequence uint64, closed Time, frames []*Frame) *FrameSet {
	s := &FrameSet{Sequence: sequence, Closed: closed, Frames: frames}
	for _, f := range frames {
		if f != nil {
			s.Captured = max(s.Captured, f.Captured)
			s.Emitted = max(s.Emitted, f.Emitted)
		}
	}
	s.references.Store(1)
	return s
}

// Retain adds a reference and returns the set.
func (s *FrameSet) Retain() *FrameSet {
	if s.references.Add(1) <= 1 {
		panic("capture: frame set retained after its last release")
	}
	return s
}

// Release gives a reference up; the last one releases the frames.
func (s *FrameSet) Release() {
	switch n := s.references.Add(-1); {
	case n < 0:
		panic("capture: frame set released more often than retained")
	case n == 0:
		for _, f := range s.Frames {
			if f != nil {
				f.Release()
			}
		}
	}
}
