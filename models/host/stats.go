package host

import (
	"time"

	"github.com/virtualcube/virtualcube/models"
)

// State is how a filter of a chain fares.
type State string

// The states.
const (
	Opening State = "opening" // or opening again; frames pass meanwhile, or are withheld
	Running State = "running"
	Failed  State = "failed" // it is opened no more: LinkStats.Error says why
)

// Stats are what a chain has done since its beginning.
type Stats struct {
	In      uint64 `json:"in"`      // frames that came
	Out     uint64 `json:"out"`     // that left
	Overrun uint64 `json:"overrun"` // dropped, as newer ones came
	// Withheld are frames that were not let through, as a private filter was not
	// there to hide what it hides.
	Withheld  uint64 `json:"withheld"`
	Repeated  uint64 `json:"repeated"` // not shown again after a change, as their content was
	Abandoned uint64 `json:"abandoned"`
	Queue     int    `json:"queue"` // frames that wait
	// LookAhead is that of all filters together.
	LookAhead time.Duration `json:"look_ahead_ns"`
	// Delay is by how much what leaves is later than what came: the look-ahead and
	// the mean time of the last frames.
	Delay time.Duration `json:"delay_ns"`
	Links []LinkStats   `json:"links"`
	// Totals are the counts by filter, those that are gone included.
	Totals Totals `json:"-"`
}

// LinkStats are those of one filter of a chain.
type LinkStats struct {
	ID       string        `json:"id"`
	Filter   string        `json:"filter"`
	Kind     models.Kind   `json:"kind"`
	Summary  string        `json:"summary"`
	State    State         `json:"state"`
	Error    string        `json:"error,omitempty"` // the last one
	Values   models.Values `json:"values"`
	Frames   uint64        `json:"frames"` // that it made
	Late     uint64        `json:"late"`
	Errors   uint64        `json:"errors"`
	Restarts uint64        `json:"restarts"`
	Queue    int           `json:"queue"` // frames that it works on or that wait for it
	// Busy is the time that it worked, Last that of its last frame and Longest the
	// longest.
	Busy    time.Duration `json:"busy_ns"`
	Last    time.Duration `json:"last_ns"`
	Longest time.Duration `json:"longest_ns"`
	Latency time.Duration `json:"latency_ns"` // as it declares
}

// Mean is the mean time of a frame, 0 without one.
func (s LinkStats) Mean() time.Duration {
	if s.Frames == 0 {
		return 0
	}
	return s.Busy / time.Duration(s.Frames)
}
