package models

import (
	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
)

// Observation is what a filter saw or heard at one instant. Exactly one of the
// pointers, or Labels, is set.
type Observation struct {
	Captured capture.Time `json:"captured"`
	Voice    *Voice       `json:"voice,omitempty"`
	Gaze     *Gaze        `json:"gaze,omitempty"`
	Labels   []Label      `json:"labels,omitempty"`
}

// Voice says whether somebody speaks.
type Voice struct {
	Probability float64 `json:"probability"` // 0 to 1
	// Speaks is what the filter makes of it and of what came before; of a filter
	// that has no view of its own, a probability from a half on.
	Speaks bool `json:"speaks"`
}

// Gaze is where a rig's participant looks from and to.
type Gaze struct {
	Eye        space.Vec3 `json:"eye"`        // between the eyes, m in the cube
	Direction  space.Vec3 `json:"direction"`  // of length 1, in the cube
	Confidence float64    `json:"confidence"` // 0 to 1
}

// Label is one answer of a classifier.
type Label struct {
	Name  string  `json:"name"`
	Score float64 `json:"score"` // 0 to 1
}

// MaxLabels bounds an observation.
const MaxLabels = 16
