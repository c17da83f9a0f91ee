package reference

import (
	"math"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
)

// How far, in mm, depths of one surface lie apart at z metres: floor + z² · slope.
const (
	sameSurface      = 18.0
	sameSurfaceFloor = 8.0
)

// place returns a corner in the depth camera's frame and the cosine between
// the surface's normal and the corner's ray. Depth is the mean over the 3 x 3
// pixels, radius apart, of the corner's own surface; the normal is that of
// their least-squares plane.
func place(l space.Lens, d capture.DepthPicture, c corner) (p space.Vec3, facing float64, ok bool) {
	at := func(dx, dy int) float64 {
		return float64(d.Millimetres[(c.y+dy)*d.Width+c.x+dx])
	}
	reference := float64(c.fallback)
	tolerance := sameSurfaceFloor + sameSurface*reference*reference*1e-6
	if own := at(0, 0); c.valid && math.Abs(own-reference) < 4*tolerance {
		reference = own
	}
	var sum, weight, slopeX, slopeY float64
	spanX, spanY := 1e-6, 1e-6
	for y := -1; y <= 1; y++ {
		for x := -1; x <= 1; x++ {
			dz := at(c.radius*x, c.radius*y) - reference
			if math.Abs(dz) >= tolerance {
				continue
			}
			sum += dz
			weight++
			slopeX += dz * float64(x)
			slopeY += dz * float64(y)
			spanX += float64(x * x)
			spanY += float64(y * y)
		}
	}
	z := reference
	if weight > 0 {
		z += sum / weight
	}
	perPixel := l.Fx / (float64(c.radius) * z)
	tiltX, tiltY := slopeX/spanX*perPixel, slopeY/spanY*perPixel
	rx, ry, ok := l.Unproject(float64(c.x), float64(c.y))
	return space.Vec3{X: rx, Y: ry, Z: 1}.Scale(z / 1000), 1 / math.Sqrt(1+tiltX*tiltX+tiltY*tiltY), ok
}

// occluderScale is colour pixels along one pixel of the occlusion picture.
const occluderScale = 4

// occlusion returns, over the colour camera's picture at a quarter of its
// size, the distance of the nearest surface of the mesh.
func occlusion(c capture.Camera, d capture.DepthPicture, m mesh) plane {
	l := c.Colour.Lens
	front := newPlane((l.Width+occluderScale-1)/occluderScale, (l.Height+occluderScale-1)/occluderScale)
	for i := range front.v {
		front.v[i] = math.Inf(1)
	}
	toColour := c.Colour.Pose.Inverse().Mul(c.Depth.Pose)
	for _, t := range m {
		var v [3]vertex
		whole := true
		for i, k := range t {
			p, _, ok := place(c.Depth.Lens, d, k)
			q := toColour.Apply(p)
			x, y := distorted(l, q)
			v[i] = vertex{x: (x+0.5)/float64(l.Width)*float64(front.w) - 0.5, y: (y+0.5)/float64(l.Height)*float64(front.h) - 0.5, z: q.Z}
			whole = whole && ok
		}
		if whole {
			rasterise(v, front.w, front.h, func(x, y int, z float64, _ [varyings]float64) {
				front.v[y*front.w+x] = min(front.v[y*front.w+x], z)
			})
		}
	}
	return front
}

// distorted is the full lens model, whatever the lens's valid radius.
func distorted(l space.Lens, p space.Vec3) (u, v float64) {
	l.MaxRadius = 0
	u, v, _ = l.ProjectRay(p.X/p.Z, p.Y/p.Z)
	return u, v
}
