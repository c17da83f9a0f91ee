package face

import (
	"errors"
	"fmt"
	"math"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models"
)

// Finder follows one face through a stream of pictures. It is used by one
// goroutine.
type Finder struct {
	detector *detector
	mesh     *network
	iris     *network

	known bool
	face  Face
	wait  int // pictures until the detector looks again
}

const (
	meshSide, irisSide = 192, 64
	meshPoints, meshIs = "output_mesh", "output_faceflag"
	irisPoints         = "Identity"
	irisNumbers        = 76 * 3 // 71 points round the eye, then the iris: middle and four of its rim
	firstOfIris        = 71 * 3
	room               = 1.5 // side of what the mesh sees to that of the face
	eyeRoom            = 2.3 // and of what the iris is seen in to the eye's width
	sureFace, sureMesh = 0.6, 0.5
	detectEvery        = 5 // pictures, while nobody is found
	smallest           = 24.0
	refinements        = 2 // of the mesh of a face that was just detected
)

// Open loads the networks.
func Open(e models.Environment) (*Finder, error) {
	f := &Finder{}
	var err error
	if f.detector, err = openDetector(e); err == nil {
		f.mesh, err = openNetwork(e, Mesh, meshSide, map[string]int{meshPoints: 3 * Points, meshIs: 1})
	}
	if err == nil {
		f.iris, err = openNetwork(e, Irises, irisSide, map[string]int{irisPoints: irisNumbers})
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// Close unloads them; twice is fine.
func (f *Finder) Close() error {
	var err error
	if f.detector != nil && f.detector.network != nil {
		err = f.detector.session.Close()
	}
	for _, n := range []*network{f.mesh, f.iris} {
		if n != nil {
			err = errors.Join(err, n.session.Close())
		}
	}
	return err
}

// Forget drops the face that is followed.
func (f *Finder) Forget() { f.known, f.wait = false, 0 }

// Box is a part of a picture in pixels, where a face is looked for.
type Box struct{ X0, Y0, X1, Y1 float64 }

// Find returns the face of the next picture, I420 in limited range, or nil. Where
// none is followed it is looked for within a box, in every fifth picture.
func (f *Finder) Find(p capture.Picture, within Box) (*Face, error) {
	if p.Format != capture.I420 {
		return nil, fmt.Errorf("find face: a picture of %v, I420 is needed", p.Format)
	}
	if f.known {
		return f.follow(p, f.face.square().scaled(room), 1)
	}
	if f.wait > 0 {
		f.wait--
		return nil, nil
	}
	f.wait = detectEvery - 1
	size := max(within.X1-within.X0, within.Y1-within.Y0)
	if size < smallest {
		return nil, nil
	}
	face, score, err := f.detector.detect(p, square{x: (within.X0 + within.X1) / 2, y: (within.Y0 + within.Y1) / 2, size: size})
	if err != nil {
		return nil, fmt.Errorf("find face: %w", err)
	}
	if score < sureFace || !(face.size >= smallest/2) {
		return nil, nil
	}
	return f.follow(p, face.scaled(room), 1+refinements)
}

// follow fits the mesh, several times where the square is not a mesh's own.
func (f *Finder) follow(p capture.Picture, s square, times int) (*Face, error) {
	f.known = false
	for range times {
		if !(s.size >= smallest && s.size < 4*float64(max(p.Width, p.Height))) {
			return nil, nil
		}
		s.show(f.mesh.in, p, meshSide, 1, 0, false)
		if err := f.mesh.run(); err != nil {
			return nil, fmt.Errorf("find face: %w", err)
		}
		if f.face.Score = float64(f.mesh.out[meshIs][0]); f.face.Score < sureMesh {
			return nil, nil
		}
		out := f.mesh.out[meshPoints]
		for i := range f.face.Mesh {
			x, y := s.at(float64(out[3*i])/meshSide, float64(out[3*i+1])/meshSide)
			f.face.Mesh[i] = Point{x, y, float64(out[3*i+2]) / meshSide * s.size}
		}
		s = f.face.square().scaled(room)
	}
	f.known = true
	return &f.face, nil
}

// Iris returns the iris of the right or the left eye of a face of this picture.
func (f *Finder) Iris(p capture.Picture, face *Face, left bool) (Iris, error) {
	outer, inner := face.Mesh[RightOuter], face.Mesh[RightInner]
	if left {
		outer, inner = face.Mesh[LeftOuter], face.Mesh[LeftInner]
	}
	s := square{
		x: (outer.X + inner.X) / 2, y: (outer.Y + inner.Y) / 2,
		size: eyeRoom * math.Hypot(outer.X-inner.X, outer.Y-inner.Y), angle: face.Roll(),
	}
	s.show(f.iris.in, p, irisSide, 1, 0, left) // the network knows right eyes
	if err := f.iris.run(); err != nil {
		return Iris{}, fmt.Errorf("find iris: %w", err)
	}
	out := f.iris.out[irisPoints][firstOfIris:]
	at := func(i int) Point { return Point{X: float64(out[3*i]), Y: float64(out[3*i+1])} }
	u, v := at(0).X/irisSide, at(0).Y/irisSide
	if left {
		u = 1 - u
	}
	x, y := s.at(u, v)
	across := (at(1).Distance(at(3)) + at(2).Distance(at(4))) / 2
	return Iris{X: x, Y: y, Diameter: across / irisSide * s.size}, nil
}
