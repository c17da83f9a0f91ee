package clip

import (
	"context"

	"github.com/virtualcube/virtualcube/capture"
)

// OfRecording makes a clip of a rig's recording, which it does not close. The
// rig's sound is not read.
func OfRecording(ctx context.Context, address string, r capture.Recording) *Clip {
	rig := r.Rig()
	c := &Clip{Info: Info{Path: address, Format: "rig", Rig: &rig, Notes: append([]string(nil), rig.Estimated...)}}
	if rig.Microphone {
		c.Info.Notes = append(c.Info.Notes, "the rig's sound is left out")
	}
	var sequence uint64
	c.Sets = func() (*capture.FrameSet, error) {
		offset, frames, err := r.Next(ctx)
		if err != nil {
			return nil, err
		}
		list := make([]*capture.Frame, len(rig.Cameras))
		for _, f := range frames {
			if old := list[f.Camera]; old != nil {
				old.Release() // the newer of two of one instant
			}
			f.Captured += Start
			f.Emitted = f.Captured
			list[f.Camera] = f
		}
		s := capture.NewFrameSet(sequence, Start.Add(offset), list)
		sequence++
		return s, nil
	}
	return c
}
