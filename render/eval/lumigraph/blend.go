package lumigraph

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

// surface is a pixel of the view: limited-range codes 0 to 1, matte 0 to 1,
// metres along the axis.
type surface struct{ y, cb, cr, matte, z float32 }

// blend merges the layers: those within softDepth of the front surface are
// averaged by quality² and by the angle between the rays from the eye and from
// the camera (Buehler et al., 2001).
func blend(layers []*layer, target space.Camera, widest float64) []surface {
	w, h, l := target.Lens.Width, target.Lens.Height, target.Lens
	out := make([]surface, w*h)
	perWidest := 1 / (1 - math.Cos(widest))
	parallel(h, func(row int) {
		for i := row * w; i < (row+1)*w; i++ {
			front, best := frontOf(layers, i)
			if best == 0 {
				continue
			}
			ray := target.Pose.Rotate(space.Vec3{X: (float64(i%w) - l.Cx) / l.Fx, Y: (float64(row) - l.Cy) / l.Fy, Z: 1})
			point, direction := target.Pose.T.Add(ray.Scale(float64(front))), ray.Unit()
			var y, cb, cr, z, weight float64
			for _, c := range layers {
				t := &c.texels[i]
				if t.quality == 0 || math.Abs(float64(t.z-front)) > softDepth {
					continue
				}
				off := 1 - direction.Dot(point.Sub(c.person.camera.Colour.Pose.T).Unit())
				q := float64(t.quality)
				share := q * q * max(1-off*perWidest, leastAngle) / (off + sameRay)
				y, cb, cr = y+share*float64(t.y), cb+share*float64(t.cb), cr+share*float64(t.cr)
				z, weight = z+share*float64(t.z), weight+share
			}
			out[i] = surface{
				eightBits(y / weight), eightBits(cb / weight), eightBits(cr / weight), eightBits(float64(best / solid)), float32(z / weight),
			}
		}
	})
	return out
}

// frontOf returns the distance of the nearest trusted layer, or of the nearest
// at all where none is, and the best quality.
func frontOf(layers []*layer, i int) (front, best float32) {
	front, doubtful := float32(math.Inf(1)), float32(math.Inf(1))
	for _, c := range layers {
		t := &c.texels[i]
		if t.quality == 0 {
			continue
		}
		best, doubtful = max(best, t.quality), min(doubtful, t.z)
		if t.quality > trusted {
			front = min(front, t.z)
		}
	}
	if math.IsInf(float64(front), 1) {
		front = doubtful
	}
	return front, best
}
