package face

import "github.com/virtualcube/virtualcube/capture/space"

// Square is a window before a camera, through which a network looks. Its unit does
// not matter: only directions count, and how large it is beside how far.
type Square struct {
	Middle space.Vec3 // from the camera
	Up     space.Vec3 // roughly where its upper side is
	Size   float64    // of a side
}

// scaled is the square with larger sides.
func (s Square) scaled(by float64) Square {
	s.Size *= by
	return s
}

// view is what is seen through a square: the picture of a pinhole camera that looks
// at its middle.
type view struct {
	turn  space.Mat3 // from its axes (x right, y down, z ahead) to the square's
	away  float64    // to the middle
	pixel float64    // side of a pixel there
	side  int        // pixels
}

func (s Square) view(side int) view {
	return view{
		turn: space.LookAt(space.Vec3{}, s.Middle, s.Up).R,
		away: s.Middle.Norm(), pixel: s.Size / float64(side), side: side,
	}
}

// at is where a pixel is in the square; pixel (0, 0) has its centre at (0, 0).
func (v view) at(x, y float64) space.Vec3 {
	middle := float64(v.side-1) / 2
	return v.turn.Apply(space.Vec3{X: (x - middle) * v.pixel, Y: (y - middle) * v.pixel, Z: v.away})
}
