package eval

import (
	"fmt"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/render/score"
)

// decode converts a picture to 8-bit RGB: BT.601, chroma interpolated
// linearly between its sites at the centres of 2 x 2 luma pixels.
func decode(p capture.Picture) (score.Picture, error) {
	if err := p.Validate(); err != nil {
		return score.Picture{}, err
	}
	out := score.NewPicture(p.Width, p.Height)
	if p.Format == capture.RGBA {
		for y := range p.Height {
			for x := range p.Width {
				copy(out.RGB[3*(y*p.Width+x):], p.Planes[0][y*p.Strides[0]+4*x:][:3])
			}
		}
		return out, nil
	}
	u, v, step := p.Planes[1], p.Planes[2], 1
	strideU, strideV := p.Strides[1], p.Strides[2]
	switch p.Format {
	case capture.I420:
	case capture.NV12:
		v, strideV, step = p.Planes[1][1:], p.Strides[1], 2
	default:
		return score.Picture{}, fmt.Errorf("picture format %v", p.Format)
	}
	black, luma, chroma := 0.0, 1.0, 1.0
	if p.Range == capture.Limited {
		black, luma, chroma = 16, 255.0/219, 255.0/224
	}
	for y := range p.Height {
		for x := range p.Width {
			l := (float64(p.Planes[0][y*p.Strides[0]+x]) - black) * luma
			cb := (chromaAt(u, strideU, step, p.Width/2, p.Height/2, x, y) - 128) * chroma
			cr := (chromaAt(v, strideV, step, p.Width/2, p.Height/2, x, y) - 128) * chroma
			rgb := out.RGB[3*(y*p.Width+x):]
			rgb[0] = level(l + 1.402*cr)
			rgb[1] = level(l - 0.344136*cb - 0.714136*cr)
			rgb[2] = level(l + 1.772*cb)
		}
	}
	return out, nil
}

// chromaAt interpolates a half-size plane at a full-size pixel: weights 3/4
// and 1/4 towards the nearer site.
func chromaAt(plane []byte, stride, step, width, height, x, y int) float64 {
	x0, x1 := x/2, max(0, min(width-1, x/2-1+2*(x%2)))
	y0, y1 := y/2, max(0, min(height-1, y/2-1+2*(y%2)))
	at := func(x, y int) float64 { return float64(plane[y*stride+x*step]) }
	return (9*at(x0, y0) + 3*at(x1, y0) + 3*at(x0, y1) + at(x1, y1)) / 16
}

func level(v float64) uint8 { return uint8(min(max(v+0.5, 0), 255)) }
