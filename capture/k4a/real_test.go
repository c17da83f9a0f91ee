package k4a

import (
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
)

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

// In a genuine recording the mug's handle stands before a far wall: where
// depth jumps by more than 0.3 m, the colour that registration finds on the
// near side differs from that on the far side.
func TestRealRegistration(t *testing.T) {
	s, err := Open(Options{File: testdata(t, filepath.Join("k4a", "recording.mkv")), Clock: capture.NewClock()})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	c := s.Rig().Cameras[0]
	if s.Rig().Rate != 5 || c.Colour.Lens.Width != 1280 || c.Depth.Lens.Width != 640 {
		t.Errorf("rig %+v", s.Rig())
	}
	shot := step(t, s)
	p, d := shot.Colour, shot.Depth
	luma := func(x, y int, shift float64) (float64, bool) {
		z := float64(d.Millimetres[y*d.Width+x]) / 1000
		rx, ry, ok := c.Depth.Lens.Unproject(float64(x), float64(y))
		if z == 0 || !ok {
			return 0, false
		}
		u, v, _, ok := c.Colour.Project(c.Depth.Pose.Apply(space.Vec3{X: rx * z, Y: ry * z, Z: z}))
		u += shift
		if !ok || u < 0 || v < 0 || u > float64(p.Width-1) || v > float64(p.Height-1) {
			return 0, false
		}
		return float64(p.Planes[0][int(v+0.5)*p.Strides[0]+int(u+0.5)]), true
	}
	// The mug, near, and the window frame behind it agree with colour best
	// where the calibration puts them: luma's jumps across depth's jumps are
	// largest without a shift.
	contrast := func(shift float64) float64 {
		sum, n := 0.0, 0
		for y := 330; y < 500; y++ {
			for x := 4; x < d.Width-4; x++ {
				near, far := float64(d.Millimetres[y*d.Width+x])/1000, 0.0
				for k := 1; k <= 4 && far == 0; k++ {
					far = float64(d.Millimetres[y*d.Width+x+k]) / 1000
					if far == 0 || near == 0 || far-near < 0.3 {
						far = 0
						continue
					}
					a, ok1 := luma(x, y, shift)
					b, ok2 := luma(x+k, y, shift)
					if ok1 && ok2 {
						sum += math.Abs(a - b)
						n++
					}
				}
			}
		}
		return sum / float64(max(n, 1))
	}
	here := contrast(0)
	for _, shift := range []float64{-12, 12} {
		if there := contrast(shift); there >= here {
			t.Errorf("registration shifted by %v px fits better: contrast %.1f, %.1f without", shift, there, here)
		}
	}
}

func BenchmarkDecode(b *testing.B) {
	path := testdata(b, filepath.Join("k4a", "recording.mkv"))
	s, err := Open(Options{File: path, Clock: capture.NewClock()})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	b.ReportAllocs()
	for b.Loop() {
		step(b, s).Free()
		if err := s.reel.Rewind(); err != nil {
			b.Fatal(err)
		}
	}
}
