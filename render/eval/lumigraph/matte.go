package lumigraph

import (
	"math"

	"github.com/virtualcube/virtualcube/render"
)

const (
	closed   = 0.72 // coverage at 1/4 size above which a gap is a crack
	closedBy = 0.15 // more, and the gap is full
	enough   = 0.12 // coverage that still gives a colour
	levels   = 4    // of the pyramid, 1/2 to 1/16
)

// level is one level of the push-pull pyramid: colour premultiplied by
// coverage, which is in matte.
type level struct {
	width, height int
	pixels        []surface
}

// closeCracks fills the gaps that the person surrounds with the colour of the
// finest level that has some, and makes the picture.
func closeCracks(base []surface, w, h int) *render.Image {
	pyramid := [levels]level{halve(level{w, h, base}, true)}
	for i := 1; i < levels; i++ {
		pyramid[i] = halve(pyramid[i-1], false)
	}
	out := &render.Image{Width: w, Height: h, RGB: make([]uint8, 3*w*h), Matte: make([]uint8, w*h), Depth: make([]float32, w*h)}
	parallel(h, func(row int) {
		for x := range w {
			i := row*w + x
			p := base[i]
			if p.matte < 1 {
				s, t := (float32(x)+0.5)/float32(w), (float32(row)+0.5)/float32(h)
				around := smoothstep(closed, closed+closedBy, float64(pyramid[1].linear(s, t).matte))
				if p.matte == 0 && around > 0 {
					p = extended(&pyramid, s, t)
					p.matte = 0
				}
				p.matte = max(p.matte, float32(around))
			}
			if p.matte == 0 {
				continue
			}
			out.Matte[i], out.Depth[i] = uint8(255*p.matte+0.5), p.z
			toRGB(out.RGB[3*i:3*i+3], p)
		}
	})
	return out
}

// extended is the colour at a place, 0 to 1 of the picture, of the finest
// level that has some.
func extended(pyramid *[levels]level, s, t float32) surface {
	for i := range pyramid {
		if c := pyramid[i].linear(s, t); c.matte > enough {
			return surface{y: c.y / c.matte, cb: c.cb / c.matte, cr: c.cr / c.matte}
		}
	}
	return surface{y: 126.0 / 255, cb: 128.0 / 255, cr: 128.0 / 255}
}

// halve averages 2 x 2 pixels, which it first premultiplies where they are not.
func halve(l level, premultiply bool) level {
	half := level{width: max(1, l.width/2), height: max(1, l.height/2)}
	half.pixels = make([]surface, half.width*half.height)
	parallel(half.height, func(row int) {
		for x := range half.width {
			var sum surface
			for k := range 4 {
				p := l.pixels[min(2*row+k/2, l.height-1)*l.width+min(2*x+k%2, l.width-1)]
				a := float32(0.25)
				if premultiply {
					a *= p.matte
				}
				sum.y, sum.cb, sum.cr = sum.y+a*p.y, sum.cb+a*p.cb, sum.cr+a*p.cr
				sum.matte += p.matte / 4
			}
			half.pixels[row*half.width+x] = sum
		}
	})
	return half
}

// linear interpolates colour and coverage at a place given in 0 to 1 of the
// picture; beyond the outermost pixel centres the border pixel counts.
func (l *level) linear(s, t float32) surface {
	x, y := min(max(s*float32(l.width)-0.5, 0), float32(l.width-1)), min(max(t*float32(l.height)-0.5, 0), float32(l.height-1))
	x0, y0 := int(x), int(y)
	fx, fy := x-float32(x0), y-float32(y0)
	x1, y1 := min(x0+1, l.width-1), min(y0+1, l.height-1)
	var out surface
	for k, p := range [4]*surface{&l.pixels[y0*l.width+x0], &l.pixels[y0*l.width+x1], &l.pixels[y1*l.width+x0], &l.pixels[y1*l.width+x1]} {
		a := [4]float32{(1 - fx) * (1 - fy), fx * (1 - fy), (1 - fx) * fy, fx * fy}[k]
		out.y, out.cb, out.cr, out.matte = out.y+a*p.y, out.cb+a*p.cb, out.cr+a*p.cr, out.matte+a*p.matte
	}
	return out
}

// toRGB converts a pixel: BT.601, limited range.
func toRGB(rgb []uint8, p surface) {
	y := 255.0 / 219 * (255*float64(p.y) - 16)
	b, r := 255.0/224*(255*float64(p.cb)-128), 255.0/224*(255*float64(p.cr)-128)
	for c, v := range [3]float64{y + 1.402*r, y - 0.344136*b - 0.714136*r, y + 1.772*b} {
		rgb[c] = uint8(min(max(math.Round(v), 0), 255))
	}
}
