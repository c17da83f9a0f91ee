package space

import (
	"errors"
	"fmt"
	"math"
)

// Rigid is a rigid transform of unit scale: Apply(p) = R·p + T.
// Named A-to-B, it maps coordinates in frame A to coordinates in frame B.
type Rigid struct {
	R Mat3 // rotation, determinant 1
	T Vec3 // translation, metres
}

// Identity is the transform that changes nothing.
func Identity() Rigid { return Rigid{R: Identity3()} }

// Apply maps a point.
func (r Rigid) Apply(p Vec3) Vec3 { return r.R.Apply(p).Add(r.T) }

// Rotate maps a direction.
func (r Rigid) Rotate(d Vec3) Vec3 { return r.R.Apply(d) }

// Inverse returns the transform back.
func (r Rigid) Inverse() Rigid {
	t := r.R.Transpose()
	return Rigid{R: t, T: t.Apply(r.T).Scale(-1)}
}

// Mul returns r∘s: first s, then r. (B-to-C).Mul(A-to-B) is A-to-C.
func (r Rigid) Mul(s Rigid) Rigid { return Rigid{R: r.R.Mul(s.R), T: r.Apply(s.T)} }

// ErrNotRigid is wrapped by Validate.
var ErrNotRigid = errors.New("not a rigid transform")

// rigidTolerance is what calibration files round to; a mirrored or scaled
// matrix is far outside.
const rigidTolerance = 1e-3

// Validate refuses a matrix that is not a rotation, and non-finite numbers.
func (r Rigid) Validate() error {
	if !r.T.Finite() {
		return fmt.Errorf("%w: translation %v is not finite", ErrNotRigid, r.T)
	}
	p := r.R.Mul(r.R.Transpose())
	id := Identity3()
	for i := range p {
		if !(math.Abs(p[i]-id[i]) < rigidTolerance) {
			return fmt.Errorf("%w: rotation is not orthonormal", ErrNotRigid)
		}
	}
	if r.R.Determinant() < 0 {
		return fmt.Errorf("%w: rotation mirrors (determinant %.3f)", ErrNotRigid, r.R.Determinant())
	}
	return nil
}

// LookAt returns the camera-to-cube pose of a camera at eye that looks at
// target, its x axis horizontal as seen with up (OpenCV axes: y down).
func LookAt(eye, target, up Vec3) Rigid {
	z := target.Sub(eye).Unit()
	x := z.Cross(up).Unit()
	if x == (Vec3{}) {
		x = Vec3{X: -1}
	}
	y := z.Cross(x)
	return Rigid{R: Columns(x, y, z), T: eye}
}
