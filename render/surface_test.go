package render

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/virtualcube/virtualcube/capture"
)

// block is a person of a depth before a wall that lies beyond the volume.
func block(z uint16) func(x, y int) uint16 {
	return func(x, y int) uint16 {
		if x >= 12 && x < 30 && y >= 12 && y < 30 {
			return z
		}
		return 3000
	}
}

const (
	middle = 20*48 + 20 // a pixel of the block
	edge   = 12*48 + 12 // its corner, which has too few neighbours to be filled
)

// sigma is the noise of a depth that the surface assumes, millimetres.
func sigma(s *surface, z float64) float64 {
	return math.Sqrt(float64(s.noise[int(z*eighths)*noiseSteps>>16].still)) / still / eighths
}

// TestStillSurfaceConverges adds the assumed noise to a still surface. A
// running mean over n frames leaves 1/sqrt(2n - 1) of it; what moves with its
// neighbours may add as much.
func TestStillSurfaceConverges(t *testing.T) {
	c := testCamera(48, 40)
	random := rand.New(rand.NewPCG(3, 4))
	spread := sigma(c.surface, 1000)
	rms := 0.0
	for n := range 3 * followed {
		c.observe(testFrame(c, n, func(x, y int) uint16 {
			if block(1)(x, y) != 1 {
				return 3000
			}
			return uint16(math.Round(1000 + spread*random.NormFloat64()))
		}))
		if n < 2*followed {
			continue
		}
		for y := 14; y < 28; y++ {
			for x := 14; x < 28; x++ {
				rms += math.Pow(float64(c.surface.depth[y*48+x])/eighths-1000, 2) / (14 * 14 * followed)
			}
		}
	}
	rms = math.Sqrt(rms)
	if limit := 2 * spread / math.Sqrt(2*followed-1); rms > limit {
		t.Errorf("%.2f mm of %.2f mm of noise are left, want at most %.2f", rms, spread, limit)
	}
}

// TestMovingSurfaceIsFollowed moves a surface along the ray at many speeds.
// What lags behind is at most half of what the mean may stray: there is where
// motion and noise count the same.
func TestMovingSurfaceIsFollowed(t *testing.T) {
	for _, speed := range []int{1, 2, 3, 4, 5, 8, 12, 17, 25, 60, -1, -3, -5, -12, -60} {
		c := testCamera(48, 40)
		z := 1200 - 5*speed
		for n := range 30 {
			if n > 15 {
				z += speed
			}
			c.observe(testFrame(c, n, block(uint16(z))))
			limit := still/2*sigma(c.surface, float64(z)) + 1.0/eighths
			if lag := math.Abs(float64(c.surface.depth[middle])/eighths - float64(z)); lag > limit {
				t.Errorf("%d mm a frame: %.2f mm behind, want at most %.2f", speed, lag, limit)
			}
			if fast := n > 20 && max(speed, -speed) > 10; fast && c.surface.age[middle] > moved+1 {
				t.Errorf("%d mm a frame: averaged over %d frames", speed, c.surface.age[middle])
			}
		}
	}
}

func TestAnotherSurfaceStartsAnew(t *testing.T) {
	c := testCamera(48, 40)
	for n := range 30 {
		c.observe(testFrame(c, n, block(1500)))
	}
	if c.surface.age[middle] != followed {
		t.Errorf("a still surface is averaged over %d frames", c.surface.age[middle])
	}
	c.observe(testFrame(c, 30, block(1300)))
	if c.surface.depth[middle] != 1300*eighths || c.surface.age[middle] != 1 {
		t.Errorf("depth %.2f mm, %d frames old", float64(c.surface.depth[middle])/eighths, c.surface.age[middle])
	}
}

// without is a picture with some pixels changed.
func without(f func(x, y int) uint16, lost func(x, y int) bool, z uint16) func(x, y int) uint16 {
	return func(x, y int) uint16 {
		if lost(x, y) {
			return z
		}
		return f(x, y)
	}
}

// only is one pixel.
func only(at int) func(x, y int) bool {
	return func(x, y int) bool { return y*48+x == at }
}

func TestLostPixelsAreHeld(t *testing.T) {
	column := func(x, _ int) bool { return x == 12 }
	for _, c := range []struct {
		name  string
		lost  func(x, y int) bool
		at    int    // one of them
		z     uint16 // what they show after a while
		holds int
	}{
		{"no echo", only(edge), edge, 0, held}, {"a flying pixel", only(edge), edge, 1200, held},
		{"the wall", only(edge), edge, 3000, 0}, {"no echo at a whole side", column, 20*48 + 12, 0, held},
	} {
		camera := testCamera(48, 40)
		for n := range 30 {
			camera.observe(testFrame(camera, n, block(1000)))
		}
		for n := range held + 5 {
			camera.observe(testFrame(camera, 30+n, without(block(1000), c.lost, c.z)))
			depth, valid := camera.surface.depth[c.at], camera.surface.valid[c.at]
			if want := n < c.holds; (valid == seen) != want || (depth > 0) != want || want && depth != 1000*eighths {
				t.Errorf("%s: after %d frames valid is %d and depth %d", c.name, n+1, valid, depth)
			}
		}
		camera.observe(testFrame(camera, 60, block(1000)))
		if camera.surface.depth[c.at] != 1000*eighths {
			t.Errorf("%s: the pixel does not come back", c.name)
		}
	}
}

// TestHeldEndsWithItsSurface takes the person away: nothing is held for lack of
// neighbours.
func TestHeldEndsWithItsSurface(t *testing.T) {
	c := testCamera(48, 40)
	c.observe(testFrame(c, 1, block(1000)))
	c.observe(testFrame(c, 2, func(int, int) uint16 { return 0 }))
	if c.somebody || c.surface.count != 0 || slices.Max(c.surface.depth) != 0 {
		t.Errorf("%d pixels are left of nobody", c.surface.count)
	}
}

func TestHolesAreFilled(t *testing.T) {
	for _, c := range []struct {
		name string
		at   int
		want uint16
	}{
		{"inside", middle, 1000}, {"at a straight edge", 20*48 + 12, 1000}, {"at a corner", edge, 0}, {"beside", 20*48 + 11, 0},
	} {
		camera := testCamera(48, 40)
		camera.observe(testFrame(camera, 1, without(block(1000), only(c.at), 0)))
		if got := camera.surface.depth[c.at]; got != c.want*eighths {
			t.Errorf("%s: %.2f mm, want %d", c.name, float64(got)/eighths, c.want)
		}
	}
}

func TestTimeThatJumpsStartsAnew(t *testing.T) {
	for _, c := range []struct {
		name string
		step time.Duration
		anew bool
	}{
		{"the next frame", 33 * time.Millisecond, false}, {"a short gap", gap, false}, {"a long gap", gap + 1, true},
		{"back", -time.Millisecond, true}, {"no time", 0, true},
	} {
		camera := testCamera(48, 40)
		for n := range 30 {
			camera.observe(testFrame(camera, n, block(1000)))
		}
		f := testFrame(camera, 30, block(1003))
		f.Captured = 29*33_000_000 + capture.Time(c.step)
		camera.observe(f)
		if got := camera.surface.depth[middle] == 1003*eighths; got != c.anew {
			t.Errorf("%s: depth %.2f mm", c.name, float64(camera.surface.depth[middle])/eighths)
		}
	}
}

func TestFrameIsTakenOnce(t *testing.T) {
	c := testCamera(48, 40)
	c.observe(testFrame(c, 1, block(1000)))
	f := testFrame(c, 2, block(1004))
	c.observe(f)
	depth, age := slices.Clone(c.surface.depth), slices.Clone(c.surface.age)
	c.mesher.mesh()
	c.meshed = true
	c.observe(f)
	if !c.meshed || !slices.Equal(depth, c.surface.depth) || !slices.Equal(age, c.surface.age) {
		t.Error("a frame counts twice")
	}
}

// checkSurface says what must hold whatever the camera sends.
func checkSurface(t *testing.T, s *surface) {
	t.Helper()
	count := 0
	for i, v := range s.valid {
		x, y := i%s.width, i/s.width
		if v > 1 || (v == 1) != (s.depth[i] > 0) {
			t.Fatalf("pixel %d, %d: valid %d, depth %d", x, y, v, s.depth[i])
		}
		if s.depth[i] == 0 && s.age[i] > 0 || s.age[i] > followed {
			t.Fatalf("pixel %d, %d: depth %d is %d frames old", x, y, s.depth[i], s.age[i])
		}
		count += int(v)
		if v == 1 && (x < s.reach[y].from || x >= s.reach[y].to) {
			t.Fatalf("pixel %d, %d is beyond the reach %v", x, y, s.reach[y])
		}
		if x < s.region.x0 || y < s.region.y0 || x >= s.region.x1 || y >= s.region.y1 {
			if s.mask[i] != 0 {
				t.Fatalf("pixel %d, %d outside has a mask", x, y)
			}
			continue
		}
		around := 0
		for k := range 9 {
			around += int(s.valid[i+(k/3-1)*s.width+k%3-1])
		}
		if int(s.mask[i]) != 28*around {
			t.Fatalf("pixel %d, %d: mask %d of %d neighbours", x, y, s.mask[i], around)
		}
	}
	if count != s.count {
		t.Fatalf("%d pixels are counted, %d are there", s.count, count)
	}
}

// scrawl draws blobs of depth by the bytes of a fuzzer: four a blob.
func scrawl(c *camera, sequence int, b []byte) *capture.Frame {
	f := testFrame(c, sequence, func(int, int) uint16 { return 3000 })
	for ; len(b) >= 4; b = b[4:] {
		x0, y0, size := int(b[0])%c.Depth.Lens.Width, int(b[1])%c.Depth.Lens.Height, 1+int(b[3])%16
		for y := y0; y < min(y0+size, c.Depth.Lens.Height); y++ {
			for x := x0; x < min(x0+size, c.Depth.Lens.Width); x++ {
				f.Depth.Millimetres[y*c.Depth.Lens.Width+x] = uint16(b[2])*9 + uint16(x*int(b[3]>>4))
			}
		}
	}
	return f
}

func FuzzSurface(f *testing.F) {
	f.Add([]byte{8, 8, 110, 15, 12, 12, 120, 0x1f}, []byte{8, 8, 111, 15, 14, 14, 0, 3}, []byte{9, 8, 110, 15})
	f.Add([]byte{0, 0, 100, 255}, []byte{}, []byte{47, 39, 100, 1})
	f.Fuzz(func(t *testing.T, a, b, third []byte) {
		c := testCamera(48, 40)
		for n, bytes := range [][]byte{a, b, third, a} {
			c.observe(scrawl(c, n, bytes))
			checkSurface(t, c.surface)
			c.mesher.mesh()
			checkMesh(t, c.mesher)
		}
	})
}
