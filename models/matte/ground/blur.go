package ground

import (
	"math"

	"github.com/virtualcube/virtualcube/models/matte/plane"
	"github.com/virtualcube/virtualcube/models/matte/segment"
)

// blur makes a soft picture of what is behind the person, by cells. The person
// counts for nothing in it, so that no halo surrounds them.
type blur struct {
	planes [3]plane.Plane
	weight plane.Plane
	mean   plane.Mean
}

// passes of a mean over a box are near a Gaussian.
const passes = 3

// make blurs by a radius in cells, at which a Gaussian's weight would be e^-2.
func (b *blur) make(m *segment.Matte, radius float64) *[3]plane.Plane {
	// A box of 2r+1 has the variance ((2r+1)^2-1)/12; the passes add up to that of
	// the Gaussian, (radius/2)^2.
	side := math.Sqrt(1 + 12*radius*radius/4/passes)
	r := max(1, int(math.Round((side-1)/2)))
	all := plane.Rect{X1: m.Alpha.Width, Y1: m.Alpha.Height}
	const least = 1e-4 // deep in the person all counts alike
	b.weight.Resize(m.Alpha.Width, m.Alpha.Height)
	for i, a := range m.Alpha.V {
		b.weight.V[i] = (1-a)*(1-a) + least
	}
	for k := range b.planes {
		p := &b.planes[k]
		p.Resize(m.Alpha.Width, m.Alpha.Height)
		for i, v := range m.Colours[k].V {
			p.V[i] = v * b.weight.V[i]
		}
	}
	for range passes {
		for k := range b.planes {
			b.mean.Box(&b.planes[k], &b.planes[k], all, r)
		}
		b.mean.Box(&b.weight, &b.weight, all, r)
	}
	for k := range b.planes {
		for i, w := range b.weight.V {
			b.planes[k].V[i] /= w
		}
	}
	return &b.planes
}
