package room

import (
	"context"
	"sync"

	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/host"
	"github.com/virtualcube/virtualcube/session"
	"github.com/virtualcube/virtualcube/signaling/protocol"
)

// spoken is the level of who is heard to speak and whose page does not say how
// loud: -30 dBov.
const spoken = 30

// equip makes what filters the participant's sources, until the context ends.
func (c *connection) equip(ctx context.Context, parts *sync.WaitGroup) {
	c.treaters, c.filtered = make(map[session.Source]*treater), 0
	c.shown, c.beside = make(map[session.Source]exposed), make(map[session.Source]exposed)
	for _, s := range []session.Source{session.Microphone, session.Camera, session.Screen} {
		t := &treater{
			source: s, opener: c.endpoint.config.Opener, clock: c.endpoint.config.Clock, name: c.relayed() + "/" + string(s),
			log: c.log, expose: c.exposed, notice: c.notice, orders: make(chan treatOrder, 1),
			lift: c.endpoint.config.Lift, lifted: c.lifted, cube: c.liftedName(),
			chains: &c.endpoint.chains,
		}
		c.treaters[s] = t
		parts.Go(func() { t.run(ctx) })
	}
}

// filter lets the filters be those that the room says.
func (c *connection) filter(self session.Self) {
	if self.ChainsAt == c.filtered || c.endpoint.config.Opener == nil {
		return
	}
	c.filtered = self.ChainsAt
	for s, t := range c.treaters {
		t.set(self.Chains[s], self.ChainsAt)
	}
}

// notice takes what a filter on the participant's media observed, in the filter's
// goroutine.
func (c *connection) notice(o models.Observation) {
	if o.Voice != nil && o.Voice.Speaks {
		c.member.Spoke(spoken)
	}
}

// unfiltered takes away what filters made: its relays end with the media.
func (c *connection) unfiltered() {
	for s, e := range c.shown {
		if e.relay != nil {
			c.hall.exchange.take(key{owner: c.self.ID, source: s}, e.relay)
		}
	}
	c.hall.filters.note(c.self.ID, nil)
	c.hall.lifts.set(c.liftedName(), nil)
	c.shown, c.beside, c.treaters, c.filtered = nil, nil, nil, 0
}

// figured are the figures of the participant's own filters.
func (c *connection) figured() (all []host.LinkStats) {
	for _, t := range c.treaters {
		if s, ok := t.stats(); ok {
			all = append(all, s.Links...)
		}
	}
	return all
}

// fares tells the room how the participant's filters fare, and returns how
// everybody's do.
func (c *connection) fares(ctx context.Context) map[string]protocol.FilterFigures {
	var fares []session.Fare
	own := c.figured()
	c.hall.filters.note(c.self.ID, own)
	for _, l := range own {
		fares = append(fares, session.Fare{ID: l.ID, State: session.FilterState(l.State), Error: l.Error})
	}
	if len(fares) > 0 {
		_ = c.member.Fared(ctx, fares) // refused, it is over, and serve sees so
	}
	return c.hall.filters.all(c.endpoint.config.Cubes)
}

// filterFigures are those of all filters of a room, by participant.
type filterFigures struct {
	mu    sync.Mutex // guards links; held for a few instructions
	links map[string][]host.LinkStats
}

// note replaces the figures of one participant's filters.
func (f *filterFigures) note(person string, links []host.LinkStats) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.links[person] = links; len(links) == 0 {
		delete(f.links, person)
	}
}

// all are the figures, with those of the rigs.
func (f *filterFigures) all(cubes []Cube) map[string]protocol.FilterFigures {
	all := make(map[string]protocol.FilterFigures)
	f.mu.Lock()
	for _, links := range f.links {
		for _, l := range links {
			all[l.ID] = protocol.FilterFiguresOf(l)
		}
	}
	f.mu.Unlock()
	for _, c := range cubes {
		if c.Filters == nil {
			continue
		}
		for _, l := range c.Filters() {
			all[l.ID] = protocol.FilterFiguresOf(l)
		}
	}
	return all
}
