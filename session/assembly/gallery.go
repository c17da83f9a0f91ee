package assembly

import (
	"math"

	"github.com/virtualcube/virtualcube/capture/space"
)

const (
	galleryBeyond     = 1.1 // metres from the outermost seat
	galleryDirections = 36
	// gallerySpread weighs how far people are apart as they are seen, against how
	// much of their faces is.
	gallerySpread = 0.1
)

// Gallery is where those without a seat are: outside the seats and turned to
// their middle, on the side from which most of the faces is seen. It is the
// same for the same seats.
func (a Assembly) Gallery() space.Rigid {
	var middle space.Vec3
	for _, s := range a.Seats {
		middle = middle.Add(s.Pose.T.Scale(1 / float64(len(a.Seats))))
	}
	middle.Y = 0
	reach := 0.5
	for _, s := range a.Seats {
		d := s.Pose.T.Sub(middle)
		reach = max(reach, math.Hypot(d.X, d.Z))
	}
	best, most := space.Identity(), math.Inf(-1)
	for n := range galleryDirections {
		yaw := 2 * math.Pi * float64(n) / galleryDirections
		at := middle.Add(space.Vec3{X: math.Sin(yaw), Z: math.Cos(yaw)}.Scale(reach + galleryBeyond))
		faces := 0.0
		for _, s := range a.Seats {
			to := at.Sub(s.Pose.T)
			faces += s.Facing().Dot(to.Unit()) + gallerySpread*math.Abs(to.X*math.Cos(yaw)-to.Z*math.Sin(yaw))
		}
		if faces > most+1e-9 {
			best, most = turned(yaw+math.Pi, at), faces
		}
	}
	return best
}
