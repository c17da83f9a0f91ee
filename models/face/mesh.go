package face

import (
	"fmt"
	"math"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
)

const (
	meshSide = 192 // pixels
	meshRoom = 1.5 // side of what the network is shown to that of the face
)

// The outputs of the mesh.
const (
	meshFlag   = "output_faceflag"
	meshPoints = "output_mesh"
)

// Points is how many a mesh has.
const Points = 468

// Some points, by MediaPipe's numbers.
const (
	RightOuter = 33 // corners of the eyes
	RightInner = 133
	LeftInner  = 362
	LeftOuter  = 263
	RightMouth = 61 // corners of the mouth
	LeftMouth  = 291
	RightSide  = 234 // before the ears
	LeftSide   = 454
	Forehead   = 10 // of the middle line: where the hair begins,
	Brow       = 9  // between the brows,
	Bridge     = 8  // the bridge of the nose,
	Nose       = 2  // where the nose begins above the lip,
	Lip        = 164
	Chin       = 152
)

// Face is a face that a camera sees.
type Face struct {
	Score float64 // 0 to 1: whether it is a face
	// Mesh are its points from the camera, the outer corners of the eyes being 1
	// apart.
	Mesh [Points]space.Vec3
	// up is of the square that it was looked for in: who follows a head knows better
	// than one picture's eyes how it leans.
	up space.Vec3
}

// Mesh fills face with the one that fills a square. Its score is 0, and its points are
// not to be used, where the network sees both eyes in one place.
func (f *Finder) Mesh(face *Face, p capture.Picture, c space.Camera, within Square) error {
	v, err := f.mesh.look(p, c, within.scaled(meshRoom), false, scale{1, 0})
	if err != nil {
		return fmt.Errorf("find points of the face: %w", err)
	}
	face.up, face.Score = within.Up, float64(f.mesh.out[meshFlag][0])
	for i := range face.Mesh {
		q := f.mesh.out[meshPoints][3*i:][:3]
		// The network counts from the corner of the first pixel. How much farther a
		// point is than the face's middle, it says in pixels too.
		farther := float64(q[2]) * v.pixel / v.away
		face.Mesh[i] = v.at(float64(q[0])-0.5, float64(q[1])-0.5).Scale(1 + farther)
	}
	unit := 1 / face.Mesh[LeftOuter].Sub(face.Mesh[RightOuter]).Norm()
	if !(unit < math.MaxFloat32) {
		face.Score = 0
	}
	for i := range face.Mesh {
		face.Mesh[i] = face.Mesh[i].Scale(unit)
	}
	return nil
}

// Eyes is the middle between the outer corners of the eyes.
func (f *Face) Eyes() space.Vec3 { return f.Mesh[RightOuter].Lerp(f.Mesh[LeftOuter], 0.5) }

// Square is what the face fills.
func (f *Face) Square() Square {
	up := f.Mesh[LeftOuter].Sub(f.Mesh[RightOuter]).Cross(f.Eyes())
	turn := space.LookAt(space.Vec3{}, f.Eyes(), up).R
	back := turn.Transpose()
	x0, x1, y0, y1 := math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1)
	for _, p := range f.Mesh {
		q := back.Apply(p)
		x, y := q.X/q.Z, q.Y/q.Z
		x0, x1, y0, y1 = min(x0, x), max(x1, x), min(y0, y), max(y1, y)
	}
	middle := turn.Apply(space.Vec3{X: (x0 + x1) / 2, Y: (y0 + y1) / 2, Z: 1})
	return Square{Middle: middle, Up: up, Size: max(x1-x0, y1-y0)}
}
