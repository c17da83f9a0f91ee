package pack

import (
	"errors"
	"fmt"

	"github.com/virtualcube/virtualcube/capture"
)

// ErrFrame is wrapped where a frame does not have the size of its layout.
var ErrFrame = errors.New("frame does not fit its layout")

// DrawStrip writes the strip into the luma plane of a whole packed frame
// (FrameHeight rows, stride bytes apart), its unused blocks grey. The caller
// keeps U and V at 128 there.
func (l Layout) DrawStrip(y []byte, stride int, s Strip) error {
	bits, err := s.Encode()
	if err != nil {
		return err
	}
	if err := l.check(y, stride); err != nil {
		return fmt.Errorf("draw strip: %w", err)
	}
	r := l.Strip()
	blocks := l.blocks()
	for by := range r.Height / BlockSize {
		row := y[(r.Y+by*BlockSize)*stride:][:l.Width]
		for bx := range blocks {
			luma := byte(Grey)
			if bit := by*blocks + bx; bit < StripBits {
				luma = BitZero
				if bits[bit/8]>>(7-bit%8)&1 == 1 {
					luma = BitOne
				}
			}
			for x := range BlockSize {
				row[bx*BlockSize+x] = luma
			}
		}
		for line := 1; line < BlockSize; line++ {
			copy(y[(r.Y+by*BlockSize+line)*stride:][:l.Width], row)
		}
	}
	return nil
}

// ReadStrip reads the strip from the luma plane of a whole packed frame, a bit
// by the mean of its block's inner 4 x 4 pixels, which a codec's ringing
// reaches least. Errors: see DecodeStrip, and ErrFrame.
func (l Layout) ReadStrip(y []byte, stride int) (Strip, error) {
	if err := l.check(y, stride); err != nil {
		return Strip{}, fmt.Errorf("read strip: %w", err)
	}
	const margin, inner = 2, BlockSize - 4
	var bits [StripBytes]byte
	top := l.Strip().Y
	for bit := range StripBits {
		x := bit%l.blocks()*BlockSize + margin
		sum := 0
		for line := range inner {
			at := (top+bit/l.blocks()*BlockSize+margin+line)*stride + x
			for _, v := range y[at : at+inner] {
				sum += int(v)
			}
		}
		if sum >= Threshold*inner*inner {
			bits[bit/8] |= 1 << (7 - bit%8)
		}
	}
	return DecodeStrip(bits)
}

func (l Layout) check(y []byte, stride int) error {
	if err := l.Validate(); err != nil {
		return err
	}
	if stride < l.Width || len(y) < stride*(l.FrameHeight()-1)+l.Width {
		return fmt.Errorf("%w: %d luma bytes at stride %d, want %d rows of %d", ErrFrame, len(y), stride, l.FrameHeight(), l.Width)
	}
	return nil
}

// Plane is a borrowed tile of luma.
type Plane struct {
	Width, Height int
	Stride        int
	Pixels        []byte
}

// At returns the code of a pixel of the tile.
func (p Plane) At(x, y int) uint8 { return p.Pixels[y*p.Stride+x] }

// Tiles are the parts of a packed frame. They borrow its memory.
type Tiles struct {
	Strip  Strip
	Colour capture.Picture // I420
	Depth  Plane           // see Depth
	Matte  Plane           // see Matte
}

// Unpack takes a packed I420 frame apart without copying. Errors: ErrFrame,
// and those of ReadStrip.
func Unpack(p capture.Picture, l Layout) (Tiles, error) {
	if err := l.Validate(); err != nil {
		return Tiles{}, fmt.Errorf("unpack: %w", err)
	}
	if p.Format != capture.I420 || p.Width != l.Width || p.Height != l.FrameHeight() {
		return Tiles{}, fmt.Errorf("unpack: %w: %v picture of %dx%d, want I420 of %dx%d", ErrFrame, p.Format, p.Width, p.Height, l.Width, l.FrameHeight())
	}
	if err := p.Validate(); err != nil {
		return Tiles{}, fmt.Errorf("unpack: %w: %w", ErrFrame, err)
	}
	s, err := l.ReadStrip(p.Planes[0], p.Strides[0])
	if err != nil {
		return Tiles{}, fmt.Errorf("unpack: %w", err)
	}
	colour := p
	colour.Height = l.Height
	return Tiles{Strip: s, Colour: colour, Depth: tile(p, l.Depth()), Matte: tile(p, l.Matte())}, nil
}

func tile(p capture.Picture, r Rect) Plane {
	return Plane{Width: r.Width, Height: r.Height, Stride: p.Strides[0], Pixels: p.Planes[0][r.Y*p.Strides[0]+r.X:]}
}
