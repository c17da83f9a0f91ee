package process

import (
	"fmt"

	"github.com/virtualcube/virtualcube/models"
)

// plausible refuses what is no observation.
func plausible(o models.Observation) error {
	parts := 0
	for _, there := range []bool{o.Voice != nil, o.Gaze != nil, len(o.Labels) > 0} {
		if there {
			parts++
		}
	}
	if parts != 1 || o.Captured <= 0 {
		return fmt.Errorf("of %d things, captured at %d", parts, o.Captured)
	}
	share := func(x float64) bool { return x >= 0 && x <= 1 }
	switch {
	case o.Voice != nil && !share(o.Voice.Probability):
		return fmt.Errorf("a probability of %v", o.Voice.Probability)
	case o.Gaze != nil && !share(o.Gaze.Confidence):
		return fmt.Errorf("a confidence of %v", o.Gaze.Confidence)
	case len(o.Labels) > models.MaxLabels:
		return fmt.Errorf("of %d labels", len(o.Labels))
	}
	for _, label := range o.Labels {
		if !share(label.Score) || len(label.Name) > 64 {
			return fmt.Errorf("a label of %d bytes and the score %v", len(label.Name), label.Score)
		}
	}
	return nil
}
