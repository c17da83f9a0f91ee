package tensor

import (
	"fmt"

	"github.com/virtualcube/virtualcube/capture"
)

// Colours are the channels of a pixel.
type Colours string

// The orders of colours.
const (
	RGB  Colours = "rgb"
	BGR  Colours = "bgr"
	Grey Colours = "grey"
)

// Channels is how many there are; 0 where the order is unknown.
func (c Colours) Channels() int {
	switch c {
	case RGB, BGR:
		return 3
	case Grey:
		return 1
	}
	return 0
}

// Scale is what the model's numbers are: of a channel that is v, from 0 to 1, the
// model takes Gain*v + Offset, by red, green and blue; grey has that of red.
type Scale struct{ Gain, Offset [3]float32 }

// Reader brings pictures into a grid.
type Reader struct {
	grid    Grid
	resize  Resize
	colours Colours
	scale   Scale

	size   [2]int // of the picture that the rest is made for
	at     Mapping
	lx, ly []tap // of luma
	cx, cy []tap // of chroma
}

// NewReader makes a reader of pictures into a grid.
func NewReader(g Grid, r Resize, c Colours, s Scale) (*Reader, error) {
	if c.Channels() != g.Channels {
		return nil, fmt.Errorf("%w: %d channels are no %s", ErrLayout, g.Channels, c)
	}
	return &Reader{grid: g, resize: r, colours: c, scale: s}, nil
}

// Read fills to, which has the grid's length, with an I420 picture in limited
// range.
func (r *Reader) Read(p capture.Picture, to []float32) (Mapping, error) {
	if p.Format != capture.I420 || p.Range != capture.Limited || len(to) != r.grid.Len() {
		return Mapping{}, fmt.Errorf("read picture: %v into %d numbers: I420 in limited range and %d numbers are needed", p.Format, len(to), r.grid.Len())
	}
	if size := [2]int{p.Width, p.Height}; size != r.size {
		m := Map(r.resize, p.Width, p.Height, r.grid)
		r.size, r.at = size, m
		r.lx, r.ly = taps(m.GW, m.X, m.Width), taps(m.GH, m.Y, m.Height)
		r.cx, r.cy = taps(m.GW, m.X/2, m.Width/2), taps(m.GH, m.Y/2, m.Height/2)
	}
	if r.at.GW < r.grid.Width || r.at.GH < r.grid.Height {
		r.blacken(to)
	}
	for i := range r.at.GH {
		row := to[(r.at.GY+i)*r.grid.y+r.at.GX*r.grid.x:]
		if r.colours == Grey {
			r.greyRow(p, i, row)
		} else {
			r.colourRow(p, i, row)
		}
	}
	return r.at, nil
}

// blacken makes everything black.
func (r *Reader) blacken(to []float32) {
	g := r.grid
	for c := range g.Channels {
		black := r.scale.Offset[c]
		if r.colours == BGR {
			black = r.scale.Offset[2-c]
		}
		for y := range g.Height {
			for x := range g.Width {
				to[y*g.y+x*g.x+c*g.c] = black
			}
		}
	}
}

// BT.601 from limited range (Rec. ITU-R BT.601-7, 2.5): luma has 219 steps, chroma
// 224, of which one is 1/255 here.
const (
	fromLuma = 255.0 / 219
	redV     = 1.402 * 255 / 224
	greenU   = 0.344136 * 255 / 224
	greenV   = 0.714136 * 255 / 224
	blueU    = 1.772 * 255 / 224
)

// line is a row of a plane between two of the picture's.
type line struct {
	a, b  []byte
	fixed int
}

func lineOf(p *capture.Picture, plane int, t tap) line {
	stride := p.Strides[plane]
	return line{p.Planes[plane][int(t.a)*stride:], p.Planes[plane][int(t.b)*stride:], int(t.fixed)}
}

// at is a value of the line, times one*one.
func (l *line) at(t *tap) int {
	w := int(t.fixed)
	top, bottom := int(l.a[t.a]), int(l.b[t.a])
	top = top*one + (int(l.a[t.b])-top)*w
	bottom = bottom*one + (int(l.b[t.b])-bottom)*w
	return top*one + (bottom-top)*l.fixed
}

const unfix = 1.0 / (one * one)

func (r *Reader) greyRow(p capture.Picture, i int, row []float32) {
	luma := lineOf(&p, 0, r.ly[i])
	gain, offset := r.scale.Gain[0]/255, r.scale.Offset[0]
	for j := range r.lx {
		y := (float32(luma.at(&r.lx[j]))*unfix - 16) * fromLuma
		row[j*r.grid.x] = max(0, min(y, 255))*gain + offset
	}
}

func (r *Reader) colourRow(p capture.Picture, i int, row []float32) {
	luma, u, v := lineOf(&p, 0, r.ly[i]), lineOf(&p, 1, r.cy[i]), lineOf(&p, 2, r.cy[i])
	red, green, blue := 0, r.grid.c, 2*r.grid.c
	if r.colours == BGR {
		red, blue = blue, red
	}
	gain, offset := r.scale.Gain, r.scale.Offset
	for c := range gain {
		gain[c] /= 255
	}
	for j := range r.lx {
		y := (float32(luma.at(&r.lx[j]))*unfix - 16) * fromLuma
		cb := float32(u.at(&r.cx[j]))*unfix - 128
		cr := float32(v.at(&r.cx[j]))*unfix - 128
		pixel := row[j*r.grid.x:]
		pixel[red] = max(0, min(y+redV*cr, 255))*gain[0] + offset[0]
		pixel[green] = max(0, min(y-greenU*cb-greenV*cr, 255))*gain[1] + offset[1]
		pixel[blue] = max(0, min(y+blueU*cb, 255))*gain[2] + offset[2]
	}
}
