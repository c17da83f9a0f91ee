package reference

import (
	"math"

	"github.com/virtualcube/virtualcube/capture/space"
)

// place returns a corner in the depth camera's frame, the surface's normal
// there, towards the camera, and the cosine between that and the way to the
// camera. Depth is the mean over the 3 x 3 pixels, radius apart, of the
// corner's own surface; the normal is that of their least-squares plane.
func (s surface) place(c corner) (p, normal space.Vec3, facing float64, ok bool) {
	reference := c.fallback
	tolerance := sameSurfaceFloor + sameSurface*reference*reference*1e-6
	if own := s.depth.at(c.x, c.y); own > 0 && math.Abs(own-reference) < 4*tolerance {
		reference = own
	}
	var sum, weight, slopeX, slopeY float64
	spanX, spanY := 1e-9, 1e-9
	for k := range 9 {
		x, y := k%3-1, k/3-1
		dz := s.depth.at(c.x+c.radius*x, c.y+c.radius*y) - reference
		if math.Abs(dz) >= tolerance {
			continue
		}
		sum, weight = sum+dz, weight+1
		slopeX, slopeY = slopeX+dz*float64(x), slopeY+dz*float64(y)
		spanX, spanY = spanX+float64(x*x), spanY+float64(y*y)
	}
	z := reference
	if weight > 0 {
		z += sum / weight
	}
	l := s.camera.Depth.Lens
	perPixel := l.Fx / (float64(c.radius) * z)
	tiltX := clamp(slopeX/spanX*perPixel, -steepestTilt, steepestTilt)
	tiltY := clamp(slopeY/spanY*perPixel, -steepestTilt, steepestTilt)
	x, y, ok := l.Unproject(float64(c.x), float64(c.y))
	ray := space.Vec3{X: x, Y: y, Z: 1}
	normal = space.Vec3{X: tiltX, Y: tiltY, Z: -1 - tiltX*x - tiltY*y}.Unit()
	return ray.Scale(z / 1000), normal, -normal.Dot(ray.Unit()), ok
}
