package raster

import "math"

// Band is the visibility of some rows of pixels: a triangle and 1/z a sample.
// Rows of samples are Width*Samples long. One goroutine owns it.
type Band struct {
	Top, Bottom int // pixel rows Top to Bottom-1
	Triangle    []int32
	Inverse     []float32 // 1/z, 0 is infinitely far
}

// None marks a sample that sees no triangle of the mesh.
const None = -1

// Reset makes the band empty, for the pixel rows top to bottom-1 of s.
func (b *Band) Reset(s *Screen, top, bottom int) {
	b.Top, b.Bottom = top, bottom
	n := s.Width * (bottom - top) * s.Samples * s.Samples
	if cap(b.Triangle) < n {
		b.Triangle, b.Inverse = make([]int32, n), make([]float32, n)
	}
	b.Triangle, b.Inverse = b.Triangle[:n], b.Inverse[:n]
	for i := range b.Triangle {
		b.Triangle[i] = None
	}
	clear(b.Inverse)
}

// Draw draws the projected mesh into the band, over what Inverse holds.
func (s *Screen) Draw(b *Band) {
	top, bottom := int32(b.Top*s.Samples), int32(b.Bottom*s.Samples)
	for id, r := range s.extent {
		if r.lo < bottom && r.hi > top && r.hi > r.lo {
			s.fill(b, int32(id), max(r.lo, top), min(r.hi, bottom))
		}
	}
}

// fill rasterises one triangle over the sample rows lo to hi-1.
func (s *Screen) fill(band *Band, id, lo, hi int32) {
	a, b, c := s.corners(id)
	area := (b.x-a.x)*(c.y-a.y) - (b.y-a.y)*(c.x-a.x)
	inv := 1 / area
	left := max(0, int(math.Ceil(min(a.x, b.x, c.x))))
	right := min(s.Width*s.Samples-1, int(math.Floor(max(a.x, b.x, c.x))))
	if left > right {
		return
	}
	// Barycentric coordinates and 1/z are affine in the sample coordinates.
	dbx, dcx := (c.y-a.y)*inv, (a.y-b.y)*inv
	dby, dcy := (a.x-c.x)*inv, (b.x-a.x)*inv
	dw := dbx*(b.w-a.w) + dcx*(c.w-a.w)
	stride := s.Width * s.Samples
	for y := lo; y < hi; y++ {
		x0, y0 := float64(left)-a.x, float64(y)-a.y
		bb, bc := x0*dbx+y0*dby, x0*dcx+y0*dcy
		w := a.w + bb*(b.w-a.w) + bc*(c.w-a.w)
		row := (int(y)-band.Top*s.Samples)*stride + left
		for x := left; x <= right; x++ {
			if bb >= 0 && bc >= 0 && bb+bc <= 1 && float32(w) > band.Inverse[row] {
				band.Inverse[row], band.Triangle[row] = float32(w), id
			}
			bb, bc, w, row = bb+dbx, bc+dcx, w+dw, row+1
		}
	}
}

// Source returns which triangle of the mesh a drawn one (an entry of
// Band.Triangle) is a piece of.
func (s *Screen) Source(id int32) int32 {
	if n := int32(len(s.mesh.Triangles)); id >= n {
		return s.pieces[id-n].source
	}
	return id
}

// Hit is a point of a triangle of the mesh.
type Hit struct {
	Triangle int32      // index in Mesh.Triangles
	Weights  [3]float64 // perspective-correct barycentric coordinates
	Depth    float64    // metres along the optical axis
}

// At returns the point of a drawn triangle (an entry of Band.Triangle) that
// the pixel position (u, v) sees. Positions just outside the triangle are
// extrapolated in its plane, at most by half its size.
func (s *Screen) At(id int32, u, v float64) Hit {
	a, b, c := s.corners(id)
	n := float64(s.Samples)
	x, y := (u+0.5)*n-0.5-a.x, (v+0.5)*n-0.5-a.y
	inv := 1 / ((b.x-a.x)*(c.y-a.y) - (b.y-a.y)*(c.x-a.x))
	bb := (x*(c.y-a.y) - y*(c.x-a.x)) * inv
	bc := (y*(b.x-a.x) - x*(b.y-a.y)) * inv
	bb, bc = min(1.5, max(-0.5, bb)), min(1.5, max(-0.5, bc))
	wa, wb, wc := (1-bb-bc)*a.w, bb*b.w, bc*c.w
	z := 1 / (wa + wb + wc)
	if !(z >= Near/2) {
		z = Near
	}
	h := Hit{Triangle: id, Weights: [3]float64{wa * z, wb * z, wc * z}, Depth: z}
	if n := int32(len(s.mesh.Triangles)); id >= n {
		p := &s.pieces[id-n]
		h.Triangle = p.source
		var w [3]float64
		for i, k := range h.Weights {
			for j := range w {
				w[j] += k * p.bary[i][j]
			}
		}
		h.Weights = w
	}
	return h
}
