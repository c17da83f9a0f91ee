package segment

import (
	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models/matte/plane"
)

// run is columns of a picture between the centres of cells: either all of them
// are the same, or the functions of the cells say what they are.
type run struct {
	x0, x1 int
	cell   int // the first cell of unsure columns
	value  byte
	unsure bool
}

// expand evaluates the functions at every pixel, between the centres of four
// cells by what is between theirs. dst holds the matte of the frame before; held
// says by how much it still counts, by cells: the noise of single pixels would
// have the edge tremble.
func (g *guide) expand(dst []byte, p capture.Picture, cell int, feather float64, held *plane.Plane) {
	g.steepen(gain(feather))
	width, height := g.plus.Width, g.plus.Height
	for k := range g.rows {
		if cap(g.rows[k]) < width+1 {
			g.rows[k] = make([]float32, width+1)
		}
		g.rows[k] = g.rows[k][:width+1]
	}
	for upper := -1; upper < height; upper++ {
		y0, y1 := max(0, upper*cell+cell/2), min(p.Height, (upper+1)*cell+cell/2)
		a, b := max(0, upper), min(height-1, upper+1)
		g.plan(a, b, cell, p.Width)
		for y := y0; y < y1; y++ {
			share := (float32(y-upper*cell-cell/2) + 0.5) / float32(cell)
			g.row(dst[y*p.Width:(y+1)*p.Width], p, y, a, b, share, cell, held.Row(a))
		}
	}
}

// steepen scales the functions to 0 to 255, about a half.
func (g *guide) steepen(by float32) {
	for i, v := range g.plus.V {
		g.plus.V[i] = ((v-0.5)*by + 0.5) * 255
	}
	for k := range g.by {
		b := g.band
		for y := b.Y0; y < b.Y1; y++ {
			row := g.by[k].Row(y)[b.X0:b.X1]
			for x := range row {
				row[x] *= by * 255
			}
		}
	}
}

// plan finds the runs between two rows of cells.
func (g *guide) plan(a, b, cell, width int) {
	g.runs = g.runs[:0]
	last := g.plus.Width - 1
	for left := -1; left <= last; left++ {
		r := run{x0: max(0, left*cell+cell/2), x1: min(width, (left+1)*cell+cell/2), cell: left}
		l, m := max(0, left), min(last, left+1)
		sum := g.sure(a, l) + g.sure(a, m) + g.sure(b, l) + g.sure(b, m)
		r.unsure = sum != 0 && sum != 4
		if sum == 4 {
			r.value = 255
		}
		if n := len(g.runs); n > 0 && g.runs[n-1].unsure == r.unsure && g.runs[n-1].value == r.value {
			g.runs[n-1].x1 = r.x1
			continue
		}
		if r.x1 > r.x0 {
			g.runs = append(g.runs, r)
		}
	}
}

// sure is 0 for a cell of background, 1 for one of the person, else a number
// that no four of them add up to 0 or 4 with.
func (g *guide) sure(y, x int) int {
	i := y*g.plus.Width + x
	y0, u0, v0 := g.by[0].V[i], g.by[1].V[i], g.by[2].V[i]
	if max(y0, -y0)+max(u0, -u0)+max(v0, -v0) > 1./255 { // no more than a level of a byte
		return 16
	}
	switch plus := g.plus.V[i]; {
	case plus < 1:
		return 0
	case plus > 254:
		return 1
	}
	return 16
}

// row fills one row of the picture by the runs.
func (g *guide) row(dst []byte, p capture.Picture, y, a, b int, share float32, cell int, held []float32) {
	lumas := p.Planes[0][y*p.Strides[0]:][:p.Width]
	us := p.Planes[1][y/2*p.Strides[1]:][:p.Width/2]
	vs := p.Planes[2][y/2*p.Strides[2]:][:p.Width/2]
	planes := [4]*plane.Plane{&g.by[0], &g.by[1], &g.by[2], &g.plus}
	last := g.plus.Width - 1
	for _, r := range g.runs {
		if !r.unsure {
			fill(dst[r.x0:r.x1], r.value)
			continue
		}
		end := min(last, (r.x1-1+cell-cell/2)/cell)
		for k, q := range planes {
			upper, lower, row := q.Row(a), q.Row(b), g.rows[k]
			for x := max(0, r.cell); x <= end; x++ {
				row[x] = upper[x] + share*(lower[x]-upper[x])
			}
		}
		for left := r.cell; ; left++ {
			x0, x1 := max(0, left*cell+cell/2), min(r.x1, (left+1)*cell+cell/2)
			if x0 >= r.x1 {
				break
			}
			l, m := max(0, left), min(last, left+1)
			at := (float32(x0-left*cell-cell/2) + 0.5) / float32(cell)
			before := min(held[l], held[m])
			var now, step [4]float32
			for k, row := range g.rows {
				step[k] = (row[m] - row[l]) / float32(cell)
				now[k] = row[l] + at*(row[m]-row[l])
			}
			for x := x0; x < x1; x++ {
				v := now[0]*float32(lumas[x]) + now[1]*float32(us[x/2]) + now[2]*float32(vs[x/2]) + now[3]
				v = min(max(v, 0), 255)
				dst[x] = byte(v + before*(float32(dst[x])-v) + 0.5)
				now[0] += step[0]
				now[1] += step[1]
				now[2] += step[2]
				now[3] += step[3]
			}
		}
	}
}

func fill(dst []byte, v byte) {
	for x := range dst {
		dst[x] = v
	}
}
