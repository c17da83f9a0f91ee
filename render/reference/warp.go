package reference

import (
	"math"

	"github.com/virtualcube/virtualcube/capture/space"
)

// found is the surface that a view's pixel shows: quality 0 is none.
type found struct {
	normal                  space.Vec3 // view axes, of length one
	facing, z, back, weight float64    // weight is the quality
}

// setBack is how far a surface that its camera sees at a slant is set back in
// the depth test: what is seen well hides what is seen badly.
func setBack(facing float64) float64 {
	return slantBack*(1-facing) + grazedBack*(1-smoothstep(grazed, seen, facing))
}

// warp draws the meshes of the surfaces into the view, one depth test for all.
func warp(surfaces []surface, target space.Camera) []found {
	w, h := target.Lens.Width, target.Lens.Height
	out := make([]found, w*h)
	for _, s := range surfaces {
		for _, t := range makeMesh(s) {
			var v [3]vertex
			whole := true
			for i, k := range t {
				var ok bool
				v[i], ok = s.project(k, target)
				whole = whole && ok
			}
			if !whole {
				continue
			}
			rasterise(v, w, h, func(x, y int, back float64, values [varyings]float64) {
				if i := y*w + x; out[i].weight == 0 || back < out[i].back {
					if f, ok := s.judge(back, values); ok {
						out[i] = f
					}
				}
			})
		}
	}
	return out
}

// project places a corner in the view. Its values are the normal in the view's
// axes, facing, and its place in the depth picture (0..1).
func (s surface) project(k corner, target space.Camera) (vertex, bool) {
	p, normal, facing, ok := s.place(k)
	m := target.Pose.Inverse().Mul(s.camera.Depth.Pose)
	v, n, l := m.Apply(p), m.Rotate(normal), target.Lens
	return vertex{
		x: l.Fx*v.X/v.Z + l.Cx, y: l.Fy*v.Y/v.Z + l.Cy, z: v.Z, back: v.Z + setBack(facing),
		values: [varyings]float64{n.X, n.Y, facing, (float64(k.x) + 0.5) / float64(s.mask.w), (float64(k.y) + 0.5) / float64(s.mask.h)},
	}, ok
}

// judge makes a surface of a fragment, and says whether it is the person's.
func (s surface) judge(back float64, values [varyings]float64) (found, bool) {
	nx, ny, facing := values[0], values[1], values[2]
	share := s.mask.linear(values[3], values[4])
	if share < erosion {
		return found{}, false
	}
	quality := smoothstep(grazed, seen, facing) * clamp(mostFacing*facing, leastFacing, 1) * (edgeQuality + (1-edgeQuality)*smoothstep(erosion, 1, share))
	normal := space.Vec3{X: nx, Y: ny, Z: -math.Sqrt(max(1-nx*nx-ny*ny, 0))}
	return found{normal, facing, back - setBack(facing), back, max(quality, leastWeight)}, true
}
