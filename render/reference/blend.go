package reference

import (
	"math"

	"github.com/virtualcube/virtualcube/capture/space"
)

const (
	softDepth  = 0.035 // metres behind the front surface that still blend
	solid      = 0.2   // quality from which the matte is 1
	trusted    = 0.12  // quality below which a layer hides nothing
	sameRay    = 0.002 // 1 - cos below which angles count as equal
	leastAngle = 0.004
)

// blend merges the layers: those within softDepth of the front surface are
// averaged by quality² and by the angle between the rays from the eye and from
// the camera (Buehler et al., 2001).
func blend(layers []layer, target space.Camera, widest float64) *View {
	w, h := target.Lens.Width, target.Lens.Height
	n := w * h
	out := &View{Width: w, Height: h, Y: make([]float64, n), Cb: make([]float64, n), Cr: make([]float64, n), Matte: make([]float64, n), Distance: make([]float64, n)}
	l := target.Lens
	for i := range n {
		front, best := frontOf(layers, i)
		if best == 0 {
			continue
		}
		ray := target.Pose.Rotate(space.Vec3{X: (float64(i%w) - l.Cx) / l.Fx, Y: (float64(i/w) - l.Cy) / l.Fy, Z: 1})
		point := target.Pose.T.Add(ray.Scale(front))
		var y, cb, cr, z, weight float64
		for _, c := range layers {
			q := c.quality.v[i]
			if q == 0 || math.Abs(c.depth.v[i]-front) > softDepth {
				continue
			}
			off := 1 - ray.Unit().Dot(point.Sub(c.camera).Unit())
			share := q * q * max(1-off/(1-math.Cos(widest)), leastAngle) / (off + sameRay)
			y, cb, cr = y+share*c.y.v[i], cb+share*c.cb.v[i], cr+share*c.cr.v[i]
			z, weight = z+share*c.depth.v[i], weight+share
		}
		out.Y[i], out.Cb[i], out.Cr[i] = y/weight, cb/weight, cr/weight
		out.Distance[i], out.Matte[i] = z/weight, min(best/solid, 1)
	}
	return out
}

// frontOf returns the distance of the nearest trusted layer, or of the nearest
// at all where none is, and the best quality.
func frontOf(layers []layer, i int) (front, best float64) {
	front, doubtful := math.Inf(1), math.Inf(1)
	for _, c := range layers {
		q := c.quality.v[i]
		best = max(best, q)
		if q > 0 {
			doubtful = min(doubtful, c.depth.v[i])
		}
		if q > trusted {
			front = min(front, c.depth.v[i])
		}
	}
	if math.IsInf(front, 1) {
		front = doubtful
	}
	return front, best
}
