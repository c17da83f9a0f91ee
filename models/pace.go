package models

import (
	"time"

	"github.com/virtualcube/virtualcube/capture"
)

// Pace picks frames of a stream, so many apart. The zero value picks the first.
type Pace struct {
	next capture.Time // when one is due
	last capture.Time // the newest frame's
}

// Due says whether to pick the frame of an instant, where a period is to lie between
// those that are picked; it is asked for every frame.
func (p *Pace) Due(at capture.Time, period time.Duration) bool {
	step := capture.Time(period)
	if at < p.last || p.next > at+step || at > p.next+step {
		p.next = at // time has stepped back or was cut, or the period is shorter than it was
	}
	p.last = at
	// A frame that comes a little early is as good as the one after.
	if at+step/8 < p.next {
		return false
	}
	p.next = max(p.next+step, at+step/2)
	return true
}
