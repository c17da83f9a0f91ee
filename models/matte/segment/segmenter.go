package segment

import (
	"errors"
	"fmt"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models/matte/plane"
)

// Side is the width and height of what a Net sees, in pixels.
const Side = 256

// Net is a network that finds persons.
type Net interface {
	// Input is what Run reads: Side x Side pixels by rows, of red, green and blue
	// from 0 to 1.
	Input() []float32
	// Run returns Side x Side probabilities by rows, valid until it is called
	// again.
	Run() ([]float32, error)
}

// Options are what may differ from frame to frame.
type Options struct {
	Feather   float64 // 0 to 1: from a hard edge to one as soft as the network's
	Stability float64 // 0 to 1: how much what does not move is held
}

// Matte is what Segment finds. It is the segmenter's, until the next picture.
type Matte struct {
	Coverage []byte         // per pixel of the picture, by rows: 0 background, 255 person
	Cell     int            // pixels across and down of a cell of the grid
	Alpha    plane.Plane    // per cell, 0 to 1
	Colours  [3]plane.Plane // per cell: Y, U and V of the picture, 0 to 255
	// Band holds the cells in which neither the person nor the background is sure.
	Band plane.Rect
}

// Segmenter finds the person in one stream of pictures. It is used by one
// goroutine.
type Segmenter struct {
	net   Net
	half  half
	look  looker
	clean cleaner
	still steadier
	guide guide

	width, height int
	found         plane.Plane // per cell: what the network says, 0 to 1
	matte         Matte
}

// New makes a segmenter that looks with a network.
func New(net Net) *Segmenter { return &Segmenter{net: net} }

// ErrPicture is wrapped where a picture is none that can be segmented.
var ErrPicture = errors.New("picture cannot be segmented")

// MaxSide bounds a picture's width and height, in pixels.
const MaxSide = 4096

// Segment finds the person in the next picture, I420 in limited range. A picture
// of another size, or of another scene, begins anew.
func (s *Segmenter) Segment(p capture.Picture, o Options) (*Matte, error) {
	if err := p.Validate(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPicture, err)
	}
	if p.Format != capture.I420 || p.Range != capture.Limited || max(p.Width, p.Height) > MaxSide {
		return nil, fmt.Errorf("%w: it is %v of %dx%d, I420 in limited range of at most %d pixels a side is needed",
			ErrPicture, p.Format, p.Width, p.Height, MaxSide)
	}
	fresh := p.Width != s.width || p.Height != s.height
	if fresh {
		s.width, s.height = p.Width, p.Height
		s.matte.Coverage = make([]byte, p.Width*p.Height)
	}
	s.half.take(p)
	s.half.cells(&s.matte.Colours)
	s.matte.Cell = 2 * s.half.step
	fresh = s.still.watch(&s.matte.Colours[0], fresh) || fresh

	if err := s.look.look(s.net, &s.half, &s.found, &s.still.moved, fresh); err != nil {
		s.width = 0 // what is known is of no frame
		return nil, fmt.Errorf("segment picture: %w", err)
	}
	s.clean.clean(&s.found)
	s.still.steady(&s.found, o.Stability, fresh)
	s.look.follow(&s.found)
	s.matte.Band = s.guide.fit(&s.found, &s.matte.Colours)
	s.guide.cells(&s.matte.Alpha, &s.found, &s.matte.Colours, o.Feather)
	s.guide.expand(s.matte.Coverage, p, s.matte.Cell, o.Feather, &s.still.held)
	return &s.matte, nil
}
