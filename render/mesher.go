package render

import (
	"encoding/binary"
	"math"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
)

// Constants of the mesher. Lengths are millimetres unless said otherwise.
const (
	cell        = 4    // depth pixels along a coarse cell
	noiseStep   = 12   // depth spread that noise alone may make
	steepest    = 3.0  // tangent of the steepest surface that is still one
	flyingShare = 0.03 // of the depth: neighbours this near belong to one surface
	support     = 3    // neighbours of its own surface that a pixel needs
	nearestMM   = 200  // sensors see nothing nearer
	farthestMM  = 8000 // nor farther
	minPerson   = 32   // pixels; fewer are no person
)

// mesher finds the person's pixels of one depth camera and covers them with a
// grid mesh. It is the CPU half of the clean stage and not safe for concurrent
// use. After mesh its results are valid until the next call.
type mesher struct {
	width, height int
	low, high     []uint16 // a pixel: depth between which its ray is in the volume; low > high: never
	region        rect     // pixels whose ray meets the volume at all
	footprint     float64  // millimetres a pixel covers at a distance of one millimetre

	valid    []uint8     // 1 where the pixel is the person's
	mask     []uint8     // 0..255, share of the person among the 3 x 3
	vertices [][4]uint16 // depth pixel x, y; depth in 1/8 mm; facing, 65535 is 1
	indices  []uint32    // first the inner cells, whose mask is full, then the rest
	inner    int         // number of indices of inner cells
	border   []uint32
	corner   []corner // at each coarse grid point
	row      []span   // of the cells in one row
}

// corner is the vertex made last at a coarse grid point, and the mean depth of
// the cell that made it; vertex is -1 where there is none.
type corner struct {
	vertex int32
	mean   int32
}

type rect struct{ x0, y0, x1, y1 int } // half open

func (r rect) empty() bool { return r.x0 >= r.x1 || r.y0 >= r.y1 }

type span struct{ low, high, count, sum int32 }

func newMesher(camera space.Camera, volume space.Box, rays []float32) *mesher {
	w, h := camera.Lens.Width, camera.Lens.Height
	m := &mesher{
		width: w, height: h,
		low: make([]uint16, w*h), high: make([]uint16, w*h),
		valid: make([]uint8, w*h), mask: make([]uint8, w*h),
		corner:    make([]corner, (w/cell+1)*(h/cell+1)),
		row:       make([]span, w/cell),
		footprint: 1 / camera.Lens.Fx,
		region:    rect{x0: w, y0: h},
	}
	for i := range m.low {
		m.low[i] = 1
		x, y := float64(rays[2*i]), float64(rays[2*i+1])
		if math.IsNaN(x) {
			continue
		}
		// A direction with z = 1 makes the box's interval one of depth.
		ray := space.Ray{Origin: camera.Pose.T, Direction: camera.Pose.Rotate(space.Vec3{X: x, Y: y, Z: 1})}
		near, far, ok := volume.Intersect(ray)
		low, high := max(math.Ceil(near*1000), nearestMM), min(math.Floor(far*1000), farthestMM)
		if !ok || low > high {
			continue
		}
		m.low[i], m.high[i] = uint16(low), uint16(high)
		px, py := i%w, i/w
		m.region = rect{min(m.region.x0, px), min(m.region.y0, py), max(m.region.x1, px+1), max(m.region.y1, py+1)}
	}
	// Whole cells and two pixels of border keep the inner loops free of tests.
	m.region.x0 = max(m.region.x0/cell*cell, cell)
	m.region.y0 = max(m.region.y0/cell*cell, cell)
	m.region.x1 = min((m.region.x1+cell-1)/cell*cell, (w-3)/cell*cell)
	m.region.y1 = min((m.region.y1+cell-1)/cell*cell, (h-3)/cell*cell)
	return m
}

// rays returns x and y of the ray (x, y, 1) of every pixel, NaN where the lens
// has none.
func rays(l space.Lens) []float32 {
	out := make([]float32, 0, 2*l.Width*l.Height)
	for v := range l.Height {
		for u := range l.Width {
			x, y, ok := l.Unproject(float64(u), float64(v))
			if !ok {
				x, y = math.NaN(), math.NaN()
			}
			out = append(out, float32(x), float32(y))
		}
	}
	return out
}

// mesh makes mask and mesh of one depth picture. It returns false where it
// shows nobody.
func (m *mesher) mesh(depth capture.DepthPicture) bool {
	m.vertices, m.indices, m.border = m.vertices[:0], m.indices[:0], m.border[:0]
	if m.region.empty() || m.classify(depth.Millimetres) < minPerson {
		return false
	}
	m.blur()
	for i := range m.corner {
		m.corner[i].vertex = -1
	}
	for y := m.region.y0; y+cell <= m.region.y1; y += cell {
		m.measure(depth.Millimetres, y)
		for x := m.region.x0; x+cell <= m.region.x1; x += cell {
			s := m.row[x/cell]
			switch {
			case s.count == 0:
			case s.high-s.low <= m.spread(s.low, cell):
				m.coarse(depth.Millimetres, x, y, s)
			default:
				m.fine(depth.Millimetres, x, y)
			}
		}
	}
	m.inner = len(m.indices)
	m.indices = append(m.indices, m.border...)
	return len(m.indices) > 0
}

// spread is how far depths of one surface may lie apart within n pixels.
func (m *mesher) spread(z int32, n float64) int32 {
	return noiseStep + int32(steepest*n*float64(z)*m.footprint)
}

// classify marks the person's pixels and counts them. A pixel without support
// flies: too few of its eight neighbours belong to its surface.
func (m *mesher) classify(z []uint16) (count int) {
	r, w := m.region, m.width
	for y := r.y0; y <= r.y1; y++ {
		at := y * w
		above, here, below := z[at-w:at], z[at:at+w], z[at+w:at+2*w]
		low, high, valid := m.low[at:at+w], m.high[at:at+w], m.valid[at:at+w]
		for x := r.x0; x <= r.x1; x++ {
			d := here[x]
			if d < low[x] || d > high[x] {
				valid[x] = 0
				continue
			}
			limit := uint32(flyingShare * float64(d))
			base := uint32(d) - limit
			n := near(above[x-1], base, limit) + near(above[x], base, limit) + near(above[x+1], base, limit) +
				near(here[x-1], base, limit) + near(here[x+1], base, limit) +
				near(below[x-1], base, limit) + near(below[x], base, limit) + near(below[x+1], base, limit)
			ok := uint8(0)
			if n >= support {
				ok = 1
				count++
			}
			valid[x] = ok
		}
	}
	return count
}

// near is 1 where a depth lies within limit of base + limit.
func near(z uint16, base, limit uint32) int {
	if uint32(z)-base <= 2*limit {
		return 1
	}
	return 0
}

// blur averages valid over 3 x 3 pixels into mask.
func (m *mesher) blur() {
	r, w := m.region, m.width
	for y := r.y0; y < r.y1; y++ {
		above, here, below := m.valid[(y-1)*w:y*w], m.valid[y*w:(y+1)*w], m.valid[(y+1)*w:(y+2)*w]
		out := m.mask[y*w : (y+1)*w]
		a := above[r.x0-1] + here[r.x0-1] + below[r.x0-1]
		b := above[r.x0] + here[r.x0] + below[r.x0]
		for x := r.x0; x < r.x1; x++ {
			c := above[x+1] + here[x+1] + below[x+1]
			out[x] = (a + b + c) * 28 // 9 * 28 = 252
			a, b = b, c
		}
	}
}

// measure fills row with the spans of the cells below pixel row y, borders
// shared with the neighbours.
func (m *mesher) measure(z []uint16, y int) {
	for c := m.region.x0 / cell; c < m.region.x1/cell; c++ {
		s := span{low: math.MaxInt32}
		for v := y; v <= y+cell; v++ {
			at := v*m.width + c*cell
			valid, depth := m.valid[at:at+side], z[at:at+side]
			if binary.LittleEndian.Uint32(valid) == 0 && valid[cell] == 0 {
				continue // most cells are empty
			}
			for i, ok := range valid {
				if ok == 0 {
					continue
				}
				d := int32(depth[i])
				s.low, s.high = min(s.low, d), max(s.high, d)
				s.sum += d
				s.count++
			}
		}
		m.row[c] = s
	}
}

// coarse adds one cell of two triangles. Corners outside the person stand at
// the cell's mean depth; the mask cuts them off in the shader.
func (m *mesher) coarse(z []uint16, x, y int, s span) {
	mean := s.sum / s.count
	columns := m.width/cell + 1
	var v [4]uint32
	for i := range v {
		px, py := x+cell*(i&1), y+cell*(i>>1)
		at := &m.corner[py/cell*columns+px/cell]
		// A corner beside the person may border two surfaces: each gets its own.
		if limit := m.spread(mean, cell); at.vertex < 0 || at.mean-mean > limit || mean-at.mean > limit {
			*at = corner{int32(len(m.vertices)), mean}
			m.vertices = append(m.vertices, m.smooth(z, px, py, mean, cell/2))
		}
		v[i] = uint32(at.vertex)
	}
	if s.count == side*side && m.within(x, y) {
		m.indices = append(m.indices, v[0], v[1], v[2], v[2], v[1], v[3])
	} else {
		m.border = append(m.border, v[0], v[1], v[2], v[2], v[1], v[3])
	}
}

// within says whether the mask is full all over a cell: the 3 x 3 pixels of
// eight places on its edge hold all that surround it.
func (m *mesher) within(x, y int) bool {
	const full = 9 * 28
	all := uint8(full)
	for v := 0; v <= cell; v += cell / 2 {
		at := (y+v)*m.width + x
		all &= m.mask[at] & m.mask[at+cell/2] & m.mask[at+cell]
	}
	return all == full
}

// Constants of smooth.
const (
	eighths          = 8     // of a millimetre, the unit of a vertex's depth
	sameSurface      = 18e-6 // mm a mm squared: depths further off are another surface's
	sameSurfaceFloor = 8     // mm
)

// smooth makes the vertex at a depth pixel: the mean of the depths of its own
// surface among 3 x 3 taps, radius pixels apart, and the cosine between its
// normal and its ray from the plane through them (separable least squares).
// reference stands in for a pixel that shows another surface.
func (m *mesher) smooth(z []uint16, x, y int, reference int32, radius int) [4]uint16 {
	tolerance := sameSurfaceFloor + int32(math.Ceil(sameSurface*float64(reference)*float64(reference)))
	at := y*m.width + x
	if own := int32(z[at]); m.valid[at] != 0 && own-reference < 4*tolerance && reference-own < 4*tolerance {
		reference = own
	}
	var sum, count, slopeX, slopeY, spanX, spanY int32
	for v := -1; v <= 1; v++ {
		row := (y+v*radius)*m.width + x
		for u := -1; u <= 1; u++ {
			d := int32(z[row+u*radius]) - reference
			if d >= tolerance || d <= -tolerance {
				continue
			}
			sum += d
			count++
			slopeX += d * int32(u)
			slopeY += d * int32(v)
			spanX += int32(u * u)
			spanY += int32(v * v)
		}
	}
	depth := float64(reference)
	if count > 0 {
		depth += float64(sum) / float64(count)
	}
	scale := 1 / (m.footprint * float64(radius) * depth)
	tiltX := float64(slopeX) / max(1, float64(spanX)) * scale
	tiltY := float64(slopeY) / max(1, float64(spanY)) * scale
	facing := 1 / math.Sqrt(1+tiltX*tiltX+tiltY*tiltY)
	return [4]uint16{uint16(x), uint16(y), uint16(min(math.MaxUint16, depth*eighths+0.5)), uint16(facing*math.MaxUint16 + 0.5)}
}

// fine covers one cell with 1-pixel quads where its four depths belong
// together, and with a triangle where three of them do.
func (m *mesher) fine(z []uint16, x, y int) {
	var made [side * side]int32 // vertex number less one
	vertex := func(c int) uint32 {
		if made[c] == 0 {
			px, py := x+c%side, y+c/side
			m.vertices = append(m.vertices, m.smooth(z, px, py, int32(z[py*m.width+px]), 1))
			made[c] = int32(len(m.vertices))
		}
		return uint32(made[c] - 1)
	}
	for i := range cell * cell {
		at := (y+i/cell)*m.width + x + i%cell
		pixels := [4]int{at, at + 1, at + m.width, at + m.width + 1}
		low, high, n, missing := int32(math.MaxInt32), int32(0), 0, 4
		for c, p := range pixels {
			if m.valid[p] == 0 {
				missing = c
				continue
			}
			low, high = min(low, int32(z[p])), max(high, int32(z[p]))
			n++
		}
		if n < 3 || high-low > m.spread(low, 1) {
			continue
		}
		first := i/cell*side + i%cell
		for _, c := range triangles[missing] {
			m.border = append(m.border, vertex(first+c&1+(c>>1)*side))
		}
	}
}

// side is the number of pixels along a cell, both borders counted.
const side = cell + 1

// triangles are the corners (x + 2y) of a quad without corner i, and of the
// whole quad last. All wind the same way.
var triangles = [5][]int{{2, 1, 3}, {0, 3, 2}, {0, 1, 3}, {0, 1, 2}, {0, 1, 2, 2, 1, 3}}
