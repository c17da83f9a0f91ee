package reference

import (
	"fmt"
	"math"

	"github.com/virtualcube/virtualcube/render/pack"
)

// Pack lays the view out as the packed view does, without the strip, whose
// rows stay zero: luma rows, then U and V of the whole frame. It fails for a
// size that the layout refuses.
func (v *View) Pack(near, far float64) (luma, u, w []uint8, err error) {
	l := pack.Layout{Width: v.Width, Height: v.Height}
	if err := l.Validate(); err != nil {
		return nil, nil, nil, fmt.Errorf("pack reference view: %w", err)
	}
	width, height := l.FrameWidth(), l.FrameHeight()
	luma = make([]uint8, width*height)
	u, w = filled(width*height/4, pack.Neutral), filled(width*height/4, pack.Neutral)
	for i, y := range v.Y {
		luma[i/v.Width*width+i%v.Width] = code(y)
	}
	half := v.Width / 2
	distances := v.distances()
	for i := range half * v.Height / 2 {
		x, y := i%half, i/half
		luma[(l.Depth().Y+y)*width+l.Depth().X+x] = pack.DepthCode(distances[i], near, far)
		luma[(l.Matte().Y+y)*width+l.Matte().X+x] = pack.MatteCode(v.mean(v.Matte, x, y))
		u[y*width/2+x], w[y*width/2+x] = code(v.mean(v.Cb, x, y)), code(v.mean(v.Cr, x, y))
	}
	return luma, u, w, nil
}

// distances are those at half size, unknown ones taken from the finest coarser
// level that knows; infinite where none does.
func (v *View) distances() []float64 {
	levels := []plane{{v.Width / 2, v.Height / 2, v.Distance}}
	for len(levels) < pyramidLevels {
		levels = append(levels, levels[len(levels)-1].halveNearest())
	}
	out := make([]float64, len(v.Distance))
	for i := range out {
		out[i] = math.Inf(1)
		for n, l := range levels {
			if z := l.at(clampInt(i%(v.Width/2)>>n, l.w), clampInt(i/(v.Width/2)>>n, l.h)); z > 0 {
				out[i] = z
				break
			}
		}
	}
	return out
}

func (v *View) mean(p []float64, x, y int) float64 {
	at := 2*y*v.Width + 2*x
	return (p[at] + p[at+1] + p[at+v.Width] + p[at+v.Width+1]) / 4
}

func code(v float64) uint8 { return uint8(math.Round(255 * clamp(v, 0, 1))) }

func filled(n int, v uint8) []uint8 {
	out := make([]uint8, n)
	for i := range out {
		out[i] = v
	}
	return out
}
