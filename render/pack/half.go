package pack

import (
	"fmt"

	"github.com/virtualcube/virtualcube/capture"
)

// Half is the layout of half the width and height. Its error wraps
// ErrBadLayout: the sides must be multiples of 128.
func (l Layout) Half() (Layout, error) {
	half := Layout{Width: l.Width / 2, Height: l.Height / 2}
	if l.Width%2 != 0 || l.Height%2 != 0 {
		return Layout{}, fmt.Errorf("%w: view size %dx%d has no half", ErrBadLayout, l.Width, l.Height)
	}
	return half, half.Validate()
}

// LayoutOf is the layout whose packed frame has a size, as a reader finds it
// from the video alone. Its error wraps ErrFrame.
func LayoutOf(frameWidth, frameHeight int) (Layout, error) {
	l := Layout{Width: frameWidth}
	if frameWidth >= SizeMultiple {
		l.Height = (frameHeight - l.Strip().Height) / 3 * 2
	}
	if l.Validate() != nil || l.FrameHeight() != frameHeight {
		return Layout{}, fmt.Errorf("%w: no packed view has %dx%d pixels", ErrFrame, frameWidth, frameHeight)
	}
	return l, nil
}

// NewFrame allocates an I420 picture of the size of a packed frame, its planes
// all zeros.
func (l Layout) NewFrame() capture.Picture {
	w, h := l.FrameWidth(), l.FrameHeight()
	return capture.Picture{
		Format: capture.I420, Width: w, Height: h,
		Planes:  [3][]byte{make([]byte, w*h), make([]byte, w/2*(h/2)), make([]byte, w/2*(h/2))},
		Strides: [3]int{w, w / 2, w / 2},
	}
}

// Halve packs the same view at half the width and height: dst, of the layout
// l.Half(), is overwritten from src, of the layout l. Colour and matte are
// means of 2 x 2 pixels; of depth the code nearest to the eye is kept, since a
// mean over a depth step lies on no surface; the strip is read and drawn anew
// where the smaller layout has it. Errors: those of Half and Unpack.
func (l Layout) Halve(dst, src capture.Picture) error {
	half, err := l.Half()
	if err != nil {
		return fmt.Errorf("halve packed view: %w", err)
	}
	from, err := Unpack(src, l)
	if err != nil {
		return fmt.Errorf("halve packed view: %w", err)
	}
	if err := half.fits(dst); err != nil {
		return fmt.Errorf("halve packed view: %w", err)
	}
	mean(region(dst, 0, half.Colour()), region(src, 0, l.Colour()))
	nearest(tile(dst, half.Depth()), from.Depth)
	mean(tile(dst, half.Matte()), from.Matte)
	for i := 1; i < 3; i++ {
		mean(region(dst, i, half.Colour()), region(src, i, l.Colour()))
		neutral(region(dst, i, Rect{Y: half.Height, Width: half.Width, Height: half.FrameHeight() - half.Height}))
	}
	if err := half.DrawStrip(dst.Planes[0], dst.Strides[0], from.Strip); err != nil {
		return fmt.Errorf("halve packed view: %w", err)
	}
	return nil
}

// fits checks that a picture can hold a packed frame.
func (l Layout) fits(p capture.Picture) error {
	if p.Format != capture.I420 || p.Width != l.Width || p.Height != l.FrameHeight() {
		return fmt.Errorf("%w: %v picture of %dx%d, want I420 of %dx%d", ErrFrame, p.Format, p.Width, p.Height, l.Width, l.FrameHeight())
	}
	if err := p.Validate(); err != nil {
		return fmt.Errorf("%w: %w", ErrFrame, err)
	}
	return nil
}

// region is a rectangle, in luma pixels, of one plane.
func region(p capture.Picture, plane int, r Rect) Plane {
	if plane > 0 {
		r = Rect{r.X / 2, r.Y / 2, r.Width / 2, r.Height / 2}
	}
	return Plane{Width: r.Width, Height: r.Height, Stride: p.Strides[plane], Pixels: p.Planes[plane][r.Y*p.Strides[plane]+r.X:]}
}

// mean writes the rounded means of 2 x 2 pixels.
func mean(dst, src Plane) {
	for y := range dst.Height {
		out := dst.Pixels[y*dst.Stride:][:dst.Width]
		a := src.Pixels[2*y*src.Stride:][:2*len(out)]
		b := src.Pixels[(2*y+1)*src.Stride:][:2*len(out)]
		for x := range out {
			out[x] = byte((uint(a[2*x]) + uint(a[2*x+1]) + uint(b[2*x]) + uint(b[2*x+1]) + 2) / 4)
		}
	}
}

// nearest writes the greatest of 2 x 2 depth codes: DepthNear > DepthFar.
func nearest(dst, src Plane) {
	for y := range dst.Height {
		out := dst.Pixels[y*dst.Stride:][:dst.Width]
		a := src.Pixels[2*y*src.Stride:][:2*len(out)]
		b := src.Pixels[(2*y+1)*src.Stride:][:2*len(out)]
		for x := range out {
			out[x] = max(a[2*x], a[2*x+1], b[2*x], b[2*x+1])
		}
	}
}

// neutral fills a chroma region.
func neutral(p Plane) {
	for y := range p.Height {
		row := p.Pixels[y*p.Stride:][:p.Width]
		for x := range row {
			row[x] = Neutral
		}
	}
}
