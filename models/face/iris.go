package face

import (
	"fmt"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
)

const (
	irisSide = 64  // pixels
	irisRoom = 2.3 // side of what the network is shown to the width of the eye
	// narrow is the least width of an eye that is looked into, as the camera sees it;
	// a third of the distance of the eyes' outer corners is usual.
	narrow = 0.1
)

// The output of the iris network.
const (
	irisPoints = "Identity"
	contour    = 71 // points of the lids, before those of the iris
	rim        = 4  // points of the iris after its middle
)

// The points of the lids that are used.
const (
	outerCorner = 0
	lowerLid    = 4
	innerCorner = 8
	upperLid    = 12
)

// Iris is the coloured ring of an eye, in the unit of a mesh.
type Iris struct {
	Middle   space.Vec3 // from the camera, as far as the middle between the eyes
	Diameter float64
	// Opening is how far the lids are apart, as part of the eye's width: about 0.3 of
	// an open eye.
	Opening float64
}

// Iris looks into the right or the left eye of a face. ok is false where it is seen
// from its side.
func (f *Finder) Iris(p capture.Picture, c space.Camera, face *Face, left bool) (iris Iris, ok bool, err error) {
	outer, inner := face.Mesh[RightOuter], face.Mesh[RightInner]
	if left {
		outer, inner = face.Mesh[LeftOuter], face.Mesh[LeftInner]
	}
	middle := outer.Lerp(inner, 0.5)
	to := face.Eyes().Norm() / middle.Norm()
	width := outer.Sub(inner).Cross(middle.Unit()).Norm() * to
	if !(width > narrow) {
		return Iris{}, false, nil
	}
	// The network knows right eyes; a left one is shown it in a mirror.
	v, err := f.iris.look(p, c, Square{Middle: middle.Scale(to), Up: face.up, Size: width * irisRoom}, left, scale{1, 0})
	if err != nil {
		return Iris{}, false, fmt.Errorf("find iris: %w", err)
	}
	at := func(i int) space.Vec3 {
		x, y := float64(f.iris.out[irisPoints][3*i])-0.5, float64(f.iris.out[irisPoints][3*i+1])-0.5
		if left {
			x = irisSide - 1 - x
		}
		return v.at(x, y)
	}
	apart := func(i, j int) float64 { return at(i).Sub(at(j)).Norm() }
	const first = contour + 1 // of the rim, whose opposite points are two apart
	return Iris{
		Middle:   at(contour),
		Diameter: (apart(first, first+2) + apart(first+1, first+3)) / 2,
		Opening:  apart(upperLid, lowerLid) / max(apart(outerCorner, innerCorner), v.pixel),
	}, true, nil
}
