package capture

import (
	"fmt"
	"sync"
)

// FramePool makes frames whose planes are used again after their last release.
// It holds those of one shape: a frame of another empties it. Make one with
// NewFramePool; its methods may be called from any goroutine.
type FramePool struct {
	limit int

	mu    sync.Mutex
	shape FrameShape
	free  []*Frame
}

// FrameShape is what the planes of a frame are.
type FrameShape struct {
	Format        Format
	Range         Range
	Width, Height int  // of the colour picture
	Depth         bool // whether there is a depth picture, of the same size
	Matte         bool // whether there is a matte
}

// NewFramePool makes a pool that keeps at most limit frames that nobody uses.
func NewFramePool(limit int) *FramePool { return &FramePool{limit: limit} }

// Frame returns a frame with one reference. Until it is handed on its planes,
// whose content is that of an older frame, may be written to.
func (p *FramePool) Frame(s FrameShape) (*Frame, error) {
	p.mu.Lock()
	if p.shape != s {
		p.shape, p.free = s, nil
	}
	var old *Frame
	if n := len(p.free); n > 0 {
		old, p.free = p.free[n-1], p.free[:n-1]
	}
	p.mu.Unlock()
	f := NewFrame(func(f *Frame) { p.put(s, f) })
	if old != nil {
		f.Colour, f.Depth, f.Matte = old.Colour, old.Depth, old.Matte
		return f, nil
	}
	var err error
	if f.Colour, err = newPicture(s); err != nil {
		return nil, fmt.Errorf("make frame: %w", err)
	}
	if s.Depth {
		f.Depth = DepthPicture{Width: s.Width, Height: s.Height, Millimetres: make([]uint16, s.Width*s.Height)}
	}
	if s.Matte {
		f.Matte = Matte{Width: s.Width, Height: s.Height, Coverage: make([]byte, s.Width*s.Height)}
	}
	return f, nil
}

func (p *FramePool) put(s FrameShape, f *Frame) {
	Poison(f.Colour.Planes[:]...)
	Poison(f.Matte.Coverage)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.shape == s && len(p.free) < p.limit {
		p.free = append(p.free, f)
	}
}

// maxSide bounds what a pool makes, in pixels.
const maxSide = 8192

func newPicture(s FrameShape) (Picture, error) {
	if s.Width <= 0 || s.Height <= 0 || s.Width > maxSide || s.Height > maxSide {
		return Picture{}, fmt.Errorf("picture size %dx%d, at most %d a side is possible", s.Width, s.Height, maxSide)
	}
	p := Picture{Format: s.Format, Range: s.Range, Width: s.Width, Height: s.Height}
	half := s.Width / 2 * (s.Height / 2)
	switch s.Format {
	case NV12:
		p.Planes = [3][]byte{make([]byte, s.Width*s.Height), make([]byte, 2*half)}
		p.Strides = [3]int{s.Width, s.Width}
	case I420:
		p.Planes = [3][]byte{make([]byte, s.Width*s.Height), make([]byte, half), make([]byte, half)}
		p.Strides = [3]int{s.Width, s.Width / 2, s.Width / 2}
	case RGBA:
		p.Planes = [3][]byte{make([]byte, 4*s.Width*s.Height)}
		p.Strides = [3]int{4 * s.Width}
	}
	return p, p.Validate()
}
