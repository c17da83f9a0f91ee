package reference

import (
	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
)

const (
	nearestDepth = 200  // mm that a sensor sees
	farDepth     = 8000 // mm
	flyingShare  = 0.03 // of the depth: neighbours this near belong to one surface
	support      = 3    // neighbours of its own surface that a pixel needs
	minPerson    = 32   // pixels; fewer are no person
)

// person is which pixels of a depth picture are the person's.
type person struct {
	w, h  int
	valid []bool
	mask  plane // share of the person among the 3 x 3 pixels
	count int
	fx    float64
}

// clean keeps the pixels that lie in the volume and do not fly.
func clean(c capture.Camera, volume space.Box, d capture.DepthPicture) person {
	p := person{w: d.Width, h: d.Height, valid: make([]bool, d.Width*d.Height), mask: newPlane(d.Width, d.Height), fx: c.Depth.Lens.Fx}
	// Whole cells with a border round them.
	right, bottom := (p.w-3)/cell*cell, (p.h-3)/cell*cell
	for y := cell; y <= bottom; y++ {
		for x := cell; x <= right; x++ {
			if inVolume(c.Depth, volume, d, x, y) && !flies(d, x, y) {
				p.valid[y*p.w+x] = true
				p.count++
			}
		}
	}
	for y := cell; y < bottom; y++ {
		for x := cell; x < right; x++ {
			for k := range 9 {
				if p.valid[(y+k/3-1)*p.w+x+k%3-1] {
					p.mask.v[y*p.w+x] += 28.0 / 255
				}
			}
		}
	}
	return p
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
