package face

import (
	"math"

	"github.com/virtualcube/virtualcube/capture"
)

// square is a turned square of a picture: its middle and its side in pixels, and
// by what angle its upper side is turned from the picture's, clockwise.
type square struct{ x, y, size, angle float64 }

// scaled is the square with another side.
func (s square) scaled(by float64) square {
	s.size *= by
	return s
}

// at maps a place in the square, 0 to 1 across and down, to the picture.
func (s square) at(u, v float64) (x, y float64) {
	sin, cos := math.Sincos(s.angle)
	dx, dy := (u-0.5)*s.size, (v-0.5)*s.size
	return s.x + cos*dx - sin*dy, s.y + sin*dx + cos*dy
}

// maxSamples bounds the samples a pixel, across and down.
const maxSamples = 3

// show writes what a network sees of a picture: side x side pixels of red, green
// and blue, each times by plus plus, where they go from 0 to 1; black beyond the
// picture. mirrored turns left and right round.
func (s square) show(dst []float32, p capture.Picture, side int, by, plus float32, mirrored bool) {
	sin, cos := math.Sincos(s.angle)
	step := s.size / float64(side)
	// Several samples a pixel where it is larger than those of the picture.
	n := min(max(int(math.Ceil(step/1.25)), 1), maxSamples)
	ux, uy := cos*step/float64(n), sin*step/float64(n) // from sample to sample across
	vx, vy := -sin*step/float64(n), cos*step/float64(n)
	weight := 1 / float32(n*n)
	for j := range side {
		for i := range side {
			across := i
			if mirrored {
				across = side - 1 - i
			}
			x, y := s.at((float64(across)+0.5/float64(n))/float64(side), (float64(j)+0.5/float64(n))/float64(side))
			var luma, u, v float32
			for b := range n {
				for a := range n {
					yy, uu, vv := sample(p, x+float64(a)*ux+float64(b)*vx, y+float64(a)*uy+float64(b)*vy)
					luma, u, v = luma+yy, u+uu, v+vv
				}
			}
			luma, u, v = luma*weight, u*weight, v*weight
			o := 3 * (j*side + i)
			dst[o] = min(max(luma+1.402*v, 0), 1)*by + plus
			dst[o+1] = min(max(luma-0.344136*u-0.714136*v, 0), 1)*by + plus
			dst[o+2] = min(max(luma+1.772*u, 0), 1)*by + plus
		}
	}
}

// sample is the picture's colour at a place: luma from 0 to 1, linear between
// pixels, and the chroma of the nearest, from -0.5 to 0.5.
func sample(p capture.Picture, x, y float64) (luma, u, v float32) {
	left, top := int(math.Floor(x)), int(math.Floor(y))
	if left < 0 || top < 0 || left+1 >= p.Width || top+1 >= p.Height {
		return 0, 0, 0
	}
	fx, fy := float32(x-float64(left)), float32(y-float64(top))
	row := p.Planes[0][top*p.Strides[0]+left:]
	below := p.Planes[0][(top+1)*p.Strides[0]+left:]
	upper := float32(row[0]) + fx*(float32(row[1])-float32(row[0]))
	lower := float32(below[0]) + fx*(float32(below[1])-float32(below[0]))
	cx, cy := int(x+0.5)/2, int(y+0.5)/2
	u = float32(p.Planes[1][cy*p.Strides[1]+cx]) - 128
	v = float32(p.Planes[2][cy*p.Strides[2]+cx]) - 128
	return (upper + fy*(lower-upper) - 16) / 219, u / 224, v / 224
}
