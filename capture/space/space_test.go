package space_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/virtualcube/virtualcube/capture/space"
)

// kinect is a lens as Azure Kinect calibrations have it.
var kinect = space.Lens{
	Width: 1280, Height: 720, Fx: 605.6, Fy: 605.4, Cx: 638.2, Cy: 366.9,
	K: [6]float64{0.5188, -2.6887, 1.5649, 0.4003, -2.5081, 1.4909}, P1: 0.00049, P2: -0.00012,
}

func pinhole() space.Lens {
	return space.Lens{Width: 640, Height: 480, Fx: 500, Fy: 510, Cx: 320, Cy: 240}
}

func random(r *rand.Rand) space.Rigid {
	axis := space.Vec3{X: r.Float64() - 0.5, Y: r.Float64() - 0.5, Z: r.Float64() - 0.5}
	return space.Rigid{R: space.RotationAbout(axis, 6*r.Float64()), T: space.Vec3{X: r.Float64(), Y: r.Float64(), Z: r.Float64()}}
}

func apart(a, b space.Vec3) float64 { return a.Sub(b).Norm() }

func TestUnprojectInvertsProject(t *testing.T) {
	for name, l := range map[string]space.Lens{"pinhole": pinhole(), "kinect": kinect} {
		for v := 0.0; v < float64(l.Height); v += 37 {
			for u := 0.0; u < float64(l.Width); u += 41 {
				x, y, ok := l.Unproject(u, v)
				if !ok {
					t.Fatalf("%s: pixel %.0f, %.0f has no ray", name, u, v)
				}
				gu, gv, ok := l.Project(space.Vec3{X: 2 * x, Y: 2 * y, Z: 2})
				if !ok || math.Hypot(gu-u, gv-v) > 1e-3 {
					t.Fatalf("%s: pixel %.0f, %.0f comes back as %.4f, %.4f", name, u, v, gu, gv)
				}
			}
		}
	}
}

// TestProjectByHand follows the model with the numbers of one point.
func TestProjectByHand(t *testing.T) {
	l := space.Lens{Width: 100, Height: 100, Fx: 100, Fy: 200, Cx: 50, Cy: 40, K: [6]float64{1, 0, 0, 0.5, 0, 0}, P1: 0.1, P2: 0.2}
	u, v, ok := l.Project(space.Vec3{X: 0.2, Y: 0.4, Z: 2})
	// x 0.1, y 0.2, r² 0.05, d = 1.05/1.025; tangential 2·P1·xy + P2(r²+2x²)
	// = 0.004 + 0.014 and 2·P2·xy + P1(r²+2y²) = 0.008 + 0.013.
	d := 1.05 / 1.025
	if wantU, wantV := 100*(0.1*d+0.018)+50, 200*(0.2*d+0.021)+40; !ok || math.Abs(u-wantU) > 1e-9 || math.Abs(v-wantV) > 1e-9 {
		t.Errorf("projected to %v, %v, want %v, %v", u, v, wantU, wantV)
	}
	if _, _, ok := l.Project(space.Vec3{Z: -1}); ok {
		t.Error("a point behind the camera was projected")
	}
	l.MaxRadius = 0.1
	if _, _, ok := l.Project(space.Vec3{X: 0.2, Y: 0.4, Z: 2}); ok {
		t.Error("a point beyond the lens's radius was projected")
	}
}

func TestResizedSeesTheSamePlaces(t *testing.T) {
	small := kinect.Resized(320, 180)
	x, y, _ := kinect.Unproject(639.5, 359.5) // the middle of the picture, 4 pixels share it
	u, v, _ := small.ProjectRay(x, y)
	if math.Hypot(u-159.5, v-89.5) > 1e-6 {
		t.Errorf("the middle lies at %v, %v, want 159.5, 89.5", u, v)
	}
}

func TestRigidProperties(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		a, b := random(r), random(r)
		p, q := space.Vec3{X: r.Float64(), Y: r.Float64(), Z: r.Float64()}, space.Vec3{X: r.Float64()}
		if err := a.Validate(); err != nil {
			t.Fatal(err)
		}
		if d := apart(a.Inverse().Apply(a.Apply(p)), p); d > 1e-12 {
			t.Fatalf("inverse: off by %v", d)
		}
		if d := apart(a.Mul(b).Apply(p), a.Apply(b.Apply(p))); d > 1e-12 {
			t.Fatalf("product: off by %v", d)
		}
		if d := math.Abs(apart(a.Apply(p), a.Apply(q)) - apart(p, q)); d > 1e-12 {
			t.Fatalf("distance changes by %v", d)
		}
	}
}

func TestBadTransformsAndLensesAreRefused(t *testing.T) {
	for name, r := range map[string]space.Rigid{
		"scaled":   {R: space.Mat3{2, 0, 0, 0, 2, 0, 0, 0, 2}},
		"mirrored": {R: space.Mat3{-1, 0, 0, 0, 1, 0, 0, 0, 1}},
		"zero":     {},
		"nan":      {R: space.Identity3(), T: space.Vec3{X: math.NaN()}},
		"nan turn": {R: space.Mat3{math.NaN(), 0, 0, 0, 1, 0, 0, 0, 1}},
	} {
		if err := r.Validate(); !errors.Is(err, space.ErrNotRigid) {
			t.Errorf("%s: error %v, want ErrNotRigid", name, err)
		}
	}
	for name, change := range map[string]func(*space.Lens){
		"no size": func(l *space.Lens) { l.Width = 0 }, "huge": func(l *space.Lens) { l.Height = 1 << 20 },
		"no focal length": func(l *space.Lens) { l.Fx = 0 }, "negative": func(l *space.Lens) { l.Fy = -500 },
		"infinite centre": func(l *space.Lens) { l.Cx = math.Inf(1) }, "nan": func(l *space.Lens) { l.K[3] = math.NaN() },
	} {
		l := kinect
		if err := l.Validate(); err != nil {
			t.Fatal(err)
		}
		change(&l)
		if err := l.Validate(); !errors.Is(err, space.ErrBadLens) {
			t.Errorf("%s: error %v, want ErrBadLens", name, err)
		}
	}
}

func TestLookAt(t *testing.T) {
	pose := space.LookAt(space.Vec3{X: 1, Y: 2, Z: 3}, space.Vec3{}, space.Vec3{Y: 1})
	if err := pose.Validate(); err != nil {
		t.Fatal(err)
	}
	c := space.Camera{Lens: pinhole(), Pose: pose}
	u, v, depth, ok := c.Project(space.Vec3{})
	if !ok || math.Hypot(u-320, v-240) > 1e-9 || math.Abs(depth-math.Sqrt(14)) > 1e-12 {
		t.Errorf("the target is seen at %v, %v, %v m", u, v, depth)
	}
	if _, v, _, _ := c.Project(space.Vec3{Y: 0.1}); v >= 240 {
		t.Errorf("up is seen at row %v, below the middle", v)
	}
	if err := space.LookAt(space.Vec3{Y: 1}, space.Vec3{}, space.Vec3{Y: 1}).Validate(); err != nil {
		t.Errorf("straight down: %v", err)
	}
}

func TestBoxIntersect(t *testing.T) {
	b := space.Box{Min: space.Vec3{X: -1, Y: -1, Z: -1}, Max: space.Vec3{X: 1, Y: 1, Z: 1}}
	for _, c := range []struct {
		name      string
		ray       space.Ray
		near, far float64
		ok        bool
	}{
		{"through", space.Ray{Origin: space.Vec3{Z: 3}, Direction: space.Vec3{Z: -1}}, 2, 4, true},
		{"from inside", space.Ray{Direction: space.Vec3{X: 1}}, 0, 1, true},
		{"beside", space.Ray{Origin: space.Vec3{X: 2, Z: 3}, Direction: space.Vec3{Z: -1}}, 0, 0, false},
		{"away", space.Ray{Origin: space.Vec3{Z: 3}, Direction: space.Vec3{Z: 1}}, 0, 0, false},
		{"diagonal", space.Ray{Origin: space.Vec3{X: -2, Y: -2}, Direction: space.Vec3{X: 1, Y: 1}}, 1, 3, true},
	} {
		near, far, ok := b.Intersect(c.ray)
		if ok != c.ok || ok && (math.Abs(near-c.near) > 1e-12 || math.Abs(far-c.far) > 1e-12) {
			t.Errorf("%s: %v, %v, %v, want %v, %v, %v", c.name, near, far, ok, c.near, c.far, c.ok)
		}
	}
	for i, p := range b.Corners() {
		if !b.Contains(p) {
			t.Errorf("corner %d is outside", i)
		}
	}
}

// TestWindowFillsThePicture holds the corners of the window at the corners of
// the picture, from any eye before it.
func TestWindowFillsThePicture(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 100 {
		pose := random(r)
		w := space.Window{ID: 1, Center: pose.T, Right: pose.R.Column(0), Up: pose.R.Column(1), HalfWidth: 0.1 + r.Float64(), HalfHeight: 0.1 + r.Float64()}
		eye := w.Center.Add(w.Normal().Scale(0.3 + r.Float64())).Add(w.Right.Scale(r.Float64() - 0.5)).Add(w.Up.Scale(r.Float64() - 0.5))
		c, err := w.Camera(eye, 512, 256)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Pose.Validate(); err != nil {
			t.Fatal(err)
		}
		for _, s := range [4][4]float64{{-1, 1, -0.5, -0.5}, {1, 1, 511.5, -0.5}, {-1, -1, -0.5, 255.5}, {1, -1, 511.5, 255.5}} {
			p := w.Center.Add(w.Right.Scale(s[0] * w.HalfWidth)).Add(w.Up.Scale(s[1] * w.HalfHeight))
			if u, v, _, ok := c.Project(p); !ok || math.Hypot(u-s[2], v-s[3]) > 1e-6 {
				t.Fatalf("corner %v is seen at %v, %v", s, u, v)
			}
		}
		if _, err := w.Camera(w.Center.Sub(w.Normal()), 512, 256); err == nil {
			t.Fatal("an eye behind the window was accepted")
		}
	}
}

func FuzzUnproject(f *testing.F) {
	f.Add(640.0, 360.0, 0.5, -2.6)
	f.Add(0.0, 0.0, 100.0, -100.0)
	f.Add(1e9, -1e9, 0.0, 0.0)
	f.Fuzz(func(t *testing.T, u, v, k1, k4 float64) {
		l := kinect
		l.K[0], l.K[3] = k1, k4
		if l.Validate() != nil {
			t.Skip()
		}
		x, y, ok := l.Unproject(u, v)
		if !ok {
			return
		}
		gu, gv, ok := l.ProjectRay(x, y)
		if !ok || !(math.Hypot(gu-u, gv-v) < 0.01) {
			t.Errorf("pixel %v, %v comes back as %v, %v", u, v, gu, gv)
		}
	})
}
