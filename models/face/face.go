package face

import "math"

// Points is how many points a mesh has.
const Points = 468

// Some points of a mesh; see the package comment.
const (
	Nose       = 1
	Forehead   = 10
	Chin       = 152
	RightSide  = 234
	LeftSide   = 454
	RightOuter = 33
	RightInner = 133
	RightUpper = 159
	RightLower = 145
	LeftOuter  = 263
	LeftInner  = 362
	LeftUpper  = 386
	LeftLower  = 374
)

// Point lies in a picture: X and Y in pixels, pixel (0, 0) having its centre at
// (0, 0); Z, in the same unit, is how much farther it is than the middle of the
// head, negative for the nose.
type Point struct{ X, Y, Z float64 }

func (p Point) sub(q Point) Point { return Point{p.X - q.X, p.Y - q.Y, p.Z - q.Z} }

// Distance is between two points, in pixels.
func (p Point) Distance(q Point) float64 {
	d := p.sub(q)
	return math.Sqrt(d.X*d.X + d.Y*d.Y + d.Z*d.Z)
}

// Face is a face in a picture.
type Face struct {
	Mesh  [Points]Point
	Score float64 // 0 to 1: whether it is a face
}

// Roll is the angle from the picture's horizontal to the line through the eyes, in
// radians, positive where the left eye is lower.
func (f *Face) Roll() float64 {
	d := f.Mesh[LeftOuter].sub(f.Mesh[RightOuter])
	return math.Atan2(d.Y, d.X)
}

// Yaw is how far the face is turned to a side, in radians, 0 towards the camera.
func (f *Face) Yaw() float64 {
	d := f.Mesh[LeftOuter].sub(f.Mesh[RightOuter])
	return math.Atan2(d.Z, math.Hypot(d.X, d.Y))
}

// Eyes is the point between the outer corners of the eyes.
func (f *Face) Eyes() Point {
	a, b := f.Mesh[RightOuter], f.Mesh[LeftOuter]
	return Point{(a.X + b.X) / 2, (a.Y + b.Y) / 2, (a.Z + b.Z) / 2}
}

// square is what that holds the mesh.
func (f *Face) square() square {
	x0, x1, y0, y1 := math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1)
	for _, p := range f.Mesh {
		x0, x1, y0, y1 = min(x0, p.X), max(x1, p.X), min(y0, p.Y), max(y1, p.Y)
	}
	return square{x: (x0 + x1) / 2, y: (y0 + y1) / 2, size: max(x1-x0, y1-y0), angle: f.Roll()}
}

// Iris is the coloured ring of an eye.
type Iris struct {
	X, Y     float64 // pixels
	Diameter float64 // pixels
}
