package segment

import (
	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models/matte/plane"
)

// half is a picture at half its size, the size of its chroma.
type half struct {
	width, height int
	planes        [3][]byte // Y, U and V
	strides       [3]int
	step          int // pixels of it a cell of the grid
	luma          []byte
}

// gridSide is about how many cells the longer side of a picture has.
const gridSide = 320

// take averages the luma; the chroma stays the picture's.
func (h *half) take(p capture.Picture) {
	h.width, h.height = p.Width/2, p.Height/2
	h.step = max(1, (max(h.width, h.height)+gridSide/2)/gridSide)
	if n := h.width * h.height; cap(h.luma) < n {
		h.luma = make([]byte, n)
	} else {
		h.luma = h.luma[:n]
	}
	h.planes = [3][]byte{h.luma, p.Planes[1], p.Planes[2]}
	h.strides = [3]int{h.width, p.Strides[1], p.Strides[2]}
	for y := range h.height {
		dst := h.luma[y*h.width : (y+1)*h.width]
		upper := p.Planes[0][2*y*p.Strides[0]:]
		lower := p.Planes[0][(2*y+1)*p.Strides[0]:]
		upper, lower = upper[:2*len(dst)], lower[:2*len(dst)]
		for x := range dst {
			dst[x] = byte((uint32(upper[2*x]) + uint32(upper[2*x+1]) + uint32(lower[2*x]) + uint32(lower[2*x+1]) + 2) / 4)
		}
	}
}

// cells averages the planes over the cells of the grid. The cells at the right
// and the lower edge may be cut.
func (h *half) cells(grid *[3]plane.Plane) {
	width, height := (h.width+h.step-1)/h.step, (h.height+h.step-1)/h.step
	for i := range grid {
		g := &grid[i]
		g.Resize(width, height)
		for y := range height {
			rows := min(h.step, h.height-y*h.step)
			dst := g.Row(y)
			clear(dst)
			for k := range rows {
				addCells(dst, h.planes[i][(y*h.step+k)*h.strides[i]:][:h.width], h.step)
			}
			full := 1 / float32(rows*h.step)
			for x := range dst {
				dst[x] *= full
			}
			if cut := h.width - (width-1)*h.step; cut != h.step {
				dst[width-1] *= float32(h.step) / float32(cut)
			}
		}
	}
}

// addCells adds the pixels of a row to the cells that they lie in.
func addCells(dst []float32, row []byte, step int) {
	switch {
	case step == 1:
		for x, v := range row {
			dst[x] += float32(v)
		}
	case step == 2 && len(row)%2 == 0:
		for x := range dst {
			dst[x] += float32(uint32(row[2*x]) + uint32(row[2*x+1]))
		}
	default:
		for x := range dst {
			sum := uint32(0)
			for _, v := range row[x*step : min(len(row), (x+1)*step)] {
				sum += uint32(v)
			}
			dst[x] += float32(sum)
		}
	}
}
