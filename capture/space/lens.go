package space

import (
	"errors"
	"fmt"
	"math"
)

// Lens is a camera's intrinsic calibration: a pinhole with the rational
// distortion model of OpenCV and of Azure Kinect (Brown-Conrady, Rational6KT).
// With all of K, P1 and P2 zero it is a plain pinhole.
//
//	r² = x² + y²
//	d  = (1 + K1 r² + K2 r⁴ + K3 r⁶) / (1 + K4 r² + K5 r⁴ + K6 r⁶)
//	x' = x d + 2 P1 x y + P2 (r² + 2 x²),   u = Fx x' + Cx
//	y' = y d + 2 P2 x y + P1 (r² + 2 y²),   v = Fy y' + Cy
type Lens struct {
	Width, Height  int     // pixels
	Fx, Fy, Cx, Cy float64 // pixels
	K              [6]float64
	P1, P2         float64
	// MaxRadius bounds r, beyond which the model is not valid (Azure Kinect:
	// metric radius). Zero means no bound.
	MaxRadius float64
}

// Pinhole reports whether the lens has no distortion.
func (l Lens) Pinhole() bool { return l.K == [6]float64{} && l.P1 == 0 && l.P2 == 0 }

// Project maps a point in the camera frame to a pixel. ok is false behind the
// camera and beyond MaxRadius; the pixel may lie outside the picture.
func (l Lens) Project(p Vec3) (u, v float64, ok bool) {
	if !(p.Z > 0) {
		return 0, 0, false
	}
	return l.ProjectRay(p.X/p.Z, p.Y/p.Z)
}

// ProjectRay maps a ray (x, y, 1) to a pixel.
func (l Lens) ProjectRay(x, y float64) (u, v float64, ok bool) {
	if l.MaxRadius > 0 && x*x+y*y > l.MaxRadius*l.MaxRadius {
		return 0, 0, false
	}
	dx, dy := l.distort(x, y)
	return l.Fx*dx + l.Cx, l.Fy*dy + l.Cy, true
}

func (l Lens) distort(x, y float64) (dx, dy float64) {
	r2 := x*x + y*y
	num := 1 + r2*(l.K[0]+r2*(l.K[1]+r2*l.K[2]))
	den := 1 + r2*(l.K[3]+r2*(l.K[4]+r2*l.K[5]))
	d := num / den
	return x*d + 2*l.P1*x*y + l.P2*(r2+2*x*x), y*d + 2*l.P2*x*y + l.P1*(r2+2*y*y)
}

// Unproject maps a pixel to the ray (x, y, 1), by fixed-point iteration
// followed by Newton steps with a numeric Jacobian. ok is false where the
// model does not converge to within 1e-6 of the focal length, which happens
// only outside the lens's valid circle.
func (l Lens) Unproject(u, v float64) (x, y float64, ok bool) {
	tx, ty := (u-l.Cx)/l.Fx, (v-l.Cy)/l.Fy
	if l.Pinhole() {
		return tx, ty, true
	}
	x, y = tx, ty
	for range 30 {
		dx, dy := l.distort(x, y)
		ex, ey := tx-dx, ty-dy
		if math.Abs(ex)+math.Abs(ey) < 1e-9 {
			break
		}
		const h = 1e-6
		ax, ay := l.distort(x+h, y)
		bx, by := l.distort(x, y+h)
		j00, j10 := (ax-dx)/h, (ay-dy)/h
		j01, j11 := (bx-dx)/h, (by-dy)/h
		det := j00*j11 - j01*j10
		if math.Abs(det) < 1e-6 {
			return 0, 0, false
		}
		x += (ex*j11 - ey*j01) / det
		y += (ey*j00 - ex*j10) / det
	}
	dx, dy := l.distort(x, y)
	if !(math.Abs(dx-tx)+math.Abs(dy-ty) < 1e-6) {
		return 0, 0, false
	}
	if l.MaxRadius > 0 && x*x+y*y > l.MaxRadius*l.MaxRadius {
		return 0, 0, false
	}
	return x, y, true
}

// Resized returns the lens of the same camera with its picture scaled to
// another size, keeping pixel centres where the conventions of this package
// put them.
func (l Lens) Resized(width, height int) Lens {
	sx, sy := float64(width)/float64(l.Width), float64(height)/float64(l.Height)
	l.Width, l.Height = width, height
	l.Fx, l.Fy = l.Fx*sx, l.Fy*sy
	l.Cx, l.Cy = (l.Cx+0.5)*sx-0.5, (l.Cy+0.5)*sy-0.5
	return l
}

// Limits on a calibration that Validate accepts.
const (
	MaxPictureSide = 8192 // pixels
	maxFocalFactor = 50   // focal length over the longer side
)

// ErrBadLens is wrapped by Lens.Validate.
var ErrBadLens = errors.New("nonsensical lens")

// Validate refuses sizes, focal lengths and coefficients that no camera has.
func (l Lens) Validate() error {
	if l.Width <= 0 || l.Height <= 0 || l.Width > MaxPictureSide || l.Height > MaxPictureSide {
		return fmt.Errorf("%w: picture size %dx%d", ErrBadLens, l.Width, l.Height)
	}
	limit := float64(max(l.Width, l.Height)) * maxFocalFactor
	if !(l.Fx > 1 && l.Fx < limit && l.Fy > 1 && l.Fy < limit) {
		return fmt.Errorf("%w: focal length %.3g, %.3g px", ErrBadLens, l.Fx, l.Fy)
	}
	if !(math.Abs(l.Cx) < limit && math.Abs(l.Cy) < limit) {
		return fmt.Errorf("%w: principal point %.3g, %.3g px", ErrBadLens, l.Cx, l.Cy)
	}
	for _, k := range append(l.K[:], l.P1, l.P2, l.MaxRadius) {
		if !(math.Abs(k) < 1e6) {
			return fmt.Errorf("%w: distortion coefficient %v", ErrBadLens, k)
		}
	}
	return nil
}
