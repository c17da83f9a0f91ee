package reference

import (
	"math"

	"github.com/virtualcube/virtualcube/capture"
)

const (
	cell      = 4  // depth pixels along a coarse cell
	noiseStep = 12 // mm of spread that noise alone may make
	steepest  = 3  // tangent of the steepest surface that is still one
)

// corner is a vertex of the mesh: a depth pixel, whether it is the person's, the
// depth in mm that stands in for it where it shows something else, and the
// radius of its filter.
type corner struct {
	x, y, fallback, radius int
	valid                  bool
}

// mesh is triangles of corners.
type mesh [][3]corner

// spread is how far the depths of one surface may lie apart within n pixels.
func (p person) spread(z, n int) int {
	return noiseStep + int(steepest*float64(n)*float64(z)/p.fx)
}

// makeMesh covers the person with cells of 4 x 4 pixels, and with 1-pixel
// quads where depth steps within a cell.
func makeMesh(p person, d capture.DepthPicture) mesh {
	var m mesh
	shared := map[[2]int]corner{} // of coarse cells: the first of a surface decides
	for y := cell; y+cell <= (p.h-3)/cell*cell; y += cell {
		for x := cell; x+cell <= (p.w-3)/cell*cell; x += cell {
			low, high, sum, count := math.MaxInt, 0, 0, 0
			for i := range (cell + 1) * (cell + 1) {
				at := (y+i/(cell+1))*p.w + x + i%(cell+1)
				if p.valid[at] {
					z := int(d.Millimetres[at])
					low, high, sum, count = min(low, z), max(high, z), sum+z, count+1
				}
			}
			switch {
			case count == 0:
			case high-low <= p.spread(low, cell):
				m = append(m, coarse(p, shared, x, y, sum/count)...)
			default:
				m = append(m, fine(p, d, x, y)...)
			}
		}
	}
	return m
}

func coarse(p person, shared map[[2]int]corner, x, y, mean int) mesh {
	var q [4]corner
	for i := range q {
		at := [2]int{x + cell*(i%2), y + cell*(i/2)}
		if old, ok := shared[at]; !ok || max(old.fallback-mean, mean-old.fallback) > p.spread(mean, cell) {
			shared[at] = corner{at[0], at[1], mean, cell / 2, p.valid[at[1]*p.w+at[0]]}
		}
		q[i] = shared[at]
	}
	return mesh{{q[0], q[1], q[2]}, {q[2], q[1], q[3]}}
}

// fine covers one cell with quads of four depths that belong together, and
// triangles of three.
func fine(p person, d capture.DepthPicture, x, y int) mesh {
	var m mesh
	for i := range cell * cell {
		var q [4]corner
		low, high, valid, missing := math.MaxInt, 0, 0, -1
		for k := range q {
			u, v := x+i%cell+k%2, y+i/cell+k/2
			z := int(d.Millimetres[v*p.w+u])
			q[k] = corner{u, v, z, 1, p.valid[v*p.w+u]}
			if !p.valid[v*p.w+u] {
				missing = k
				continue
			}
			low, high, valid = min(low, z), max(high, z), valid+1
		}
		if valid < 3 || high-low > p.spread(low, 1) {
			continue
		}
		switch missing {
		case 0:
			m = append(m, [3]corner{q[2], q[1], q[3]})
		case 1:
			m = append(m, [3]corner{q[0], q[3], q[2]})
		case 2:
			m = append(m, [3]corner{q[0], q[1], q[3]})
		case 3:
			m = append(m, [3]corner{q[0], q[1], q[2]})
		default:
			m = append(m, [3]corner{q[0], q[1], q[2]}, [3]corner{q[2], q[1], q[3]})
		}
	}
	return m
}
