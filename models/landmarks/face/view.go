package face

import (
	"github.com/virtualcube/virtualcube/capture/space"
)

// View is a pinhole camera that stands where a real camera does.
type View struct{ space.Camera }

// Around is the view from a camera's place whose middle is a point: side pixels a
// side, which are as many metres at the point's distance. up is where its picture's
// top is.
func Around(from space.Camera, point, up space.Vec3, metres float64, side int) View {
	distance := point.Sub(from.Pose.T).Norm()
	return View{space.Camera{Lens: square(distance/metres, side), Pose: space.LookAt(from.Pose.T, point, up)}}
}

// square is a lens whose focal length is a multiple of its picture's side.
func square(focal float64, side int) space.Lens {
	middle := float64(side-1) / 2
	return space.Lens{Width: side, Height: side, Fx: focal * float64(side), Fy: focal * float64(side), Cx: middle, Cy: middle}
}

// Part is the view of a square part of a view, which is size pixels of it wide,
// and whose top is in the direction (-sin, -cos) of roll there.
func (v View) Part(x, y, size, sin, cos float64, side int) View {
	ray, _ := v.Ray(x, y) // a pinhole's pixel always has one
	up := v.Pose.Rotate(space.Vec3{X: -sin, Y: -cos})
	a := (x - v.Lens.Cx) / v.Lens.Fx
	b := (y - v.Lens.Cy) / v.Lens.Fy
	// A pixel away from the middle is nearer to the camera by the ray's length.
	stretch := 1 + (a*a+b*b)/2
	return View{space.Camera{
		Lens: square(v.Lens.Fx*stretch/size, side), Pose: space.LookAt(v.Pose.T, ray.At(1), up),
	}}
}
