package sight

import (
	"math"
	"testing"

	"github.com/virtualcube/virtualcube/capture/space"
)

const degree = math.Pi / 180

// person is a head in its own frame, as the package takes heads to be.
type person struct {
	points [points]space.Vec3
	depth  float64 // of the eyeballs
}

func average(depth float64) person {
	p := person{depth: depth}
	back := func(y float64) space.Vec3 { return space.Vec3{Y: y * math.Cos(lean), Z: 0.02 - y*math.Sin(lean)} }
	p.points = [points]space.Vec3{
		RightOuter: {X: -0.0445, Z: -0.003}, LeftOuter: {X: 0.0445, Z: -0.003},
		RightInner: {X: -0.0175, Z: 0.003}, LeftInner: {X: 0.0175, Z: 0.003},
		RightMouth: {X: -0.025, Y: -0.07, Z: 0.01}, LeftMouth: {X: 0.025, Y: -0.07, Z: 0.01},
		Brow: back(0.02), Bridge: back(0.01), Nose: back(-0.05), Lip: back(-0.06),
	}
	return p
}

// eye is the centre of an eyeball in the head.
func (p *person) eye(e int) space.Vec3 {
	outer, inner := p.points[RightOuter], p.points[RightInner]
	if e == Left {
		outer, inner = p.points[LeftOuter], p.points[LeftInner]
	}
	return outer.Lerp(inner, 0.5).Sub(space.Vec3{Z: p.depth})
}

// seen is what a camera sees of the person, whose axes of both eyes are gaze.
func (p *person) seen(head space.Rigid, gaze, camera space.Vec3) Sighting {
	ray := func(to space.Vec3) space.Ray {
		return space.Ray{Origin: camera, Direction: to.Sub(camera).Unit()}
	}
	var s Sighting
	middle := head.T.Sub(camera).Norm()
	for i, q := range p.points {
		at := head.Apply(q)
		s.Rays[i], s.Farther[i] = ray(at), at.Sub(camera).Norm()/middle-1
	}
	s.Distance = head.Apply(p.points[Bridge]).Sub(camera).Norm()
	for e := range s.Iris {
		s.Iris[e], s.Open[e] = ray(head.Apply(p.eye(e)).Add(gaze.Scale(IrisReach))), true
	}
	return s
}

var cameras = []space.Vec3{{Y: 0.4, Z: 1.1}, {Y: -0.4, Z: 1}, {X: 0.65, Y: 0.3, Z: 0.9}, {X: -0.65, Y: -0.3, Z: 0.9}}

// heads are some poses with gazes.
func heads() (poses []space.Rigid, gazes []space.Vec3) {
	for _, c := range [][5]float64{{0, 0, 0, 0, 0}, {15, 5, 3, 20, 0}, {-20, -10, -8, -25, 10}, {5, 15, 0, -10, 25}} {
		r := space.RotationAbout(space.Vec3{Y: 1}, c[0]*degree).Mul(space.RotationAbout(space.Vec3{X: 1}, c[1]*degree)).Mul(space.RotationAbout(space.Vec3{Z: 1}, c[2]*degree))
		poses = append(poses, space.Rigid{R: r, T: space.Vec3{X: 0.03, Y: -0.02, Z: 0.05}})
		side, down := c[3]*degree, c[4]*degree
		gazes = append(gazes, space.Vec3{X: math.Sin(side) * math.Cos(down), Y: -math.Sin(down), Z: math.Cos(side) * math.Cos(down)})
	}
	return poses, gazes
}

// check holds a face to the truth, in metres and degrees.
func (p *person) check(t *testing.T, f Face, head space.Rigid, gaze space.Vec3, metres, degrees float64) {
	t.Helper()
	want := head.Apply(p.eye(Right).Lerp(p.eye(Left), 0.5))
	if d := f.Eye().Sub(want).Norm(); !(d <= metres) {
		t.Errorf("the eye is off by %.2g m, at most %g was expected", d, metres)
	}
	if a := space.Angle(f.Gaze, gaze) / degree; !(a <= degrees) {
		t.Errorf("the gaze is off by %.2g degrees, at most %g was expected", a, degrees)
	}
}

func TestExactWithPreciseRays(t *testing.T) {
	p := average(usualDepth)
	poses, gazes := heads()
	for i, head := range poses {
		for n := 2; n <= len(cameras); n++ {
			var list []Sighting
			for _, c := range cameras[:n] {
				list = append(list, p.seen(head, gazes[i], c))
			}
			var s Solver
			f, ok := s.Solve(list, space.Identity3())
			if !ok || f.Cameras != n {
				t.Fatalf("pose %d, %d cameras: %v, %+v", i, n, ok, f)
			}
			p.check(t, f, head, gazes[i], 1e-9, 1e-6)
			if a := space.Angle(f.Pose.R.Column(1), head.R.Column(1)); a > 1e-9 {
				t.Errorf("pose %d: up is off by %v", i, a)
			}
			if c := f.Confidence(); c < 0.95 {
				t.Errorf("pose %d, %d cameras: confidence %.2f", i, n, c)
			}
		}
	}
}

// TestDepthIsLearnt gives the solver people whose eyes lie otherwise.
func TestDepthIsLearnt(t *testing.T) {
	poses, gazes := heads()
	for _, depth := range []float64{0.005, 0.013} {
		p := average(depth)
		var s Solver
		var f Face
		for k := range 400 {
			i := k % len(poses)
			var list []Sighting
			for _, c := range cameras {
				list = append(list, p.seen(poses[i], gazes[i], c))
			}
			f, _ = s.Solve(list, poses[i].R)
		}
		if d := math.Abs(s.Depth() - depth); d > 0.0005 {
			t.Errorf("eyes that lie %.1f mm deep are taken to lie %.1f mm", 1000*depth, 1000*s.Depth())
		}
		p.check(t, f, poses[3], gazes[3], 0.0005, 2)
		s.Forget()
		if s.Depth() != usualDepth {
			t.Errorf("another person's eyes are taken to lie %v deep", s.Depth())
		}
	}
}

// TestOneCamera says what one camera is worth: exact by a depth picture; by an average
// face as far as the person has one.
func TestOneCamera(t *testing.T) {
	p := average(usualDepth)
	poses, gazes := heads()
	for _, measured := range []bool{true, false} {
		one := p.seen(poses[0], gazes[0], cameras[0])
		if !measured {
			one.Distance = 0
		}
		var s Solver
		f, ok := s.Solve([]Sighting{one}, space.Identity3())
		if !ok || f.Cameras != 1 {
			t.Fatalf("%v %+v", ok, f)
		}
		p.check(t, f, poses[0], gazes[0], 1e-6, 1e-3)
		if c := f.Confidence(); c > 0.4 {
			t.Errorf("one camera is relied on by %.2f", c)
		}
	}
}

func TestOneCameraStrays(t *testing.T) {
	p := average(usualDepth)
	poses, gazes := heads()
	var list []Sighting
	for _, c := range cameras {
		list = append(list, p.seen(poses[0], gazes[0], c))
	}
	for i := range list[2].Rays { // another face, a hand's breadth beside
		list[2].Rays[i].Direction = list[2].Rays[i].Direction.Add(space.Vec3{X: 0.03, Y: 0.03}).Unit()
	}
	list[2].Iris = [2]space.Ray{list[2].Rays[RightOuter], list[2].Rays[LeftInner]}
	var s Solver
	f, ok := s.Solve(list, space.Identity3())
	if !ok {
		t.Fatal("no face")
	}
	p.check(t, f, poses[0], gazes[0], 0.003, 6)
}

func TestShutEyes(t *testing.T) {
	p := average(usualDepth)
	poses, gazes := heads()
	look := func(s *Solver, pose int, open bool) Face {
		var list []Sighting
		for _, c := range cameras {
			seen := p.seen(poses[pose], gazes[pose], c)
			seen.Open = [2]bool{open, open}
			list = append(list, seen)
		}
		f, ok := s.Solve(list, poses[pose].R)
		if !ok {
			t.Fatal("no face")
		}
		return f
	}
	var s Solver
	if f := look(&s, 1, false); space.Angle(f.Gaze, poses[1].R.Column(2)) > 1e-6 {
		t.Errorf("shut from the beginning, they look to %v, not ahead", f.Gaze)
	}
	before := look(&s, 1, true)
	for k := range 2 * blink {
		f := look(&s, 1, false)
		if space.Angle(f.Gaze, before.Gaze) > 1e-9 || f.Blind != k+1 {
			t.Errorf("shut for %d looks, they look to %v, not %v", f.Blind, f.Gaze, before.Gaze)
		}
		if c := f.Confidence(); c > 0.3 || k >= blink && c > 0.1 {
			t.Errorf("shut for %d looks: confidence %v", f.Blind, c)
		}
	}
}

func TestNoFace(t *testing.T) {
	p := average(usualDepth)
	poses, gazes := heads()
	a, b := p.seen(poses[0], gazes[0], cameras[0]), p.seen(poses[0], gazes[0], cameras[1])
	far := poses[0]
	far.T = far.T.Add(space.Vec3{X: 0.3})
	bad := a
	bad.Rays[LeftOuter].Direction = space.Vec3{X: math.NaN()}
	blind := b
	blind.Iris[Right].Direction.Z = math.NaN()
	for name, list := range map[string][]Sighting{
		"nothing": nil, "two people": {a, p.seen(far, gazes[0], cameras[1])}, "no number": {bad, b},
		"no number alone": {bad}, "nothing at all": {{}}, "no number in an iris": {a, blind},
	} {
		var s Solver
		if f, ok := s.Solve(list, space.Identity3()); ok {
			t.Errorf("%s: %+v", name, f)
		}
		if d := s.Depth(); d != usualDepth {
			t.Errorf("%s: depth %v was learnt", name, d)
		}
	}
}

func TestTriangulate(t *testing.T) {
	want := space.Vec3{X: 0.1, Y: -0.2, Z: 0.3}
	to := func(from space.Vec3, weight float64) Line {
		return Line{space.Ray{Origin: from, Direction: want.Sub(from).Unit()}, weight}
	}
	a, b := to(space.Vec3{Z: 2}, 1), to(space.Vec3{X: 1}, 0.5)
	if p, rms, ok := Triangulate([]Line{a, b}); !ok || p.Sub(want).Norm() > 1e-12 || rms > 1e-12 {
		t.Errorf("%v, %v, %v", p, rms, ok)
	}
	skew := b
	skew.Origin.Y += 0.002
	if _, rms, ok := Triangulate([]Line{a, {skew.Ray, 1}}); !ok || math.Abs(rms-0.001) > 2e-4 {
		t.Errorf("rays that pass by 2 mm are off by %v", rms)
	}
	parallel := Line{space.Ray{Origin: space.Vec3{X: 1, Z: 2}, Direction: a.Direction}, 1}
	for name, lines := range map[string][]Line{"none": nil, "one": {a}, "the same": {a, a}, "parallel": {a, parallel}, "no weight": {a, {b.Ray, 0}}} {
		if p, _, ok := Triangulate(lines); ok {
			t.Errorf("%s: they meet at %v", name, p)
		}
	}
}

func BenchmarkSolve(b *testing.B) {
	p := average(usualDepth)
	poses, gazes := heads()
	var list []Sighting
	for _, c := range cameras[:3] {
		list = append(list, p.seen(poses[1], gazes[1], c))
	}
	var s Solver
	for b.Loop() {
		s.Solve(list, poses[1].R)
	}
}
