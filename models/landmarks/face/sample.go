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

// Sampler computes what views see of pictures. It keeps its memory, and belongs to
// one goroutine at a time.
type Sampler struct {
	places []place // of the grid's corners
}

// place is a pixel of a picture, or nowhere.
type place struct {
	x, y float64
	ok   bool
}

// Scale is what a network takes of a channel that is v, from 0 to 1: Gain*v + Offset.
type Scale struct{ Gain, Offset float32 }

// Sample fills to, which has side x side x 3 elements, with what a view sees of a
// camera's picture, in red, green and blue. What lies outside the picture is black.
// mirrored swaps left and right.
func (s *Sampler) Sample(to []float32, p capture.Picture, camera space.Camera, v View, mirrored bool, c Scale) error {
	side := v.Lens.Width
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
	s.project(lens, camera.Pose, v)
	r := newReader(&p, c)
	cells := side / cell
	for cy := range cells {
		for cx := range cells {
			k := cy*(cells+1) + cx
			q := quad{s.places[k], s.places[k+1], s.places[k+cells+1], s.places[k+cells+2]}
			for j := range cell {
				for i := range cell {
					x := cx*cell + i
					if mirrored {
						x = side - 1 - x
					}
					r.pixel(to[3*((cy*cell+j)*side+x):][:3], &q, i, j)
				}
			}
		}
	}
	return nil
}

// project finds the corners of the grid's cells in the picture: a corner lies half a
// pixel before its cell's first.
func (s *Sampler) project(lens space.Lens, pose space.Rigid, v View) {
	n := v.Lens.Width/cell + 1
	s.places = s.places[:0]
	turn := pose.R.Transpose().Mul(v.Pose.R)
	for j := range n {
		for i := range n {
			x, y := (float64(i*cell)-0.5-v.Lens.Cx)/v.Lens.Fx, (float64(j*cell)-0.5-v.Lens.Cy)/v.Lens.Fy
			var at place
			at.x, at.y, at.ok = lens.Project(turn.Apply(space.Vec3{X: x, Y: y, Z: 1}))
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

// taps is how many pixels of the picture, a side, a pixel of the cell is made of.
func (q *quad) taps() int {
	span := max(math.Hypot(q[3].x-q[0].x, q[3].y-q[0].y), math.Hypot(q[2].x-q[1].x, q[2].y-q[1].y)) / cell / math.Sqrt2
	return min(max(int(math.Round(span)), 1), maxTaps)
}

// reader reads pixels of a picture as a network takes them.
type reader struct {
	p                        *capture.Picture
	u, v                     []byte
	chroma                   int // bytes from sample to sample
	black, gain              float32
	redV, greenU, greenV, bU float32
	scale                    Scale
}

func newReader(p *capture.Picture, c Scale) reader {
	// BT.601 (Rec. ITU-R BT.601-7, 2.5), to 0..255.
	r := reader{p: p, gain: 1, redV: 1.402, greenU: 0.344136, greenV: 0.714136, bU: 1.772, scale: Scale{c.Gain / 255, c.Offset}}
	if p.Range == capture.Limited {
		const chroma = 255.0 / 224
		r.black, r.gain = 16, 255.0/219
		r.redV, r.greenU, r.greenV, r.bU = 1.402*chroma, 0.344136*chroma, 0.714136*chroma, 1.772*chroma
	}
	r.u, r.v, r.chroma = p.Planes[1], p.Planes[2], 1
	if p.Format == capture.NV12 {
		r.u, r.v, r.chroma = p.Planes[1], p.Planes[1][1:], 2
	}
	return r
}

// pixel makes the pixel (i, j) of a cell.
func (r *reader) pixel(to []float32, q *quad, i, j int) {
	to[0], to[1], to[2] = r.scale.Offset, r.scale.Offset, r.scale.Offset
	if !q.ok() {
		return
	}
	n := q.taps()
	var luma, u, v float32
	for b := range n {
		for a := range n {
			const part = 1.0 / cell
			x, y := q.at((float64(i)+(float64(a)+0.5)/float64(n))*part, (float64(j)+(float64(b)+0.5)/float64(n))*part)
			if !(x >= 0 && y >= 0 && x <= float64(r.p.Width-1) && y <= float64(r.p.Height-1)) {
				return
			}
			luma += between(r.p.Planes[0], r.p.Strides[0], 1, r.p.Width, r.p.Height, x, y)
			if a == n/2 && b == n/2 {
				cx, cy := max(0, (x-0.5)/2), max(0, (y-0.5)/2)
				u = between(r.u, r.p.Strides[1], r.chroma, r.p.Width/2, r.p.Height/2, cx, cy) - 128
				v = between(r.v, r.p.Strides[(3-r.chroma)%3], r.chroma, r.p.Width/2, r.p.Height/2, cx, cy) - 128
			}
		}
	}
	light := (luma/float32(n*n) - r.black) * r.gain
	to[0] = max(0, min(light+r.redV*v, 255))*r.scale.Gain + r.scale.Offset
	to[1] = max(0, min(light-r.greenU*u-r.greenV*v, 255))*r.scale.Gain + r.scale.Offset
	to[2] = max(0, min(light+r.bU*u, 255))*r.scale.Gain + r.scale.Offset
}

// between is a plane's value between its pixels. x and y are not negative.
func between(plane []byte, stride, step, width, height int, x, y float64) float32 {
	ix, iy := min(int(x), width-1), min(int(y), height-1)
	fx, fy := float32(x-float64(ix)), float32(y-float64(iy))
	right, below := step, stride
	if ix == width-1 {
		right = 0
	}
	if iy == height-1 {
		below = 0
	}
	at := iy*stride + ix*step
	a, b := float32(plane[at]), float32(plane[at+right])
	c, d := float32(plane[at+below]), float32(plane[at+below+right])
	top, bottom := a+(b-a)*fx, c+(d-c)*fx
	return top + (bottom-top)*fy
}
