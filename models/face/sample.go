package face

import (
	"errors"
	"fmt"
	"math"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
)

// ErrPicture is wrapped where a picture is none that can be looked at.
var ErrPicture = errors.New("picture cannot be used")

// cell is the distance of the pixels of a view whose place in the picture is
// computed by the lens; the others lie between.
const cell = 8

// maxTaps bounds how many pixels of a picture, a side, make one of a view.
const maxTaps = 4

// sampler computes what views see of pictures. It keeps its memory.
type sampler struct {
	places []place // of the grid's corners
}

// place is a pixel of a picture, or nowhere.
type place struct {
	x, y float64
	ok   bool
}

// scale is what a network takes of a channel that is v, from 0 to 1: gain*v + offset.
type scale struct{ gain, offset float32 }

// sample fills to, which has side x side x 3 elements, with what a view sees of a
// camera's picture, in red, green and blue. What lies outside the picture is black.
// mirrored swaps left and right.
func (s *sampler) sample(to []float32, p capture.Picture, camera space.Camera, v view, mirrored bool, levels scale) error {
	side := v.side
	if p.Format != capture.NV12 && p.Format != capture.I420 {
		return fmt.Errorf("%w: it is %v, NV12 or I420 is needed", ErrPicture, p.Format)
	}
	if err := p.Validate(); err != nil {
		return fmt.Errorf("%w: %w", ErrPicture, err)
	}
	if len(to) != 3*side*side || side%cell != 0 {
		return fmt.Errorf("%w: %d numbers for a view of %d pixels", ErrPicture, len(to), side)
	}
	lens := camera.Lens
	if p.Width != lens.Width || p.Height != lens.Height {
		lens = lens.Resized(p.Width, p.Height)
	}
	s.project(lens, camera.Pose.R, v)
	r := newReader(&p, levels)
	cells := side / cell
	for cy := range cells {
		for cx := range cells {
			k := cy*(cells+1) + cx
			q := quad{s.places[k], s.places[k+1], s.places[k+cells+1], s.places[k+cells+2]}
			first, step := 3*(cy*cell*side+cx*cell), 3
			if mirrored {
				first, step = 3*(cy*cell*side+side-1-cx*cell), -3
			}
			r.cell(to, first, step, 3*side, &q)
		}
	}
	return nil
}

// project finds the corners of the grid's cells in the picture: a corner lies half a
// pixel before its cell's first.
func (s *sampler) project(lens space.Lens, axes space.Mat3, v view) {
	n := v.side/cell + 1
	s.places = s.places[:0]
	back := axes.Transpose()
	for j := range n {
		for i := range n {
			var at place
			at.x, at.y, at.ok = lens.Project(back.Apply(v.at(float64(i*cell)-0.5, float64(j*cell)-0.5)))
			s.places = append(s.places, at)
		}
	}
}

// quad are the corners of a cell.
type quad [4]place

// ok says whether all of a cell is somewhere.
func (q *quad) ok() bool { return q[0].ok && q[1].ok && q[2].ok && q[3].ok }

// at is a point of the cell, from 0 to 1.
func (q *quad) at(a, b float64) (x, y float64) {
	tx, ty := q[0].x+(q[1].x-q[0].x)*a, q[0].y+(q[1].y-q[0].y)*a
	bx, by := q[2].x+(q[3].x-q[2].x)*a, q[2].y+(q[3].y-q[2].y)*a
	return tx + (bx-tx)*b, ty + (by-ty)*b
}

// within says whether all of a cell is in a picture.
func (q *quad) within(width, height int) bool {
	for _, c := range q {
		if !(c.x >= 0 && c.y >= 0 && c.x <= float64(width-1) && c.y <= float64(height-1)) {
			return false
		}
	}
	return true
}

// taps is how many pixels of the picture, a side, a pixel of the cell is made of.
func (q *quad) taps() int {
	span := max(math.Hypot(q[3].x-q[0].x, q[3].y-q[0].y), math.Hypot(q[2].x-q[1].x, q[2].y-q[1].y)) / cell / math.Sqrt2
	return min(max(int(math.Round(span)), 1), maxTaps)
}

// reader reads pixels of a picture as a network takes them.
type reader struct {
	p                        *capture.Picture
	u, v                     []byte
	chroma, strideV          int // bytes from sample to sample, and from row to row of v
	black, gain              float32
	redV, greenU, greenV, bU float32
	scale                    scale
}

func newReader(p *capture.Picture, levels scale) reader {
	// BT.601 (Rec. ITU-R BT.601-7, 2.5), to 0..255.
	r := reader{p: p, gain: 1, redV: 1.402, greenU: 0.344136, greenV: 0.714136, bU: 1.772, scale: scale{levels.gain / 255, levels.offset}}
	if p.Range == capture.Limited {
		const chroma = 255.0 / 224
		r.black, r.gain = 16, 255.0/219
		r.redV, r.greenU, r.greenV, r.bU = 1.402*chroma, 0.344136*chroma, 0.714136*chroma, 1.772*chroma
	}
	r.u, r.v, r.chroma, r.strideV = p.Planes[1], p.Planes[2], 1, p.Strides[2]
	if p.Format == capture.NV12 {
		r.u, r.v, r.chroma, r.strideV = p.Planes[1], p.Planes[1][1:], 2, p.Strides[1]
	}
	return r
}

// cell makes the pixels of a cell: the first is at to[first:], the next one step and
// the one below one row further.
func (r *reader) cell(to []float32, first, step, row int, q *quad) {
	ok, n := q.ok(), q.taps()
	within := ok && q.within(r.p.Width, r.p.Height)
	for j := range cell {
		at := first + j*row
		for i := range cell {
			pixel := to[at:][:3:3]
			at += step
			switch {
			case within && n == 1:
				x, y := q.at((float64(i)+0.5)/cell, (float64(j)+0.5)/cell)
				r.colour(pixel, r.luma(x, y), x, y)
			case ok:
				r.pixel(pixel, q, n, i, j)
			default:
				pixel[0], pixel[1], pixel[2] = r.scale.offset, r.scale.offset, r.scale.offset
			}
		}
	}
}

// pixel makes the pixel (i, j) of a cell of n x n of the picture.
func (r *reader) pixel(to []float32, q *quad, n, i, j int) {
	var luma float32
	for b := range n {
		for a := range n {
			x, y := q.at((float64(i)+(float64(a)+0.5)/float64(n))/cell, (float64(j)+(float64(b)+0.5)/float64(n))/cell)
			if !(x >= 0 && y >= 0 && x <= float64(r.p.Width-1) && y <= float64(r.p.Height-1)) {
				to[0], to[1], to[2] = r.scale.offset, r.scale.offset, r.scale.offset
				return
			}
			luma += r.luma(x, y)
		}
	}
	x, y := q.at((float64(i)+0.5)/cell, (float64(j)+0.5)/cell)
	r.colour(to, luma/float32(n*n), x, y)
}

func (r *reader) luma(x, y float64) float32 {
	ix, iy := min(int(x), r.p.Width-2), min(int(y), r.p.Height-2)
	fx, fy := float32(x-float64(ix)), float32(y-float64(iy))
	at := iy*r.p.Strides[0] + ix
	a, b := r.p.Planes[0][at:][:2], r.p.Planes[0][at+r.p.Strides[0]:][:2]
	top := float32(a[0]) + float32(int(a[1])-int(a[0]))*fx
	bottom := float32(b[0]) + float32(int(b[1])-int(b[0]))*fx
	return top + (bottom-top)*fy
}

// colour makes a pixel of its luma and of the chroma at a place of the picture.
func (r *reader) colour(to []float32, luma float32, x, y float64) {
	// Chroma is sited in the middle of its 2 x 2 pixels; between the samples it is of
	// no use to see more than the nearest.
	cx, cy := min(int(x+0.5)/2, r.p.Width/2-1), min(int(y+0.5)/2, r.p.Height/2-1)
	u := float32(r.u[cy*r.p.Strides[1]+cx*r.chroma]) - 128
	v := float32(r.v[cy*r.strideV+cx*r.chroma]) - 128
	light := (luma - r.black) * r.gain
	to[0] = max(0, min(light+r.redV*v, 255))*r.scale.gain + r.scale.offset
	to[1] = max(0, min(light-r.greenU*u-r.greenV*v, 255))*r.scale.gain + r.scale.offset
	to[2] = max(0, min(light+r.bU*u, 255))*r.scale.gain + r.scale.offset
}
