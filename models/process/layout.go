package process

import (
	"fmt"
	"unsafe"

	"github.com/virtualcube/virtualcube/capture"
)

// maxSide bounds a picture, in pixels.
const maxSide = 8192

// maxFrame bounds what a frame takes in a slot, in bytes: of RGBA, depth and
// matte.
const maxFrame = maxSide * maxSide * (4 + 2 + 1)

// shape is the size of everything that a frame holds; 0 x 0 where it does not.
type shape struct {
	format                  capture.Format
	levels                  capture.Range
	width, height           int
	depthWidth, depthHeight int
	matteWidth, matteHeight int
}

func shapeOf(f *capture.Frame) shape {
	return shape{
		format: f.Colour.Format, levels: f.Colour.Range, width: f.Colour.Width, height: f.Colour.Height,
		depthWidth: f.Depth.Width, depthHeight: f.Depth.Height,
		matteWidth: f.Matte.Width, matteHeight: f.Matte.Height,
	}
}

// validate refuses what layout cannot lay out.
func (s shape) validate() error {
	for _, p := range []struct {
		name          string
		width, height int
	}{{"picture", s.width, s.height}, {"depth picture", s.depthWidth, s.depthHeight}, {"matte", s.matteWidth, s.matteHeight}} {
		if p.width == 0 && p.height == 0 {
			continue
		}
		if p.width < 1 || p.height < 1 || p.width > maxSide || p.height > maxSide {
			return fmt.Errorf("%s of %dx%d: 1 to %d a side are possible", p.name, p.width, p.height, maxSide)
		}
	}
	switch {
	case s.width == 0:
	case s.format < capture.NV12 || s.format > capture.RGBA:
		return fmt.Errorf("picture of unknown format %v", s.format)
	case s.levels > capture.Full:
		return fmt.Errorf("picture of unknown range %d", s.levels)
	case s.format != capture.RGBA && (s.width%2 != 0 || s.height%2 != 0):
		return fmt.Errorf("%v picture has odd size %dx%d", s.format, s.width, s.height)
	}
	if s.width == 0 && s.depthWidth == 0 {
		return fmt.Errorf("frame without a picture")
	}
	return nil
}

// plane is where the rows of one plane lie in a slot, without gaps.
type plane struct{ at, row, rows int } // bytes, bytes, rows

func (p plane) of(slot []byte) []byte { return slot[p.at : p.at+p.row*p.rows : p.at+p.row*p.rows] }

// layout is where a frame's parts lie in a slot. It follows from the shape
// alone, so that no offset ever crosses between processes.
type layout struct {
	colour       [3]plane
	depth, matte plane
	size         int // bytes in all
}

// alignment of the planes: a cache line, and whole depth pixels.
const alignment = 64

func (s shape) layout() layout {
	var l layout
	put := func(row, rows int) plane {
		p := plane{at: l.size, row: row, rows: rows}
		l.size += (row*rows + alignment - 1) / alignment * alignment
		return p
	}
	if s.width > 0 {
		switch s.format {
		case capture.NV12:
			l.colour = [3]plane{put(s.width, s.height), put(s.width, s.height/2)}
		case capture.I420:
			l.colour = [3]plane{put(s.width, s.height), put(s.width/2, s.height/2), put(s.width/2, s.height/2)}
		case capture.RGBA:
			l.colour = [3]plane{put(4*s.width, s.height)}
		}
	}
	l.depth = put(2*s.depthWidth, s.depthHeight)
	l.matte = put(s.matteWidth, s.matteHeight)
	return l
}

// validate refuses a frame whose planes do not hold what it says.
func validate(f *capture.Frame) error {
	if err := shapeOf(f).validate(); err != nil {
		return err
	}
	if !f.Colour.Empty() {
		if err := f.Colour.Validate(); err != nil {
			return err
		}
	}
	if !f.Depth.Empty() {
		if err := f.Depth.Validate(); err != nil {
			return err
		}
	}
	if !f.Matte.Empty() {
		return f.Matte.Validate()
	}
	return nil
}

// write copies a frame into a slot, which is large enough.
func (l layout) write(slot []byte, f *capture.Frame) {
	for i, p := range l.colour {
		if p.rows == 0 {
			continue
		}
		to, from, stride := p.of(slot), f.Colour.Planes[i], f.Colour.Strides[i]
		if stride == p.row {
			copy(to, from)
			continue
		}
		for y := range p.rows {
			copy(to[y*p.row:(y+1)*p.row], from[y*stride:])
		}
	}
	copy(millimetres(l.depth.of(slot)), f.Depth.Millimetres)
	copy(l.matte.of(slot), f.Matte.Coverage)
}

// show makes a frame's planes those of a slot, which is large enough.
func (l layout) show(slot []byte, s shape, f *capture.Frame) {
	f.Colour = capture.Picture{}
	if s.width > 0 {
		f.Colour = capture.Picture{Format: s.format, Range: s.levels, Width: s.width, Height: s.height}
		for i, p := range l.colour {
			if p.rows > 0 {
				f.Colour.Planes[i], f.Colour.Strides[i] = p.of(slot), p.row
			}
		}
	}
	f.Depth = capture.DepthPicture{Width: s.depthWidth, Height: s.depthHeight, Millimetres: millimetres(l.depth.of(slot))}
	f.Matte = capture.Matte{Width: s.matteWidth, Height: s.matteHeight, Coverage: l.matte.of(slot)}
}

// millimetres takes bytes, aligned as layout does, for depth pixels.
func millimetres(b []byte) []uint16 {
	if len(b) == 0 {
		return nil
	}
	return unsafe.Slice((*uint16)(unsafe.Pointer(&b[0])), len(b)/2)
}
