package sight

import (
	"math"

	"github.com/virtualcube/virtualcube/capture/space"
)

// The eyes, as indices.
const (
	Right = iota
	Left
)

// The points of a face, as indices. Left and right are the person's own.
const (
	RightOuter = iota // corners of the eyes
	RightInner
	LeftInner
	LeftOuter
	RightMouth // corners of the mouth
	LeftMouth
	Brow // of the middle line: between the brows, the bridge of the nose,
	Bridge
	Nose // where the nose begins above the lip, and the lip there
	Lip
	points
)

// Sighting is what one camera sees of a face.
type Sighting struct {
	// Rays go to the points, from the camera.
	Rays [points]space.Ray
	// Farther is by how much a point is farther from the camera than the face's
	// middle, as part of the distance, as the network guesses.
	Farther [points]float64
	// Distance is from the camera to the bridge of the nose by its depth picture, m;
	// 0: it does not say.
	Distance float64
	// Iris are rays to the middles of the irises, by eye; Open says whether the eye
	// is open and the ray can be relied on.
	Iris [2]space.Ray
	Open [2]bool
}

// Where faces are seen from: the weight of a ray falls with the angle between it and
// what it meets, to 0 at limit.
var limit = math.Cos(65 * math.Pi / 180)

// outward are the directions to which points face, in the head: an eye's outer
// corner and the eye itself face somewhat to its side.
var outward = [points]space.Vec3{
	RightOuter: {X: -0.6, Z: 0.8}, LeftOuter: {X: 0.6, Z: 0.8}, RightInner: {X: -0.2, Z: 0.98}, LeftInner: {X: 0.2, Z: 0.98},
	RightMouth: {X: -0.4, Z: 0.917}, LeftMouth: {X: 0.4, Z: 0.917}, Brow: {Z: 1}, Bridge: {Z: 1}, Nose: {Z: 1}, Lip: {Z: 1},
}

var eyeward = [2]space.Vec3{{X: -0.3, Z: 0.954}, {X: 0.3, Z: 0.954}}

// weight is how much a ray to what faces a direction of the head counts.
func weight(ray space.Ray, toward space.Vec3, head space.Mat3) float64 {
	c := (-ray.Direction.Dot(head.Apply(toward)) - limit) / (1 - limit)
	if c <= 0 {
		return 0
	}
	return c * c
}

// AverageWidth is the distance of an average adult's outer corners of the eyes, m
// (biocular width: Farkas 1994, 88 to 91 mm).
const AverageWidth = 0.089

// alone are the points as one camera sees them.
func (s *Sighting) alone() (p [points]space.Vec3) {
	for i, r := range s.Rays {
		p[i] = r.At(1 + s.Farther[i])
	}
	origin := s.Rays[0].Origin
	scale := AverageWidth / p[LeftOuter].Sub(p[RightOuter]).Norm()
	if s.Distance > 0 {
		scale = s.Distance / p[Bridge].Sub(origin).Norm()
	}
	for i := range p {
		p[i] = origin.Add(p[i].Sub(origin).Scale(scale))
	}
	return p
}
