package room

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/host"
	"github.com/virtualcube/virtualcube/session"
	"github.com/virtualcube/virtualcube/session/fanout"
	"github.com/virtualcube/virtualcube/session/treatment"
)

// Opener opens filters on what participants send.
type Opener interface {
	Audio(ctx context.Context, b models.Bound, observe func(models.Observation)) (models.Stage[capture.Sound], error)
	Video(ctx context.Context, b models.Bound, observe func(models.Observation)) (models.Stage[*capture.Frame], error)
}

// treatAgain is after what time a treatment that failed is begun again.
const treatAgain = time.Second

// treated is a voice or pictures on their way through filters.
type treated interface {
	Set([]host.Link) error
	Relay() *fanout.Relay
	Stats() treatment.Stats
	Run(context.Context) error
}

// exposed is what others are to get of a source from now on; a nil relay:
// nothing.
type exposed struct {
	source session.Source
	relay  *fanout.Relay
}

// treater keeps filters on one source of a participant, as long as there are any
// and there is something to filter: without filters what is published is
// forwarded as it is. run owns it; the other methods belong to the connection's
// goroutine, but for stats.
type treater struct {
	source session.Source
	opener Opener
	clock  *capture.Clock
	name   string
	log    *slog.Logger
	expose chan<- exposed
	notice func(models.Observation)
	orders chan treatOrder // one slot: the newest
	now    treatOrder
	lift   func(name string, camera space.Camera) (Lifted, error)
	lifted chan<- *Cube
	cube   string // the name of that of a webcam
	chains *chains

	mu      sync.Mutex // guards current; held for a few instructions
	current treated    // nil: nothing is filtered
}

// treatOrder is what is to be done.
type treatOrder struct {
	relay *fanout.Relay // what is published; nil: nothing
	links []host.Link
	at    uint64 // revision of the links
}

// hides says that what is published must not be seen as it is.
func (o treatOrder) hides() bool {
	for _, l := range o.links {
		if l.Private {
			return true
		}
	}
	return false
}

func (t *treater) order(o treatOrder) {
	if o.relay == t.now.relay && o.at == t.now.at {
		return
	}
	t.now = o
	select {
	case <-t.orders: // an older one
	default:
	}
	t.orders <- o
}

// of says what is published.
func (t *treater) of(relay *fanout.Relay) {
	t.order(treatOrder{relay: relay, links: t.now.links, at: t.now.at})
}

// set says which filters there are, at a revision.
func (t *treater) set(links []host.Link, at uint64) {
	t.order(treatOrder{relay: t.now.relay, links: links, at: at})
}

// run follows the orders until the context ends.
func (t *treater) run(ctx context.Context) {
	var o treatOrder
	for ctx.Err() == nil {
		switch {
		case o.relay == nil:
			o = t.wait(ctx, o)
		case len(o.links) == 0:
			t.show(ctx, o.relay)
			o = t.wait(ctx, o)
		default:
			o = t.treat(ctx, o)
		}
	}
}

// wait returns the next order.
func (t *treater) wait(ctx context.Context, o treatOrder) treatOrder {
	select {
	case o = <-t.orders:
	case <-ctx.Done():
	}
	return o
}

// show lets others have a relay.
func (t *treater) show(ctx context.Context, r *fanout.Relay) {
	select {
	case t.expose <- exposed{t.source, r}:
	case <-ctx.Done():
	}
}

// treat filters a relay until another is published or no filters are left, and
// returns that order.
func (t *treater) treat(ctx context.Context, o treatOrder) treatOrder {
	if !o.hides() {
		t.show(ctx, o.relay) // until the filters work
	}
	ready := make(chan *fanout.Relay, 1)
	l := newLifting(t)
	work, err := t.begin(o, func(r *fanout.Relay) { ready <- r }, l)
	if err == nil {
		err = work.Set(o.links)
	}
	if err != nil {
		t.log.Error("source not filtered", "source", t.source, "error", err)
		return t.wait(ctx, o)
	}
	running, cancel := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- work.Run(running) }()
	t.hold(work)
	l.follow(ctx, o.links)
	defer func() {
		l.end(ctx)
		cancel()
		if ended != nil {
			if err := <-ended; err != nil {
				t.log.Warn("filters ended", "source", t.source, "error", err)
			}
		}
		t.hold(nil)
	}()
	for {
		select {
		case r := <-ready:
			t.show(ctx, r)
		case shape := <-l.wanted:
			l.begin(ctx, shape)
		case next := <-t.orders:
			if next.relay != o.relay || len(next.links) == 0 {
				if next.relay == o.relay {
					t.show(ctx, o.relay) // before the filtered one ends
				}
				return next
			}
			o = next
			l.follow(ctx, o.links)
			if err := work.Set(o.links); err != nil {
				t.log.Error("filters not set", "source", t.source, "error", err)
			}
		case err := <-ended:
			ended = nil
			return t.failed(ctx, o, err)
		case <-ctx.Done():
			return o
		}
	}
}

// failed waits a moment after a treatment has ended by itself. What must not be
// seen as it is, is not seen meanwhile.
func (t *treater) failed(ctx context.Context, o treatOrder, err error) treatOrder {
	if o.relay.Err() != nil { // its source is over
		t.show(ctx, nil)
		return t.wait(ctx, treatOrder{links: o.links, at: o.at})
	}
	t.log.Warn("filters ended", "source", t.source, "error", err)
	if o.hides() {
		t.show(ctx, nil)
	}
	timer := time.NewTimer(treatAgain)
	defer timer.Stop()
	select {
	case next := <-t.orders:
		return next
	case <-timer.C:
	case <-ctx.Done():
	}
	return o
}

func (t *treater) begin(o treatOrder, ready func(*fanout.Relay), l *lifting) (treated, error) {
	observe := func(_ string, seen models.Observation) { t.notice(seen) }
	if t.source == session.Microphone {
		return treatment.NewVoice(treatment.Config[capture.Sound]{
			Name: t.name, Source: o.relay, Open: t.opener.Audio, Ready: ready, Observe: observe, Clock: t.clock, Log: t.log,
		})
	}
	return treatment.NewPicture(treatment.Config[*capture.Frame]{
		Name: t.name, Source: o.relay, Open: t.opener.Video, Ready: ready, Observe: observe, Clock: t.clock, Log: t.log,
	}, l.take)
}

// hold says what filters from now on; what did has ended.
func (t *treater) hold(w treated) {
	t.mu.Lock()
	old := t.current
	t.current = w
	t.mu.Unlock()
	if old != nil {
		t.chains.end(old)
	}
	if w != nil {
		t.chains.begin(w, t.kind())
	}
}

func (t *treater) kind() models.Kind {
	if t.source == session.Microphone {
		return models.KindAudio
	}
	return models.KindVideo
}

// stats are those of the filters; ok is false where nothing is filtered.
func (t *treater) stats() (s treatment.Stats, ok bool) {
	t.mu.Lock()
	w := t.current
	t.mu.Unlock()
	if w == nil {
		return s, false
	}
	return w.Stats(), true
}
