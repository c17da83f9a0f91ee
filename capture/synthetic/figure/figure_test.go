package figure

import (
	"math"
	"strings"
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

// pupil is the vertex at the front of an eyeball.
func pupil(f *Figure, part Part) int {
	first := len(f.Vertices)
	for i, q := range f.Parts {
		if q == part {
			for _, k := range f.Triangles[i] {
				first = min(first, int(k)) // the pole is the ball's first vertex
			}
		}
	}
	return first
}

// The pupils point at the gaze target: the vertex at the front of each ball
// lies on the line from the ball's centre to the target. That holds wherever
// Reach lets the person look, at its limits too.
func TestGaze(t *testing.T) {
	f := Person()
	targets := []space.Vec3{v(0, 0, 1), v(0.5, 0.1, 1.2), v(-0.4, -0.3, 0.8)}
	for i := range 160 { // directions over the whole reach, near and far
		side := (float64(i%8)/3.5 - 1) * 84
		up := (float64(i/8%10)/4.5 - 1) * 50
		r := [2]float64{0.45, 3}[i/80]
		sin, cos := math.Sincos(side * math.Pi / 180)
		sinUp, cosUp := math.Sincos(up * math.Pi / 180)
		if p := v(r*sin*cosUp, r*sinUp, 0.07+r*cos*cosUp); Reach(p) == nil {
			targets = append(targets, p)
		}
	}
	if len(targets) < 90 {
		t.Fatalf("only %d targets can be looked at", len(targets))
	}
	pupils := [2]int{pupil(f, LeftEye), pupil(f, RightEye)}
	p, n := make([]space.Vec3, len(f.Vertices)), make([]space.Vec3, len(f.Vertices))
	for k, target := range targets {
		for _, at := range []float64{0, 0.5, 1.24, 1.9}[k%3:] {
			m := Loop(at, 2, &target)
			if k < 3 {
				f.Pose(&m, p, n)
			}
			for e := range 2 {
				axis := m.Head.Rotate(m.look[e].Apply(v(0, 0, 1)))
				if k < 3 {
					axis = p[pupils[e]].Sub(m.Eyes[e])
				}
				if a := space.Angle(axis, target.Sub(m.Eyes[e])); a > 1e-6 {
					t.Errorf("target %v at %.2f s: eye %d looks %.2g degrees past it", target, at, e, a*180/math.Pi)
				}
			}
		}
	}
}

// The head takes most of a turn and stays within its comfort.
func TestHeadTurnsToTheGaze(t *testing.T) {
	for name, test := range map[string]struct {
		target          space.Vec3
		yaw, nod, slack float64 // degrees
	}{
		"ahead":   {v(0, 0, 2), 0, 0, 3},
		"left":    {v(1, 0, 1.07), 35.5, 0, 4},
		"right":   {v(-1, 0, 1.07), -35.5, 0, 4},
		"down":    {v(0, -0.6, 1.07), 0, 21, 4},
		"far off": {v(2, 0, 0.55), 60, 0, 4},
	} {
		for _, at := range []float64{0, 0.7, 1.3} {
			m := Loop(at, 2, &test.target)
			yaw, nod := direction(m.Head.Rotate(v(0, 0, 1)))
			yaw, nod = yaw*180/math.Pi, nod*180/math.Pi
			if math.Abs(yaw-test.yaw) > test.slack || math.Abs(nod-test.nod) > test.slack {
				t.Errorf("%s at %.1f s: the head is turned by %.1f and %.1f degrees, want about %v and %v", name, at, yaw, nod, test.yaw, test.nod)
			}
		}
	}
}

func TestReach(t *testing.T) {
	for name, test := range map[string]struct {
		target  space.Vec3
		message string
	}{
		"ahead":      {v(0, 0, 1), ""},
		"aside":      {v(1, 0, 0.4), ""},
		"behind":     {v(0, 0, -1), "to the side"},
		"beside":     {v(1, 0, 0.05), "to the side"},
		"ceiling":    {v(0, 2, 0.7), "degrees up"},
		"own feet":   {v(0, -1.1, 0.5), "degrees up"},
		"nose":       {v(0, -0.04, 0.12), "cm from the eyes"},
		"not finite": {v(0, math.NaN(), 1), "finite"},
	} {
		err := Reach(test.target)
		if (err == nil) != (test.message == "") || err != nil && !strings.Contains(err.Error(), test.message) {
			t.Errorf("%s: %v, want %q", name, err, test.message)
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
