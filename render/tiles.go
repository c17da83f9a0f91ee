package render

import (
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
	inner         int                 // indices of the marked squares, which come first
	weights       []uint8             // of four cameras in each square
	order         []uint32            // indices by group
	groups        [1<<Cameras + 1]int // where each set of cameras begins in order; the set is a mask
}

func newTiles(width, height int) *tiles {
	t := &tiles{columns: (width + tileSide - 1) / tileSide, rows: (height + tileSide - 1) / tileSide}
	t.marked, t.weights = make([]bool, t.columns*t.rows), make([]uint8, Cameras*t.columns*t.rows)
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

// mark projects the vertices of a mesh. The squares at the four corners round
// each are marked: a cell reaches no further than half a square, unless the
// eye is far nearer than the camera.
func (t *tiles) mark(c *camera, target space.Camera) {
	m := target.Pose.Inverse().Mul(c.Depth.Pose)
	l := target.Lens
	var r [9]float32
	for i, v := range m.R {
		r[i] = float32(v) / (1000 * eighths)
	}
	tx, ty, tz := float32(m.T.X), float32(m.T.Y), float32(m.T.Z)
	fx, fy, cx, cy := float32(l.Fx)/tileSide, float32(l.Fy)/tileSide, float32(l.Cx)/tileSide, float32(l.Cy)/tileSide
	reach := float32(wide/2*c.mesher.footprint*max(l.Fx, l.Fy)) / (1000 * eighths * tileSide)
	right, bottom := float32(t.columns), float32(t.rows)
	for _, v := range c.mesher.vertices {
		at := 2 * (int(v[1])*c.mesher.width + int(v[0]))
		z := float32(v[2])
		x, y := c.rays[at]*z, c.rays[at+1]*z
		pz := r[6]*x + r[7]*y + r[8]*z + tz
		if !(pz > minDistance) {
			continue
		}
		u := fx*(r[0]*x+r[1]*y+r[2]*z+tx)/pz + cx
		w := fy*(r[3]*x+r[4]*y+r[5]*z+ty)/pz + cy
		d := reach*z/pz + 2.0/tileSide
		x0, x1 := int(max(0, min(right-1, u-d))), int(max(0, min(right-1, u+d)))
		y0, y1 := int(max(0, min(bottom-1, w-d))), int(max(0, min(bottom-1, w+d)))
		t.marked[y0*t.columns+x0], t.marked[y0*t.columns+x1] = true, true
		t.marked[y1*t.columns+x0], t.marked[y1*t.columns+x1] = true, true
	}
}

// build lists the marked squares, then those beside them, a point each: column
// and row in the first two components.
func (t *tiles) build() {
	t.vertices, t.indices = t.vertices[:0], t.indices[:0]
	t.squares(func(x, y int) bool { return t.marked[y*t.columns+x] })
	t.inner = len(t.indices)
	t.squares(func(x, y int) bool { return !t.marked[y*t.columns+x] && t.near(x, y) })
}

func (t *tiles) squares(in func(x, y int) bool) {
	for y := range t.rows {
		for x := range t.columns {
			if !in(x, y) {
				continue
			}
			t.indices = append(t.indices, uint32(len(t.vertices)))
			t.vertices = append(t.vertices, [4]uint16{uint16(x), uint16(y)})
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

// slightest is the weight, of 255, up to which a camera is left out of a square:
// a step of less than a level at the square's edge.
const slightest = 20

// group orders the squares by the cameras that have a weight in them. Squares
// in which nobody is are left out.
func (t *tiles) group() {
	t.order = t.order[:0]
	for set := range 1 << Cameras {
		t.groups[set] = len(t.order)
		for i := 0; set > 0 && i < t.inner; i++ {
			square := t.vertices[t.indices[i]]
			if t.set(int(square[0]), int(square[1])) == set {
				t.order = append(t.order, t.indices[i])
			}
		}
	}
	t.groups[1<<Cameras] = len(t.order)
}

// set is the mask of the cameras that have a weight in a square.
func (t *tiles) set(x, y int) (mask int) {
	at := Cameras * (y*t.columns + x)
	for i, w := range t.weights[at : at+Cameras] {
		if w > slightest {
			mask |= 1 << i
		}
	}
	return mask
}
