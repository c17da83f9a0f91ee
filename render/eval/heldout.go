package eval

import (
	"slices"

	"github.com/virtualcube/virtualcube/capture"
)

// HeldOut is leave-one-camera-out. It renders every camera of every frame set
// from the other cameras; cases of one camera follow one another.
type HeldOut struct {
	Rig capture.Rig
	// Sets are the instants; the caller keeps its references.
	Sets []*capture.FrameSet
	// Width and Height scale the target pictures; 0 keeps the colour
	// camera's size.
	Width, Height int
}

// Len counts the cameras that came, over all sets in which another one did.
func (h HeldOut) Len() int { return len(h.present()) }

// present lists camera and set, by camera.
func (h HeldOut) present() (list [][2]int) {
	for camera := range h.Rig.Cameras {
		for set, s := range h.Sets {
			if s.Frames[camera] != nil && came(s) > 1 {
				list = append(list, [2]int{camera, set})
			}
		}
	}
	return list
}

func came(set *capture.FrameSet) (n int) {
	for _, f := range set.Frames {
		if f != nil {
			n++
		}
	}
	return n
}

// Case implements Suite.
func (h HeldOut) Case(i int) (Case, error) {
	at := h.present()[i]
	camera, set := h.Rig.Cameras[at[0]], h.Sets[at[1]]
	target := camera.Colour
	width, height := h.Width, h.Height
	if width == 0 {
		width, height = target.Lens.Width, target.Lens.Height
	}
	target.Lens = pinhole(target.Lens, width, height)
	seen, err := truth(camera, h.Rig.Volume, set.Frames[at[0]], target)
	if err != nil {
		return Case{}, err
	}
	return Case{
		Camera: camera.Name, Frame: at[1], Set: without(set, at[0]),
		Target: target, Truth: seen.Picture, Silhouette: seen.Silhouette, Depth: seen.Depth,
	}, nil
}

// without returns a set of its own that lacks some cameras.
func without(set *capture.FrameSet, cameras ...int) *capture.FrameSet {
	frames := make([]*capture.Frame, len(set.Frames))
	for i, f := range set.Frames {
		if f != nil && !slices.Contains(cameras, i) {
			frames[i] = f.Retain()
		}
	}
	return capture.NewFrameSet(set.Sequence, set.Closed, frames)
}
