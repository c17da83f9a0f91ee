package reference

import (
	"math"

	"github.com/virtualcube/virtualcube/capture/space"
)

// weigh returns what each colour camera counts at each pixel of half size: by
// facing, angle and visibility (unstructured-lumigraph weights). The largest is
// 1; all are 0 where there is nothing.
func weigh(g geometry, painters []painter) []plane {
	w, h := g.camera.Lens.Width, g.camera.Lens.Height
	var out []plane
	for range painters {
		out = append(out, newPlane(w, h))
	}
	for i, z := range g.distance.v {
		if z == 0 {
			continue
		}
		p := ray(g.camera.Lens, float64(i%w), float64(i/w)).Scale(z)
		for k, weight := range weights(painters, g.camera.Pose, p, g.normal[i]) {
			out[k].v[i] = weight
		}
	}
	return out
}

// weights are those of one point, in view axes.
func weights(painters []painter, view space.Rigid, p, normal space.Vec3) []float64 {
	best, most := 0.0, 0.0
	all, sees := make([]float64, len(painters)), make([]float64, len(painters))
	for i, c := range painters {
		to := view.Inverse().Apply(c.camera.Colour.Pose.T).Sub(p).Unit()
		facing, angle := max(normal.Dot(to), rim), max(-to.Dot(p.Unit()), widestAngle)
		all[i] = math.Pow(facing, 1.5) * math.Pow(angle, 5) * c.share
		sees[i] = c.clear(c.camera.Colour.Pose.Inverse().Mul(view).Apply(p))
		best = max(best, all[i])
	}
	out := make([]float64, len(painters))
	for i := range out {
		out[i] = max(all[i]-slight*best, 0) * sees[i]
		most = max(most, out[i])
	}
	if most < unseen*best {
		most = 0
		for i := range out {
			out[i] = all[i] * sees[i]
			most = max(most, out[i])
		}
	}
	for i := range out {
		out[i] /= most
	}
	return out
}

// clear is how much of the camera's colour at a point, given in its frame, is
// that of the point's surface.
func (c painter) clear(q space.Vec3) float64 {
	u, v, ok := c.camera.Colour.Lens.Project(q)
	if !ok {
		return none
	}
	s, t := c.place(u, v)
	there := c.shadow.shows(u, v, q.Z)
	return max(there*there*smoothstep(0, feather, min(s, 1-s, t, 1-t)), none)
}
