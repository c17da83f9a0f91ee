package matte

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

// composer lays a person before another background. It holds what it computes
// with and is used by one goroutine.
type composer struct {
	blur  blur
	edge  edge
	luma  expander
	chrom expander
	cover []byte // of a row of chroma
}

// compose writes the picture dst, of the size of src.
func (c *composer) compose(dst, src capture.Picture, m *segment.Matte, p Parameters) {
	c.luma.fit(src.Width, m.Alpha.Width, m.Cell)
	c.chrom.fit(src.Width/2, m.Alpha.Width, m.Cell/2)
	c.edge.estimate(m)
	ground := &ground{colour: grey}
	switch p.Mode {
	case Blur:
		ground.blurred = c.blur.make(m, float64(p.Radius)*float64(src.Height)/720/float64(m.Cell))
	case Replace:
		ground.colour = yuv(p.Colour)
	}
	straight := p.Mode == Remove
	for y := range src.Height {
		cover := m.Coverage[y*src.Width : (y+1)*src.Width]
		c.row(dst, src, 0, y, cover, &c.luma, ground, straight)
	}
	if cap(c.cover) < src.Width/2 {
		c.cover = make([]byte, src.Width/2)
	}
	cover := c.cover[:src.Width/2]
	for y := range src.Height / 2 {
		halve(cover, m.Coverage[2*y*src.Width:], m.Coverage[(2*y+1)*src.Width:], straight)
		for k := 1; k < 3; k++ {
			c.row(dst, src, k, y, cover, &c.chrom, ground, straight)
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

// ground is a background: a blurred picture, by cells, or else a colour.
type ground struct {
	blurred *[3]plane.Plane
	colour  [3]byte
}

// row composes one row of one plane. Straight colours are not mixed with the
// ground: the matte says how much of them is seen.
func (c *composer) row(dst, src capture.Picture, k, y int, cover []byte, e *expander, g *ground, straight bool) {
	width := len(cover)
	to, from := dst.Planes[k][y*dst.Strides[k]:][:width], src.Planes[k][y*src.Strides[k]:][:width]
	copy(to, from)
	var person, room, behind []float32 // rows of cells, made where they are needed
	for x := 0; x < width; {
		n, value := same(cover[x:])
		switch {
		case n == 0:
			if person == nil {
				person, room = e.line(0, &c.edge.person[k], y), e.line(1, &c.edge.room[k], y)
			}
			if behind == nil && g.blurred != nil {
				behind = e.line(2, &g.blurred[k], y)
			}
			to[x] = mix(from[x], cover[x], e.at(person, x), e.at(room, x), e, behind, x, g.colour[k], straight)
			n = 1
		case value == 255:
		case g.blurred == nil:
			part := to[x : x+n]
			for i := range part {
				part[i] = g.colour[k]
			}
		default:
			if behind == nil {
				behind = e.line(2, &g.blurred[k], y)
			}
			e.span(to, behind, x, x+n)
		}
		x += n
	}
}

// mix is one pixel at the edge.
func mix(pixel, cover byte, person, room float32, e *expander, behind []float32, x int, colour byte, straight bool) byte {
	a := float32(cover) * (1. / 255)
	front := person + a*(float32(pixel)-a*person-(1-a)*room)
	front = min(max(front, 0), 255)
	if straight {
		return byte(front + 0.5)
	}
	back := float32(colour)
	if behind != nil {
		back = e.at(behind, x)
	}
	return byte(back + a*(front-back) + 0.5)
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
		if c := colour[i]; c <= '9' {
			return float64(c - '0')
		} else {
			return float64(c-'a') + 10
		}
	}
	r, g, b := 16*digit(1)+digit(2), 16*digit(3)+digit(4), 16*digit(5)+digit(6)
	luma := 0.299*r + 0.587*g + 0.114*b
	return [3]byte{
		byte(math.Round(16 + luma*219/255)),
		byte(math.Round(128 + (b-luma)/1.772*224/255)),
		byte(math.Round(128 + (r-luma)/1.402*224/255)),
	}
}
