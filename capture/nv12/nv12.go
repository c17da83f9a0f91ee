package nv12

import (
	"fmt"
	"image"
	"image/draw"

	"github.com/virtualcube/virtualcube/capture"
)

// New returns a picture with planes of its own. Width and height are even.
func New(width, height int, r capture.Range) capture.Picture {
	planes := make([]byte, width*height*3/2)
	return capture.Picture{
		Format: capture.NV12, Range: r, Width: width, Height: height,
		Planes:  [3][]byte{planes[: width*height : width*height], planes[width*height:]},
		Strides: [3]int{width, width},
	}
}

// Layout says where the colours of a packed pixel are, in bytes.
type Layout struct{ Pixel, R, G, B int }

// Layouts.
var (
	RGBA = Layout{4, 0, 1, 2}
	BGRA = Layout{4, 2, 1, 0}
	RGB  = Layout{3, 0, 1, 2}
)

// coefficients are the BT.601 matrix in 16-bit fixed point, and the offset of
// luma, for one range (Rec. ITU-R BT.601-7, 2.5.1 to 2.5.3).
type coefficients struct {
	yr, yg, yb, y0         int
	ur, ug, ub, vr, vg, vb int
}

func matrix(r capture.Range) coefficients {
	const one = 1 << 16
	if r == capture.Full {
		return coefficients{
			yr: 19595, yg: 38470, yb: 7471, // 0.299 0.587 0.114, sum 1
			ur: -11058, ug: -21710, ub: one / 2, vr: one / 2, vg: -27439, vb: -5329,
		}
	}
	// Scaled by 219/255 and 224/255.
	return coefficients{
		yr: 16829, yg: 33039, yb: 6416, y0: 16 * one,
		ur: -9714, ug: -19070, ub: 28784, vr: 28784, vg: -24103, vb: -4681,
	}
}

// FromPacked converts rows of packed pixels into dst, whose size and range
// the caller has set; src holds at least dst's size, its rows stride bytes
// apart.
func FromPacked(dst capture.Picture, src []byte, stride int, l Layout) error {
	if err := check(dst, len(src), stride, dst.Width*l.Pixel); err != nil {
		return err
	}
	m := matrix(dst.Range)
	const half = 1 << 15
	const halfC = 1<<17 + 128<<18
	for y := 0; y < dst.Height; y += 2 {
		top, bottom := src[y*stride:], src[(y+1)*stride:]
		y0, y1 := dst.Planes[0][y*dst.Strides[0]:][:dst.Width], dst.Planes[0][(y+1)*dst.Strides[0]:][:dst.Width]
		uv := dst.Planes[1][y/2*dst.Strides[1]:][:dst.Width]
		for x := 0; x+1 < dst.Width; x += 2 {
			o := x * l.Pixel
			a, b := top[o:o+2*l.Pixel], bottom[o:o+2*l.Pixel]
			r0, g0, b0 := int(a[l.R]), int(a[l.G]), int(a[l.B])
			r1, g1, b1 := int(a[l.Pixel+l.R]), int(a[l.Pixel+l.G]), int(a[l.Pixel+l.B])
			r2, g2, b2 := int(b[l.R]), int(b[l.G]), int(b[l.B])
			r3, g3, b3 := int(b[l.Pixel+l.R]), int(b[l.Pixel+l.G]), int(b[l.Pixel+l.B])
			y0[x] = byte((m.yr*r0 + m.yg*g0 + m.yb*b0 + m.y0 + half) >> 16)
			y0[x+1] = byte((m.yr*r1 + m.yg*g1 + m.yb*b1 + m.y0 + half) >> 16)
			y1[x] = byte((m.yr*r2 + m.yg*g2 + m.yb*b2 + m.y0 + half) >> 16)
			y1[x+1] = byte((m.yr*r3 + m.yg*g3 + m.yb*b3 + m.y0 + half) >> 16)
			r, g, b4 := r0+r1+r2+r3, g0+g1+g2+g3, b0+b1+b2+b3
			uv[x] = byte(min((m.ur*r+m.ug*g+m.ub*b4+halfC)>>18, 255))
			uv[x+1] = byte(min((m.vr*r+m.vg*g+m.vb*b4+halfC)>>18, 255))
		}
	}
	return nil
}

// FromYUY2 converts 4:2:2 pixels (Y0 U Y1 V), averaging chroma of two rows.
func FromYUY2(dst capture.Picture, src []byte, stride int) error {
	if err := check(dst, len(src), stride, dst.Width*2); err != nil {
		return err
	}
	for y := 0; y < dst.Height; y += 2 {
		a, b := src[y*stride:][:2*dst.Width], src[(y+1)*stride:][:2*dst.Width]
		y0, y1 := dst.Planes[0][y*dst.Strides[0]:][:dst.Width], dst.Planes[0][(y+1)*dst.Strides[0]:][:dst.Width]
		uv := dst.Planes[1][y/2*dst.Strides[1]:][:dst.Width]
		for x := range y0 {
			y0[x], y1[x] = a[2*x], b[2*x]
			uv[x] = byte((uint(a[2*x+1]) + uint(b[2*x+1]) + 1) >> 1)
		}
	}
	return nil
}

func check(dst capture.Picture, have, stride, row int) error {
	if dst.Format != capture.NV12 {
		return fmt.Errorf("convert to NV12: picture is %v", dst.Format)
	}
	if err := dst.Validate(); err != nil {
		return fmt.Errorf("convert to NV12: %w", err)
	}
	if stride < row || have < stride*(dst.Height-1)+row {
		return fmt.Errorf("convert to NV12: %d bytes at stride %d are too few for %dx%d", have, stride, dst.Width, dst.Height)
	}
	return nil
}

// FromImage converts a decoded picture file, without its last column or row
// where the size is odd. Transparency is ignored. The range is full.
func FromImage(m image.Image) (capture.Picture, error) {
	b := m.Bounds()
	w, h := b.Dx()&^1, b.Dy()&^1
	if w < 2 || h < 2 {
		return capture.Picture{}, fmt.Errorf("convert to NV12: picture of %dx%d", b.Dx(), b.Dy())
	}
	dst := New(w, h, capture.Full)
	switch p := m.(type) {
	case *image.RGBA:
		return dst, FromPacked(dst, p.Pix, p.Stride, RGBA)
	case *image.NRGBA:
		return dst, FromPacked(dst, p.Pix, p.Stride, RGBA)
	}
	flat := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(flat, flat.Bounds(), m, b.Min, draw.Src)
	return dst, FromPacked(dst, flat.Pix, flat.Stride, RGBA)
}
