package assembly

import (
	"math"

	"github.com/virtualcube/virtualcube/capture/space"
)

// GlideSeconds is how long people glide to another place.
const GlideSeconds = 1.5

// Glide is where a cube is between two places at t, 0 to 1 and held there
// beyond. Node and page compute the same:
//
//	s = t²·(3 - 2t)
//	T = T_from + s·(T_to - T_from)
//	R = R_from · turn(axis, s·angle)
//
// axis and angle being those of R_fromᵀ·R_to with 0 <= angle <= π: the shortest
// way, as a quaternion's slerp goes. Where that turn is by π to within 1e-6, it
// has two shortest ways; then the axis is the one with y > 0, or z > 0 if y is
// 0, or x > 0 if both are. As every place on the way is rigid, gazes meet while
// people glide.
func Glide(from, to space.Rigid, t float64) space.Rigid {
	switch {
	case !(t > 0):
		return from
	case t >= 1:
		return to
	}
	s := t * t * (3 - 2*t)
	axis, angle := turnOf(from.R.Transpose().Mul(to.R))
	return space.Rigid{R: from.R.Mul(space.RotationAbout(axis, s*angle)), T: from.T.Lerp(to.T, s)}
}

// halfTurn is how near to π a turn counts as one, in radians.
const halfTurn = 1e-6

// turnOf returns axis and angle of a rotation; the axis of none is y.
func turnOf(r space.Mat3) (axis space.Vec3, angle float64) {
	twice := space.Vec3{X: r[7] - r[5], Y: r[2] - r[6], Z: r[3] - r[1]}
	angle = math.Atan2(twice.Norm(), r[0]+r[4]+r[8]-1)
	switch {
	case angle < 1e-12:
		return space.Vec3{Y: 1}, 0
	case angle < math.Pi-halfTurn:
		return twice.Unit(), angle
	}
	// R + I is then 2·axis·axisᵀ: its longest column is the most exact.
	for k := range 3 {
		column := r.Column(k)
		switch k {
		case 0:
			column.X++
		case 1:
			column.Y++
		case 2:
			column.Z++
		}
		if column.Norm() > axis.Norm() {
			axis = column
		}
	}
	axis = axis.Unit()
	const none = 1e-5
	if axis.Y < -none || math.Abs(axis.Y) <= none && (axis.Z < -none || math.Abs(axis.Z) <= none && axis.X < 0) {
		axis = axis.Scale(-1)
	}
	return axis, math.Pi
}
