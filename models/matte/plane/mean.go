package plane

// Mean averages planes over boxes. Make one with new; it holds what it computes
// with and is used by one goroutine.
type Mean struct {
	rows Plane
	sums []float32
}

// Box sets each pixel of dst within r to the mean of src over the pixels at most
// radius away in each direction that lie within r. Both are of one size, and may
// be the same; pixels of dst outside r stay as they are.
func (m *Mean) Box(dst, src *Plane, r Rect, radius int) {
	if r.Empty() {
		return
	}
	w, h := r.X1-r.X0, r.Y1-r.Y0
	m.rows.Resize(w, h)
	for y := range h {
		runningMean(m.rows.Row(y), src.Row(r.Y0 + y)[r.X0:r.X1], radius)
	}
	if cap(m.sums) < w {
		m.sums = make([]float32, w)
	}
	sums := m.sums[:w]
	clear(sums)
	for y := range min(radius, h) {
		add(sums, m.rows.Row(y))
	}
	for y := range h {
		if y+radius < h {
			add(sums, m.rows.Row(y+radius))
		}
		if y-radius-1 >= 0 {
			subtract(sums, m.rows.Row(y-radius-1))
		}
		scale(dst.Row(r.Y0 + y)[r.X0:r.X1], sums, 1/float32(min(h-1, y+radius)-max(0, y-radius)+1))
	}
}

func add(sums, row []float32) {
	row = row[:len(sums)]
	for x := range sums {
		sums[x] += row[x]
	}
}

func subtract(sums, row []float32) {
	row = row[:len(sums)]
	for x := range sums {
		sums[x] -= row[x]
	}
}

func scale(dst, sums []float32, by float32) {
	sums = sums[:len(dst)]
	for x := range dst {
		dst[x] = sums[x] * by
	}
}

// runningMean averages a row over 2 radius + 1 pixels, fewer at its ends.
func runningMean(dst, src []float32, radius int) {
	n := len(src)
	sum := float32(0)
	for x := range min(radius, n) {
		sum += src[x]
	}
	x := 0
	for ; x < n && x <= radius; x++ {
		if x+radius < n {
			sum += src[x+radius]
		}
		dst[x] = sum / float32(min(n-1, x+radius)+1)
	}
	by := 1 / float32(2*radius+1)
	for ; x+radius < n; x++ {
		sum += src[x+radius] - src[x-radius-1]
		dst[x] = sum * by
	}
	for ; x < n; x++ {
		sum -= src[x-radius-1]
		dst[x] = sum / float32(n-x+radius)
	}
}
