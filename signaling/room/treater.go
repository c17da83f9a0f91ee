package room

import (
	"context"
	"log/slog"
	"slices"
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
	Way() time.Duration
	Run(context.Context) error
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

// set says which filters there are, at a revision. Those of another source may be
// what has changed: a filter that failed stays away then.
func (t *treater) set(links []host.Link, at uint64) {
	if slices.EqualFunc(t.now.links, links, func(a, b host.Link) bool {
		return a.ID == b.ID && a.Values.Equal(b.Values)
	}) {
		return
	}
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

// show lets others have what is published as it is, or nothing.
func (t *treater) show(ctx context.Context, r *fanout.Relay) {
	t.tell(ctx, exposed{source: t.source, relay: r})
}

func (t *treater) tell(ctx context.Context, e exposed) {
	select {
	case t.expose <- e:
	case <-ctx.Done():
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
	if len(o.links) == 0 {
		return o
	}
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
