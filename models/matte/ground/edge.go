package ground

import (
	"github.com/virtualcube/virtualcube/models/matte/plane"
	"github.com/virtualcube/virtualcube/models/matte/segment"
)

// edge is what person and room look like near the line between them, by cells.
type edge struct {
	person, room [3]plane.Plane

	mean            plane.Mean
	weight, product plane.Plane
	share           plane.Plane
}

// near is how many cells away colours are still taken for those at the edge.
const near = 4

// estimate averages the colours of both sides round each cell of the band.
func (e *edge) estimate(m *segment.Matte) {
	width, height := m.Alpha.Width, m.Alpha.Height
	for _, p := range []*plane.Plane{&e.weight, &e.product, &e.share} {
		p.Resize(width, height)
	}
	for k := range e.person {
		e.person[k].Resize(width, height)
		e.room[k].Resize(width, height)
	}
	band := m.Band.Grow(1, width, height)
	e.side(&e.person, m, band, 0, 1)
	e.side(&e.room, m, band, 1, -1)
}

// side averages the colours of one side, whose share of a cell is from + by times
// the matte; what is mixed counts little.
func (e *edge) side(to *[3]plane.Plane, m *segment.Matte, band plane.Rect, from, by float32) {
	const least = 1e-3
	for y := band.Y0; y < band.Y1; y++ {
		alpha, weight := m.Alpha.Row(y), e.weight.Row(y)
		for x := band.X0; x < band.X1; x++ {
			a := from + by*alpha[x]
			weight[x] = a*a*a*a + least*a + least*least
		}
	}
	e.mean.Box(&e.share, &e.weight, band, near)
	for k := range to {
		for y := band.Y0; y < band.Y1; y++ {
			weight, colour, product := e.weight.Row(y), m.Colours[k].Row(y), e.product.Row(y)
			for x := band.X0; x < band.X1; x++ {
				product[x] = weight[x] * colour[x]
			}
		}
		e.mean.Box(&to[k], &e.product, band, near)
		for y := band.Y0; y < band.Y1; y++ {
			share, row := e.share.Row(y), to[k].Row(y)
			for x := band.X0; x < band.X1; x++ {
				row[x] /= share[x]
			}
		}
	}
}
