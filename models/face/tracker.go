package face

import (
	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
)

// Tracker follows one face through the pictures of one camera. It belongs to one
// goroutine at a time.
type Tracker struct {
	*Finder

	known bool
	face  Face
	wait  int // pictures until the detector looks again
}

const (
	sureFace, sureMesh = 0.6, 0.5
	detectEvery        = 5    // pictures, while nobody is found
	smallest           = 12.0 // pixels of the picture that a face is wide
	widest             = 3.0  // times as wide as far
	refinements        = 2    // of the mesh of a face that was just detected
)

// Forget drops the face that is followed.
func (t *Tracker) Forget() { t.known, t.wait = false, 0 }

// Next returns the face of the next picture, which holds until the one after, or nil.
// Where none is followed it is looked for within a square, in every fifth picture.
func (t *Tracker) Next(p capture.Picture, c space.Camera, within Square) (*Face, error) {
	if t.known {
		return t.follow(p, c, t.face.Square(), 1)
	}
	if t.wait > 0 {
		t.wait--
		return nil, nil
	}
	t.wait = detectEvery - 1
	if !within.sane(c, p) {
		return nil, nil
	}
	d, err := t.Detect(p, c, within)
	if err != nil || d.Score < sureFace {
		return nil, err
	}
	return t.follow(p, c, d.Box, 1+refinements)
}

// follow fits the mesh, several times where the square is not a mesh's own.
func (t *Tracker) follow(p capture.Picture, c space.Camera, s Square, times int) (*Face, error) {
	t.known = false
	for range times {
		if !s.sane(c, p) {
			return nil, nil
		}
		if err := t.Mesh(&t.face, p, c, s); err != nil || t.face.Score < sureMesh {
			return nil, err
		}
		s = t.face.Square()
	}
	t.known = true
	return &t.face, nil
}

// sane says whether a face can be seen through a square of a picture.
func (s Square) sane(c space.Camera, p capture.Picture) bool {
	away := s.Middle.Norm()
	pixels := s.Size / away * c.Lens.Fx * float64(p.Width) / float64(c.Lens.Width)
	return pixels >= smallest && s.Size <= widest*away
}
