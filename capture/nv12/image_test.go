package nv12

import (
	"image"
	"image/color"
	"testing"

	"github.com/virtualcube/virtualcube/capture"
)

func TestToImageInvertsFromPacked(t *testing.T) {
	// Even squares of one colour: chroma is the same for their four pixels.
	m := image.NewNRGBA(image.Rect(0, 0, 64, 64))
	for y := range 64 {
		for x := range 64 {
			m.SetNRGBA(x, y, color.NRGBA{R: uint8(x / 2 * 8), G: uint8(y / 2 * 8), B: uint8((x/2 ^ y/2) * 8), A: 255})
		}
	}
	for _, r := range []capture.Range{capture.Full, capture.Limited} {
		p := New(64, 64, r)
		if err := FromPacked(p, m.Pix, m.Stride, RGBA); err != nil {
			t.Fatal(err)
		}
		planar := capture.Picture{Format: capture.I420, Range: r, Width: 64, Height: 64, Strides: [3]int{64, 32, 32}}
		planar.Planes = [3][]byte{p.Planes[0], make([]byte, 32*32), make([]byte, 32*32)}
		for i := range 32 * 32 {
			planar.Planes[1][i], planar.Planes[2][i] = p.Planes[1][2*i], p.Planes[1][2*i+1]
		}
		for _, p := range []capture.Picture{p, planar} {
			back, err := ToImage(p)
			if err != nil {
				t.Fatal(err)
			}
			worst := 0
			for i := range back.Pix {
				d := int(back.Pix[i]) - int(m.Pix[i])
				worst = max(worst, d, -d)
			}
			if worst > 4 { // of two roundings of luma and chroma to 8 bits
				t.Errorf("%v in range %d: %d levels off", p.Format, r, worst)
			}
		}
	}
	if _, err := ToImage(capture.Picture{Format: capture.I420, Width: 4, Height: 4}); err == nil {
		t.Error("a picture without planes was taken")
	}
}
