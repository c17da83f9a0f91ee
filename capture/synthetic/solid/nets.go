package solid

import (
	"math"

	"github.com/virtualcube/virtualcube/capture/space"
)

// Mesh is an indexed triangle mesh, counter-clockwise seen from outside.
type Mesh struct {
	Positions []space.Vec3
	Normals   []space.Vec3 // unit, outward
	Triangles [][3]int32
}

// Steps returns grid lines from lo to hi whose spacing is fine within the
// interval fineLo..fineHi and grows to coarse outside it.
func Steps(lo, hi, coarse, fineLo, fineHi, fine float64) []float64 {
	var out []float64
	for x := lo; ; {
		out = append(out, x)
		if x >= hi {
			return out
		}
		away := max(fineLo-x, x-fineHi, 0)
		x += min(coarse, fine+0.15*away)
	}
}

// Even returns evenly spaced grid lines.
func Even(lo, hi, step float64) []float64 { return Steps(lo, hi, step, lo, hi, step) }

// block is the side of the cells that are skipped together when the surface
// is far from them.
const block = 6

// lattice is the field's values on the grid's corners.
type lattice struct {
	xs, ys, zs []float64
	values     []float64
}

func (l *lattice) at(i, j, k int) int { return (k*len(l.ys)+j)*len(l.xs) + i }

func sample(f Field, xs, ys, zs []float64) *lattice {
	l := &lattice{xs, ys, zs, make([]float64, len(xs)*len(ys)*len(zs))}
	for k := 0; k < len(zs); k += block {
		for j := 0; j < len(ys); j += block {
			for i := 0; i < len(xs); i += block {
				l.fill(f, i, j, k)
			}
		}
	}
	return l
}

// fill evaluates one block, or only its centre where the surface is far.
func (l *lattice) fill(f Field, i0, j0, k0 int) {
	i1, j1, k1 := min(i0+block, len(l.xs))-1, min(j0+block, len(l.ys))-1, min(k0+block, len(l.zs))-1
	lo, hi := V(l.xs[i0], l.ys[j0], l.zs[k0]), V(l.xs[i1], l.ys[j1], l.zs[k1])
	d := f(lo.Lerp(hi, 0.5))
	// Fields are only bounds of the distance: keep twice the radius free.
	far := math.Abs(d) > hi.Sub(lo).Norm()+0.02
	for k := k0; k <= k1; k++ {
		for j := j0; j <= j1; j++ {
			for i := i0; i <= i1; i++ {
				v := d
				if !far {
					v = f(V(l.xs[i], l.ys[j], l.zs[k]))
				}
				l.values[l.at(i, j, k)] = v
			}
		}
	}
}

// Polygonise meshes the zero surface of f between the grid lines.
func Polygonise(f Field, xs, ys, zs []float64) Mesh {
	l := sample(f, xs, ys, zs)
	nx, ny, nz := len(xs)-1, len(ys)-1, len(zs)-1
	cell := make([]int32, len(l.values))
	var m Mesh
	for k := range nz {
		for j := range ny {
			for i := range nx {
				c := l.at(i, j, k)
				cell[c] = -1
				if p, ok := l.vertex(i, j, k); ok {
					cell[c] = int32(len(m.Positions))
					m.Positions = append(m.Positions, p)
				}
			}
		}
	}
	m.settle(f, math.Min(xs[nx]-xs[nx-1], 0.004))
	quad := func(a, b, c, d int32, flip bool) {
		if flip {
			b, d = d, b
		}
		// The shorter diagonal makes the better pair of triangles.
		if m.Positions[a].Sub(m.Positions[c]).Norm() <= m.Positions[b].Sub(m.Positions[d]).Norm() {
			m.Triangles = append(m.Triangles, [3]int32{a, b, c}, [3]int32{a, c, d})
		} else {
			m.Triangles = append(m.Triangles, [3]int32{a, b, d}, [3]int32{b, c, d})
		}
	}
	sx, sy, sz := 1, len(xs), len(xs)*len(ys)
	for k := 1; k < nz; k++ {
		for j := 1; j < ny; j++ {
			for i := 1; i < nx; i++ {
				c := l.at(i, j, k)
				in := l.values[c] < 0
				if in != (l.values[c+sx] < 0) {
					quad(cell[c-sy-sz], cell[c-sz], cell[c], cell[c-sy], !in)
				}
				if in != (l.values[c+sy] < 0) {
					quad(cell[c-sx-sz], cell[c-sx], cell[c], cell[c-sz], !in)
				}
				if in != (l.values[c+sz] < 0) {
					quad(cell[c-sx-sy], cell[c-sy], cell[c], cell[c-sx], !in)
				}
			}
		}
	}
	return m
}

// vertex averages the crossings of the cell's twelve edges.
func (l *lattice) vertex(i, j, k int) (space.Vec3, bool) {
	var v [8]float64
	negative := 0
	for c := range v {
		v[c] = l.values[l.at(i+c&1, j+c>>1&1, k+c>>2)]
		if v[c] < 0 {
			negative++
		}
	}
	if negative == 0 || negative == 8 {
		return space.Vec3{}, false
	}
	corner := func(c int) space.Vec3 { return V(l.xs[i+c&1], l.ys[j+c>>1&1], l.zs[k+c>>2]) }
	var sum space.Vec3
	n := 0.0
	for c := range 8 {
		for bit := 1; bit < 8; bit <<= 1 {
			if d := c | bit; d != c && (v[c] < 0) != (v[d] < 0) {
				sum = sum.Add(corner(c).Lerp(corner(d), v[c]/(v[c]-v[d])))
				n++
			}
		}
	}
	return sum.Scale(1 / n), true
}

// settle moves the vertices onto the surface by two Newton steps of at most
// limit metres and takes the normals from the field.
func (m *Mesh) settle(f Field, limit float64) {
	m.Normals = make([]space.Vec3, len(m.Positions))
	for i, p := range m.Positions {
		n := Gradient(f, p, 5e-4)
		for range 2 {
			p = p.Sub(n.Scale(min(limit, max(-limit, f(p)))))
		}
		m.Positions[i], m.Normals[i] = p, Gradient(f, p, 8e-4)
	}
}
