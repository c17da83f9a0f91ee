package reference

import (
	"math"

	"github.com/virtualcube/virtualcube/capture/space"
)

// geometry is the surface in the view at half size.
type geometry struct {
	camera   space.Camera // of half size
	normal   []space.Vec3
	matte    plane
	distance plane // metres along the view's axis, 0 where there is nothing
}

// halved is the camera at half its size: a pixel covers 2 x 2.
func halved(c space.Camera) space.Camera {
	l := &c.Lens
	l.Width, l.Height = max(1, l.Width/2), max(1, l.Height/2)
	l.Fx, l.Fy = l.Fx/2, l.Fy/2
	l.Cx, l.Cy = (l.Cx-0.5)/2, (l.Cy-0.5)/2
	return c
}

// ray is the direction of a pixel with z = 1, in the view's axes.
func ray(l space.Lens, x, y float64) space.Vec3 {
	return space.Vec3{X: (x - l.Cx) / l.Fx, Y: (y - l.Cy) / l.Fy, Z: 1}
}

// fuse refines the surface that the meshes left: the depth cameras are looked
// up at it, a pixel at a time.
func fuse(layer []found, surfaces []surface, picks []pick, camera space.Camera) geometry {
	w, h := camera.Lens.Width, camera.Lens.Height
	g := geometry{camera, make([]space.Vec3, w*h), newPlane(w, h), newPlane(w, h)}
	for i, f := range layer {
		if f.weight == 0 {
			continue
		}
		r := ray(camera.Lens, float64(i%w), float64(i/w))
		off, weight := 0.0, itself
		for k, s := range surfaces {
			toDepth := s.camera.Depth.Pose.Inverse().Mul(camera.Pose)
			o, w := s.look(toDepth.Apply(r.Scale(f.z)), toDepth.Rotate(r), toDepth.Rotate(f.normal))
			off, weight = off+o*w*picks[k].share, weight+w*picks[k].share
		}
		g.normal[i], g.matte.v[i], g.distance.v[i] = f.normal, min(f.weight/solid, 1), f.z+off/weight
	}
	return g
}

// look returns how far the surface lies behind p along the ray, in metres of
// the view's z, and what that counts.
func (s surface) look(p, ray, normal space.Vec3) (off, weight float64) {
	u, v, ok := s.camera.Depth.Lens.Project(p)
	if !ok {
		return 0, 0
	}
	z := s.at(u, v)
	facing := clamp(-normal.Dot(p.Unit()), leastLook, 1)
	if math.Abs(z-p.Z) >= reach {
		return 0, 0
	}
	// The plane through the surface's point, cut by the view's ray.
	near := 1 - (z-p.Z)*(z-p.Z)/(reach*reach)
	return (z - p.Z) / p.Z * normal.Dot(p) / min(normal.Dot(ray), -leastSlant), near * facing * facing
}

// at is the depth at a place, in metres: between the four pixels round it where
// they are one surface, else of the nearest.
func (s surface) at(u, v float64) float64 {
	x, y := math.Floor(u), math.Floor(v)
	low, high := math.Inf(1), 0.0
	for k := range 4 {
		z := s.depth.clamped(x+float64(k%2), y+float64(k/2)) / 1000
		low, high = min(low, z), max(high, z)
	}
	if low > 0 && high-low < oneSurface {
		return s.depth.linear((u+0.5)/float64(s.depth.w), (v+0.5)/float64(s.depth.h)) / 1000
	}
	return s.depth.clamped(math.Floor(u+0.5), math.Floor(v+0.5)) / 1000
}
