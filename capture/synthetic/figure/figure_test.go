package figure

import (
	"math"
	"testing"

	"github.com/virtualcube/virtualcube/capture/space"
)

func TestMesh(t *testing.T) {
	f := Person()
	if n := len(f.Triangles); n < 20000 || n > 130000 {
		t.Errorf("%d triangles", n)
	}
	parts := map[Part]int{}
	for i, tr := range f.Triangles {
		parts[f.Parts[i]]++
		for _, k := range tr {
			if k < 0 || int(k) >= len(f.Vertices) {
				t.Fatalf("triangle %d names vertex %d of %d", i, k, len(f.Vertices))
			}
		}
	}
	for p := range PartCount {
		if parts[p] == 0 {
			t.Errorf("part %d has no triangle", p)
		}
	}
	for i := range f.Vertices {
		w := &f.Vertices[i]
		if !w.Rest.Finite() || math.Abs(w.Normal.Norm()-1) > 1e-6 || !(w.Open >= 0 && w.Open <= 1 && w.Key >= 0 && w.Key <= 1) {
			t.Fatalf("vertex %d: %+v", i, w)
		}
	}
}

func TestProportions(t *testing.T) {
	f := Person()
	lo, hi := v(9, 9, 9), v(-9, -9, -9)
	for i := range f.Vertices {
		if p := f.Vertices[i].Rest; p.Y > -0.11 {
			lo = v(min(lo.X, p.X), min(lo.Y, p.Y), min(lo.Z, p.Z))
			hi = v(max(hi.X, p.X), max(hi.Y, p.Y), max(hi.Z, p.Z))
		}
	}
	// Head with hair and ears: wider, higher and longer than the bare skull.
	for name, test := range map[string]struct{ got, low, high float64 }{
		"breadth": {hi.X - lo.X, 0.16, 0.21},
		"length":  {hi.Z - lo.Z, 0.21, 0.26},
		"vertex":  {hi.Y, 0.115, 0.15},
	} {
		if test.got < test.low || test.got > test.high {
			t.Errorf("head's %s is %.3f m, want %.3f to %.3f", name, test.got, test.low, test.high)
		}
	}
}

func TestLoopReturns(t *testing.T) {
	f := Person()
	n := len(f.Vertices)
	pose := func(at float64) []space.Vec3 {
		p, normals := make([]space.Vec3, n), make([]space.Vec3, n)
		m := Loop(at, 2, nil)
		f.Pose(&m, p, normals)
		return p
	}
	first, last, middle := pose(0), pose(2), pose(0.7)
	moved := 0.0
	for i := range first {
		if d := first[i].Sub(last[i]).Norm(); d > 1e-9 {
			t.Fatalf("vertex %d is %.2g m away after a period", i, d)
		}
		moved = max(moved, first[i].Sub(middle[i]).Norm())
	}
	if moved < 0.02 || moved > 0.3 {
		t.Errorf("the person moves by up to %.3f m", moved)
	}
}

// The pupils point at the gaze target: the vertex at the front of each ball
// lies on the line from the ball's centre to the target.
func TestGaze(t *testing.T) {
	f := Person()
	for _, target := range []space.Vec3{v(0, 0, 1), v(0.5, 0.1, 1.2), v(-0.4, -0.3, 0.8)} {
		for _, at := range []float64{0, 0.5, 1.24, 1.9} {
			m := Loop(at, 2, &target)
			p, n := make([]space.Vec3, len(f.Vertices)), make([]space.Vec3, len(f.Vertices))
			f.Pose(&m, p, n)
			for e, part := range [2]Part{LeftEye, RightEye} {
				pupil := -1
				for i, q := range f.Parts {
					if q == part {
						pupil = int(f.Triangles[i][0]) // the fan's first triangle begins at the pole
						for _, k := range f.Triangles[i] {
							pupil = min(pupil, int(k))
						}
						break
					}
				}
				axis := p[pupil].Sub(m.Eyes[e])
				if a := space.Angle(axis, target.Sub(m.Eyes[e])); a > 0.1*math.Pi/180 {
					t.Errorf("target %v at %.2f s: eye %d looks %.2f degrees past it", target, at, e, a*180/math.Pi)
				}
			}
		}
	}
}

func TestBlink(t *testing.T) {
	shut, open := 0.0, 1.0
	for i := range 60 {
		b := blink(float64(i)/30, 2)
		shut, open = max(shut, b), min(open, b)
	}
	if shut < 0.99 || open > 0.01 {
		t.Errorf("blink goes from %.2f to %.2f", open, shut)
	}
}

func TestNoise(t *testing.T) {
	sum, square := 0.0, 0.0
	const n = 20000
	for i := range n {
		x := Noise(v(float64(i)*0.37, float64(i)*0.11, float64(i)*-0.23))
		if x < -1 || x > 1 {
			t.Fatalf("noise %v", x)
		}
		sum, square = sum+x, square+x*x
	}
	if m := sum / n; math.Abs(m) > 0.03 {
		t.Errorf("mean %v", m)
	}
	if s := math.Sqrt(square / n); s < 0.15 || s > 0.5 {
		t.Errorf("deviation %v", s)
	}
}
