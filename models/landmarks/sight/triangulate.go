package sight

import (
	"math"

	"github.com/virtualcube/virtualcube/capture/space"
)

// Line is a ray to a point with its weight; 0 does not count.
type Line struct {
	space.Ray
	Weight float64
}

// thin is the least determinant of a system of weights 1: rays that are all but
// parallel, by less than 1 degree, meet nowhere.
const thin = 1e-4

// Triangulate finds the point that lines pass the nearest, by least squares, and by
// how much: the weighted root mean square, m. ok is false where there are no two that
// cross.
func Triangulate(lines []Line) (point space.Vec3, rms float64, ok bool) {
	var m space.Mat3
	var b space.Vec3
	total := 0.0
	for _, l := range lines {
		// What is square to the direction is measured: I - d dT.
		w, d := l.Weight, l.Direction
		p := space.Mat3{
			w * (1 - d.X*d.X), -w * d.X * d.Y, -w * d.X * d.Z,
			-w * d.X * d.Y, w * (1 - d.Y*d.Y), -w * d.Y * d.Z,
			-w * d.X * d.Z, -w * d.Y * d.Z, w * (1 - d.Z*d.Z),
		}
		for k := range m {
			m[k] += p[k]
		}
		b, total = b.Add(p.Apply(l.Origin)), total+w
	}
	if point, ok = solve(m, b, thin*total*total*total); !ok {
		return point, 0, false
	}
	for _, l := range lines {
		off := point.Sub(l.Origin).Cross(l.Direction).Norm()
		rms += l.Weight * off * off
	}
	return point, math.Sqrt(rms / total), true
}

// solve is Cramer's rule; ok is false where the determinant is not above least.
func solve(m space.Mat3, b space.Vec3, least float64) (space.Vec3, bool) {
	d := m.Determinant()
	if !(d > least) {
		return space.Vec3{}, false
	}
	x, y, z := m.Column(0), m.Column(1), m.Column(2)
	return space.Vec3{X: b.Dot(y.Cross(z)) / d, Y: x.Dot(b.Cross(z)) / d, Z: x.Dot(y.Cross(b)) / d}, true
}
