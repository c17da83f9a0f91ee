package eval

import "github.com/virtualcube/virtualcube/capture"

// HeldOut is leave-one-camera-out. It renders every camera of every frame set
// from the other cameras: the sequence of all sets without the first camera,
// then that without the second one, and so on.
type HeldOut struct {
	Rig capture.Rig
	// Sets are the instants, in the order of time; the caller keeps its
	// references.
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
		Camera: camera.Name, Frame: at[1], Tick: at[0]*(len(h.Sets)+Preceding) + at[1], Set: h.sequence(at[0], at[1]),
		Before: func(n int, show func(*capture.FrameSet) error) error {
			for i := max(at[1]-n, 0); i < at[1]; i++ {
				set := h.sequence(at[0], i)
				err := show(set)
				set.Release()
				if err != nil {
					return err
				}
			}
			return nil
		},
		Target: target, Truth: seen.Picture, Silhouette: seen.Silhouette, Depth: seen.Depth,
	}, nil
}

// sequence returns a set of its own that lacks the camera, after all those
// that lack an earlier camera.
func (h HeldOut) sequence(camera, set int) *capture.FrameSet {
	first, last := h.Sets[0], h.Sets[len(h.Sets)-1]
	frames := last.Sequence - first.Sequence + pauseFrames
	return later(h.Sets[set], uint64(camera)*frames, capture.Time(camera)*(last.Captured-first.Captured+pause), camera)
}
