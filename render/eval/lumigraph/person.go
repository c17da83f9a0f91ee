package lumigraph

import (
	"fmt"
	"math"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
)

// Lengths are millimetres unless said otherwise.
const (
	nearestMM   = 200  // sensors see nothing nearer
	farthestMM  = 8000 // nor farther
	flyingShare = 0.03 // of the depth: neighbours this near belong to one surface
	support     = 3    // neighbours of its own surface that a pixel needs
	minPerson   = 32   // pixels; fewer are no person
	full        = 9    // of a pixel's 3 x 3 that are the person's
)

// camera is one camera and tables of its depth pixels.
type camera struct {
	capture.Camera
	rays      []float32 // x and y of the ray (x, y, 1), NaN where the lens has none
	low, high []uint16  // depth between which the ray is in the volume; low > high: never
	toColour  space.Rigid
}

func newCamera(c capture.Camera, volume space.Box) *camera {
	n := c.Depth.Lens.Width * c.Depth.Lens.Height
	out := &camera{
		Camera: c, rays: make([]float32, 2*n), low: make([]uint16, n), high: make([]uint16, n),
		toColour: c.Colour.Pose.Inverse().Mul(c.Depth.Pose),
	}
	for i := range n {
		out.low[i] = 1
		x, y, ok := c.Depth.Lens.Unproject(float64(i%c.Depth.Lens.Width), float64(i/c.Depth.Lens.Width))
		if !ok {
			out.rays[2*i], out.rays[2*i+1] = float32(math.NaN()), float32(math.NaN())
			continue
		}
		out.rays[2*i], out.rays[2*i+1] = float32(x), float32(y)
		// A direction with z = 1 makes the box's interval one of depth.
		ray := space.Ray{Origin: c.Depth.Pose.T, Direction: c.Depth.Pose.Rotate(space.Vec3{X: x, Y: y, Z: 1})}
		near, far, ok := volume.Intersect(ray)
		lowest, highest := max(math.Ceil(near*1000), nearestMM), min(math.Floor(far*1000), farthestMM)
		if ok && lowest <= highest {
			out.low[i], out.high[i] = uint16(lowest), uint16(highest)
		}
	}
	return out
}

func (c *camera) ray(at int) space.Vec3 {
	return space.Vec3{X: float64(c.rays[2*at]), Y: float64(c.rays[2*at+1]), Z: 1}
}

// accept refuses pictures that do not fit the calibration.
func (c *camera) accept(f *capture.Frame) error {
	if d, l := f.Depth, c.Depth.Lens; d.Validate() != nil || d.Width != l.Width || d.Height != l.Height {
		return fmt.Errorf("camera %q: depth of %dx%d, calibrated for %dx%d", c.Name, d.Width, d.Height, l.Width, l.Height)
	}
	if p, l := f.Colour, c.Colour.Lens; p.Format != capture.NV12 || p.Validate() != nil || p.Width != l.Width || p.Height != l.Height {
		return fmt.Errorf("camera %q: colour is %v %dx%d, NV12 of the calibrated %dx%d is needed", c.Name, p.Format, p.Width, p.Height, l.Width, l.Height)
	}
	return nil
}

// person is which pixels of a depth picture are the person's, and the mesh
// over them.
type person struct {
	camera        *camera
	width, height int
	right, bottom int // end of the whole cells, with a border round them
	depth         []uint16
	valid         []uint8 // 1 where the pixel is the person's
	mask          []uint8 // how many of the 3 x 3 are
	corners       []corner
	triangles     [][3]int32
}

// findPerson cleans a depth picture and covers the person; nil where nobody is.
func findPerson(c *camera, d capture.DepthPicture) *person {
	n := d.Width * d.Height
	p := &person{
		camera: c, width: d.Width, height: d.Height, depth: d.Millimetres,
		right: (d.Width - 3) / cell * cell, bottom: (d.Height - 3) / cell * cell,
		valid: make([]uint8, n), mask: make([]uint8, n),
	}
	if p.classify() < minPerson {
		return nil
	}
	for y := cell; y < p.bottom; y++ {
		for at := y*p.width + cell; at < y*p.width+p.right; at++ {
			for row := at - p.width; row <= at+p.width; row += p.width {
				p.mask[at] += p.valid[row-1] + p.valid[row] + p.valid[row+1]
			}
		}
	}
	p.makeMesh()
	return p
}

// classify marks the pixels that lie in the volume and do not fly, and counts
// them. A pixel flies that hangs between surfaces: too few of its eight
// neighbours lie at its depth.
func (p *person) classify() (count int) {
	for y := cell; y <= p.bottom; y++ {
		for at := y*p.width + cell; at <= y*p.width+p.right; at++ {
			z := p.depth[at]
			if z < p.camera.low[at] || z > p.camera.high[at] {
				continue
			}
			limit := uint32(flyingShare * float64(z))
			lowest, same := uint32(z)-limit, -1 // itself
			for row := at - p.width; row <= at+p.width; row += p.width {
				for _, n := range p.depth[row-1 : row+2] {
					if uint32(n)-lowest <= 2*limit {
						same++
					}
				}
			}
			if same >= support {
				p.valid[at] = 1
				count++
			}
		}
	}
	return count
}
