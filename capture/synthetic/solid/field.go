package solid

import (
	"math"

	"github.com/virtualcube/virtualcube/capture/space"
)

// Field is a signed distance in metres, negative inside.
type Field func(space.Vec3) float64

// V is short for a vector literal.
func V(x, y, z float64) space.Vec3 { return space.Vec3{X: x, Y: y, Z: z} }

// Ellipsoid is the first-order distance to an axis-aligned ellipsoid
// (Quilez's bound k0 (k0 - 1) / k1).
func Ellipsoid(p, c, r space.Vec3) float64 {
	x, y, z := (p.X-c.X)/r.X, (p.Y-c.Y)/r.Y, (p.Z-c.Z)/r.Z
	k0 := math.Sqrt(x*x + y*y + z*z)
	x, y, z = x/r.X, y/r.Y, z/r.Z
	k1 := math.Sqrt(x*x + y*y + z*z)
	if k1 == 0 {
		return -min(r.X, r.Y, r.Z)
	}
	return k0 * (k0 - 1) / k1
}

// Sphere is the distance to a sphere.
func Sphere(p, c space.Vec3, r float64) float64 { return p.Sub(c).Norm() - r }

// Cone is the distance to a capsule whose radius goes from ra at a to rb at b
// (the radius is taken at the foot of the perpendicular).
func Cone(p, a, b space.Vec3, ra, rb float64) float64 {
	t := Along(p, a, b)
	return p.Sub(a.Lerp(b, t)).Norm() - (ra + t*(rb-ra))
}

// Along returns where the foot of the perpendicular from p lies on the
// segment, clamped to 0..1.
func Along(p, a, b space.Vec3) float64 {
	ab := b.Sub(a)
	return min(1, max(0, p.Sub(a).Dot(ab)/ab.Dot(ab)))
}

// Box is the distance to a box with rounded edges; half includes the rounding.
func Box(p, c, half space.Vec3, round float64) float64 {
	x := math.Abs(p.X-c.X) - half.X + round
	y := math.Abs(p.Y-c.Y) - half.Y + round
	z := math.Abs(p.Z-c.Z) - half.Z + round
	out := V(max(x, 0), max(y, 0), max(z, 0)).Norm()
	return out + min(max(x, y, z), 0) - round
}

// Blend is the smooth minimum of two distances: a union whose seam is rounded
// over about k metres (Quilez's quadratic polynomial).
func Blend(a, b, k float64) float64 {
	h := max(k-math.Abs(a-b), 0) / k
	return min(a, b) - h*h*k/4
}

// Cut takes b out of a, the edge rounded over about k metres.
func Cut(a, b, k float64) float64 { return -Blend(-a, b, k) }

// Gradient is the unit normal of the field, by central differences over h.
func Gradient(f Field, p space.Vec3, h float64) space.Vec3 {
	return V(
		f(V(p.X+h, p.Y, p.Z))-f(V(p.X-h, p.Y, p.Z)),
		f(V(p.X, p.Y+h, p.Z))-f(V(p.X, p.Y-h, p.Z)),
		f(V(p.X, p.Y, p.Z+h))-f(V(p.X, p.Y, p.Z-h)),
	).Unit()
}

// Occlusion estimates how much of the sky over p is free, 0 to 1, from the
// field along the normal n up to reach metres (Evans, "Fast approximations for
// global illumination", 2006).
func Occlusion(f Field, p, n space.Vec3, reach float64) float64 {
	shade, weight := 0.0, 1.0
	for i := 1; i <= 5; i++ {
		h := reach * float64(i) / 5
		shade += weight * max(0, h-f(p.Add(n.Scale(h)))) / h
		weight *= 0.75
	}
	return max(0, 1-0.45*shade)
}

// Shadow returns how much of a light in direction d reaches p, 0 to 1, with a
// penumbra, by sphere tracing over reach metres.
func Shadow(f Field, p, d space.Vec3, start, reach float64) float64 {
	lit := 1.0
	for t := start; t < reach; {
		s := f(p.Add(d.Scale(t)))
		if lit = min(lit, 0.5+6*s/t); lit <= 0 {
			return 0
		}
		t += min(max(s, 0.006), 0.05)
	}
	return lit * lit * (3 - 2*lit)
}
