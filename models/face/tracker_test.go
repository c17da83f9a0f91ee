package face

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/capture/synthetic"
)

const width, height = 640, 360

// camera is a webcam 0.75 m before the origin of the cube, rolled by an angle.
func camera(roll float64) space.Camera {
	sin, cos := math.Sincos(roll)
	return space.Camera{
		Lens: space.Lens{Width: width, Height: height, Fx: 500, Fy: 500, Cx: width/2 - 0.5, Cy: height/2 - 0.5},
		Pose: space.LookAt(space.Vec3{Z: 0.75}, space.Vec3{}, space.Vec3{X: sin, Y: cos}),
	}
}

// everywhere is all of the picture.
func everywhere(c space.Camera) Square {
	return Square{Middle: c.Pose.Rotate(space.Vec3{Z: 1}), Up: c.Pose.Rotate(space.Vec3{Y: -1}), Size: width / c.Lens.Fx}
}

// TestEyesOfSyntheticRig compares eyes and irises with the truth: through a camera
// that stands upright, and through one that hangs aslant.
func TestEyesOfSyntheticRig(t *testing.T) {
	if testing.Short() {
		t.Skip("the person takes seconds to build")
	}
	s := synthetic.NewScene(synthetic.Default())
	for _, roll := range []float64{0, 0.6} {
		tracker, c := &Tracker{Finder: openFinder(t)}, camera(roll)
		worst, mean, n := 0.0, 0.0, 0.0
		for k := range 8 {
			at := synthetic.Instant(0.6 * float64(k))
			p := photograph(s, c, at)
			found, err := tracker.Next(p, c, everywhere(c))
			if err != nil || found == nil || found.Score < 0.9 {
				t.Fatalf("turned by %v, picture %d: found %v, %v", roll, k, found != nil, err)
			}
			// The first eye of the truth is the left one.
			for i, eye := range s.Truth(at).Eyes {
				iris, ok, err := tracker.Iris(p, c, found, i == 0)
				if err != nil || !ok {
					t.Fatalf("turned by %v, picture %d: eye %d is not looked into, %v", roll, k, i, err)
				}
				to := eye.Sub(c.Pose.T)
				off := c.Lens.Fx * math.Tan(space.Angle(iris.Middle, to)) // pixels
				worst, mean, n = max(worst, off), mean+off, n+1
				if d := c.Lens.Fx * iris.Diameter / iris.Middle.Norm(); d < 5 || d > 14 {
					t.Errorf("an iris is %.1f pixels wide", d)
				}
				if iris.Opening < 0.1 || iris.Opening > 0.6 {
					t.Errorf("an eye is open by %.2f of its width", iris.Opening)
				}
			}
		}
		t.Logf("turned by %v: irises are %.1f pixels off the middles of the eyes on average, %.1f at most", roll, mean/n, worst)
		if mean/n > 3 || worst > 6 {
			t.Error("the eyes are not where they are")
		}
	}
}

// photograph is what a camera sees of a scene.
func photograph(s *synthetic.Scene, c space.Camera, at synthetic.Instant) capture.Picture {
	img := s.Render(c, at)
	return picture(width, height, capture.I420, false, func(x, y float64) [3]float64 {
		i := 3 * (int(y)*width + int(x))
		return [3]float64{float64(img.RGB[i]), float64(img.RGB[i+1]), float64(img.RGB[i+2])}
	})
}

// TestNobody: no face is found in what has none.
func TestNobody(t *testing.T) {
	tracker, c := &Tracker{Finder: openFinder(t)}, camera(0)
	r := rand.New(rand.NewPCG(1, 2))
	black := func(float64, float64) [3]float64 { return [3]float64{} }
	for name, colour := range map[string]func(x, y float64) [3]float64{
		"black": black,
		"grey":  func(float64, float64) [3]float64 { return [3]float64{128, 128, 128} },
		"noise": func(float64, float64) [3]float64 {
			return [3]float64{float64(r.IntN(256)), float64(r.IntN(256)), float64(r.IntN(256))}
		},
		"slope": func(x, y float64) [3]float64 { return [3]float64{x / 3, y / 2, 90} },
	} {
		tracker.Forget()
		p := picture(width, height, capture.I420, false, colour)
		for range 6 {
			if found, err := tracker.Next(p, c, everywhere(c)); err != nil || found != nil {
				t.Errorf("%s: a face is found: %v, %v", name, found != nil, err)
			}
		}
	}
	p := picture(width, height, capture.I420, false, black)
	tracker.Forget()
	if found, err := tracker.Next(p, c, Square{}); err != nil || found != nil {
		t.Errorf("through no window a face is found: %v, %v", found != nil, err)
	}
	p.Format = capture.RGBA
	tracker.Forget()
	if _, err := tracker.Next(p, c, everywhere(c)); !errors.Is(err, ErrPicture) {
		t.Errorf("RGBA is looked at: %v", err)
	}
}
