package reference

import (
	"math"
	"sort"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
)

// choice is the cameras of a view, best first, and the angle at which a
// camera's weight reaches zero.
type choice struct {
	cameras []int
	widest  float64 // radians
}

const (
	beyondLast  = 1.25 // of the last camera's angle, where no camera was left out
	leastWidest = 0.05 // radians
)

// choose takes the cameras in whose direction, from the person, the eye looks
// most nearly (Buehler et al., "Unstructured lumigraph rendering", 2001, k
// nearest cameras with the k+1st as the bound).
func choose(rig capture.Rig, set *capture.FrameSet, eye, person space.Vec3, count int) choice {
	var here []int
	angles := make([]float64, len(rig.Cameras))
	for i, f := range set.Frames {
		if f != nil {
			angles[i] = space.Angle(eye.Sub(person), rig.Cameras[i].Colour.Pose.T.Sub(person))
			here = append(here, i)
		}
	}
	sort.SliceStable(here, func(a, b int) bool { return angles[here[a]] < angles[here[b]] })
	switch {
	case len(here) > count:
		return choice{here[:count], max(angles[here[count]], leastWidest)}
	case len(here) > 0:
		return choice{here, max(min(beyondLast*angles[here[len(here)-1]], math.Pi), leastWidest)}
	}
	return choice{widest: math.Pi}
}
