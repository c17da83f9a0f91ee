package render

import (
	"math"

	"github.com/virtualcube/virtualcube/capture/space"
)

const (
	shadowStride = 2              // depth pixels between the points that are cast
	nothing      = math.MaxUint16 // of a shadow
)

// shadow is the person's depth as a colour camera sees it, in a small picture:
// what lies behind it there has another surface's colour. It is not safe for
// concurrent use.
type shadow struct {
	texel         int // colour pixels along a texel
	width, height int
	depth         []uint16 // 1/8 mm along the colour camera's axis, nothing where nobody is
	runs          []run    // of each row, the texels in which somebody is
}

func newShadow(depth, colour space.Lens) *shadow {
	// Texels wide enough that neighbouring points leave no gap.
	s := &shadow{texel: max(4, int(math.Ceil(1.5*shadowStride*colour.Fx/depth.Fx)))}
	s.width, s.height = (colour.Width+s.texel-1)/s.texel, (colour.Height+s.texel-1)/s.texel
	s.depth, s.runs = make([]uint16, s.width*s.height), make([]run, s.height)
	return s
}

// cast draws the surface of a camera.
func (s *shadow) cast(c *camera) {
	for i := range s.depth {
		s.depth[i] = nothing
	}
	for i := range s.runs {
		s.runs[i] = run{from: s.width}
	}
	r, w := c.surface.region, c.surface.width // reach lies in it
	for y := r.y0; y < r.y1; y += shadowStride {
		for x := c.surface.reach[y].from &^ (shadowStride - 1); x < c.surface.reach[y].to; x += shadowStride {
			d := c.surface.depth[y*w+x]
			if d == 0 {
				continue
			}
			ray := space.Vec3{X: float64(c.rays[2*(y*w+x)]), Y: float64(c.rays[2*(y*w+x)+1]), Z: 1}
			p := c.toColour.Apply(ray.Scale(float64(d) / (1000 * eighths)))
			u, v, ok := c.Colour.Lens.Project(p)
			if !ok || u < 0 || v < 0 {
				continue
			}
			tx, ty := int(u+0.5)/s.texel, int(v+0.5)/s.texel
			if tx >= s.width || ty >= s.height {
				continue
			}
			s.runs[ty] = run{min(s.runs[ty].from, tx), max(s.runs[ty].to, tx+1)}
			at := &s.depth[ty*s.width+tx]
			*at = min(*at, uint16(min(p.Z*1000*eighths, nothing-1)))
		}
	}
}
