package plane

// Expander makes rows of pixels of planes of cells, linear between their centres.
// It holds what it computes with and is used by one goroutine.
type Expander struct {
	cell  int
	left  []int32   // per pixel: the cell at its left
	share []float32 // and by how much the cell at its right counts
	lines [3][]float32
}

// Fit prepares it for rows of a width, of so many cells of a number of pixels.
func (e *Expander) Fit(width, cells, cell int) {
	if len(e.left) == width && e.cell == cell && len(e.lines[0]) == cells+1 {
		return
	}
	e.cell = cell
	e.left, e.share = make([]int32, width), make([]float32, width)
	for x := range width {
		left, share := between(x, cells, cell)
		e.left[x], e.share[x] = int32(left), share
	}
	for k := range e.lines {
		e.lines[k] = make([]float32, cells+1)
	}
}

// between returns the last cell whose centre is not beyond a pixel, and how far
// that is from there towards the next.
func between(x, cells, cell int) (int, float32) {
	at := (float32(x)+0.5)/float32(cell) - 0.5
	switch left := int(at); {
	case at <= 0:
		return 0, 0
	case left >= cells-1:
		return cells - 1, 0
	default:
		return left, at - float32(left)
	}
}

// Line makes one of three lines of cells, at the height of a row of pixels. It
// stays until the line is made again.
func (e *Expander) Line(k int, p *Plane, y int) []float32 {
	upper, share := between(y, p.Height, e.cell)
	a, b, line := p.Row(upper), p.Row(min(upper+1, p.Height-1)), e.lines[k]
	for x, v := range a {
		line[x] = v + share*(b[x]-v)
	}
	line[len(a)] = line[len(a)-1]
	return line
}

// At is a pixel of a line.
func (e *Expander) At(line []float32, x int) float32 {
	i := e.left[x]
	return line[i] + e.share[x]*(line[i+1]-line[i])
}

// Span writes the pixels x0 to x1 of a line.
func (e *Expander) Span(dst []byte, line []float32, x0, x1 int) {
	left, share, part := e.left[x0:x1], e.share[x0:x1], dst[x0:x1]
	for x, i := range left {
		part[x] = byte(line[i] + share[x]*(line[i+1]-line[i]) + 0.5)
	}
}
