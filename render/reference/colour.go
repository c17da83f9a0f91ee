package reference

import (
	"math"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
)

// painter is a camera that gives colour.
type painter struct {
	camera    capture.Camera
	share     float64
	shadow    shadow
	y, cb, cr plane // limited-range codes, 0..1
}

func makePainter(s surface, p pick, picture capture.Picture, o Options) painter {
	c := painter{camera: s.camera, share: p.share, shadow: cast(s)}
	by := sharpening
	if o.Learned != nil {
		by = cubicSharpening
	}
	c.y, c.cb, c.cr = planes(picture, by)
	if o.Tint != nil {
		t := o.Tint(p.camera)
		for i := range c.y.v {
			luma := t[0] * (c.y.v[i] - black)
			c.y.v[i] = black + luma
			c.cb.v[i] = greyChroma + t[0]*(c.cb.v[i]-greyChroma) + t[1]*luma
			c.cr.v[i] = greyChroma + t[0]*(c.cr.v[i]-greyChroma) + t[2]*luma
		}
	}
	return c
}

// place is a pixel in 0..1 of the picture.
func (c painter) place(u, v float64) (s, t float64) {
	l := c.camera.Colour.Lens
	return (u + 0.5) / float64(l.Width), (v + 0.5) / float64(l.Height)
}

// colour paints the surface at full size.
func colour(g geometry, weights []plane, painters []painter, target space.Camera) *View {
	w, h := target.Lens.Width, target.Lens.Height
	n := w * h
	out := &View{Width: w, Height: h, Y: make([]float64, n), Cb: make([]float64, n), Cr: make([]float64, n), Matte: make([]float64, n), Distance: g.distance.v}
	for i := range n {
		x, y := float64(i%w), float64(i/w)
		s, known := g.sample((x+0.5)/2-0.5, (y+0.5)/2-0.5)
		if !known {
			continue
		}
		out.Matte[i] = s.matte
		p := ray(target.Lens, x, y).Scale(s.z)
		sum := 0.0
		for k, c := range painters {
			weight := weights[k].at(s.x, s.y)
			if weight == 0 {
				continue
			}
			q := c.camera.Colour.Pose.Inverse().Mul(target.Pose).Apply(p)
			u, v, _ := c.camera.Colour.Lens.Project(q)
			a, b := c.place(u, v)
			sum += weight
			out.Y[i] += weight * c.y.linear(a, b)
			out.Cb[i] += weight * c.cb.linear(a, b)
			out.Cr[i] += weight * c.cr.linear(a, b)
		}
		out.Y[i], out.Cb[i], out.Cr[i] = out.Y[i]/sum, out.Cb[i]/sum, out.Cr[i]/sum
	}
	return out
}

// sample is the geometry between the pixels of half size.
type sample struct {
	x, y     int     // of the nearest pixel that shows something
	z, matte float64 // that of the four pixels round it, if they are one surface
}

// gather is the order of OpenGL's textureGather, x + 2y of four pixels.
var gather = [4]int{2, 3, 1, 0}

// sample looks at the geometry at a place. Of two pixels that are equally near
// the first in the order of gather counts.
func (g geometry) sample(x, y float64) (s sample, known bool) {
	x0, y0 := math.Floor(x), math.Floor(y)
	low, high, most, between := math.Inf(1), 0.0, 0.0, 0.0
	for _, k := range gather {
		u, v := x0+float64(k%2), y0+float64(k/2)
		near := (1 - math.Abs(x-u)) * (1 - math.Abs(y-v))
		z := g.distance.clamped(u, v)
		low, high, between = min(low, z), max(high, z), between+near*z
		s.matte += near * g.matte.clamped(u, v)
		if z > 0 && near > most {
			most, s.z = near, z
			s.x, s.y = clampInt(int(u), g.distance.w), clampInt(int(v), g.distance.h)
		}
	}
	if low > 0 && high-low < together {
		s.z = between
	}
	return s, most > 0
}

// planes returns Y, sharpened by so much, Cb and Cr of an NV12 picture as limited-range
// codes, 0..1.
func planes(p capture.Picture, by float64) (y, cb, cr plane) {
	luma, chroma, least := 1.0, 1.0, 0.0
	if p.Range == capture.Full {
		luma, chroma, least = 219.0/255, 224.0/255, black
	}
	y, cb, cr = newPlane(p.Width, p.Height), newPlane(p.Width, p.Height), newPlane(p.Width, p.Height)
	for i := range y.v {
		y.v[i] = float64(p.Planes[0][i/y.w*p.Strides[0]+i%y.w]) / 255
	}
	y = sharpen(y, by)
	for i := range y.v {
		y.v[i] = y.v[i]*luma + least
	}
	for i := range cb.v {
		at := i/cb.w/2*p.Strides[1] + i%cb.w/2*2 // each for 2 x 2 pixels
		cb.v[i] = (float64(p.Planes[1][at])-128)/255*chroma + greyChroma
		cr.v[i] = (float64(p.Planes[1][at+1])-128)/255*chroma + greyChroma
	}
	return y, cb, cr
}

// sharpen gives back some of the detail that sampling between pixels takes.
func sharpen(p plane, by float64) plane {
	out := newPlane(p.w, p.h)
	for i, v := range p.v {
		x, y := float64(i%p.w), float64(i/p.w)
		around := p.clamped(x-1, y) + p.clamped(x+1, y) + p.clamped(x, y-1) + p.clamped(x, y+1)
		out.v[i] = clamp(v+by*(4*v-around), 0, 1)
	}
	return out
}
