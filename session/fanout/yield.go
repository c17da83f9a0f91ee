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
	// returnAfter is how long there must be room before one comes back. It
	// doubles whenever one yields within settled, up to lastWait.
	returnAfter = 5 * time.Second
	// yieldMargin of what relays may take is exceeded before one yields: a
	// browser's rate varies, and so does the estimate.
	yieldMargin = 1.2
)

// yields decides which relayed videos of a link yield, and how much. Those that
// did come back in reverse order.
type yields struct {
	given []given   // in their order
	over  time.Time // since when too much is taken; zero: it is not
	room  time.Time // since when there is room for the last one; zero: there is not
	wait  time.Duration
	last  time.Time // when one came back
}

// given is one step of one outlet.
type given struct {
	outlet *Outlet
	feed   *supply
	rate   int // that it took before, bits a second
	step   yield
}

// decide looks at what relays may take and take, in bits a second.
func (y *yields) decide(now time.Time, may, take int, outlets []*Outlet, rate func(*Outlet) int) {
	y.forget()
	if float64(take) > yieldMargin*float64(may) {
		y.room = time.Time{}
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
	if take+g.rate-rate(g.outlet) > may {
		y.room = time.Time{}
		return
	}
	if y.room.IsZero() {
		y.room = now
	}
	if now.Sub(y.room) >= max(returnAfter, y.wait) {
		g.outlet.yields.Store(int32(g.step - 1))
		y.given = y.given[:len(y.given)-1]
		y.room, y.last = time.Time{}, now
		g.feed.source.lostPicture()
	}
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
	if y.wait = max(returnAfter, y.wait); !y.last.IsZero() && now.Sub(y.last) < settled {
		y.wait = min(2*y.wait, lastWait)
	} else {
		y.wait = returnAfter
	}
	step := yield(most.yields.Load()) + 1
	most.yields.Store(int32(step))
	y.given = append(y.given, given{outlet: most, feed: at, rate: rate(most), step: step})
}
