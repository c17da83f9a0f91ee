package room

import (
	"context"
	"time"

	"github.com/virtualcube/virtualcube/session/fanout"
)

const (
	// drainTime is how long what the last filters still held may take to leave,
	// before others get what is published as it is.
	drainTime = 250 * time.Millisecond
	// partTime is how long others may then take to change over.
	partTime = 2 * time.Second
	// partCheck is how often it is looked whether they have.
	partCheck = 50 * time.Millisecond
)

// treating is one treatment under way. The treater's goroutine owns it.
type treating struct {
	*treater
	order treatOrder
	work  treated
	lifts *lifting
	ready chan *fanout.Relay
	ended chan error

	relay   *fanout.Relay // that others get of the work; nil: not yet
	emptied time.Time     // since when no filters are left; zero: there are some
	bare    bool          // others get what is published again
	parting *time.Ticker  // nil: filters are left
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
	defer u.stay()
	for {
		var check <-chan time.Time
		if u.parting != nil {
			check = u.parting.C
		}
		select {
		case u.relay = <-u.ready:
			u.tell(ctx, exposed{source: u.source, relay: u.relay, by: u.work})
		case shape := <-u.lifts.wanted:
			u.lifts.begin(ctx, shape)
		case next := <-u.orders:
			if next.relay != u.order.relay || len(next.links) == 0 && u.relay == nil {
				return next
			}
			u.obey(ctx, next)
		case now := <-check:
			if u.part(ctx, now) {
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

// obey changes the filters. When the last one is taken away the treatment goes on
// for a moment: nothing that was published is lost, and those who watch change over
// with a key frame.
func (u *treating) obey(ctx context.Context, o treatOrder) {
	u.order = o
	u.lifts.follow(ctx, o.links)
	if err := u.work.Set(o.links); err != nil {
		u.log.Error("filters not set", "source", u.source, "error", err)
	}
	if len(o.links) > 0 {
		u.stay()
		if u.bare {
			u.bare = false
			u.tell(ctx, exposed{source: u.source, relay: u.relay, by: u.work})
		}
		return
	}
	if u.parting == nil {
		u.emptied, u.parting = time.Now(), time.NewTicker(partCheck)
	}
}

// stay goes on.
func (u *treating) stay() {
	if u.parting != nil {
		u.parting.Stop()
		u.parting = nil
	}
}

// part says whether nobody needs the treatment any more.
func (u *treating) part(ctx context.Context, now time.Time) bool {
	since := now.Sub(u.emptied)
	switch {
	case since < drainTime:
		return false
	case !u.bare:
		u.bare = true
		u.show(ctx, u.order.relay)
		return false
	}
	return since > partTime || u.relay.Snapshot().Subscribers == 0
}
