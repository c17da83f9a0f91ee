package render

import (
	"math"
	"slices"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
)

// Cameras is the largest number of cameras that one view takes colour or
// geometry from. Four inputs are the measured sweet spot of the field (Bonatto
// et al., 2021).
const Cameras = 4

// faded is how much nearer than the first camera left out a camera must be to
// count whole: as a share of 1 - cos of that one's angle.
const faded = 0.35

// leastShare keeps the picture where all cameras of a view are about to be
// swapped: those that are equally far from the eye.
const leastShare = 1e-3

// pick is a camera of a view.
type pick struct {
	camera int
	share  float64 // leastShare..1, what it counts: next to nothing where another one is about to take its place
}

// choice is the cameras of one view, best first.
type choice struct{ geometry, colour []pick }

// choose takes the cameras that came and whose directions from the person are
// nearest to the eye's.
func choose(rig capture.Rig, set *capture.FrameSet, eye, person space.Vec3, o Options) choice {
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
	best := func(n int) (picks []pick) {
		if len(order) == 0 {
			return nil
		}
		widest := min(math.Pi, 1.25*angle(order[len(order)-1]))
		if len(order) > n {
			widest = angle(order[n])
		}
		limit := 1 - math.Cos(max(widest, 0.05))
		for _, i := range order[:min(n, len(order))] {
			t := min(1, (1-(1-math.Cos(angle(i)))/limit)/faded)
			picks = append(picks, pick{i, max(leastShare, t*t*(3-2*t))})
		}
		return picks
	}
	return choice{geometry: best(o.Geometry), colour: best(o.Colour)}
}

// each calls f for every camera of the choice, once.
func (c choice) each(f func(camera int, geometry bool)) {
	has := func(picks []pick, camera int) bool {
		return slices.ContainsFunc(picks, func(p pick) bool { return p.camera == camera })
	}
	for _, p := range c.geometry {
		f(p.camera, true)
	}
	for _, p := range c.colour {
		if !has(c.geometry, p.camera) {
			f(p.camera, false)
		}
	}
}

// keep drops the cameras that see nobody.
func (c *choice) keep(sees func(camera int) bool) {
	blind := func(p pick) bool { return !sees(p.camera) }
	c.geometry, c.colour = slices.DeleteFunc(c.geometry, blind), slices.DeleteFunc(c.colour, blind)
}
