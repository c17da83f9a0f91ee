package matte

import (
	"testing"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models/matte/segment"
)

// redNet takes what is red for a person.
type redNet struct {
	in, out []float32
	closed  int
}

func (n *redNet) Input() []float32 { return n.in }

func (n *redNet) Run() ([]float32, error) {
	for i := range n.out {
		n.out[i] = min(max(0.5+2*(n.in[3*i]-(n.in[3*i+1]+n.in[3*i+2])/2-0.3), 0), 1)
	}
	return n.out, nil
}

func (n *redNet) Close() error { n.closed++; return nil }

var (
	green = [3]byte{110, 100, 80}
	red   = [3]byte{90, 95, 220}
)

const centreX, centreY, radius = 300, 180, 100

// from is how far a pixel is from the disc's edge, negative within.
func from(x, y int) int {
	dx, dy := x-centreX, y-centreY
	r := 0
	for r*r < dx*dx+dy*dy {
		r++
	}
	return r - radius
}

// discFrame is a red disc before green.
func discFrame() *capture.Frame {
	const width, height = 640, 360
	f := capture.NewFrame(nil)
	f.Sequence, f.Captured, f.Emitted = 7, 1000, 2000
	f.Colour = capture.Picture{Format: capture.I420, Width: width, Height: height, Strides: [3]int{width + 2, width / 2, width/2 + 6}}
	for k := range f.Colour.Planes {
		scale := min(2, k+1)
		f.Colour.Planes[k] = make([]byte, f.Colour.Strides[k]*height/scale)
		for y := range height / scale {
			for x := range width / scale {
				v := green[k]
				if from(x*scale, y*scale) < 0 {
					v = red[k]
				}
				f.Colour.Planes[k][y*f.Colour.Strides[k]+x] = v
			}
		}
	}
	return f
}

func process(t *testing.T, p Parameters) *capture.Frame {
	t.Helper()
	net := &redNet{in: make([]float32, 3*segment.Side*segment.Side), out: make([]float32, segment.Side*segment.Side)}
	f := newFilter(net, net)
	out, err := f.Process(discFrame(), p)
	if err != nil {
		t.Fatal(err)
	}
	if out.Sequence != 7 || out.Captured != 1000 || out.Emitted != 2000 {
		t.Errorf("the frame is %d of %v, %v", out.Sequence, out.Captured, out.Emitted)
	}
	if err := f.Close(); err != nil || net.closed != 1 {
		t.Errorf("closed %d times: %v", net.closed, err)
	}
	if _, err := f.Process(discFrame(), p); err == nil {
		t.Error("it works when it is closed")
	}
	return out
}

// about says whether a pixel of a plane is a level or two from a colour.
func about(f *capture.Frame, k, x, y int, want [3]byte, within int) bool {
	scale := min(2, k+1)
	d := int(f.Colour.Planes[k][y/scale*f.Colour.Strides[k]+x/scale]) - int(want[k])
	return max(d, -d) <= within
}

// check visits the pixels of a frame, with how far they are from the edge.
func check(t *testing.T, f *capture.Frame, right func(k, x, y, distance int) bool) {
	t.Helper()
	for k := range 3 {
		bad := 0
		for y := range f.Colour.Height {
			for x := range f.Colour.Width {
				if !right(k, x, y, from(x, y)) {
					if bad++; bad == 1 {
						t.Errorf("plane %d at %d, %d, %d from the edge, is %d", k, x, y, from(x, y), f.Colour.Planes[k][y/min(2, k+1)*f.Colour.Strides[k]+x/min(2, k+1)])
					}
				}
			}
		}
		if bad > 0 {
			t.Errorf("plane %d: %d pixels are wrong", k, bad)
		}
	}
}

func TestReplace(t *testing.T) {
	out := process(t, Parameters{Mode: Replace, Radius: 24, Colour: "#0000ff", Feather: 0.35})
	if !out.Matte.Empty() {
		t.Error("there is a matte where the background is replaced")
	}
	blue := [3]byte{41, 240, 110}
	check(t, out, func(k, x, y, d int) bool {
		switch {
		case d < -6:
			return about(out, k, x, y, red, 0)
		case d > 6:
			return about(out, k, x, y, blue, 1)
		}
		return true
	})
	// Nothing between red and blue is as yellow as green: no rim of it is left.
	for y := range out.Colour.Height / 2 {
		for x := range out.Colour.Width / 2 {
			if u, v := out.Colour.Planes[1][y*out.Colour.Strides[1]+x], out.Colour.Planes[2][y*out.Colour.Strides[2]+x]; u < 110 && v < 180 {
				t.Fatalf("at %d, %d a rim of green is left: %d, %d", 2*x, 2*y, u, v)
			}
		}
	}
}

func TestRemove(t *testing.T) {
	out := process(t, Parameters{Mode: Remove, Radius: 24, Colour: "#000000", Feather: 0.35})
	if err := out.Matte.Validate(); err != nil {
		t.Fatal(err)
	}
	for i, v := range out.Matte.Coverage {
		if d := from(i%640, i/640); d < -4 && v != 255 || d > 4 && v != 0 {
			t.Fatalf("the matte is %d, %d from the edge", v, d)
		}
	}
	check(t, out, func(k, x, y, d int) bool {
		switch {
		case out.Matte.Coverage[y*640+x] >= 64:
			return about(out, k, x, y, red, 24) // not mixed with the ground
		case d > 8:
			return about(out, k, x, y, [3]byte{128, 128, 128}, 0)
		}
		return true
	})
}

func TestBlur(t *testing.T) {
	for _, r := range []int{8, 24, 80} {
		out := process(t, Parameters{Mode: Blur, Radius: r, Colour: "#000000", Feather: 0.35})
		check(t, out, func(k, x, y, d int) bool {
			switch {
			case d < -6:
				return about(out, k, x, y, red, 0)
			case d > 6: // no halo of red
				return about(out, k, x, y, green, 6)
			}
			return true
		})
	}
}
