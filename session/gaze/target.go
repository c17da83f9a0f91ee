package gaze

import (
	"math"

	"github.com/virtualcube/virtualcube/capture/space"
)

// Kind is what somebody attends to.
type Kind uint8

// The kinds of targets.
const (
	Nothing Kind = iota
	Person
	Item
)

// String is one word.
func (k Kind) String() string { return [...]string{"nothing", "person", "item"}[min(k, Item)] }

// HeadRadius is that of a person's sphere, in metres.
const HeadRadius = 0.13

// Target is what can be attended to, in the frame of the look: the world, or a
// cube. The looker is not among their own targets.
type Target struct {
	ID     string // unique among the targets, never empty
	Kind   Kind   // Person or Item
	Center space.Vec3
	Radius float64 // metres, of a person
	// An item's sides: unit vectors at right angles, as its reader has them, and
	// metres. (assembly.Place.Seen gives them for an eye.)
	Right, Up             space.Vec3
	HalfWidth, HalfHeight float64
}

// farthest is how far from the origin something may be, in metres.
const farthest = 1e6

// sound says whether a target is where and as large as something can be.
func (t *Target) sound() bool {
	size := t.Radius
	if t.Kind == Item {
		size = max(t.HalfWidth, t.HalfHeight) * max(t.Right.Norm(), t.Up.Norm())
	}
	return t.Center.Norm() < farthest && size < farthest // false for NaN
}

// front is how far a point lies before an item.
func (t *Target) front(p space.Vec3) float64 { return p.Sub(t.Center).Dot(t.Right.Cross(t.Up)) }

// meets is where a line from the reader's side meets an item's plane: the
// multiple of direction, and the place from -1 to 1 within the rectangle.
func (t *Target) meets(eye, direction space.Vec3) (distance, u, v float64, ok bool) {
	towards := -direction.Dot(t.Right.Cross(t.Up))
	before := t.front(eye)
	if !(before > 0 && towards > 1e-9) {
		return 0, 0, 0, false
	}
	distance = before / towards
	p := eye.Add(direction.Scale(distance)).Sub(t.Center)
	return distance, p.Dot(t.Right) / t.HalfWidth, p.Dot(t.Up) / t.HalfHeight, true
}

// sphere returns the angle of a direction to a person's middle and the radius
// that the head appears to have; ok is false inside it.
func (t *Target) sphere(eye, direction space.Vec3) (angle, radius float64, ok bool) {
	to := t.Center.Sub(eye)
	d := to.Norm()
	if !(d > t.Radius && t.Radius > 0) {
		return 0, 0, false
	}
	return space.Angle(direction, to), math.Asin(t.Radius / d), true
}

// off is the angle between a direction and the nearest point of an item, 0
// within it; ok is false from behind and in its plane. The rectangle is a
// convex polygon of great circles round the eye.
func (t *Target) off(eye, direction space.Vec3) (angle float64, ok bool) {
	if !(t.front(eye) > 1e-6 && t.HalfWidth > 0 && t.HalfHeight > 0) {
		return 0, false
	}
	var corners [4]space.Vec3
	x, y := t.Right.Scale(t.HalfWidth), t.Up.Scale(t.HalfHeight)
	to := t.Center.Sub(eye)
	corners[0], corners[1] = to.Sub(x).Sub(y).Unit(), to.Add(x).Sub(y).Unit()
	corners[2], corners[3] = to.Add(x).Add(y).Unit(), to.Sub(x).Add(y).Unit()
	inside := true
	for k, a := range corners {
		if direction.Dot(a.Cross(corners[(k+1)%4])) > 0 {
			inside = false
			break
		}
	}
	if inside {
		return 0, true
	}
	angle = math.Pi
	for k, a := range corners {
		angle = min(angle, toArc(direction, a, corners[(k+1)%4]))
	}
	return angle, true
}

// toArc is the angle from a direction to the arc between two others.
func toArc(d, a, b space.Vec3) float64 {
	n := a.Cross(b).Unit()
	if across := n.Cross(d); across.Dot(a) <= 0 && across.Dot(b) >= 0 {
		return math.Abs(math.Asin(max(-1, min(1, n.Dot(d)))))
	}
	return min(space.Angle(d, a), space.Angle(d, b))
}
