package render

import (
	"encoding/binary"

	"github.com/virtualcube/virtualcube/capture"
)

// What a pixel gains, in 1/256, of its difference from each of its four
// neighbours: it gives back some of the detail that sampling between pixels
// takes, which is less where that is cubic.
const (
	sharpening      = 17
	cubicSharpening = 6
)

// box is the part of a colour picture in which the person is, in pixels, half
// open, even, and at least two pixels from the picture's border.
type box = rect

// sharpen writes the box of a picture in which a shadow lies, and a texel
// around, into out: Y, sharpened by so much, Cb and Cr, 4 bytes a pixel, of the picture's
// size without padding. It returns the box.
func (s *shadow) sharpen(p capture.Picture, by int, out []uint8) (all box) {
	all = box{x0: p.Width, y0: p.Height}
	for ty := range s.height {
		if r := s.around(p, ty); !r.empty() {
			all = box{min(all.x0, r.x0), min(all.y0, r.y0), max(all.x1, r.x1), max(all.y1, r.y1)}
		}
	}
	for y := all.y0; y < all.y1 && all.x0 < all.x1; y++ {
		sharpenRow(p, by, all.x0, all.x1, y, out[4*y*p.Width:])
	}
	return all
}

// around is what a row of texels and a texel to each side of its shadow cover.
func (s *shadow) around(p capture.Picture, ty int) box {
	from, to := s.occupied(ty)
	if from >= to {
		return box{}
	}
	return box{
		max(2, (from-1)*s.texel) &^ 1, max(2, ty*s.texel) &^ 1,
		min(p.Width-2, (to+1)*s.texel) &^ 1, min(p.Height-2, (ty+1)*s.texel+1) &^ 1,
	}
}

// occupied is the run of texels in which somebody is, in a row or beside it.
func (s *shadow) occupied(row int) (from, to int) {
	from, to = s.width, 0
	for y := max(0, row-1); y <= min(s.height-1, row+1); y++ {
		r := s.runs[y]
		from, to = min(from, r.from), max(to, r.to)
	}
	return from, to
}

func sharpenRow(p capture.Picture, by, x0, x1, y int, out []uint8) {
	luma, stride := p.Planes[0], p.Strides[0]
	at := y * stride
	chroma := p.Planes[1][y/2*p.Strides[1]+x0 : y/2*p.Strides[1]+x1]
	above, here, below := luma[at-stride+x0:at-stride+x1], luma[at+x0-1:at+x1+1], luma[at+stride+x0:at+stride+x1]
	out = out[4*x0 : 4*x1]
	for i := range above {
		v := int(here[i+1])
		d := 4*v - int(here[i]) - int(here[i+2]) - int(above[i]) - int(below[i])
		v = max(0, min(255, v+(d*by+128)>>8))
		cb, cr := uint32(chroma[i&^1]), uint32(chroma[i|1])
		binary.LittleEndian.PutUint32(out[4*i:], uint32(v)|cb<<8|cr<<16)
	}
}
