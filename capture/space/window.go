package space

import "fmt"

// Window is the framing window of a view: a rectangle in the cube through
// which an eye sees the person. With an eye it defines the view's camera, an
// off-axis pinhole (Kooima, "Generalized perspective projection", 2009): the
// rectangle fills the picture exactly. Right and Up are unit vectors at right
// angles; their cross product Right x Up points to the viewer's side.
type Window struct {
	ID         uint16 // 10 bits, of one view; 0 is never used
	Center     Vec3   // metres, in the cube
	Right, Up  Vec3
	HalfWidth  float64 // metres
	HalfHeight float64 // metres
}

// Normal points from the window towards the viewer.
func (w Window) Normal() Vec3 { return w.Right.Cross(w.Up) }

// minWindowDistance keeps the off-axis frustum away from its singularity.
const minWindowDistance = 0.05 // metres

// Camera returns the pinhole at the eye whose width x height picture the
// window fills. Depth along its optical axis is the distance from the eye
// measured at right angles to the window. It fails for an eye behind the
// window or closer to its plane than 5 cm.
func (w Window) Camera(eye Vec3, width, height int) (Camera, error) {
	to := w.Center.Sub(eye)
	d := -to.Dot(w.Normal())
	if !(d >= minWindowDistance) {
		return Camera{}, fmt.Errorf("place view camera: eye %v is %.3f m in front of window %d, at least %.2f m needed", eye, d, w.ID, minWindowDistance)
	}
	down := w.Up.Scale(-1)
	l := Lens{
		Width: width, Height: height,
		Fx: d * float64(width) / (2 * w.HalfWidth),
		Fy: d * float64(height) / (2 * w.HalfHeight),
	}
	// The window's centre falls on the picture's centre, (W-1)/2.
	l.Cx = float64(width-1)/2 - l.Fx*to.Dot(w.Right)/d
	l.Cy = float64(height-1)/2 - l.Fy*to.Dot(down)/d
	return Camera{Lens: l, Pose: Rigid{R: Columns(w.Right, down, w.Normal().Scale(-1)), T: eye}}, nil
}
