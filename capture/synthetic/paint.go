package synthetic

import (
	"sync"

	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/capture/synthetic/figure"
	"github.com/virtualcube/virtualcube/capture/synthetic/raster"
)

// bandRows is how many pixel rows are drawn at once: their samples stay in
// the processor's cache.
const bandRows = 24

// backdrop is the room as a camera sees it without the person. It is
// immutable once drawn.
type backdrop struct {
	rgb     []float32 // linear light, 3 a pixel
	depth   []float32 // metres at the pixel's centre
	inverse []float32 // 1 / depth, 0 where nothing is
}

// painter draws pictures; it keeps its memory between them. One goroutine
// uses it; it starts workers-1 others during a call and waits for them.
type painter struct {
	scene   *Scene
	workers int
	screen  raster.Screen
	bands   []raster.Band
}

// bandsOf calls draw for all bands of the projected screen.
func (l *painter) bandsOf(draw func(b *raster.Band)) {
	if len(l.bands) < max(1, l.workers) {
		l.bands = make([]raster.Band, max(1, l.workers))
	}
	var wait sync.WaitGroup
	run := func(w int) {
		for top := w * bandRows; top < l.screen.Height; top += len(l.bands) * bandRows {
			b := &l.bands[w]
			b.Reset(&l.screen, top, min(top+bandRows, l.screen.Height))
			draw(b)
		}
	}
	for w := 1; w < len(l.bands); w++ {
		wait.Go(func() { run(w) })
	}
	run(0)
	wait.Wait()
}

// backdrop draws the room for a camera.
func (l *painter) backdrop(c space.Camera) *backdrop {
	n := c.Lens.Width * c.Lens.Height
	out := &backdrop{rgb: make([]float32, 3*n), depth: make([]float32, n), inverse: make([]float32, n)}
	r := l.scene.room
	l.screen.Project(raster.Mesh{Positions: r.Positions, Triangles: r.Triangles}, c, 2)
	l.bandsOf(func(b *raster.Band) {
		l.screen.Draw(b)
		for y := b.Top; y < b.Bottom; y++ {
			for x := range l.screen.Width {
				i := y*l.screen.Width + x
				var sum figure.RGB
				q := quad(&l.screen, b, x, y)
				for k, id := range q.ids {
					if id == raster.None {
						continue
					}
					if k == 0 || id != q.ids[k-1] {
						q.shade[k] = l.roomAt(id, c, float64(x)+offset(k&1), float64(y)+offset(k>>1))
					} else {
						q.shade[k] = q.shade[k-1]
					}
					for ch := range sum {
						sum[ch] += q.shade[k][ch] / 4
					}
				}
				if id := q.nearest(); id != raster.None {
					h := l.screen.At(id, float64(x), float64(y))
					out.depth[i], out.inverse[i] = float32(h.Depth), float32(1/h.Depth)
				}
				for ch := range sum {
					out.rgb[3*i+ch] = float32(sum[ch])
				}
			}
		}
	})
	return out
}

// offset is where the two samples along a side of a pixel lie.
func offset(i int) float64 { return float64(i)*0.5 - 0.25 }

// samples of one pixel.
type samples struct {
	ids     [4]int32
	inverse [4]float32
	shade   [4]figure.RGB
}

func quad(s *raster.Screen, b *raster.Band, x, y int) (q samples) {
	stride := 2 * s.Width
	i := 2*(y-b.Top)*stride + 2*x
	q.ids = [4]int32{b.Triangle[i], b.Triangle[i+1], b.Triangle[i+stride], b.Triangle[i+stride+1]}
	q.inverse = [4]float32{b.Inverse[i], b.Inverse[i+1], b.Inverse[i+stride], b.Inverse[i+stride+1]}
	return q
}

// nearest is the triangle of the sample closest to the camera.
func (q *samples) nearest() int32 {
	best, id := float32(0), int32(raster.None)
	for k, w := range q.inverse {
		if q.ids[k] != raster.None && w > best {
			best, id = w, q.ids[k]
		}
	}
	return id
}

// blend interpolates a vector over a triangle.
func blend(v []space.Vec3, t [3]int32, w [3]float64) space.Vec3 {
	a, b, c := v[t[0]], v[t[1]], v[t[2]]
	return space.Vec3{
		X: a.X*w[0] + b.X*w[1] + c.X*w[2],
		Y: a.Y*w[0] + b.Y*w[1] + c.Y*w[2],
		Z: a.Z*w[0] + b.Z*w[1] + c.Z*w[2],
	}
}

// roomAt shades the room where a pixel position sees it.
func (l *painter) roomAt(id int32, c space.Camera, u, v float64) figure.RGB {
	r := l.scene.room
	h := l.screen.At(id, u, v)
	t := r.Triangles[h.Triangle]
	p := blend(r.Positions, t, h.Weights)
	n := blend(r.Normals, t, h.Weights).Unit()
	open := r.open[t[0]]*h.Weights[0] + r.open[t[1]]*h.Weights[1] + r.open[t[2]]*h.Weights[2]
	return lit(r.look(r.kinds[h.Triangle], p), n, c.Pose.T.Sub(p).Unit(), open, open)
}

// projectPerson projects the posed person and the props.
func (l *painter) projectPerson(c space.Camera, p *pose, samples int) {
	s := l.scene
	l.screen.Project(raster.Mesh{Positions: p.positions, Triangles: s.triangles, TwoSided: s.twoSided}, c, samples)
}

// encoded is the backdrop's picture with a gain for each channel.
func (l *painter) encoded(b *backdrop, gain figure.RGB) []uint8 {
	out := make([]uint8, len(b.rgb))
	for i, x := range b.rgb {
		out[i] = l.scene.encode.at(float64(x) * gain[i%3])
	}
	return out
}

// colour draws the whole scene: the person over the backdrop, whose encoded
// picture is given too, with a gain for each channel in linear light. Mask and
// depth of out may be nil.
func (l *painter) colour(c space.Camera, p *pose, under *backdrop, picture []uint8, gain figure.RGB, out *Image) {
	copy(out.RGB, picture)
	copy(out.Depth, under.depth)
	l.projectPerson(c, p, 2)
	l.bandsOf(func(b *raster.Band) {
		w := l.screen.Width
		for y := b.Top; y < b.Bottom; y++ {
			for x := range w {
				i := 2*(y-b.Top)*2*w + 2*x
				z := under.inverse[y*w+x]
				b.Inverse[i], b.Inverse[i+1], b.Inverse[i+2*w], b.Inverse[i+2*w+1] = z, z, z, z
			}
		}
		l.screen.Draw(b)
		for y := b.Top; y < b.Bottom; y++ {
			row := b.Triangle[2*(y-b.Top)*2*w:][:4*w]
			for x := range w {
				// None is -1: all bits set in all four samples.
				if row[2*x]&row[2*x+1]&row[2*x+2*w]&row[2*x+2*w+1] != raster.None {
					l.resolve(b, c, p, under, gain, out, x, y)
				}
			}
		}
	})
}

// resolve shades a pixel of which at least one sample sees the person.
func (l *painter) resolve(b *raster.Band, c space.Camera, p *pose, under *backdrop, gain figure.RGB, out *Image, x, y int) {
	i := y*l.screen.Width + x
	q := quad(&l.screen, b, x, y)
	sum, person := figure.RGB{}, 0.0
	back := figure.RGB{float64(under.rgb[3*i]), float64(under.rgb[3*i+1]), float64(under.rgb[3*i+2])}
	id := q.nearest()
	depth := float32(l.screen.At(id, float64(x), float64(y)).Depth)
	if l.smooth(&q) {
		var in bool
		if sum, in = l.personAt(id, c, p, float64(x), float64(y), 1); in {
			person = 1
		}
	} else {
		for k, id := range q.ids {
			s, in := back, false
			if id != raster.None {
				s, in = l.personAt(id, c, p, float64(x)+offset(k&1), float64(y)+offset(k>>1), 0.5)
			}
			for ch := range sum {
				sum[ch] += s[ch] / 4
			}
			if in {
				person += 0.25
			}
		}
	}
	for ch := range sum {
		out.RGB[3*i+ch] = l.scene.encode.at(sum[ch] * gain[ch])
	}
	if out.PersonMask != nil {
		out.PersonMask[i] = uint8(255*person + 0.5)
	}
	if out.Depth != nil {
		out.Depth[i] = depth
	}
}

// smooth says whether all samples of a pixel lie on one surface that may be
// shaded once.
func (l *painter) smooth(q *samples) bool {
	lo, hi := q.inverse[0], q.inverse[0]
	for k, id := range q.ids {
		if id == raster.None {
			return false
		}
		part := l.scene.partOf(l.screen.Source(id))
		if part != l.scene.partOf(l.screen.Source(q.ids[0])) || part.strands() {
			return false
		}
		lo, hi = min(lo, q.inverse[k]), max(hi, q.inverse[k])
	}
	return hi-lo < 0.006*hi
}

// personAt shades the person or a prop where a pixel position sees it, and
// says whether that is inside the volume.
func (l *painter) personAt(id int32, c space.Camera, p *pose, u, v, scale float64) (figure.RGB, bool) {
	s := l.scene
	h := l.screen.At(id, u, v)
	t := s.triangles[h.Triangle]
	at := blend(p.positions, t, h.Weights)
	inside := s.volume.Contains(at)
	if k := s.partOf(h.Triangle).prop(); k >= 0 {
		return s.glow(k, p), inside
	}
	n := blend(p.normals, t, h.Weights).Unit()
	view := c.Pose.T.Sub(at).Unit()
	if s.twoSided[h.Triangle] && n.Dot(view) < 0 {
		n = n.Scale(-1)
	}
	a, b, d := &s.person.Vertices[t[0]], &s.person.Vertices[t[1]], &s.person.Vertices[t[2]]
	w := h.Weights
	local := space.Vec3{
		X: a.Local.X*w[0] + b.Local.X*w[1] + d.Local.X*w[2],
		Y: a.Local.Y*w[0] + b.Local.Y*w[1] + d.Local.Y*w[2],
		Z: a.Local.Z*w[0] + b.Local.Z*w[1] + d.Local.Z*w[2],
	}
	look := figure.Surface(figure.Point{
		Part: s.person.Parts[h.Triangle], Local: local,
		Tag:       a.Tag*w[0] + b.Tag*w[1] + d.Tag*w[2],
		Footprint: h.Depth / c.Lens.Fx * scale,
	})
	open := a.Open*w[0] + b.Open*w[1] + d.Open*w[2]
	key := a.Key*w[0] + b.Key*w[1] + d.Key*w[2]
	return lit(look, n, view, open, key), inside
}
