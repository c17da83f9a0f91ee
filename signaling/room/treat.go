package room

import (
	"context"
	"time"

	"github.com/virtualcube/virtualcube/session/fanout"
)

const (
	// Others get what filters make, or what is published again, when one is as late as
	// the other but for meetSlack: nothing is left out or repeated then. That is looked
	// at after meetTime, when what the last filters held has left, and waited for up to
	// meetLimit.
	meetTime  = 300 * time.Millisecond
	meetSlack = 5 * time.Millisecond
	meetLimit = 1500 * time.Millisecond
	// partTime is how long others may then take to change over.
	partTime = 2 * time.Second
	// checkEvery is how often it is looked whether it is time.
	checkEvery = 50 * time.Millisecond
)

// treating is one treatment under way. The treater's goroutine owns it.
type treating struct {
	*treater
	order treatOrder
	work  treated
	lifts *lifting
	ready chan *fanout.Relay
	ended chan error

	relay   *fanout.Relay // of the work; nil: it has nothing yet
	since   time.Time     // of the relay, or since when no filters are left
	emptied bool          // no filters are left
	shows   bool          // others get the relay
	ticker  *time.Ticker  // nil: they get what they should
}

// treat filters a relay until another is published or no filters are left, and
// returns that order.
func (t *treater) treat(ctx context.Context, o treatOrder) treatOrder {
	if !o.hides() {
		t.show(ctx, o.relay) // until the filters work
	}
	u := &treating{treater: t, order: o, lifts: newLifting(t), ready: make(chan *fanout.Relay, 1), ended: make(chan error, 1)}
	var err error
	u.work, err = t.begin(o, func(r *fanout.Relay) { u.ready <- r }, u.lifts)
	if err == nil {
		err = u.work.Set(o.links)
	}
	if err != nil {
		t.log.Error("source not filtered", "source", t.source, "error", err)
		return t.wait(ctx, o)
	}
	running, cancel := context.WithCancel(ctx)
	go func() { u.ended <- u.work.Run(running) }()
	t.hold(u.work)
	defer func() {
		u.lifts.end(ctx)
		cancel()
		if u.ended != nil {
			if err := <-u.ended; err != nil {
				t.log.Warn("filters ended", "source", t.source, "error", err)
			}
		}
		t.hold(nil)
	}()
	u.lifts.follow(ctx, o.links)
	return u.follow(ctx)
}

// follow follows the orders, until it returns one that needs no treatment, or
// another.
func (u *treating) follow(ctx context.Context) treatOrder {
	defer u.rest()
	for {
		var check <-chan time.Time
		if u.ticker != nil {
			check = u.ticker.C
		}
		select {
		case u.relay = <-u.ready:
			u.begun(ctx)
		case shape := <-u.lifts.wanted:
			u.lifts.begin(ctx, shape)
		case next := <-u.orders:
			if next.relay != u.order.relay || len(next.links) == 0 && u.relay == nil {
				return next
			}
			u.obey(next)
			u.lifts.follow(ctx, next.links)
		case now := <-check:
			if u.change(ctx, now.Sub(u.since)) {
				return u.order
			}
		case err := <-u.ended:
			u.ended = nil
			return u.failed(ctx, u.order, err)
		case <-ctx.Done():
			return u.order
		}
	}
}

// begun lets others have what the filters make: soon, or at once where they are not
// to get what is published.
func (u *treating) begun(ctx context.Context) {
	e := exposed{source: u.source, relay: u.relay, by: u.work, soon: !u.order.hides()}
	u.tell(ctx, e)
	u.shows = !e.soon
	u.stir()
}

// obey changes the filters. When the last one is taken away the treatment goes on
// for a moment: nothing that was published is lost, and those who watch change over
// with a key frame.
func (u *treating) obey(o treatOrder) {
	u.order, u.emptied = o, len(o.links) == 0
	if err := u.work.Set(o.links); err != nil {
		u.log.Error("filters not set", "source", u.source, "error", err)
	}
	if u.relay != nil && u.shows == u.emptied {
		u.stir()
	}
}

// stir begins to check.
func (u *treating) stir() {
	if u.since = time.Now(); u.ticker == nil {
		u.ticker = time.NewTicker(checkEvery)
	}
}

// rest checks no more.
func (u *treating) rest() {
	if u.ticker != nil {
		u.ticker.Stop()
		u.ticker = nil
	}
}

// change lets others have what they should by now, and says whether nobody needs the
// treatment any more.
func (u *treating) change(ctx context.Context, since time.Duration) (over bool) {
	switch {
	case since < meetTime, u.shows == u.emptied && since < meetLimit && u.apart() > meetSlack:
	case !u.emptied:
		u.rest()
		u.shows = true
		u.tell(ctx, exposed{source: u.source, relay: u.relay, by: u.work})
	case u.shows:
		u.shows = false
		u.show(ctx, u.order.relay)
	default:
		return since > partTime || u.relay.Snapshot().Subscribers == 0
	}
	return false
}

// apart is by how much what is published waits longer than what filters make, or the
// reverse.
func (u *treating) apart() time.Duration {
	return (u.order.relay.Waits() - u.work.Way() - u.relay.Waits()).Abs()
}
