package render

import (
	"math"

	"github.com/virtualcube/virtualcube/capture/space"
)

// tileSide is the side of the squares in which full-size passes are drawn, in
// pixels. One square beyond the person holds the extension of fill.frag.
const tileSide = 16

// tiles are the squares of a picture in which the person may be. It keeps the
// full-size passes off the rest.
type tiles struct {
	columns, rows int
	marked        []bool
	vertices      [][4]uint16
	indices       []uint32
}

func newTiles(width, height int) *tiles {
	t := &tiles{columns: (width + tileSide - 1) / tileSide, rows: (height + tileSide - 1) / tileSide}
	t.marked = make([]bool, t.columns*t.rows)
	return t
}

// cover marks what the meshes of the cameras reach in the target.
func (t *tiles) cover(cameras []*camera, target space.Camera) {
	clear(t.marked)
	for _, c := range cameras {
		t.mark(c, target)
	}
	t.build()
}

func (t *tiles) mark(c *camera, target space.Camera) {
	m := target.Pose.Inverse().Mul(c.Depth.Pose)
	l := target.Lens
	for _, v := range c.mesher.vertices {
		at := 2 * (int(v[1])*c.mesher.width + int(v[0]))
		z := float64(v[2]) / 1000
		p := m.Apply(space.Vec3{X: float64(c.rays[at]) * z, Y: float64(c.rays[at+1]) * z, Z: z})
		if !(p.Z > minDistance) {
			continue
		}
		u, w := l.Fx*p.X/p.Z+l.Cx, l.Fy*p.Y/p.Z+l.Cy
		// Half a cell, as large as the target sees it head on, and rounding.
		reach := float64(v[3])*2*z*c.mesher.footprint*max(l.Fx, l.Fy)/p.Z + 2
		t.markRect(u-reach, w-reach, u+reach, w+reach)
	}
}

func (t *tiles) markRect(x0, y0, x1, y1 float64) {
	limit := func(v float64, n int) int { return int(max(0, min(float64(n), math.Floor(v/tileSide)))) }
	if x1 < 0 || y1 < 0 {
		return
	}
	for y := limit(y0, t.rows); y <= min(limit(y1, t.rows), t.rows-1); y++ {
		for x := limit(x0, t.columns); x <= min(limit(x1, t.columns), t.columns-1); x++ {
			t.marked[y*t.columns+x] = true
		}
	}
}

// build widens the marked squares by one and makes their triangles: tile
// column and row in the first two components.
func (t *tiles) build() {
	t.vertices, t.indices = t.vertices[:0], t.indices[:0]
	for y := range t.rows {
		for x := range t.columns {
			if !t.near(x, y) {
				continue
			}
			n := uint32(len(t.vertices))
			x, y := uint16(x), uint16(y)
			t.vertices = append(t.vertices, [4]uint16{x, y}, [4]uint16{x + 1, y}, [4]uint16{x, y + 1}, [4]uint16{x + 1, y + 1})
			t.indices = append(t.indices, n, n+1, n+2, n+2, n+1, n+3)
		}
	}
}

func (t *tiles) near(x, y int) bool {
	for v := max(0, y-1); v <= min(t.rows-1, y+1); v++ {
		for u := max(0, x-1); u <= min(t.columns-1, x+1); u++ {
			if t.marked[v*t.columns+u] {
				return true
			}
		}
	}
	return false
}
