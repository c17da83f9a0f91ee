package plane

// Plane is a picture of numbers. Rows are contiguous. The zero Plane is empty.
type Plane struct {
	Width, Height int
	V             []float32 // Width*Height
}

// Resize gives the plane a size, in the memory that it has where that suffices.
// Its content is undefined after, and zero where the memory is new.
func (p *Plane) Resize(width, height int) {
	p.Width, p.Height = width, height
	if n := width * height; cap(p.V) < n {
		p.V = make([]float32, n)
	} else {
		p.V = p.V[:n]
	}
}

// Row returns a row.
func (p *Plane) Row(y int) []float32 { return p.V[y*p.Width : (y+1)*p.Width] }

// Fill sets every number.
func (p *Plane) Fill(v float32) {
	for i := range p.V {
		p.V[i] = v
	}
}

// Rect is a part of a picture: columns X0 to X1 and rows Y0 to Y1, the last of
// each not included.
type Rect struct{ X0, Y0, X1, Y1 int }

// Empty says whether it holds no pixel.
func (r Rect) Empty() bool { return r.X1 <= r.X0 || r.Y1 <= r.Y0 }

// Grow moves each side outwards, as far as a picture of that size goes. What is
// empty stays so.
func (r Rect) Grow(by, width, height int) Rect {
	if r.Empty() {
		return Rect{}
	}
	return Rect{max(0, r.X0-by), max(0, r.Y0-by), min(width, r.X1+by), min(height, r.Y1+by)}
}

// Union is the least that holds both.
func (r Rect) Union(s Rect) Rect {
	if r.Empty() {
		return s
	}
	if s.Empty() {
		return r
	}
	return Rect{min(r.X0, s.X0), min(r.Y0, s.Y0), max(r.X1, s.X1), max(r.Y1, s.Y1)}
}
