package capture_test

import (
	"testing"

	"github.com/virtualcube/virtualcube/capture"
)

func TestFramePool(t *testing.T) {
	pool := capture.NewFramePool(1)
	shape := capture.FrameShape{Format: capture.I420, Width: 32, Height: 16, Depth: true, Matte: true}
	frame := func(s capture.FrameShape) *capture.Frame {
		t.Helper()
		f, err := pool.Frame(s)
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	a := frame(shape)
	for _, err := range []error{a.Colour.Validate(), a.Depth.Validate(), a.Matte.Validate()} {
		if err != nil {
			t.Error(err)
		}
	}
	plane := &a.Colour.Planes[0][0]
	a.Retain()
	a.Release()
	if b := frame(shape); &b.Colour.Planes[0][0] == plane {
		t.Fatal("planes that somebody holds are used again")
	}
	a.Release()
	b := frame(shape)
	if &b.Colour.Planes[0][0] != plane {
		t.Error("planes that nobody holds are not used again")
	}
	small := frame(capture.FrameShape{Format: capture.NV12, Width: 8, Height: 8})
	if !small.Depth.Empty() || !small.Matte.Empty() {
		t.Error("there is a depth picture or a matte that nobody asked for")
	}
	b.Release() // of a shape that the pool no longer holds
	if c := frame(shape); &c.Colour.Planes[0][0] == plane {
		t.Error("a frame of another shape went back")
	}
	for _, s := range []capture.FrameShape{{Format: capture.I420, Width: 7, Height: 8}, {Format: capture.I420, Width: -2, Height: 8}, {Width: 8, Height: 8}, {Format: capture.RGBA, Width: 9000, Height: 1}} {
		if _, err := pool.Frame(s); err == nil {
			t.Errorf("%+v is made", s)
		}
	}
}
