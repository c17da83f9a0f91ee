package assembly

import (
	"math"

	"github.com/virtualcube/virtualcube/capture/space"
)

// touch is how deep two things may reach into each other and still only touch,
// in metres.
const touch = 1e-3

// Volume is the box round a seat that is the person's own, in the cube: the
// default volume of a rig.
func Volume() space.Box {
	return space.Box{Min: space.Vec3{X: -0.6, Y: -1.25, Z: -0.6}, Max: space.Vec3{X: 0.6, Y: 0.35, Z: 0.6}}
}

// ScreensIntersect says whether two rectangles in one frame cut each other.
// Two in one plane that face opposite ways do not: they are a window.
func ScreensIntersect(a, b Screen) bool {
	if coplanar(a, b) {
		return a.Normal().Dot(b.Normal()) > 0 && !separated(a.Corners(), b.Corners(), a.Right, a.Up, b.Right, b.Up)
	}
	if !straddles(a, b) || !straddles(b, a) {
		return false
	}
	// Each cuts the line in which the planes meet along an interval.
	along := a.Normal().Cross(b.Normal()).Unit()
	lowA, highA := cut(a, b, along)
	lowB, highB := cut(b, a, along)
	return min(highA, highB)-max(lowA, lowB) > touch
}

// cut is where the edges of a rectangle pass through a plane, along a line.
func cut(s, plane Screen, along space.Vec3) (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	n, corners := plane.Normal(), s.Corners()
	for k, p := range corners {
		q := corners[(k+1)%4]
		dp, dq := p.Sub(plane.Center).Dot(n), q.Sub(plane.Center).Dot(n)
		if (dp < 0) == (dq < 0) {
			continue
		}
		t := p.Lerp(q, dp/(dp-dq)).Dot(along)
		low, high = min(low, t), max(high, t)
	}
	return low, high
}

// reach is how far a rectangle goes to both sides of another one's plane.
func reach(plane, s Screen) (behind, before float64) {
	low, high := extent(s.Corners(), plane.Normal())
	d := plane.Center.Dot(plane.Normal())
	return low - d, high - d
}

func coplanar(a, b Screen) bool {
	behind, before := reach(a, b)
	return behind > -touch/2 && before < touch/2
}

func straddles(plane, s Screen) bool {
	behind, before := reach(plane, s)
	return behind < -touch/2 && before > touch/2
}

// VolumesOverlap says whether the boxes of two seats reach into each other.
func VolumesOverlap(a, b space.Rigid) bool {
	box := Volume().Corners()
	var p, q [8]space.Vec3
	for k, corner := range box {
		p[k], q[k] = a.Apply(corner), b.Apply(corner)
	}
	var axes []space.Vec3
	for k := range 3 {
		axes = append(axes, a.R.Column(k), b.R.Column(k))
		for m := range 3 {
			axes = append(axes, a.R.Column(k).Cross(b.R.Column(m)))
		}
	}
	return !separated(p, q, axes...)
}

// separated says whether the corners of two convex bodies lie apart in one of
// the directions (separating axis theorem), or reach into each other by no more
// than touch.
func separated[C [4]space.Vec3 | [8]space.Vec3](a, b C, axes ...space.Vec3) bool {
	for _, axis := range axes {
		if axis.Norm() < 1e-6 {
			continue // the cross product of parallel edges
		}
		axis = axis.Unit()
		lowA, highA := extent(a, axis)
		lowB, highB := extent(b, axis)
		if min(highA, highB)-max(lowA, lowB) <= touch {
			return true
		}
	}
	return false
}

func extent[C [4]space.Vec3 | [8]space.Vec3](corners C, axis space.Vec3) (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	for k := range len(corners) {
		d := corners[k].Dot(axis)
		low, high = min(low, d), max(high, d)
	}
	return low, high
}
