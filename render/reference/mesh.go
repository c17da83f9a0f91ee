package reference

import "math"

// corner is a vertex of the mesh: a depth pixel, the depth in mm that stands
// in for it where it shows something else, and the radius of its filter.
type corner struct {
	x, y     int
	fallback float64
	radius   int
}

// mesh is triangles of corners.
type mesh [][3]corner

// mesher makes a mesh.
type mesher struct {
	surface
	mesh   mesh
	shared map[[2]int]corner // of coarse cells: the first of a surface decides
}

// spread is how far the depths of one surface may lie apart within n pixels.
func (s surface) spread(z float64, n int) float64 {
	return noiseStep + steepest*float64(n)*z/s.camera.Depth.Lens.Fx
}

// makeMesh covers the person with cells of 8 x 8 pixels on even ground, else of
// 4 x 4, and with quads of 2 where depth steps within one.
func makeMesh(s surface) mesh {
	m := mesher{surface: s, shared: map[[2]int]corner{}}
	x0, y0, x1, y1 := s.region()
	for y := y0; y+wide <= y1; y += wide {
		for x := x0; x+wide <= x1; x += wide {
			m.square(x, y)
		}
	}
	return m.mesh
}

// span is what depths a cell holds.
type span struct{ low, high, sum, count float64 }

// measure looks at n pixels of a row and as many rows.
func (s surface) measure(x, y, n int) span {
	a := span{low: math.Inf(1)}
	for i := range n * n {
		if z := s.depth.at(x+i%n, y+i/n); z > 0 {
			a = span{min(a.low, z), max(a.high, z), a.sum + z, a.count + 1}
		}
	}
	return a
}

func (m *mesher) square(x, y int) {
	var all span
	all.low = math.Inf(1)
	var four [4]span // borders shared
	for i := range four {
		s := m.measure(x+cell*(i%2), y+cell*(i/2), cell+1)
		four[i], all = s, span{min(all.low, s.low), max(all.high, s.high), all.sum + s.sum, all.count + s.count}
	}
	if all.count == 4*(cell+1)*(cell+1) && all.high-all.low <= m.spread(all.low, 2) {
		m.coarse(x, y, wide, all)
		return
	}
	for i, s := range four {
		x, y := x+cell*(i%2), y+cell*(i/2)
		switch {
		case s.count == 0:
		case s.high-s.low <= m.spread(s.low, cell):
			m.coarse(x, y, cell, s)
		default:
			m.fine(x, y)
		}
	}
}

func (m *mesher) coarse(x, y, size int, s span) {
	mean := s.sum / s.count
	var q [4]corner
	for i := range q {
		at := [2]int{x + size*(i%2), y + size*(i/2)}
		if old, ok := m.shared[at]; !ok || math.Abs(old.fallback-mean) > m.spread(mean, cell) {
			m.shared[at] = corner{at[0], at[1], mean, cell / 2}
		}
		q[i] = m.shared[at]
	}
	m.mesh = append(m.mesh, [3]corner{q[0], q[1], q[2]}, [3]corner{q[2], q[1], q[3]})
}

// fine covers one cell with quads of 2 pixels where what is there is of one
// surface.
func (m *mesher) fine(x, y int) {
	made := map[[2]int]corner{} // the first of a surface decides
	for i := range cell * cell / 4 {
		x, y := x+2*(i%(cell/2)), y+2*(i/(cell/2))
		s := m.measure(x, y, 3)
		if s.count == 0 || s.high-s.low > m.spread(s.low, cell) {
			continue
		}
		mean := s.sum / s.count
		var q [4]corner
		for k := range q {
			at := [2]int{x + 2*(k%2), y + 2*(k/2)}
			if old, ok := made[at]; !ok || math.Abs(old.fallback-mean) > m.spread(mean, 2) {
				made[at] = corner{at[0], at[1], mean, 1}
			}
			q[k] = made[at]
		}
		m.mesh = append(m.mesh, [3]corner{q[0], q[1], q[2]}, [3]corner{q[2], q[1], q[3]})
	}
}
