package synthetic

import (
	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/capture/synthetic/figure"
	"github.com/virtualcube/virtualcube/capture/synthetic/raster"
)

// echoes are what reaches the depth sensor, before noise.
type echoes struct {
	depth    []float32 // metres along the optical axis
	strength []float32 // reflectance at 850 nm times the cosine of incidence, 0..1
	hair     []bool
}

func newEchoes(n int) *echoes {
	return &echoes{depth: make([]float32, n), strength: make([]float32, n), hair: make([]bool, n)}
}

// sense draws what a depth lens receives, at the pixels' centres.
func (l *painter) sense(c space.Camera, p *pose, under *echoes, out *echoes) {
	l.projectPerson(c, p, 1)
	l.bandsOf(func(b *raster.Band) {
		w := l.screen.Width
		first, n := b.Top*w, (b.Bottom-b.Top)*w
		for i, z := range under.depth[first : first+n] {
			if z > 0 {
				b.Inverse[i] = 1 / z
			}
		}
		l.screen.Draw(b)
		for i := range n {
			k := first + i
			id := b.Triangle[i]
			if id == raster.None {
				out.depth[k], out.strength[k], out.hair[k] = under.depth[k], under.strength[k], false
				continue
			}
			h := l.screen.At(id, float64(k%w), float64(k/w))
			t := l.scene.triangles[h.Triangle]
			at := blend(p.positions, t, h.Weights)
			cosine := max(0, blend(p.normals, t, h.Weights).Unit().Dot(c.Pose.T.Sub(at).Unit()))
			part := l.scene.partOf(h.Triangle)
			out.hair[k] = part.hair()
			out.depth[k], out.strength[k] = float32(h.Depth), float32(part.infrared()*cosine)
		}
	})
}

// hair says whether echoes get lost in the part.
func (p part) hair() bool { return p == part(figure.Hair) }

// infrared is how much the part reflects at 850 nm.
func (p part) infrared() float64 {
	if p.prop() >= 0 {
		return 0.6
	}
	return figure.Infrared(figure.Part(p))
}

// senseRoom draws the room for a depth lens.
func (l *painter) senseRoom(c space.Camera) *echoes {
	r := l.scene.room
	out := newEchoes(c.Lens.Width * c.Lens.Height)
	l.screen.Project(raster.Mesh{Positions: r.Positions, Triangles: r.Triangles}, c, 1)
	l.bandsOf(func(b *raster.Band) {
		l.screen.Draw(b)
		w := l.screen.Width
		for i, id := range b.Triangle {
			if id == raster.None {
				continue
			}
			k := b.Top*w + i
			h := l.screen.At(id, float64(k%w), float64(k/w))
			t := r.Triangles[h.Triangle]
			at := blend(r.Positions, t, h.Weights)
			cosine := max(0, blend(r.Normals, t, h.Weights).Unit().Dot(c.Pose.T.Sub(at).Unit()))
			out.depth[k] = float32(h.Depth)
			out.strength[k] = float32([3]float64{roomWall: 0.6, roomFloor: 0.3, roomChair: 0.22}[r.kinds[h.Triangle]] * cosine)
		}
	})
	return out
}
