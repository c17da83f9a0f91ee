package fanout

import "time"

// yield is what is left out of a relayed video that the link does not hold.
type yield int32

const (
	yieldNothing yield = iota
	yieldLayers        // the upper temporal layers
	yieldAll
)

// String returns "", "layers" or "all".
func (y yield) String() string { return [...]string{"", "layers", "all"}[y] }

const (
	// yieldAfter is how long relays must take more than they may before one of
	// them yields; a key frame takes less.
	yieldAfter = time.Second
	// returnAfter is how long there must be room before one comes back, and tryAfter
	// how long the link must hold all that is sent where the estimate has no room: it
	// does not grow beyond what is sent, so that nothing else would show that there is.
	// They double whenever one yields within settled, up to lastWait and lastTry.
	returnAfter = 5 * time.Second
	tryAfter    = 15 * time.Second
	lastTry     = 2 * time.Minute
	// yieldMargin of what relays may take is exceeded before one yields: a
	// browser's rate varies, and so does the estimate.
	yieldMargin = 1.2
)

// yields decides which relayed videos of a link yield, and how much. Those that
// did come back in reverse order, on trial where the estimate has no room for them.
type yields struct {
	given []given   // in their order
	over  time.Time // since when too much is taken; zero: it is not
	room  time.Time // since when there is room for the last one; zero: there is not
	held  time.Time // since when the link holds what is sent; zero: it does not
	waits int       // how often they double
	last  time.Time // when one came back
}

// use is what relays may take and take of a link, bits a second, and whether it
// holds all that is sent.
type use struct {
	may, take int
	holds     bool
}

// given is one step of one outlet.
type given struct {
	outlet *Outlet
	feed   *supply
	rate   int // that it took before, bits a second
	step   yield
}

// decide lets relays yield where they take more than they may and the link does not
// hold it, and come back where there is room.
func (y *yields) decide(now time.Time, u use, outlets []*Outlet, rate func(*Outlet) int) {
	y.forget()
	if float64(u.take) > yieldMargin*float64(u.may) && !u.holds {
		y.room, y.held = time.Time{}, time.Time{}
		if y.over.IsZero() {
			y.over = now
		}
		if now.Sub(y.over) >= yieldAfter {
			y.over = now // the next one must wait for the rates to follow
			y.give(now, outlets, rate)
		}
		return
	}
	y.over = time.Time{}
	if len(y.given) == 0 {
		return
	}
	g := y.given[len(y.given)-1]
	since(&y.room, now, u.take+g.rate-rate(g.outlet) <= u.may)
	since(&y.held, now, u.holds)
	if y.waited(now, y.room, returnAfter, lastWait) || y.waited(now, y.held, tryAfter, lastTry) {
		g.outlet.yields.Store(int32(g.step - 1))
		y.given = y.given[:len(y.given)-1]
		y.room, y.held, y.last = time.Time{}, time.Time{}, now
		g.feed.source.lostPicture()
	}
}

// since notes since when something is so.
func since(t *time.Time, now time.Time, so bool) {
	if !so {
		*t = time.Time{}
	} else if t.IsZero() {
		*t = now
	}
}

// waited says whether something has been so for long enough.
func (y *yields) waited(now, from time.Time, first, last time.Duration) bool {
	return !from.IsZero() && now.Sub(from) >= min(first<<y.waits, last)
}

// forget takes off what another source was connected to.
func (y *yields) forget() {
	kept := y.given[:0]
	for _, g := range y.given {
		if !g.feed.over() {
			kept = append(kept, g)
		} else {
			g.outlet.yields.Store(int32(yieldNothing))
		}
	}
	clear(y.given[len(kept):])
	y.given = kept
}

// give lets the greatest relayed video yield by one step.
func (y *yields) give(now time.Time, outlets []*Outlet, rate func(*Outlet) int) {
	var most *Outlet
	var at *supply
	for _, o := range outlets {
		f := o.current()
		r, ok := f.source.(*Relay)
		if ok && !r.audio() && yield(o.yields.Load()) != yieldAll && (most == nil || rate(o) > rate(most)) {
			most, at = o, f
		}
	}
	if most == nil {
		return
	}
	if y.waits++; y.last.IsZero() || now.Sub(y.last) >= settled {
		y.waits = 0
	}
	y.waits = min(y.waits, 5) // beyond the last waits
	step := yield(most.yields.Load()) + 1
	most.yields.Store(int32(step))
	y.given = append(y.given, given{outlet: most, feed: at, rate: rate(most), step: step})
}
