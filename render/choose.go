package render

import (
	"math"
	"slices"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
)

// Cameras is the largest number of cameras that one view blends. Four inputs
// are the measured sweet spot of the field (Bonatto et al., 2021).
const Cameras = 4

// choice is the cameras of one view, best first.
type choice struct {
	cameras []int
	// widest is the angle, in radians at the person, at which a camera's
	// weight reaches zero: that of the first camera left out.
	widest float64
}

// choose takes the n cameras that came and whose directions from the person
// are nearest to the eye's.
func choose(rig capture.Rig, set *capture.FrameSet, eye, person space.Vec3, n int) choice {
	angle := func(i int) float64 {
		return space.Angle(eye.Sub(person), rig.Cameras[i].Colour.Pose.T.Sub(person))
	}
	var order []int
	for i := range rig.Cameras {
		if i < len(set.Frames) && set.Frames[i] != nil {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch x, y := angle(a), angle(b); {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	})
	c := choice{cameras: order, widest: math.Pi}
	if len(order) > n {
		c.cameras, c.widest = order[:n], angle(order[n])
	} else if len(order) > 0 {
		c.widest = min(math.Pi, 1.25*angle(order[len(order)-1]))
	}
	c.widest = max(c.widest, 0.05)
	return c
}

// keep drops the cameras that saw nobody.
func (c *choice) keep(seen [Cameras]bool) {
	kept := c.cameras[:0]
	for n, i := range c.cameras {
		if seen[n] {
			kept = append(kept, i)
		}
	}
	c.cameras = kept
}
