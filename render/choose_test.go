package render

import (
	"math"
	"slices"
	"testing"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
)

// ring is a rig of n cameras round the origin, and a set in which all came.
func ring(n int) (capture.Rig, *capture.FrameSet) {
	rig := capture.Rig{Cameras: make([]capture.Camera, n)}
	set := &capture.FrameSet{Frames: make([]*capture.Frame, n)}
	for i := range n {
		a := 2 * math.Pi * float64(i) / float64(n)
		rig.Cameras[i].Colour.Pose.T = space.Vec3{X: math.Sin(a), Y: 0.1 * float64(i%3), Z: math.Cos(a)}
		set.Frames[i] = &capture.Frame{Camera: i}
	}
	return rig, set
}

// TestSharesAreContinuous moves the eye: no camera's share jumps, least where
// one takes another's place.
func TestSharesAreContinuous(t *testing.T) {
	rig, set := ring(10)
	for _, n := range []int{1, 2, 4} {
		last := make([]float64, len(rig.Cameras))
		swaps := 0
		for step := range 8000 {
			a := 2 * math.Pi * float64(step) / 7200
			eye := space.Vec3{X: math.Sin(a), Y: 0.3 * math.Sin(3*a), Z: math.Cos(a)}
			c := choose(rig, set, eye, space.Vec3{}, Options{Geometry: n, Colour: 1})
			now := make([]float64, len(rig.Cameras))
			for _, p := range c.geometry {
				now[p.camera] = p.share
			}
			for i := range now {
				if step > 0 && math.Abs(now[i]-last[i]) > 0.06 {
					t.Fatalf("%d cameras, step %d: the share of camera %d jumps from %.3f to %.3f", n, step, i, last[i], now[i])
				}
				if step > 0 && (now[i] > 0) != (last[i] > 0) {
					swaps++
				}
			}
			last = now
		}
		if swaps < 20 {
			t.Errorf("%d cameras: only %d swaps on the way round", n, swaps)
		}
	}
}

func TestChoose(t *testing.T) {
	rig, set := ring(8)
	eye := space.Vec3{X: 0.3, Y: 0.1, Z: 1} // between cameras 0 and 1, nearer to 0
	numbers := func(picks []pick) (n []int) {
		for _, p := range picks {
			n = append(n, p.camera)
		}
		return n
	}
	for _, c := range []struct {
		name             string
		missing, blind   []int
		geometry, colour int
		want, wantColour []int
	}{
		{"all", nil, nil, 2, 3, []int{0, 1}, []int{0, 1, 7}},
		{"one missing", []int{0}, nil, 2, 1, []int{1, 7}, []int{1}},
		{"one sees nobody", nil, []int{1}, 2, 2, []int{0}, []int{0}},
		{"fewer than wanted", []int{0, 1, 2, 3, 4, 5}, nil, 4, 4, []int{7, 6}, []int{7, 6}},
		{"none", []int{0, 1, 2, 3, 4, 5, 6, 7}, nil, 4, 4, nil, nil},
	} {
		came := &capture.FrameSet{Frames: slices.Clone(set.Frames)}
		for _, i := range c.missing {
			came.Frames[i] = nil
		}
		got := choose(rig, came, eye, space.Vec3{}, Options{Geometry: c.geometry, Colour: c.colour})
		got.keep(func(i int) bool { return !slices.Contains(c.blind, i) })
		if !slices.Equal(numbers(got.geometry), c.want) || !slices.Equal(numbers(got.colour), c.wantColour) {
			t.Errorf("%s: geometry %v, colour %v, want %v and %v", c.name, numbers(got.geometry), numbers(got.colour), c.want, c.wantColour)
		}
		calls := map[int]bool{}
		got.each(func(i int, geometry bool) {
			if _, twice := calls[i]; twice {
				t.Errorf("%s: camera %d comes twice", c.name, i)
			}
			calls[i] = geometry
		})
		for i, geometry := range calls {
			if geometry != slices.Contains(c.want, i) || !geometry && !slices.Contains(c.wantColour, i) {
				t.Errorf("%s: camera %d is called for geometry: %v", c.name, i, geometry)
			}
		}
	}
	short := &capture.FrameSet{Frames: set.Frames[:1]}
	if got := choose(rig, short, eye, space.Vec3{}, Options{Geometry: 4, Colour: 4}); len(got.colour) != 1 {
		t.Errorf("a set of one camera: %v", got)
	}
}

// TestTiesStillCount looks from the middle of cameras that are all equally far.
func TestTiesStillCount(t *testing.T) {
	rig, set := ring(6)
	for i := range rig.Cameras {
		rig.Cameras[i].Colour.Pose.T.Y = 0
	}
	for _, eye := range []space.Vec3{{Y: 1}, {X: 0.5, Z: math.Sqrt(3) / 2}} {
		for _, p := range choose(rig, set, eye, space.Vec3{}, Options{Geometry: 1, Colour: 1}).colour {
			if !(p.share > 0) {
				t.Errorf("eye %v: camera %d counts nothing, and with it the picture", eye, p.camera)
			}
		}
	}
}
