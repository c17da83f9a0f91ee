package folder

import (
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
)

// mannequin is a standing person in its own cube: y up, the eyes at 0, looking
// along +z, toes forward.
func mannequin(random *rand.Rand) []space.Vec3 {
	var points []space.Vec3
	blob := func(n int, c, half space.Vec3) {
		for range n {
			d := space.Vec3{X: random.NormFloat64(), Y: random.NormFloat64(), Z: random.NormFloat64()}.Unit()
			points = append(points, space.Vec3{X: c.X + d.X*half.X, Y: c.Y + d.Y*half.Y, Z: c.Z + d.Z*half.Z})
		}
	}
	blob(2000, space.Vec3{}, space.Vec3{X: 0.08, Y: 0.12, Z: 0.1})
	blob(6000, space.Vec3{Y: -0.5}, space.Vec3{X: 0.25, Y: 0.3, Z: 0.12})
	for _, x := range []float64{-0.1, 0.1} {
		blob(3000, space.Vec3{X: x, Y: -1.2}, space.Vec3{X: 0.07, Y: 0.48, Z: 0.07})
		blob(800, space.Vec3{X: x * 1.5, Y: -1.64, Z: 0.08}, space.Vec3{X: 0.05, Y: 0.04, Z: 0.13})
	}
	return points
}

// ring is five cameras round the person at the given heading offsets, rolled
// about their axis.
func ring(roll float64) []space.Rigid {
	var cameras []space.Rigid
	for i := range 5 {
		a := 0.4 + float64(i)*2*math.Pi/5
		p := space.LookAt(space.Vec3{X: 1.6 * math.Sin(a), Y: -0.3, Z: 1.6 * math.Cos(a)}, space.Vec3{Y: -0.7}, space.Vec3{Y: 1})
		p.R = p.R.Mul(space.RotationAbout(space.Vec3{Z: 1}, roll))
		cameras = append(cameras, p)
	}
	return cameras
}

func TestEstimateStandingPerson(t *testing.T) {
	for _, roll := range []float64{0, 90, -90} {
		for seed := range uint64(4) {
			random := rand.New(rand.NewPCG(seed, 1))
			// The folder's world is turned and moved against the cube.
			world := space.Rigid{R: space.RotationAbout(space.Vec3{X: random.NormFloat64(), Y: random.NormFloat64(), Z: random.NormFloat64()}, 1+random.Float64()*2), T: space.Vec3{X: 3, Y: -2, Z: 5}}
			e := estimator{matted: true}
			for _, p := range mannequin(random) {
				e.points = append(e.points, world.Apply(p))
			}
			for _, c := range ring(roll * math.Pi / 180) {
				e.cameras = append(e.cameras, world.Mul(c))
			}
			cube, err := e.place()
			if err != nil {
				t.Fatal(err)
			}
			got := cube.Mul(world) // from the true cube to the estimated one
			if tilt := space.Angle(got.R.Column(1), space.Vec3{Y: 1}); tilt > 12.5*math.Pi/180 {
				t.Errorf("roll %v seed %d: up is off by %.1f°: %v", roll, seed, tilt*180/math.Pi, e.notes)
			}
			if turn := space.Angle(got.R.Column(2), space.Vec3{Z: 1}); turn > 15*math.Pi/180 {
				t.Errorf("roll %v seed %d: front is off by %.1f°: %v", roll, seed, turn*180/math.Pi, e.notes)
			}
			if got.T.Norm() > 0.05 {
				t.Errorf("roll %v seed %d: head is off by %v", roll, seed, got.T)
			}
			for _, p := range mannequin(random) {
				if !e.box.Contains(got.Apply(p)) {
					t.Fatalf("roll %v seed %d: %v of the person is outside the volume %v", roll, seed, p, e.box)
				}
			}
			if len(e.notes) < 4 {
				t.Errorf("notes %q", e.notes)
			}
		}
	}
}

func TestEstimateStated(t *testing.T) {
	e := estimator{matted: true, points: mannequin(rand.New(rand.NewPCG(1, 1))), cameras: ring(0), origin: &space.Vec3{X: 1}, front: &space.Vec3{X: 1, Y: 5}}
	cube, err := e.place()
	if err != nil {
		t.Fatal(err)
	}
	if p := cube.Apply(space.Vec3{X: 1}); p.Norm() > 1e-12 {
		t.Errorf("the stated origin is at %v", p)
	}
	if d := cube.Rotate(space.Vec3{X: 1}); space.Angle(d, space.Vec3{Z: 1}) > 1e-9 {
		t.Errorf("the stated front is at %v", d)
	}
	e.front = &space.Vec3{Y: 1}
	if _, err := e.place(); err == nil {
		t.Error("a front that points up was accepted")
	}
}

// testdata finds the real recordings, or skips.
func testdata(t testing.TB, name string) string {
	dir := os.Getenv("VIRTUALCUBE_TESTDATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "data")
	}
	path := filepath.Join(dir, name)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("no real recordings: %v; set VIRTUALCUBE_TESTDATA to their folder", err)
	}
	return path
}

func openReal(t testing.TB, name string, change func(*Options)) *Source {
	o := Options{Dir: testdata(t, name), Clock: capture.NewClock()}
	if change != nil {
		change(&o)
	}
	s, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestRealPerson(t *testing.T) {
	s := openReal(t, "person5", nil)
	rig := s.Rig()
	if len(rig.Cameras) != 5 {
		t.Fatalf("%d cameras", len(rig.Cameras))
	}
	// He stands, some 1.8 m tall, and looks at camera 1.
	if v := rig.Volume.Size(); v.Y < 1.8 || v.Y > 2.1 || v.X > 1 || v.Z > 1 {
		t.Errorf("volume %v", v)
	}
	at := rig.Cameras[1].Colour.Pose.T
	if azimuth := math.Atan2(at.X, at.Z); math.Abs(azimuth) > 10*math.Pi/180 {
		t.Errorf("the camera in front is at %.0f°", azimuth*180/math.Pi)
	}
	inside, all := 0, 0
	for i, c := range rig.Cameras {
		if !c.Matted || !c.Aligned() {
			t.Errorf("camera %s: matted %v, aligned %v", c.Name, c.Matted, c.Aligned())
		}
		d := s.player.Reel.(*reel).start[i].Depth
		for k, v := range d.Millimetres {
			if v == 0 || k%17 != 0 {
				continue
			}
			x, y, _ := c.Depth.Lens.Unproject(float64(k%d.Width), float64(k/d.Width))
			z := float64(v) / 1000
			all++
			if rig.Volume.Contains(c.Depth.Pose.Apply(space.Vec3{X: x * z, Y: y * z, Z: z})) {
				inside++
			}
		}
	}
	if share := float64(inside) / float64(all); share < 0.999 {
		t.Errorf("%.2f %% of the person is in the volume", share*100)
	}
}

func TestRealRawRig(t *testing.T) {
	dir := testdata(t, "rig4-raw")
	if _, err := Open(Options{Dir: dir, Clock: capture.NewClock()}); err == nil || !strings.Contains(err.Error(), "intrinsics=nominal") {
		t.Errorf("lenses were taken from nowhere: %v", err)
	}
	s := openReal(t, "rig4-raw", func(o *Options) { o.Nominal = true })
	rig := s.Rig()
	if len(rig.Cameras) != 4 || !slices.ContainsFunc(rig.Estimated, func(n string) bool { return strings.Contains(n, "average Azure Kinect") }) {
		t.Errorf("%d cameras, estimated %q", len(rig.Cameras), rig.Estimated)
	}
	for _, c := range rig.Cameras {
		if c.Matted || c.Aligned() {
			t.Errorf("camera %s: matted %v, aligned %v", c.Name, c.Matted, c.Aligned())
		}
	}
}

func TestRealScene(t *testing.T) {
	rig := openReal(t, "kitchen", nil).Rig()
	if len(rig.Cameras) != 6 {
		t.Fatalf("%d cameras", len(rig.Cameras))
	}
	if v := rig.Volume.Size(); v.X < 2 || v.Y < 1 || v.Z < 1 {
		t.Errorf("volume %v of a room", v)
	}
	// All cameras stand in front and look back into the scene.
	for _, c := range rig.Cameras {
		if c.Colour.Pose.T.Z < 0.5 || c.Colour.Pose.R.Column(2).Z > -0.8 || c.Colour.Pose.R.Column(1).Y > -0.8 {
			t.Errorf("camera %s at %v looks along %v", c.Name, c.Colour.Pose.T, c.Colour.Pose.R.Column(2))
		}
	}
}

func BenchmarkOpenPerson5(b *testing.B) {
	dir := testdata(b, "person5")
	for b.Loop() {
		if _, err := Open(Options{Dir: dir, Clock: capture.NewClock()}); err != nil {
			b.Fatal(err)
		}
	}
}
