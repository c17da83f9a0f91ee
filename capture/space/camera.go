package space

import "math"

// Camera is a lens with a pose.
type Camera struct {
	Lens Lens
	Pose Rigid // camera to cube (or to rig, where stated)
}

// Project maps a point in the cube to a pixel and its depth along the optical
// axis in metres.
func (c Camera) Project(p Vec3) (u, v, depth float64, ok bool) {
	q := c.Pose.Inverse().Apply(p)
	u, v, ok = c.Lens.Project(q)
	return u, v, q.Z, ok
}

// Ray returns the ray of a pixel in the cube; its direction has length one.
func (c Camera) Ray(u, v float64) (Ray, bool) {
	x, y, ok := c.Lens.Unproject(u, v)
	return Ray{Origin: c.Pose.T, Direction: c.Pose.Rotate(Vec3{x, y, 1}).Unit()}, ok
}

// Ray is a half line.
type Ray struct{ Origin, Direction Vec3 }

// At returns the point at distance t.
func (r Ray) At(t float64) Vec3 { return r.Origin.Add(r.Direction.Scale(t)) }

// Box is an axis-aligned box in a cube.
type Box struct{ Min, Max Vec3 }

// Contains says whether a point lies in the box, its faces included.
func (b Box) Contains(p Vec3) bool {
	return p.X >= b.Min.X && p.X <= b.Max.X && p.Y >= b.Min.Y && p.Y <= b.Max.Y && p.Z >= b.Min.Z && p.Z <= b.Max.Z
}

// Center returns the middle of the box.
func (b Box) Center() Vec3 { return b.Min.Lerp(b.Max, 0.5) }

// Size returns the edge lengths.
func (b Box) Size() Vec3 { return b.Max.Sub(b.Min) }

// Corners returns the eight corners.
func (b Box) Corners() [8]Vec3 {
	var c [8]Vec3
	for i := range c {
		c[i] = b.Min
		if i&1 != 0 {
			c[i].X = b.Max.X
		}
		if i&2 != 0 {
			c[i].Y = b.Max.Y
		}
		if i&4 != 0 {
			c[i].Z = b.Max.Z
		}
	}
	return c
}

// Intersect returns the interval of t for which r.At(t) lies in the box, with
// near at least 0; ok is false where there is none. (Slab method.)
func (b Box) Intersect(r Ray) (near, far float64, ok bool) {
	near, far = 0, math.Inf(1)
	for _, s := range [3][4]float64{
		{r.Origin.X, r.Direction.X, b.Min.X, b.Max.X},
		{r.Origin.Y, r.Direction.Y, b.Min.Y, b.Max.Y},
		{r.Origin.Z, r.Direction.Z, b.Min.Z, b.Max.Z},
	} {
		if s[1] == 0 {
			if s[0] < s[2] || s[0] > s[3] {
				return 0, 0, false
			}
			continue
		}
		t0, t1 := (s[2]-s[0])/s[1], (s[3]-s[0])/s[1]
		if t0 > t1 {
			t0, t1 = t1, t0
		}
		near, far = max(near, t0), min(far, t1)
	}
	return near, far, near <= far
}

// Eye is the tracked point between a viewer's eyes.
type Eye struct {
	Position   Vec3    // in the cube that is looked at, metres
	Confidence float64 // 0 to 1
}
