package reference

import (
	"math"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
)

// surface is the person as one depth camera sees it.
type surface struct {
	camera capture.Camera
	depth  plane // millimetres, 0 where the pixel is not the person's
	mask   plane // share of the person among the 3 x 3 pixels
	count  int   // of the person's pixels
}

// makeSurface keeps the pixels that lie in the volume and do not fly, and
// fills those without an echo that the person surrounds.
func makeSurface(c capture.Camera, volume space.Box, d capture.DepthPicture) surface {
	s := surface{camera: c, depth: newPlane(d.Width, d.Height), mask: newPlane(d.Width, d.Height)}
	x0, y0, x1, y1 := s.region()
	for y := y0; y <= y1; y++ {
		for x := x0; x <= x1; x++ {
			if inVolume(c.Depth, volume, d, x, y) && !flies(d, x, y) {
				s.depth.v[y*d.Width+x] = float64(d.Millimetres[y*d.Width+x])
			}
		}
	}
	for y := y0; y <= y1; y++ {
		for x := x0; x <= x1; x++ {
			if d.Millimetres[y*d.Width+x] == 0 || inVolume(c.Depth, volume, d, x, y) && flies(d, x, y) {
				s.depth.v[y*d.Width+x] = s.mended(c.Depth, volume, x, y)
			}
			if s.depth.at(x, y) > 0 {
				s.count++
			}
		}
	}
	for y := y0; y < y1; y++ {
		for x := x0; x < x1; x++ {
			for k := range 9 {
				if s.depth.at(x+k%3-1, y+k/3-1) > 0 {
					s.mask.v[y*d.Width+x] += 28.0 / 255
				}
			}
		}
	}
	return s
}

// region is the pixels of whole wide cells with a border round them.
func (s surface) region() (x0, y0, x1, y1 int) {
	return wide, wide, (s.depth.w - 3) / wide * wide, (s.depth.h - 3) / wide * wide
}

func inVolume(c space.Camera, volume space.Box, d capture.DepthPicture, x, y int) bool {
	mm := d.Millimetres[y*d.Width+x]
	rx, ry, ok := c.Lens.Unproject(float64(x), float64(y))
	if !ok || mm < nearestDepth || mm > farDepth {
		return false
	}
	return volume.Contains(c.Pose.Apply(space.Vec3{X: rx, Y: ry, Z: 1}.Scale(float64(mm) / 1000)))
}

// flies says whether a pixel hangs between surfaces: too few of its eight
// neighbours lie at its depth.
func flies(d capture.DepthPicture, x, y int) bool {
	z := int(d.Millimetres[y*d.Width+x])
	limit := int(flyingShare * float64(z))
	same := -1 // itself
	for k := range 9 {
		n := int(d.Millimetres[(y+k/3-1)*d.Width+x+k%3-1])
		if n >= z-limit && n <= z+limit {
			same++
		}
	}
	return same < support
}

// mended is the mean depth of the person's pixels around one without an echo,
// 0 where these are few or no single surface, or where the pixel's ray passes
// the volume.
func (s surface) mended(c space.Camera, volume space.Box, x, y int) float64 {
	low, high, sum, n := math.Inf(1), 0.0, 0.0, 0.0
	for k := range 9 {
		z := s.depth.at(x+k%3-1, y+k/3-1)
		if k == 4 || z == 0 {
			continue
		}
		low, high, sum, n = min(low, z), max(high, z), sum+z, n+1
	}
	r, ok := c.Ray(float64(x), float64(y))
	if _, _, meets := volume.Intersect(r); !ok || !meets || n < surrounded || high-low > flyingShare*low {
		return 0
	}
	return sum / n
}
