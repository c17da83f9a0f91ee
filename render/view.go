package render

import (
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
)

// Request says what to render.
type Request struct {
	Eye       space.Vec3   // metres, in the cube
	Window    space.Window // see Framing
	Near, Far float64      // metres along the window's normal, at most 0.8 m apart
	Sequence  uint16       // 12 bits, written into the strip
}

// View is the picture, depth and matte of one cube from one eye, packed for
// sending (package pack). Its owner calls Release once.
type View struct {
	Request
	Captured capture.Time    // of the frame set
	Packed   capture.Picture // I420, limited range, BT.601
	Stages   Stages

	free func(*View)
}

// Release gives the picture's memory back for the next view.
func (v *View) Release() {
	if v.free != nil {
		v.free(v)
	}
}

// Stages are the wall-clock times of a view's steps.
type Stages struct {
	Upload, Clean, Warp, Blend, Readback time.Duration
}

// Image is one rendered picture that was not packed: what eval compares.
type Image struct {
	Width, Height int
	RGB           []uint8   // 3 bytes a pixel, colour composited on nothing: valid where Matte > 0
	Matte         []uint8   // 255 is the person
	Depth         []float32 // metres along the optical axis, 0 where unknown
	Stages        Stages
}
