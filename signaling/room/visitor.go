package room

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/virtualcube/virtualcube/session"
	"github.com/virtualcube/virtualcube/session/fanout"
)

// Medium is something that may be watched or heard.
type Medium struct {
	Person   string // participant
	Source   session.Source
	Relay    *fanout.Relay
	Speaking bool // the participant, at the moment
}

// Visitor is a participant without a WebSocket. Run must be called.
type Visitor struct {
	endpoint *Endpoint
	hall     *hall
	member   *session.Member
	watch    func([]Medium)
	log      *slog.Logger
	running  context.Context // the endpoint's
	offers   chan offered
	over     chan struct{} // closed by Run

	// Run's.
	self    session.Self
	inside  bool
	streams []session.Stream
	people  map[string]session.Person
	relays  map[session.Source]*fanout.Relay // that are published
	sends   *sending                         // nil before they are inside, and of who watches
}

// offered is what a visitor publishes from now on.
type offered struct {
	source session.Source
	relay  *fanout.Relay
	ended  bool
}

// errBack ends a visitor who was sent to the lobby.
var errBack = &session.Refusal{Cause: session.ErrGone, Message: "A host sent you back to the lobby."}

// Publish offers what the visitor sends, until the relay ends. What the room
// does not allow, nobody gets.
func (v *Visitor) Publish(s session.Source, r *fanout.Relay) {
	select {
	case v.offers <- offered{source: s, relay: r}:
	case <-v.over:
	}
}

// Run takes part until the context ends, and then leaves and returns nil, or the
// room ends it, which the *session.Refusal that it returns gives the reason for.
func (v *Visitor) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer v.endpoint.done()
	defer close(v.over)
	defer context.AfterFunc(v.running, cancel)()
	var parts sync.WaitGroup
	defer parts.Wait()
	defer cancel()
	news := make(chan session.News)
	parts.Go(func() { v.follow(ctx, news) })
	err := v.serve(ctx, news, &parts)
	v.sends.end()
	v.member.Leave(context.WithoutCancel(ctx))
	return err
}

// follow hands on the news of the room.
func (v *Visitor) follow(ctx context.Context, news chan<- session.News) {
	for {
		n, err := v.member.Next(ctx)
		if err != nil {
			return // serve sees Over, or the context
		}
		select {
		case news <- n:
		case <-ctx.Done():
			return
		}
	}
}

func (v *Visitor) serve(ctx context.Context, news <-chan session.News, parts *sync.WaitGroup) error {
	changed := v.hall.exchange.watch()
	defer v.hall.exchange.unwatch(changed)
	levels, figures := time.NewTicker(levelsEvery), time.NewTicker(figuresEvery)
	defer levels.Stop()
	defer figures.Stop()
	for {
		select {
		case n := <-news:
			if n.Waiting {
				if v.inside {
					return errBack
				}
				continue
			}
			v.learn(ctx, n, parts)
		case <-changed:
		case o := <-v.offers:
			v.take(ctx, o, parts)
			continue
		case e := <-v.sends.exposures():
			v.sends.expose(e)
			continue
		case cube := <-v.sends.lifts():
			v.sends.lift(ctx, cube)
			continue
		case <-levels.C:
			if v.sends != nil {
				v.sends.level()
				v.sends.wait()
			}
			continue
		case <-figures.C:
			if v.sends != nil {
				v.sends.fares(ctx)
			}
			continue
		case <-v.member.Over():
			return v.member.Reason()
		case <-ctx.Done():
			return nil
		}
		if v.watch != nil && v.inside {
			v.watch(v.media())
		}
	}
}

// learn takes over what changed in the room.
func (v *Visitor) learn(ctx context.Context, n session.News, parts *sync.WaitGroup) {
	first := !v.inside
	v.inside, v.self, v.streams = true, n.Self, n.Streams
	if n.Update.Full {
		clear(v.people)
	}
	for _, id := range n.Update.Gone {
		delete(v.people, id)
	}
	for _, p := range n.Update.People {
		v.people[p.ID] = p
	}
	if first {
		v.endpoint.counts.entered(false)
		v.log = v.log.With("participant", v.self.ID)
		if v.watch == nil {
			v.sends = newSending(ctx, v.endpoint, v.hall, v.member, v.self, v.log, parts)
		}
	}
	if v.sends == nil {
		return
	}
	v.sends.learn(v.self) // before anything is shown
	if first {
		for s, r := range v.relays {
			v.show(ctx, s, r)
		}
	}
}

// take notes what the visitor publishes, and does not any more.
func (v *Visitor) take(ctx context.Context, o offered, parts *sync.WaitGroup) {
	if o.ended {
		v.hall.exchange.take(key{owner: v.self.ID, source: o.source}, o.relay)
		if v.relays[o.source] == o.relay {
			delete(v.relays, o.source)
			v.turn(ctx, o.source, false)
		}
		return
	}
	v.relays[o.source] = o.relay
	if v.sends != nil {
		v.show(ctx, o.source, o.relay)
	}
	parts.Go(func() {
		select {
		case <-o.relay.Done():
		case <-ctx.Done():
			return
		}
		o.ended = true
		select {
		case v.offers <- o:
		case <-ctx.Done():
		}
	})
}

// show lets the others have what the visitor publishes, or what filters make of it.
func (v *Visitor) show(ctx context.Context, s session.Source, r *fanout.Relay) {
	v.sends.publish(s, r)
	v.turn(ctx, s, true)
}

// turn switches a source on or off.
func (v *Visitor) turn(ctx context.Context, s session.Source, on bool) {
	if err := v.member.Publish(ctx, s, on); err != nil && ctx.Err() == nil {
		v.log.Info("visitor's source refused", "source", s, "reason", err)
	}
}

// media are what may be watched now.
func (v *Visitor) media() []Medium {
	var all []Medium
	for _, s := range v.streams {
		if s.Source == session.View {
			continue
		}
		if r := v.endpoint.relay(v.hall, s); r != nil {
			all = append(all, Medium{Person: s.Person, Source: s.Source, Relay: r, Speaking: v.people[s.Person].Speaking})
		}
	}
	return all
}
