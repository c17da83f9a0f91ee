package landmarks

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
)

func TestSteady(t *testing.T) {
	const period = capture.Time(100 * time.Millisecond)
	r := rand.New(rand.NewPCG(1, 2))
	toward := func(degrees float64) space.Vec3 {
		s, c := math.Sincos(degrees * math.Pi / 180)
		return space.Vec3{X: s, Z: c}
	}
	var s steady
	now, sum := capture.Time(0), 0.0
	for i := range 200 { // at rest, with noise of 2 degrees
		now += period
		_, d := s.take(space.Vec3{}, toward(2*r.NormFloat64()), now, 0.5)
		if off := math.Atan2(d.X, d.Z) * 180 / math.Pi; i >= 20 {
			sum += off * off
		}
	}
	if rms := math.Sqrt(sum / 180); rms > 1.6 {
		t.Errorf("noise of 2 degrees leaves as %.2f", rms)
	}
	// A jump of 30 degrees has arrived after 0.3 s, but for a tenth.
	for range 3 {
		now += period
		s.take(space.Vec3{}, toward(30), now, 0.5)
	}
	if a := space.Angle(s.direction.value, toward(30)) * 180 / math.Pi; a > 3 {
		t.Errorf("0.3 s after a jump of 30 degrees the direction is %.1f behind", a)
	}
	for name, step := range map[string]capture.Time{"back in time": -period, "after a pause": 20 * period, "at once": 0} {
		s.take(space.Vec3{}, toward(0), now+period, 1)
		if eye, d := s.take(space.Vec3{X: 1}, toward(50), now+period+step, 1); eye.X != 1 || space.Angle(d, toward(50)) > 1e-9 {
			t.Errorf("%s: %v, %v", name, eye, d)
		}
	}
	if _, d := s.take(space.Vec3{}, toward(10), now+30*period, 0); space.Angle(d, toward(10)) > 1e-9 {
		t.Errorf("without smoothing: %v", d)
	}
}

func TestLids(t *testing.T) {
	var l lids
	look := func(openings ...float64) bool {
		for _, o := range openings {
			l.add(o)
		}
		return l.shut()
	}
	if look() {
		t.Error("eyes that nobody sees are shut")
	}
	for range 20 {
		if look(0.3, 0.33, 0.36) {
			t.Fatal("open eyes are shut")
		}
	}
	if !look(0.1, 0.2, 0.4) || !look(0.05, 0.1) || look(0.3, 0.33) {
		t.Error("a blink of two looks is not told")
	}
	down := 0
	for look(0.2, 0.2) {
		if down++; down > 12 {
			t.Fatal("who looks down is blind for more than a second")
		}
	}
	for range 2 {
		if look(0.34) {
			t.Error("who looks up again is blind")
		}
	}
}

func TestDistance(t *testing.T) {
	c := space.Camera{
		Lens: space.Lens{Width: 64, Height: 48, Fx: 50, Fy: 50, Cx: 31.5, Cy: 23.5},
		Pose: space.LookAt(space.Vec3{Z: 1.2}, space.Vec3{}, space.Vec3{Y: 1}),
	}
	wall := capture.DepthPicture{Width: 64, Height: 48, Millimetres: make([]uint16, 64*48)}
	for i := range wall.Millimetres {
		wall.Millimetres[i] = 1100 // across the axis, at z = 0.1
	}
	ray := space.Ray{Origin: space.Vec3{X: 0.03, Z: 1.2}, Direction: space.Vec3{X: 0.1, Y: 0.1, Z: -1}.Unit()}
	want := 1.1 * math.Sqrt(1.02)
	if d := distance(wall, c, ray); math.Abs(d-want) > 1e-6 {
		t.Errorf("the wall is %.4f m away, not %.4f", d, want)
	}
	half := c
	half.Lens = c.Lens.Resized(128, 96)
	if d := distance(wall, half, ray); math.Abs(d-want) > 1e-6 {
		t.Errorf("by a picture of half the lens's size the wall is %.4f m away", d)
	}
	back := ray
	back.Direction = back.Direction.Scale(-1)
	empty := capture.DepthPicture{Width: 64, Height: 48, Millimetres: make([]uint16, 64*48)}
	for name, d := range map[string]float64{
		"no picture": distance(capture.DepthPicture{}, c, ray), "nothing measured": distance(empty, c, ray),
		"behind": distance(wall, c, back), "too few pixels": distance(capture.DepthPicture{Width: 9, Height: 9}, c, ray),
	} {
		if d != 0 {
			t.Errorf("%s: %v m", name, d)
		}
	}
}
