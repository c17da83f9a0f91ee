package fanout

import "time"

// Reasons for which a subscriber changes its step.
const (
	causeFloor   = "floor"  // the link does not hold the rung's floor
	causeNarrow  = "narrow" // the link does not hold what the others' links do
	causeQueue   = "queue"  // the transport did not take the packets
	causeTrial   = "trial"  // a step up turned out to be too much
	causeClimb   = "climb"  // a step up is tried
	causeNothing = ""
)

const (
	// steerInterval is how often a subscriber looks at its link.
	steerInterval = 100 * time.Millisecond
	// narrowTime is how long a link may hold less than its rung takes while it
	// is above the floor: the rung's bitrate may follow it.
	narrowTime = 1500 * time.Millisecond
	// A trial that lasts trialTime is lost, one that holds for trialRest won.
	trialTime = 10 * time.Second
	trialRest = 2 * time.Second
	// trialFall of an estimate, below its highest during a trial, says that
	// the link was tried too hard.
	trialFall = 0.9
	// daring is by how much what is tried may exceed the estimate: congestion
	// control cannot find more than half as much again without more being sent.
	daring = 1.7
	// The wait before the next trial, which doubles with every step down that
	// comes within settled after a step up.
	firstWait = 5 * time.Second
	lastWait  = time.Minute
	settled   = 30 * time.Second
)

// need is what a step takes, in bits a second.
type need struct {
	floor int // below it the step is left at once
	hold  int // below it the step is left, if that lasts
	full  int // from it on the rung's bitrate need not follow the link
}

// climber decides on which step of the ladder a subscriber stands. Step 0 is
// the highest; two make a rung, with both layers and with the base alone.
type climber struct {
	step  int
	trial bool

	since time.Time     // on this step
	best  int           // highest estimate of the trial
	ok    time.Time     // since when the trial's estimate is full; zero: it is not
	low   time.Time     // since when the estimate is below hold; zero: it is not
	up    time.Time     // when the last step up was
	wait  time.Duration // the last one
	next  time.Time     // not up before
}

// start puts a new subscriber onto a step, on trial: nothing is known of its
// link yet.
func (c *climber) start(now time.Time, step int) {
	*c = climber{step: step, trial: true, since: now}
}

// travel says that the step has not begun: its rung's key frame is awaited.
func (c *climber) travel(now time.Time) { c.since, c.ok = now, time.Time{} }

// decide looks at the link and moves at most one step up, or down to the
// highest step that the link holds. It returns the cause of a move.
func (c *climber) decide(now time.Time, estimate int, needs []need, overflowed bool) string {
	cause := causeNothing
	at := needs[c.step]
	switch {
	case overflowed:
		cause = causeQueue
	case c.trial:
		cause = c.tried(now, estimate, at)
	case estimate < at.floor:
		cause = causeFloor
	case estimate >= at.hold:
		c.low = time.Time{}
	case c.low.IsZero():
		c.low = now
	case now.Sub(c.low) >= narrowTime:
		cause = causeNarrow
	}
	if cause != causeNothing {
		if !c.down(now, estimate, needs) {
			return causeNothing
		}
		return cause
	}
	if c.step > 0 && !c.trial && !now.Before(c.next) && daring*float64(estimate) >= float64(needs[c.step-1].hold) {
		c.to(now, c.step-1)
		c.trial, c.up = true, now
		return causeClimb
	}
	return causeNothing
}

// tried ends a trial that was won, and returns the cause to step down from one
// that was lost.
func (c *climber) tried(now time.Time, estimate int, at need) string {
	c.best = max(c.best, estimate)
	switch {
	case estimate < at.hold && float64(estimate) < trialFall*float64(c.best):
		return causeTrial
	case estimate < at.full:
		c.ok = time.Time{}
	case c.ok.IsZero():
		c.ok = now
	}
	won := !c.ok.IsZero() && now.Sub(c.ok) >= trialRest
	switch late := now.Sub(c.since) >= trialTime; {
	case won, late && estimate >= at.hold:
		c.trial, c.next = false, now
	case late:
		return causeTrial
	}
	return causeNothing
}

// down says whether there is a lower step, and takes the highest that the link
// holds.
func (c *climber) down(now time.Time, estimate int, needs []need) bool {
	c.trial = false
	if c.step == len(needs)-1 {
		c.low = time.Time{}
		return false
	}
	step := c.step + 1
	for step < len(needs)-1 && estimate < needs[step].hold {
		step++
	}
	if !c.up.IsZero() && now.Sub(c.up) < settled {
		c.wait = min(2*c.wait, lastWait)
	} else {
		c.wait = firstWait
	}
	c.next = now.Add(c.wait)
	c.to(now, step)
	return true
}

func (c *climber) to(now time.Time, step int) {
	c.step, c.since, c.best = step, now, 0
	c.ok, c.low = time.Time{}, time.Time{}
}
