package rtc

import (
	"maps"
	"sync"

	"github.com/virtualcube/virtualcube/session/fanout"
)

// Reasons for which something of a participant was ignored.
const (
	ignoredRate  = "rate"
	ignoredSize  = "size"
	ignoredTrack = "track" // a second one in a section
)

// Stats are the counts of a peer since it was made, and how its link is.
type Stats struct {
	State string // of the peer connection: "new", "connecting", "connected", "disconnected" or "failed"
	// RoundTrip and Jitter are the worst that the participant last reported of
	// what it gets now; Lost counts packets of all outlets. Loss (0 to 1) is that
	// of the link to the participant; where they do not report it, the worst of an
	// outlet, which has in it what its publisher lost.
	fanout.Quality
	Link    fanout.LinkStats
	Outlets []OutletStats
	Inlets  []InletStats
	Ignored map[string]uint64 // by reason: "rate", "size" or "track"
}

// OutletStats are the counts of one outlet.
type OutletStats struct {
	Mid    string
	Stream string // the id of the present one; empty: none
	fanout.OutletStats
}

// InletStats are the counts of what a participant publishes.
type InletStats struct {
	Source Source
	Ended  error // why the relay ended; nil while it runs
	fanout.RelayStats
}

// Snapshot returns the counts.
func (p *Peer) Snapshot() Stats {
	s := Stats{State: p.peer.ConnectionState().String(), Link: p.link.Snapshot(), Ignored: p.counts.snapshot()}
	p.mu.Lock()
	for _, slot := range p.slots {
		s.Outlets = append(s.Outlets, OutletStats{Mid: slot.mid, Stream: slot.stream.ID, OutletStats: slot.outlet.Snapshot()})
	}
	p.mu.Unlock()
	for _, o := range s.Outlets {
		s.Lost += o.Lost
		if o.Source == "" {
			continue
		}
		s.RoundTrip, s.Jitter, s.Loss = max(s.RoundTrip, o.RoundTrip), max(s.Jitter, o.Jitter), max(s.Loss, o.Loss)
	}
	if s.Link.Loss >= 0 {
		s.Loss = s.Link.Loss
	}
	for _, i := range p.inlets {
		if r := i.current(); r != nil {
			s.Inlets = append(s.Inlets, InletStats{Source: i.source, Ended: r.Err(), RelayStats: r.Snapshot()})
		}
	}
	return s
}

// counts collects Stats.Ignored.
type counts struct {
	mu sync.Mutex
	by map[string]uint64
}

func (c *counts) ignored(reason string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.by == nil {
		c.by = make(map[string]uint64)
	}
	c.by[reason]++
}

func (c *counts) snapshot() map[string]uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return maps.Clone(c.by)
}
