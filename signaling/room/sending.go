package room

import (
	"context"
	"log/slog"
	"sync"

	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/host"
	"github.com/virtualcube/virtualcube/session"
	"github.com/virtualcube/virtualcube/session/fanout"
	"github.com/virtualcube/virtualcube/signaling/protocol"
)

// spoken is the level of who is heard to speak and whose page does not say how
// loud: -30 dBov.
const spoken = 30

// sending is what one participant sends, with filters between them and the others.
// It belongs to the goroutine of their connection or visitor.
type sending struct {
	endpoint *Endpoint
	hall     *hall
	member   *session.Member
	self     session.Self
	log      *slog.Logger
	heard    func(*fanout.Relay) // told what others hear; nil: nobody asks

	treaters map[session.Source]*treater
	shown    map[session.Source]exposed // what others get
	beside   map[session.Source]exposed // what they got before, or will get in a moment
	exposed  chan exposed
	lifted   chan *Cube // of the webcam; nil: it is flat
	filtered uint64     // revision of the filters that the treaters know
}

// newSending makes what filters a participant's sources, until the context ends.
func newSending(ctx context.Context, e *Endpoint, h *hall, m *session.Member, self session.Self, log *slog.Logger, parts *sync.WaitGroup) *sending {
	s := &sending{
		endpoint: e, hall: h, member: m, self: self, log: log,
		treaters: make(map[session.Source]*treater), shown: make(map[session.Source]exposed), beside: make(map[session.Source]exposed),
		exposed: make(chan exposed), lifted: make(chan *Cube),
	}
	for _, source := range []session.Source{session.Microphone, session.Camera, session.Screen} {
		t := &treater{
			source: source, opener: e.config.Opener, clock: e.config.Clock, name: h.relayed(self.ID) + "/" + string(source),
			log: log, expose: s.exposed, notice: s.notice, orders: make(chan treatOrder, 1),
			lift: e.config.Lift, lifted: s.lifted, cube: liftedName(self.ID), chains: &e.chains,
		}
		s.treaters[source] = t
		parts.Go(func() { t.run(ctx) })
	}
	return s
}

// exposures is where the treaters tell what others are to get; nil without any.
func (s *sending) exposures() <-chan exposed {
	if s == nil {
		return nil
	}
	return s.exposed
}

// lifts is where they tell of the webcam's cube; nil without any.
func (s *sending) lifts() <-chan *Cube {
	if s == nil {
		return nil
	}
	return s.lifted
}

// learn lets the filters be those that the room says.
func (s *sending) learn(self session.Self) {
	s.self = self
	if self.ChainsAt == s.filtered || s.endpoint.config.Opener == nil {
		return
	}
	s.filtered = self.ChainsAt
	for source, t := range s.treaters {
		t.set(self.Chains[source], self.ChainsAt)
	}
}

// publish says what the participant sends of a source.
func (s *sending) publish(source session.Source, r *fanout.Relay) { s.treaters[source].of(r) }

// notice takes what a filter on the participant's media observed, in the filter's
// goroutine.
func (s *sending) notice(o models.Observation) {
	if o.Voice != nil && o.Voice.Speaks {
		s.member.Spoke(spoken)
	}
}

// lift tells the room how the participant's webcam is seen.
func (s *sending) lift(ctx context.Context, cube *Cube) {
	name := ""
	if cube != nil {
		name = cube.Name
	}
	s.hall.lifts.set(liftedName(s.self.ID), cube)
	if err := s.member.Lift(ctx, name); err != nil {
		s.log.Debug("webcam not lifted", "error", err) // they are in the lobby, or gone
	}
}

// liftedName is the cube of a participant's webcam.
func liftedName(person string) string { return "webcam-" + person }

// level tells the room how loud the participant is.
func (s *sending) level() {
	if r := s.shown[session.Microphone].relay; r != nil {
		s.member.Spoke(r.Snapshot().Level)
	}
}

// fares tells the room how the participant's filters fare, and returns how
// everybody's do.
func (s *sending) fares(ctx context.Context) map[string]protocol.FilterFigures {
	var own []host.LinkStats
	for _, t := range s.treaters {
		if stats, ok := t.stats(); ok {
			own = append(own, stats.Links...)
		}
	}
	s.hall.filters.note(s.self.ID, own)
	var fares []session.Fare
	for _, l := range own {
		fares = append(fares, session.Fare{ID: l.ID, State: session.FilterState(l.State), Error: l.Error})
	}
	if len(fares) > 0 {
		_ = s.member.Fared(ctx, fares) // refused, it is over, and the owner sees so
	}
	return s.hall.filters.all(s.endpoint.config.Cubes)
}

// end takes away what others get: the relays that filters made end with the media.
func (s *sending) end() {
	if s == nil {
		return
	}
	for source, e := range s.shown {
		if e.relay != nil {
			s.hall.exchange.take(key{owner: s.self.ID, source: source}, e.relay)
		}
	}
	s.hall.filters.note(s.self.ID, nil)
	s.hall.lifts.set(liftedName(s.self.ID), nil)
}
