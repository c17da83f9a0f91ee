package pack

import (
	"errors"
	"fmt"
)

// Version is the layout version that this package writes and reads.
const Version = 1

// Constants of layout version 1.
const (
	SizeMultiple = 64   // pixels; colour width and height are multiples of it
	MaxSide      = 4096 // pixels; limit on the colour width and height

	BlockSize = 8   // pixels; a bit of the strip is a square of this side
	BitOne    = 208 // luma of a 1
	BitZero   = 48  // luma of a 0
	Threshold = 128 // luma from which a bit is read as 1
	Grey      = 126 // luma outside the person and in the strip's unused blocks
	Neutral   = 128 // U and V in depth, matte and strip

	DepthFar  = 24  // luma of the far end of the depth window
	DepthNear = 232 // luma of the near end
	MatteZero = 16  // luma of matte 0
	MatteOne  = 235 // luma of matte 1

	stripRows = 16 // pixels; the strip's height is a multiple of it
)

// ErrBadLayout is wrapped by Layout.Validate.
var ErrBadLayout = errors.New("impossible layout")

// Layout is the size of a view's colour. It determines all tiles.
type Layout struct {
	Width, Height int // pixels
}

// Rect is a rectangle of a packed frame in pixels; row 0 is the top.
type Rect struct{ X, Y, Width, Height int }

// Validate refuses sizes that are not multiples of 64 or out of limits.
func (l Layout) Validate() error {
	if l.Width < SizeMultiple || l.Height < SizeMultiple || l.Width > MaxSide || l.Height > MaxSide ||
		l.Width%SizeMultiple != 0 || l.Height%SizeMultiple != 0 {
		return fmt.Errorf("%w: view size %dx%d, want multiples of %d from %d to %d", ErrBadLayout, l.Width, l.Height, SizeMultiple, SizeMultiple, MaxSide)
	}
	return nil
}

// FrameWidth is the width of the packed frame.
func (l Layout) FrameWidth() int { return l.Width }

// FrameHeight is the height of the packed frame, a multiple of 16.
func (l Layout) FrameHeight() int { r := l.Strip(); return r.Y + r.Height }

// Colour is the colour tile.
func (l Layout) Colour() Rect { return Rect{0, 0, l.Width, l.Height} }

// Depth is the depth tile, half the colour's size.
func (l Layout) Depth() Rect { return Rect{0, l.Height, l.Width / 2, l.Height / 2} }

// Matte is the matte tile, right of the depth tile.
func (l Layout) Matte() Rect { return Rect{l.Width / 2, l.Height, l.Width / 2, l.Height / 2} }

// Strip is the strip of 128 bits over the frame's whole width.
func (l Layout) Strip() Rect {
	rows := BlockSize * ((StripBits + l.blocks() - 1) / l.blocks())
	return Rect{0, l.Height + l.Height/2, l.Width, (rows + stripRows - 1) / stripRows * stripRows}
}

// blocks is the number of bits in a row of the strip.
func (l Layout) blocks() int { return l.Width / BlockSize }
