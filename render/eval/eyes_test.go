package eval

import (
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/capture/synthetic"
)

// ring is six cameras on two rows, as round a display.
func ring() (cameras []space.Vec3) {
	for _, elevation := range []float64{18, -22} {
		for _, azimuth := range []float64{-35, 0, 35} {
			e, a := elevation*math.Pi/180, azimuth*math.Pi/180
			cameras = append(cameras, space.Vec3{X: math.Sin(a) * math.Cos(e), Y: math.Sin(e), Z: math.Cos(a) * math.Cos(e)}.Scale(1.15))
		}
	}
	return cameras
}

// combined says whether d is a non-negative combination of three of the
// cameras: the definition of the cone.
func combined(cameras []space.Vec3, d space.Vec3) bool {
	for i, a := range cameras {
		for j, b := range cameras[:i] {
			for _, c := range cameras[:j] {
				m := space.Columns(a, b, c)
				det := m.Determinant()
				if math.Abs(det) < 1e-12 {
					continue
				}
				if space.Columns(d, b, c).Determinant()/det >= -1e-9 && space.Columns(a, d, c).Determinant()/det >= -1e-9 &&
					space.Columns(a, b, d).Determinant()/det >= -1e-9 {
					return true
				}
			}
		}
	}
	return false
}

func TestDrawEyes(t *testing.T) {
	cameras := ring()
	eyes, err := DrawEyes(cameras, 5, 400)
	if err != nil || len(eyes) != 400 {
		t.Fatalf("%d eyes, %v", len(eyes), err)
	}
	left, low := 0, 0
	for _, e := range eyes {
		if !combined(cameras, e) {
			t.Errorf("eye %v lies outside the hull", e)
		}
		if d := e.Norm(); d < 0.7 || d > 1.5 {
			t.Errorf("eye %v is %.3f m away", e, d)
		}
		for _, c := range cameras {
			if angle := space.Angle(c, e) * 180 / math.Pi; angle < 5 {
				t.Errorf("eye %v is %.2f degrees from a camera", e, angle)
			}
		}
		if e.X < 0 {
			left++
		}
		if e.Y < -0.03*e.Norm() { // the middle elevation
			low++
		}
	}
	if left < 150 || left > 250 || low < 130 || low > 270 {
		t.Errorf("of 400 eyes %d lie left and %d low: not uniform", left, low)
	}
	again, err := DrawEyes(cameras, 5, 400)
	if err != nil {
		t.Fatal(err)
	}
	for i := range eyes {
		if again[i] != eyes[i] {
			t.Fatalf("eye %d differs between two draws", i)
		}
	}
	other, err := DrawEyes(cameras, 6, 1)
	if err != nil || other[0] == eyes[0] {
		t.Errorf("another seed draws the same eye (%v)", err)
	}
}

func TestDrawEyesRefuses(t *testing.T) {
	cases := map[string][]space.Vec3{
		"none":              nil,
		"two":               {{X: 1, Z: 1}, {X: -1, Z: 1}},
		"in one plane":      {{X: 1, Z: 1}, {X: -1, Z: 1}, {Z: 1}},
		"all round":         {{X: 1}, {X: -1, Z: 0.1}, {Y: 1}, {Y: -1}, {Z: -1}},
		"nearly one camera": {{Z: 1}, {X: 0.01, Z: 1}, {Y: 0.01, Z: 1}},
	}
	for name, cameras := range cases {
		if _, err := DrawEyes(cameras, 1, 4); !errors.Is(err, ErrNoHull) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

func TestTargetAt(t *testing.T) {
	for _, eye := range []space.Vec3{{Z: 0.7}, {X: 0.5, Y: -0.3, Z: 1.2}} {
		c := TargetAt(eye, 512, 400)
		if err := c.Lens.Validate(); err != nil || c.Pose.Validate() != nil || c.Pose.T != eye {
			t.Fatalf("camera %+v: %v", c, err)
		}
		u, v, _, ok := c.Project(space.Vec3{Y: subjectY})
		if !ok || math.Abs(u-255.5) > 1e-6 || math.Abs(v-199.5) > 1e-6 {
			t.Errorf("the subject is at %.2f, %.2f", u, v)
		}
		side := c.Pose.R.Column(0).Scale(subjectSide / 2)
		u, _, _, _ = c.Project(space.Vec3{Y: subjectY}.Add(side))
		if math.Abs(u-455.5) > 1e-6 {
			t.Errorf("half the subject's width ends at %.2f", u)
		}
	}
}

func TestEyesAreThoseOfTheSyntheticRig(t *testing.T) {
	o := synthetic.Default()
	o.CacheDir = t.TempDir()
	source, err := synthetic.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	var cameras []space.Vec3
	for _, c := range source.Rig().Cameras {
		cameras = append(cameras, c.Colour.Pose.T)
	}
	if err := source.Close(); err != nil {
		t.Fatal(err)
	}
	want, err := DrawEyes(cameras, 1, 32)
	if err != nil {
		t.Fatal(err)
	}
	if got := Eyes(); !slices.Equal(got, want) {
		t.Errorf("the list is not what the generator draws for the present rig:\n%v, want\n%v", got, want)
	}
}
