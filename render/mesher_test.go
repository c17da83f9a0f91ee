package render

import (
	"math"
	"testing"
)

// checkMesh says what must hold of every mesh: no place is covered twice, no
// patch of one surface is left out, inner cells have a full mask.
func checkMesh(t *testing.T, m *mesher) {
	t.Helper()
	// Two places in each quad of pixels, off all diagonals.
	covered := make([]int, 2*m.width*m.height)
	for i := 0; i < len(m.indices); i += 3 {
		a, b, c := m.vertices[m.indices[i]], m.vertices[m.indices[i+1]], m.vertices[m.indices[i+2]]
		x0, x1 := int(min(a[0], b[0], c[0])), int(max(a[0], b[0], c[0]))
		y0, y1 := int(min(a[1], b[1], c[1])), int(max(a[1], b[1], c[1]))
		if x1-x0 != y1-y0 || x1-x0 > wide || x0 < m.region.x0 || x1 > m.region.x1 || y0 < m.region.y0 || y1 > m.region.y1 {
			t.Fatalf("triangle %v, %v, %v is no half of a cell", a, b, c)
		}
		for y := y0; y <= y1; y++ {
			for x := x0; x <= x1; x++ {
				if i < m.inner && m.mask[y*m.width+x] != 9*28 {
					t.Fatalf("the inner cell at %d, %d has mask %d at %d, %d", x0, y0, m.mask[y*m.width+x], x, y)
				}
				for k := range 2 {
					at := 0.25 + 0.5*float64(k)
					if x < x1 && y < y1 && holds(a, b, c, float64(x)+at, float64(y)+at) {
						covered[2*(y*m.width+x)+k]++
					}
				}
			}
		}
	}
	for y := m.region.y0; y < m.region.y1; y++ {
		for x := m.region.x0; x < m.region.x1; x++ {
			at := y*m.width + x
			patch := m.patch(x&^1, y&^1)
			whole := patch.count == 9 && patch.high-patch.low <= m.spread(patch.low, 2)
			for k := range 2 {
				if n := covered[2*at+k]; n > 1 || whole && n == 0 {
					t.Fatalf("the quad at %d, %d is covered %d times, whole: %v", x, y, n, whole)
				}
			}
		}
	}
}

// holds says whether a point lies in a triangle that winds clockwise in the
// picture.
func holds(a, b, c [4]uint16, x, y float64) bool {
	left := func(p, q [4]uint16) bool {
		px, py := float64(p[0]), float64(p[1])
		return (float64(q[0])-px)*(y-py)-(float64(q[1])-py)*(x-px) > 0
	}
	return left(a, b) && left(b, c) && left(c, a)
}

func TestMeshCoversTheSurface(t *testing.T) {
	disc := func(z uint16) func(x, y int) uint16 {
		return func(x, y int) uint16 {
			if dx, dy := x-23, y-19; dx*dx+dy*dy > 150 {
				return 0
			}
			return z
		}
	}
	for _, c := range []struct {
		name  string
		z     func(x, y int) uint16
		sizes []int // of the cells that must occur
		step  bool
	}{
		{"even ground", func(int, int) uint16 { return 1000 }, []int{8}, false},
		{"a disc", disc(1000), []int{8, 4}, false},
		{"a steep slope", func(x, _ int) uint16 { return uint16(900 + 40*x) }, []int{4}, false},
		{"a step", func(x, y int) uint16 { return uint16(1000 + 500*((2*x+y)/68)) }, []int{8, 4, 2}, true},
		{"a disc before a wall", func(x, y int) uint16 { return 1500 - disc(400)(x, y) }, []int{8, 4, 2}, true},
		{"nobody", func(int, int) uint16 { return 0 }, nil, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			camera := testCamera(48, 40)
			camera.observe(testFrame(camera, 1, c.z))
			m := camera.mesher
			if m.mesh() != (len(c.sizes) > 0) {
				t.Fatalf("%d indices", len(m.indices))
			}
			checkSurface(t, camera.surface)
			checkMesh(t, m)
			sizes := map[int]bool{}
			for i := 0; i < len(m.indices); i += 3 {
				a, b, d := m.vertices[m.indices[i]], m.vertices[m.indices[i+1]], m.vertices[m.indices[i+2]]
				sizes[int(max(a[0], b[0], d[0])-min(a[0], b[0], d[0]))] = true
				if c.step && max(a[2], b[2], d[2])-min(a[2], b[2], d[2]) > 250*eighths {
					t.Errorf("the triangle %v, %v, %v crosses the step", a, b, d)
				}
			}
			for _, s := range c.sizes {
				if !sizes[s] {
					t.Errorf("no cell of %d pixels, only %v", s, sizes)
				}
			}
		})
	}
}

// TestTilt reads the slope of a plane back from its vertices.
func TestTilt(t *testing.T) {
	for _, slope := range [][2]float64{{0, 0}, {0.5, -0.2}, {-0.9, 0.5}, {1.2, 0.1}} {
		c := testCamera(48, 40)
		// A pixel is 1/60 of the distance wide.
		c.observe(testFrame(c, 1, func(x, y int) uint16 {
			return uint16(math.Round(1000 + 1000.0/60*(slope[0]*float64(x-24)+slope[1]*float64(y-20))))
		}))
		v := c.mesher.smooth(24, 20, 1000*eighths, 1)
		if math.Abs(float64(v[2])/eighths-1000) > 0.5 {
			t.Errorf("slope %v: depth %.2f mm", slope, float64(v[2])/eighths)
		}
		for k := range 2 {
			code := (float64(v[3]>>(8*k)&255) - 127) / 127
			// Half a step of the code, and a millimetre of rounding over two pixels.
			limit := math.Sqrt(math.Abs(slope[k])/steepestTilt)*steepestTilt/127 + 0.04
			if got := steepestTilt * code * math.Abs(code); math.Abs(got-slope[k]) > limit {
				t.Errorf("slope %v: axis %d reads %.3f, off by more than %.3f", slope, k, got, limit)
			}
		}
	}
}
