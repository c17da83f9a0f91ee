package render

import (
	"encoding/binary"
	"math"

	"github.com/virtualcube/virtualcube/capture/space"
)

// Constants of the mesher. Lengths are millimetres unless said otherwise.
const (
	cell      = 4   // depth pixels along a coarse cell
	wide      = 8   // along one of even ground
	noiseStep = 12  // depth spread that noise alone may make
	steepest  = 3.0 // tangent of the steepest surface that is still one
)

// mesher covers the surface that one depth camera sees with a grid mesh. It is
// not safe for concurrent use. After mesh its results are valid until the next
// call.
type mesher struct {
	*surface

	vertices [][4]uint16 // depth pixel x, y; depth in 1/8 mm; tilt, see smooth
	indices  []uint32    // first the inner cells, whose mask is full, then the rest
	inner    int         // number of indices of inner cells
	border   []uint32
	corner   []corner  // at each coarse grid point
	rows     [2][]span // of the cells in two rows
}

// corner is the vertex made last at a coarse grid point, and the mean depth of
// the cell that made it; vertex is -1 where there is none.
type corner struct {
	vertex int32
	mean   int32
}

type span struct{ low, high, count, sum int32 }

func newMesher(s *surface) *mesher {
	return &mesher{
		surface: s,
		corner:  make([]corner, (s.width/cell+1)*(s.height/cell+1)),
		rows:    [2][]span{make([]span, s.width/cell), make([]span, s.width/cell)},
	}
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

// mesh covers the surface as it is now. It returns false where there is none.
func (m *mesher) mesh() bool {
	m.vertices, m.indices, m.border = m.vertices[:0], m.indices[:0], m.border[:0]
	for i := range m.corner {
		m.corner[i].vertex = -1
	}
	for y := m.region.y0; y+wide <= m.region.y1; y += wide {
		if !m.occupied(y, y+wide) {
			continue
		}
		m.measure(y, m.rows[0])
		m.measure(y+cell, m.rows[1])
		for x := m.region.x0; x+wide <= m.region.x1; x += wide {
			m.square(x, y)
		}
	}
	m.inner = len(m.indices)
	m.indices = append(m.indices, m.border...)
	return len(m.indices) > 0
}

// occupied says whether any pixel of some rows is the person's.
func (m *mesher) occupied(from, to int) bool {
	for _, r := range m.reach[from : to+1] {
		if !r.empty() {
			return true
		}
	}
	return false
}

// square covers four cells, by one wide cell where they are whole and of one
// surface.
func (m *mesher) square(x, y int) {
	c := x / cell
	four := [4]span{m.rows[0][c], m.rows[0][c+1], m.rows[1][c], m.rows[1][c+1]}
	all := four[0]
	for _, s := range four[1:] {
		all = span{min(all.low, s.low), max(all.high, s.high), all.count + s.count, all.sum + s.sum}
	}
	if all.count == 0 {
		return
	}
	if all.count == 4*side*side && all.high-all.low <= m.spread(all.low, 2) {
		m.coarse(x, y, wide, all)
		return
	}
	for i, s := range four {
		x, y := x+cell*(i&1), y+cell*(i>>1)
		switch {
		case s.count == 0:
		case s.high-s.low <= m.spread(s.low, cell):
			m.coarse(x, y, cell, s)
		default:
			m.fine(x, y)
		}
	}
}

// spread is how far depths of one surface, in 1/8 mm, may lie apart within n
// pixels.
func (m *mesher) spread(z int32, n float64) int32 {
	return noiseStep*eighths + int32(steepest*n*float64(z)*m.footprint)
}

// measure fills a row with the spans of the cells below pixel row y, borders
// shared with the neighbours.
func (m *mesher) measure(y int, row []span) {
	z := m.depth
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
		row[c] = s
	}
}

// coarse adds one cell of a size as two triangles. Corners outside the person
// stand at the cell's mean depth; the mask cuts them off in the shader.
func (m *mesher) coarse(x, y, size int, s span) {
	mean := s.sum / s.count
	columns := m.width/cell + 1
	var v [4]uint32
	for i := range v {
		px, py := x+size*(i&1), y+size*(i>>1)
		at := &m.corner[py/cell*columns+px/cell]
		// A corner beside the person may border two surfaces: each gets its own.
		if limit := m.spread(mean, cell); at.vertex < 0 || at.mean-mean > limit || mean-at.mean > limit {
			*at = corner{int32(len(m.vertices)), mean}
			m.vertices = append(m.vertices, m.smooth(px, py, mean, cell/2))
		}
		v[i] = uint32(at.vertex)
	}
	if m.within(x, y, size) {
		m.indices = append(m.indices, v[0], v[1], v[2], v[2], v[1], v[3])
	} else {
		m.border = append(m.border, v[0], v[1], v[2], v[2], v[1], v[3])
	}
}

// within says whether the mask is full all over a cell: the 3 x 3 pixels of
// places two apart hold all that surround it.
func (m *mesher) within(x, y, size int) bool {
	const full = 9 * 28
	all := uint8(full)
	for v := 0; v <= size; v += 2 {
		at := (y+v)*m.width + x
		for u := 0; u <= size; u += 2 {
			all &= m.mask[at+u]
		}
	}
	return all == full
}

// Constants of smooth.
const (
	sameSurface      = 18e-6 // mm a mm squared: depths further off are another surface's
	sameSurfaceFloor = 8     // mm
	steepestTilt     = 8.0   // tangent that a vertex can state
)

// smooth makes the vertex at a depth pixel: the mean of the depths of its own
// surface among 3 x 3 taps, radius pixels apart, and the surface's tilt there
// from the plane through them (separable least squares): the slopes of its
// depth by the two image axes, metres a metre across, each in 8 bits, x in the
// lower ones, from -steepestTilt at 0 to steepestTilt at 254.
// reference stands in for a pixel that shows another surface.
func (m *mesher) smooth(x, y int, reference int32, radius int) [4]uint16 {
	z := m.depth
	tolerance := sameSurfaceFloor*eighths + int32(math.Ceil(sameSurface/eighths*float64(reference)*float64(reference)))
	at := y*m.width + x
	if own := int32(z[at]); own != 0 && own-reference < 4*tolerance && reference-own < 4*tolerance {
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
	tilt := tiltCode(float64(slopeX)/max(1, float64(spanX))*scale) | tiltCode(float64(slopeY)/max(1, float64(spanY))*scale)<<8
	return [4]uint16{uint16(x), uint16(y), uint16(min(math.MaxUint16, depth+0.5)), tilt}
}

// tiltCode packs a slope so that small ones are finer: the square root of its
// share of the steepest.
func tiltCode(t float64) uint16 {
	return uint16(127.5 + 127*math.Copysign(math.Sqrt(min(1, math.Abs(t)/steepestTilt)), t))
}

// fine covers one cell in quads of 2 pixels where all that is the person's in
// them is of one surface. Corners beside it stand at the quad's mean depth, as
// in coarse. Across a step nothing is drawn: the surfaces' own quads end there.
func (m *mesher) fine(x, y int) {
	const points = cell/2 + 1
	var made [points * points]corner // vertex number less one
	for v := range cell / 2 {
		for u := range cell / 2 {
			s := m.patch(x+2*u, y+2*v)
			if s.count == 0 || s.high-s.low > m.spread(s.low, cell) {
				continue
			}
			mean := s.sum / s.count
			var q [4]uint32
			for k := range q {
				px, py := u+k&1, v+k>>1
				at := &made[py*points+px]
				if limit := m.spread(mean, 2); at.vertex == 0 || at.mean-mean > limit || mean-at.mean > limit {
					m.vertices = append(m.vertices, m.smooth(x+2*px, y+2*py, mean, 1))
					*at = corner{int32(len(m.vertices)), mean}
				}
				q[k] = uint32(at.vertex - 1)
			}
			m.border = append(m.border, q[0], q[1], q[2], q[2], q[1], q[3])
		}
	}
}

// patch measures 3 x 3 pixels.
func (m *mesher) patch(x, y int) span {
	s := span{low: math.MaxInt32}
	for v := range 3 {
		for _, d := range m.depth[(y+v)*m.width+x:][:3] {
			if d == 0 {
				continue
			}
			d := int32(d)
			s.low, s.high = min(s.low, d), max(s.high, d)
			s.sum += d
			s.count++
		}
	}
	return s
}

// side is the number of pixels along a cell, both borders counted.
const side = cell + 1
