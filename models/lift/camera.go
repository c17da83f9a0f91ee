package lift

import (
	"math"

	"github.com/virtualcube/virtualcube/capture/space"
)

// Seat is how far before the camera the cube's origin lies, in metres: where a
// head usually is.
const Seat = 0.7

// Camera is the webcam in the cube: its lens for a picture of a size in pixels,
// from the parameters fov and tilt, in degrees.
func Camera(width, height int, fov, tilt float64) space.Camera {
	f := math.Hypot(float64(width), float64(height)) / 2 / math.Tan(fov/2*math.Pi/180)
	eye := space.Vec3{Z: Seat}
	down := math.Tan(tilt * math.Pi / 180)
	return space.Camera{
		Lens: space.Lens{Width: width, Height: height, Fx: f, Fy: f, Cx: float64(width-1) / 2, Cy: float64(height-1) / 2},
		Pose: space.LookAt(eye, eye.Add(space.Vec3{Y: -down, Z: -1}), space.Vec3{Y: 1}),
	}
}
