package score

import (
	"errors"
	"fmt"
	"math"
)

// Background is the grey level on which pictures are composited.
const Background = 128

// MaxPSNR is what identical pictures, and regions without a pixel, score, in
// decibels: infinity is no number in JSON and spoils a mean.
const MaxPSNR = 99

// Picture is an 8-bit colour picture.
type Picture struct {
	Width, Height int
	RGB           []uint8 // 3*Width*Height
}

// NewPicture returns a black picture.
func NewPicture(width, height int) Picture {
	return Picture{Width: width, Height: height, RGB: make([]uint8, 3*width*height)}
}

// ErrPicture is wrapped by errors about sizes that do not fit.
var ErrPicture = errors.New("picture does not fit")

func (p Picture) validate() error {
	if p.Width <= 0 || p.Height <= 0 || len(p.RGB) != 3*p.Width*p.Height {
		return fmt.Errorf("%w: %dx%d with %d bytes", ErrPicture, p.Width, p.Height, len(p.RGB))
	}
	return nil
}

// Over composites the picture on grey by an alpha a pixel (255 is opaque).
func (p Picture) Over(alpha []uint8) Picture {
	out := NewPicture(p.Width, p.Height)
	for i, a := range alpha {
		rgb := over(p.RGB[3*i:3*i+3], a)
		copy(out.RGB[3*i:], rgb[:])
	}
	return out
}

// over composites one pixel on grey.
func over(rgb []uint8, alpha uint8) (out [3]uint8) {
	for c, v := range rgb {
		out[c] = uint8((int(v)*int(alpha) + Background*(255-int(alpha)) + 127) / 255)
	}
	return out
}

// OverMask composites the pixels of the mask on grey.
func (p Picture) OverMask(m Mask) Picture {
	out := NewPicture(p.Width, p.Height)
	for i, s := range m.Set {
		for c := 3 * i; c < 3*i+3; c++ {
			if s {
				out.RGB[c] = p.RGB[c]
			} else {
				out.RGB[c] = Background
			}
		}
	}
	return out
}

// PSNR returns the peak signal-to-noise ratio over the pixels of a region, in
// decibels: 10 log10(255² / mean squared error of all three channels), at
// most MaxPSNR.
func PSNR(a, b Picture, region Mask) float64 {
	sum, n := 0, 0
	for i, s := range region.Set {
		if !s {
			continue
		}
		n += 3
		for c := 3 * i; c < 3*i+3; c++ {
			d := int(a.RGB[c]) - int(b.RGB[c])
			sum += d * d
		}
	}
	return decibels(float64(sum), n)
}

func decibels(squares float64, n int) float64 {
	if n == 0 || squares <= 0 {
		return MaxPSNR
	}
	return min(MaxPSNR, 10*math.Log10(255*255*float64(n)/squares))
}
