package reference

import (
	"math"
	"sort"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
)

// pick is a camera of the view and what it counts, 0..1.
type pick struct {
	camera int
	share  float64
}

// choose takes the cameras in whose direction, from the person, the eye looks
// most nearly, best first (Buehler et al., "Unstructured lumigraph rendering",
// 2001, k nearest cameras with the k+1st as the bound).
func choose(rig capture.Rig, set *capture.FrameSet, eye, person space.Vec3, count int) (picks []pick) {
	var here []int
	angles := make([]float64, len(rig.Cameras))
	for i, f := range set.Frames {
		if f != nil {
			angles[i] = space.Angle(eye.Sub(person), rig.Cameras[i].Colour.Pose.T.Sub(person))
			here = append(here, i)
		}
	}
	if len(here) == 0 {
		return nil
	}
	sort.SliceStable(here, func(a, b int) bool { return angles[here[a]] < angles[here[b]] })
	widest := min(math.Pi, beyondLast*angles[here[len(here)-1]])
	if len(here) > count {
		widest, here = angles[here[count]], here[:count]
	}
	bound := 1 - math.Cos(max(widest, leastWidest))
	for _, i := range here {
		within := 1 - (1-math.Cos(angles[i]))/bound
		picks = append(picks, pick{i, max(leastShare, smoothstep(0, faded, within))})
	}
	return picks
}
