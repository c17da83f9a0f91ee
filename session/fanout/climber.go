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
	// A trial is won when the estimate is enough for trialRest, or when it has
	// not fallen for trialTime: what was sent until then went through.
	trialTime = 10 * time.Second
	trialRest = 2 * time.Second
	// trialFall of an estimate's highest, during a trial, says that the link was
	// tried too hard.
	trialFall = 0.9
	// trialGrace is how long a fall does not count: a key frame comes at once,
	// after less was sent, and looks like congestion.
	trialGrace = time.Second
	// recovery is how long after a lost trial falls do not count on the step
	// that it began on, which the link held before: the queue empties.
	recovery = 10 * time.Second
	// daring is by how much what is tried may exceed the estimate: congestion
	// control cannot find more than half as much again without more being sent.
	daring = 1.7
	// The wait before the next trial of a step, which doubles whenever the step
	// is left within settled after it was climbed.
	firstWait = 5 * time.Second
	lastWait  = time.Minute
	settled   = 30 * time.Second
)

// need is what a step takes, in bits a second.
type need struct {
	floor int // below it the step is left at once
	hold  int // below it the step is left, if that lasts
	full  int // what is sent
}

// within limits what a step takes to what is really sent, bits a second; 0: not
// known. A still picture takes little, and congestion control that mistakes
// anything for a queue falls to 0.85 of that little.
func (n need) within(sent int) need {
	if sent > 0 {
		most := int(tolerance * float64(sent))
		n.floor, n.hold = min(n.floor, most), min(n.hold, most)
	}
	return n
}

// climber decides on which step of the ladder a subscriber stands. Step 0 is
// the highest; two make a rung, with both layers and with the base alone.
type climber struct {
	step  int
	trial bool

	since time.Time // on this step
	best  int       // highest estimate since the step began, or since it fell
	shown int       // what the link was shown to hold, until the estimate falls
	ok    time.Time // since when the trial's estimate is full; zero: it is not
	low   time.Time // since when the estimate is below hold; zero: it is not
	rests time.Time // until then falls do not count
	up    time.Time // when the last step up was
	steps [2 * MaxRungs]struct {
		wait time.Duration // the last one before a trial of this step
		next time.Time     // not tried before
	}
}

// start puts a new subscriber onto a step, on trial: nothing is known of its
// link yet.
func (c *climber) start(now time.Time, step int) {
	*c = climber{step: step, trial: true, since: now}
}

// travel says that the step has not begun: its rung's key frame is awaited.
func (c *climber) travel(now time.Time) { c.since, c.ok = now, time.Time{} }

// decide looks at the link and moves at most one step up, or down to the
// highest step that the link holds. sent is the rate on this step lately, 0 if
// it is not known. It returns the cause of a move.
func (c *climber) decide(now time.Time, estimate, sent int, needs []need, overflowed bool) string {
	cause := causeNothing
	at := needs[c.step].within(sent)
	fell := float64(estimate) < trialFall*float64(c.best)
	if c.best = max(c.best, estimate); fell {
		c.best = estimate
		if !now.Before(c.rests) {
			c.shown = 0
		}
	}
	link := max(estimate, c.shown)
	switch {
	case overflowed:
		cause = causeQueue
	case c.trial:
		cause = c.tried(now, link, at, fell)
	case estimate < at.floor:
		cause = causeFloor
	case link >= at.hold:
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
	if c.step > 0 && !c.trial && !now.Before(c.steps[c.step-1].next) && daring*float64(link) >= float64(needs[c.step-1].full) {
		c.to(now, c.step-1)
		c.trial, c.up = true, now
		return causeClimb
	}
	return causeNothing
}

// tried ends a trial that was won, and returns the cause to step down from one
// that was lost.
func (c *climber) tried(now time.Time, estimate int, at need, fell bool) string {
	switch {
	case estimate < at.hold && fell && now.Sub(c.since) >= trialGrace:
		return causeTrial
	case estimate < at.full:
		c.ok = time.Time{}
	case c.ok.IsZero():
		c.ok = now
	}
	switch {
	case !c.ok.IsZero() && now.Sub(c.ok) >= trialRest:
		c.trial = false
	case now.Sub(c.since) >= trialTime:
		c.trial, c.shown = false, at.hold
	}
	return causeNothing
}

// down says whether there is a lower step, and takes the highest that the link
// holds: from a trial the one that it began on, unless the estimate is below
// even that one's floor.
func (c *climber) down(now time.Time, estimate int, needs []need) bool {
	climbed := c.trial && !c.up.IsZero()
	c.trial = false
	if c.step == len(needs)-1 {
		c.low = time.Time{}
		return false
	}
	step := c.step + 1
	back := climbed && estimate >= needs[step].floor
	for !back && step < len(needs)-1 && estimate < needs[step].hold {
		step++
	}
	c.postpone(now, step)
	c.to(now, step)
	if back {
		c.shown, c.rests = needs[step].hold, now.Add(recovery)
	}
	return true
}

// postpone the trials of the steps above the one that is gone down to.
func (c *climber) postpone(now time.Time, step int) {
	for i := range step {
		c.steps[i].next = later(c.steps[i].next, now.Add(firstWait))
	}
	left := &c.steps[c.step]
	if !c.up.IsZero() && now.Sub(c.up) < settled {
		left.wait = min(max(2*left.wait, firstWait), lastWait)
	} else {
		left.wait = firstWait
	}
	left.next = now.Add(left.wait)
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func (c *climber) to(now time.Time, step int) {
	c.step, c.since, c.best, c.shown = step, now, 0, 0
	c.ok, c.low = time.Time{}, time.Time{}
}
