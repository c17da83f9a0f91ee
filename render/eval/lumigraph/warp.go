package lumigraph

import (
	"math"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
)

const (
	nearest       = 0.15 // metres, where pictures begin
	occluderScale = 4    // colour pixels along one pixel of the occlusion picture
	hides         = 0.03 // metres behind the occluder that count as hidden
	erosion       = 0.56 // share of the person below which a pixel is not
	feather       = 0.03 // of the colour picture: weight fades towards its border
	grazed        = 0.08 // facing of a surface that hangs between others
	seen          = 0.25 // facing from which it is one
	mostFacing    = 1.4  // the weight's slope over facing
	leastFacing   = 0.3  // its least factor
	leastWeight   = 1.5 / 255
	maskFull      = 252.0 / 255 // that of a pixel whose 3 x 3 all are the person
)

// texel is one camera's pixel of the view: limited-range codes 0 to 1, metres
// along the view's axis, and quality, 0 where there is nothing.
type texel struct{ y, cb, cr, quality, z float32 }

// placed is a corner in the view.
type placed struct {
	x, y, z float64 // pixel, metres
	values  values
}

// values are handed to the fragments: facing, the place in the depth picture
// and in the colour picture in pixels, metres from the colour camera.
type values struct{ facing, depthX, depthY, colourX, colourY, colourZ float64 }

// layer is what one camera shows in the view.
type layer struct {
	person  *person
	colour  capture.Picture
	corners []placed
	front   []float32 // of the occlusion picture: metres, +Inf where nothing is; nil where depth and colour are one camera
	width   int
	texels  []texel
}

// newLayer places a mesh in the view; nothing is drawn yet.
func newLayer(p *person, colour capture.Picture, target space.Camera) *layer {
	c := p.camera
	l := &layer{
		person: p, colour: colour, corners: make([]placed, len(p.corners)),
		width: target.Lens.Width, texels: make([]texel, target.Lens.Width*target.Lens.Height),
	}
	lens := c.Colour.Lens
	lens.MaxRadius = 0 // the full model, whatever its valid radius
	toView, view := target.Pose.Inverse().Mul(c.Depth.Pose), target.Lens
	for i, k := range p.corners {
		v, q := toView.Apply(k.place), c.toColour.Apply(k.place)
		x, y, _ := lens.ProjectRay(q.X/q.Z, q.Y/q.Z)
		l.corners[i] = placed{
			x: view.Fx*v.X/v.Z + view.Cx, y: view.Fy*v.Y/v.Z + view.Cy, z: v.Z,
			values: values{k.facing, float64(int(k.at) % p.width), float64(int(k.at) / p.width), x, y, q.Z},
		}
	}
	if !c.Aligned() {
		l.occlude()
	}
	return l
}

// occlusionSize is that of the occlusion picture.
func (l *layer) occlusionSize() (width, height int) {
	return (l.colour.Width + occluderScale - 1) / occluderScale, (l.colour.Height + occluderScale - 1) / occluderScale
}

// occlude finds, over the colour camera's picture at a quarter of its size,
// the distance of the nearest surface of the mesh.
func (l *layer) occlude() {
	w, h := l.occlusionSize()
	l.front = make([]float32, w*h)
	for i := range l.front {
		l.front[i] = float32(math.Inf(1))
	}
	scaleX, scaleY := float64(w)/float64(l.colour.Width), float64(h)/float64(l.colour.Height)
	var p [3]placed
	for _, t := range l.person.triangles {
		for i, k := range t {
			v := &l.corners[k].values
			p[i] = placed{x: (v.colourX+0.5)*scaleX - 0.5, y: (v.colourY+0.5)*scaleY - 0.5, z: v.colourZ}
		}
		rasterise(&p[0], &p[1], &p[2], w, 0, h, func(at int, z, _, _, _ float64) {
			l.front[at] = min(l.front[at], float32(z))
		})
	}
}

// draw draws the rows from y0 to before y1.
func (l *layer) draw(y0, y1 int) {
	for _, t := range l.person.triangles {
		a, b, c := &l.corners[t[0]], &l.corners[t[1]], &l.corners[t[2]]
		rasterise(a, b, c, l.width, y0, y1, func(at int, z, wa, wb, wc float64) {
			out := &l.texels[at]
			if out.quality > 0 && float32(z) >= out.z {
				return
			}
			v := values{
				facing:  z * (wa*a.values.facing + wb*b.values.facing + wc*c.values.facing),
				depthX:  z * (wa*a.values.depthX + wb*b.values.depthX + wc*c.values.depthX),
				depthY:  z * (wa*a.values.depthY + wb*b.values.depthY + wc*c.values.depthY),
				colourX: z * (wa*a.values.colourX + wb*b.values.colourX + wc*c.values.colourX),
				colourY: z * (wa*a.values.colourY + wb*b.values.colourY + wc*c.values.colourY),
				colourZ: z * (wa*a.values.colourZ + wb*b.values.colourZ + wc*c.values.colourZ),
			}
			if quality, ok := l.judge(v); ok {
				*out = l.sample(v.colourX, v.colourY)
				out.quality, out.z = eightBits(quality), float32(z)
			}
		})
	}
}

// judge returns a fragment's quality, and whether it is the person, unhidden
// from the colour camera and in its picture.
func (l *layer) judge(v values) (quality float64, ok bool) {
	p := l.person
	share := bilinear(p.mask, p.width, 1, p.width, p.height, v.depthX, v.depthY) * maskFull / full
	s, t := (v.colourX+0.5)/float64(l.colour.Width), (v.colourY+0.5)/float64(l.colour.Height)
	border := min(s, 1-s, t, 1-t)
	if share < erosion || border <= 0 {
		return 0, false
	}
	if l.front != nil {
		w, h := l.occlusionSize()
		at := min(int(t*float64(h)), h-1)*w + min(int(s*float64(w)), w-1)
		if v.colourZ > float64(l.front[at])+hides {
			return 0, false
		}
	}
	quality = smoothstep(grazed, seen, v.facing) * min(max(mostFacing*v.facing, leastFacing), 1) *
		(0.1 + 0.9*smoothstep(erosion, 1, share)) * smoothstep(0, feather, border)
	return max(quality, leastWeight), true
}

// sample returns the colour at a pixel of the NV12 picture.
func (l *layer) sample(x, y float64) texel {
	p := l.colour
	luma, black, chroma := 1.0/255, 0.0, 1.0/255
	if p.Range == capture.Full {
		luma, black, chroma = 219.0/255/255, 16.0/255, 224.0/255/255
	}
	w, h := p.Width/2, p.Height/2
	u, v := (x+0.5)/2-0.5, (y+0.5)/2-0.5
	return texel{
		y:  eightBits(bilinear(p.Planes[0], p.Strides[0], 1, p.Width, p.Height, x, y)*luma + black),
		cb: eightBits((bilinear(p.Planes[1], p.Strides[1], 2, w, h, u, v)-128)*chroma + 128.0/255),
		cr: eightBits((bilinear(p.Planes[1][1:], p.Strides[1], 2, w, h, u, v)-128)*chroma + 128.0/255),
	}
}

// eightBits rounds 0 to 1 to one of 256 levels: so the spine keeps a layer and
// the blended picture, and flickers by it.
func eightBits(v float64) float32 { return float32(math.Round(255*min(max(v, 0), 1)) / 255) }

// bilinear interpolates a plane at a pixel; beyond the outermost centres the
// border pixel counts.
func bilinear(plane []uint8, stride, step, w, h int, x, y float64) float64 {
	x, y = min(max(x, 0), float64(w-1)), min(max(y, 0), float64(h-1))
	x0, y0 := int(x), int(y)
	fx, fy := x-float64(x0), y-float64(y0)
	top, left := y0*stride, x0*step
	bottom, right := min(y0+1, h-1)*stride, min(x0+1, w-1)*step
	return (1-fy)*((1-fx)*float64(plane[top+left])+fx*float64(plane[top+right])) +
		fy*((1-fx)*float64(plane[bottom+left])+fx*float64(plane[bottom+right]))
}

// smoothstep is GLSL's.
func smoothstep(low, high, v float64) float64 {
	t := min(max((v-low)/(high-low), 0), 1)
	return t * t * (3 - 2*t)
}

// rasterise calls fragment for every pixel, in rows y0 to before y1, whose
// centre lies in the triangle, with its distance and the weights of the
// corners over z: a value there is z * (wa*A + wb*B + wc*C). Triangles that are
// seen from behind or reach nearer than nearest are left out.
func rasterise(a, b, c *placed, w, y0, y1 int, fragment func(at int, z, wa, wb, wc float64)) {
	area := (b.x-a.x)*(c.y-a.y) - (c.x-a.x)*(b.y-a.y)
	if !(area > 0) || min(a.z, b.z, c.z) < nearest {
		return
	}
	left, right := int(math.Ceil(max(min(a.x, b.x, c.x), 0))), int(math.Floor(min(max(a.x, b.x, c.x), float64(w-1))))
	top, bottom := int(math.Ceil(max(min(a.y, b.y, c.y), float64(y0)))), int(math.Floor(min(max(a.y, b.y, c.y), float64(y1-1))))
	for y := top; y <= bottom; y++ {
		py := float64(y)
		for x := left; x <= right; x++ {
			px := float64(x)
			wa := ((b.x-px)*(c.y-py) - (c.x-px)*(b.y-py)) / area
			wb := ((c.x-px)*(a.y-py) - (a.x-px)*(c.y-py)) / area
			wc := 1 - wa - wb
			if wa < 0 || wb < 0 || wc < 0 {
				continue
			}
			// 1/z is linear in the picture, and so is value/z.
			wa, wb, wc = wa/a.z, wb/b.z, wc/c.z
			fragment(y*w+x, 1/(wa+wb+wc), wa, wb, wc)
		}
	}
}
