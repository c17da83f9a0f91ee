package tensor

import "github.com/virtualcube/virtualcube/capture"

// Writer brings planes of numbers back to the size of a picture.
type Writer struct {
	width, height int // of the planes that it is given

	at       Mapping
	from     Grid
	xs, ys   [2][]tap // of planes of full and of half size
	row      []float32
	lu, u, v []float32 // of Colour
}

// NewWriter makes a writer of planes of a size.
func NewWriter(width, height int) *Writer {
	return &Writer{width: width, height: height, row: make([]float32, width)}
}

// Plane writes a plane of numbers, row after row, from 0 to 255, to where m says
// that it came from, mixed into what is there: 0 leaves that, 1 replaces it. The
// mapping is that of the model's input, g its grid, which may have another size
// than the plane. half writes a plane of half the picture's size.
func (w *Writer) Plane(from []float32, m Mapping, g Grid, half bool, to []byte, stride int, mix float32) {
	shift := 0
	if half {
		shift = 1
	}
	if m != w.at || g != w.from {
		w.at, w.from = m, g
		for k := range w.xs {
			w.xs[k] = back(m.Width>>k, m.GX, m.GW, g.Width, w.width)
			w.ys[k] = back(m.Height>>k, m.GY, m.GH, g.Height, w.height)
		}
	}
	left, top, xs := m.X>>shift, m.Y>>shift, w.xs[shift]
	for i, t := range w.ys[shift] {
		a, b := from[int(t.a)*w.width:][:w.width], from[int(t.b)*w.width:][:w.width]
		for x := range w.row {
			w.row[x] = a[x] + (b[x]-a[x])*t.weight
		}
		out := to[(top+i)*stride+left:][:len(xs)]
		for x := range out {
			t := &xs[x]
			v := w.row[t.a]
			v += (w.row[t.b] - v) * t.weight
			old := float32(out[x])
			out[x] = byte(max(0, min(old+(v-old)*mix, 255)) + 0.5)
		}
	}
}

// back are the taps of n pixels over the part of a row of size that the part gw at
// gx of a grid's row is.
func back(n, gx, gw, grid, size int) []tap {
	made := make([]tap, n)
	scale := float64(size) / float64(grid)
	low, high := float64(gx)*scale, float64(gx+gw)*scale
	last := max(low, high-1)
	for i := range made {
		at := low + (float64(i)+0.5)*(high-low)/float64(n) - 0.5
		at = max(0, low, min(at, last, float64(size-1)))
		a := int(at)
		made[i] = tap{a: int32(a), b: int32(min(a+1, size-1)), weight: float32(at - float64(a))}
	}
	return made
}

// BT.601 to limited range (Rec. ITU-R BT.601-7, 2.5), from 0 to 1.
const (
	lumaRed, lumaGreen, lumaBlue = 219 * 0.299, 219 * 0.587, 219 * 0.114
	toU                          = 224 / 1.772
	toV                          = 224 / 1.402
)

// Colour writes a picture that a model gave, from 0 to 1 by scale, over p's
// planes.
func (w *Writer) Colour(from []float32, in Grid, c Colours, s Scale, m Mapping, g Grid, p capture.Picture, mix float32) {
	if w.lu == nil {
		n := w.width * w.height
		w.lu, w.u, w.v = make([]float32, n), make([]float32, n), make([]float32, n)
	}
	red, green, blue := 0, in.c, 2*in.c
	switch c {
	case BGR:
		red, blue = blue, red
	case Grey:
		green, blue = 0, 0
		s.Gain, s.Offset = [3]float32{s.Gain[0], s.Gain[0], s.Gain[0]}, [3]float32{s.Offset[0], s.Offset[0], s.Offset[0]}
	}
	var gain [3]float32
	for i := range gain {
		gain[i] = 1 / s.Gain[i]
	}
	i := 0
	for y := range w.height {
		for x := range w.width {
			pixel := from[y*in.y+x*in.x:]
			r := max(0, min((pixel[red]-s.Offset[0])*gain[0], 1))
			gr := max(0, min((pixel[green]-s.Offset[1])*gain[1], 1))
			b := max(0, min((pixel[blue]-s.Offset[2])*gain[2], 1))
			w.lu[i] = 16 + lumaRed*r + lumaGreen*gr + lumaBlue*b
			light := 0.299*r + 0.587*gr + 0.114*b
			w.u[i] = 128 + toU*(b-light)
			w.v[i] = 128 + toV*(r-light)
			i++
		}
	}
	w.Plane(w.lu, m, g, false, p.Planes[0], p.Strides[0], mix)
	w.Plane(w.u, m, g, true, p.Planes[1], p.Strides[1], mix)
	w.Plane(w.v, m, g, true, p.Planes[2], p.Strides[2], mix)
}
