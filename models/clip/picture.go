package clip

import (
	"fmt"
	"image"
	"image/draw"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/nv12"
)

// toFrame makes a frame of a picture, without its last column or row where the
// size is odd. Its transparency, if any, becomes the matte.
func toFrame(pool *capture.FramePool, m image.Image) (*capture.Frame, error) {
	b := m.Bounds()
	w, h := b.Dx()&^1, b.Dy()&^1
	if w < 2 || h < 2 {
		return nil, fmt.Errorf("a picture of %dx%d is too small", b.Dx(), b.Dy())
	}
	flat, ok := m.(*image.NRGBA)
	if !ok || b.Min != (image.Point{}) {
		flat = image.NewNRGBA(image.Rect(0, 0, w, h))
		draw.Draw(flat, flat.Bounds(), m, b.Min, draw.Src)
	}
	transparent := !flat.Opaque()
	f, err := pool.Frame(capture.FrameShape{Format: capture.I420, Width: w, Height: h, Matte: transparent})
	if err != nil {
		return nil, err
	}
	if transparent {
		for y := range h {
			for x := range w {
				f.Matte.Coverage[y*w+x] = flat.Pix[y*flat.Stride+4*x+3]
			}
		}
	}
	between := nv12.New(w, h, capture.Limited)
	if err := nv12.FromPacked(between, flat.Pix, flat.Stride, nv12.RGBA); err != nil {
		f.Release()
		return nil, err
	}
	c := f.Colour
	copy(c.Planes[0], between.Planes[0])
	for i := range c.Planes[1] {
		c.Planes[1][i], c.Planes[2][i] = between.Planes[1][2*i], between.Planes[1][2*i+1]
	}
	return f, nil
}

// toImage makes a picture of a frame's, with the matte, if there is one of its
// size, as its transparency.
func toImage(f *capture.Frame) (*image.NRGBA, error) {
	m, err := nv12.ToImage(f.Colour)
	if err != nil || f.Matte.Width != f.Colour.Width || f.Matte.Height != f.Colour.Height {
		return m, err
	}
	for i, a := range f.Matte.Coverage {
		m.Pix[4*i+3] = a
	}
	return m, nil
}
