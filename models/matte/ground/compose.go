package ground

import (
	"encoding/binary"
	"math"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models/matte/plane"
	"github.com/virtualcube/virtualcube/models/matte/segment"
)

// grey is what a removed background is painted with, in Y, U and V: whoever does
// not know the matte sees no room.
var grey = [3]byte{128, 128, 128}

// Composer lays a person before another background. It holds what it computes
// with and is used by one goroutine.
type Composer struct {
	blur   blur
	edge   edge
	luma   plane.Expander
	chroma plane.Expander
	cover  []byte // of a row of chroma
}

// Blur writes into dst the person of src before what is behind, out of focus. The
// radius is in pixels of a picture 720 pixels high.
func (c *Composer) Blur(dst, src capture.Picture, m *segment.Matte, radius float64) {
	blurred := c.blur.make(m, radius*float64(src.Height)/720/float64(m.Cell))
	c.compose(dst, src, m, &behind{blurred: blurred})
}

// Replace writes the person before a colour, "#rrggbb" in lower case.
func (c *Composer) Replace(dst, src capture.Picture, m *segment.Matte, colour string) {
	c.compose(dst, src, m, &behind{colour: yuv(colour)})
}

// Remove writes the person's own colours wherever there is something of them, for
// the matte to say how much of them is seen, and grey elsewhere.
func (c *Composer) Remove(dst, src capture.Picture, m *segment.Matte) {
	c.compose(dst, src, m, &behind{colour: grey, straight: true})
}

// behind is a background: a blurred picture, by cells, or else a colour. Straight
// colours of the person are not mixed with it.
type behind struct {
	blurred  *[3]plane.Plane
	colour   [3]byte
	straight bool
}

// compose writes the picture dst, I420 of the size of src.
func (c *Composer) compose(dst, src capture.Picture, m *segment.Matte, b *behind) {
	c.luma.Fit(src.Width, m.Alpha.Width, m.Cell)
	c.chroma.Fit(src.Width/2, m.Alpha.Width, m.Cell/2)
	c.edge.estimate(m)
	for y := range src.Height {
		c.row(dst, src, 0, y, m.Coverage[y*src.Width:(y+1)*src.Width], &c.luma, b)
	}
	if cap(c.cover) < src.Width/2 {
		c.cover = make([]byte, src.Width/2)
	}
	cover := c.cover[:src.Width/2]
	for y := range src.Height / 2 {
		halve(cover, m.Coverage[2*y*src.Width:], m.Coverage[(2*y+1)*src.Width:], b.straight)
		for k := 1; k < 3; k++ {
			c.row(dst, src, k, y, cover, &c.chroma, b)
		}
	}
}

// halve makes the coverage of a row of chroma: the mean of the four pixels, or,
// where colours are not mixed with the ground, their most.
func halve(dst, upper, lower []byte, most bool) {
	upper, lower = upper[:2*len(dst)], lower[:2*len(dst)]
	for x := range dst {
		a, b, c, d := upper[2*x], upper[2*x+1], lower[2*x], lower[2*x+1]
		if most {
			dst[x] = max(a, b, c, d)
		} else {
			dst[x] = byte((uint32(a) + uint32(b) + uint32(c) + uint32(d) + 2) / 4)
		}
	}
}

// row composes one row of one plane.
func (c *Composer) row(dst, src capture.Picture, k, y int, cover []byte, e *plane.Expander, b *behind) {
	width := len(cover)
	to, from := dst.Planes[k][y*dst.Strides[k]:][:width], src.Planes[k][y*src.Strides[k]:][:width]
	copy(to, from)
	var person, room, blurred []float32 // rows of cells, made where they are needed
	for x := 0; x < width; {
		n, value := same(cover[x:])
		if b.blurred != nil && blurred == nil && value != 255 {
			blurred = e.Line(2, &b.blurred[k], y)
		}
		switch {
		case n == 0:
			if person == nil {
				person, room = e.Line(0, &c.edge.person[k], y), e.Line(1, &c.edge.room[k], y)
			}
			a := float32(cover[x]) * (1. / 255)
			front := foreground(float32(from[x]), a, e.At(person, x), e.At(room, x))
			switch {
			case b.straight:
				to[x] = byte(front + 0.5)
			case blurred != nil:
				back := e.At(blurred, x)
				to[x] = byte(back + a*(front-back) + 0.5)
			default:
				back := float32(b.colour[k])
				to[x] = byte(back + a*(front-back) + 0.5)
			}
			n = 1
		case value == 255:
		case blurred != nil:
			e.Span(to, blurred, x, x+n)
		default:
			part := to[x : x+n]
			for i := range part {
				part[i] = b.colour[k]
			}
		}
		x += n
	}
}

// foreground is the person's part of a pixel at the edge: what is left of the
// pixel beyond the colours on both sides is the person's.
func foreground(pixel, a, person, room float32) float32 {
	return min(max(person+a*(pixel-a*person-(1-a)*room), 0), 255)
}

// same counts the pixels, up to the end, that are all background or all person;
// 0 where the first is at the edge.
func same(cover []byte) (n int, value byte) {
	value = cover[0]
	if value != 0 && value != 255 {
		return 0, 0
	}
	eight := uint64(value) * 0x0101010101010101
	for n+8 <= len(cover) && binary.LittleEndian.Uint64(cover[n:]) == eight {
		n += 8
	}
	for n < len(cover) && cover[n] == value {
		n++
	}
	return n, value
}

// yuv turns a colour that the parameter has checked into BT.601 in limited range.
func yuv(colour string) [3]byte {
	digit := func(i int) float64 {
		if c := colour[i]; c > '9' {
			return float64(c-'a') + 10
		}
		return float64(colour[i] - '0')
	}
	r, g, b := 16*digit(1)+digit(2), 16*digit(3)+digit(4), 16*digit(5)+digit(6)
	luma := 0.299*r + 0.587*g + 0.114*b
	return [3]byte{
		byte(math.Round(16 + luma*219/255)),
		byte(math.Round(128 + (b-luma)/1.772*224/255)),
		byte(math.Round(128 + (r-luma)/1.402*224/255)),
	}
}
