package reference

import "math"

// grown is the surface and what lies beyond its edge, at the size of the geometry.
type grown struct {
	geometry
	quality  plane
	nearness plane // 1 on the surface, 0 out of reach
}

// grow extends the surface to the pixels within reach of it: each takes the
// nearest pixel of the surface, of two the first by rows.
func grow(g geometry, layer []found) grown {
	w, h := g.distance.w, g.distance.h
	out := grown{geometry{g.camera, append(g.normal[:0:0], g.normal...), newPlane(w, h), newPlane(w, h)}, newPlane(w, h), newPlane(w, h)}
	for i := range g.distance.v {
		nearest, least := i, growth*growth+1
		if g.distance.v[i] > 0 {
			least = 0
		}
		for k := range (2*growth + 1) * (2*growth + 1) {
			dx, dy := k%(2*growth+1)-growth, k/(2*growth+1)-growth
			n := clampInt(i/w+dy, h)*w + clampInt(i%w+dx, w)
			if d := dx*dx + dy*dy; d < least && g.distance.v[n] > 0 {
				nearest, least = n, d
			}
		}
		if least > growth*growth {
			continue
		}
		if least == 0 {
			out.matte.v[i] = g.matte.v[i]
		}
		out.normal[i], out.distance.v[i] = g.normal[nearest], g.distance.v[nearest]
		out.quality.v[i], out.nearness.v[i] = layer[nearest].weight, 1-math.Sqrt(float64(least))/(growth+1)
	}
	return out
}
