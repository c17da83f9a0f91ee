package room

import (
	"maps"
	"sync"

	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/host"
)

// Reasons for which a message was ignored.
const (
	ignoredType    = "unknown-type"
	ignoredInvalid = "invalid"
	ignoredRate    = "rate"
)

// Stats are the counts of an endpoint since it was made.
type Stats struct {
	Rooms       int
	Connections int
	Entered     uint64
	Resumed     uint64
	Refused     map[string]uint64 // by reason
	Ignored     map[string]uint64 // messages, by reason
	// Filters are the counts of filters on what participants send, those that are
	// gone included; Chains is how many streams are filtered.
	Filters host.Totals
	Chains  map[models.Kind]int
}

// counts collects Stats. Its lock is held for a few instructions only.
type counts struct {
	mu    sync.Mutex
	stats Stats
}

func (c *counts) ignored(reason string) { c.add(&c.stats.Ignored, reason) }

func (c *counts) refused(reason string) { c.add(&c.stats.Refused, reason) }

func (c *counts) add(to *map[string]uint64, reason string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if *to == nil {
		*to = make(map[string]uint64)
	}
	(*to)[reason]++
}

func (c *counts) entered(resumed bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stats.Entered++
	if resumed {
		c.stats.Resumed++
	}
}

// Snapshot returns the counts.
func (e *Endpoint) Snapshot() Stats {
	e.counts.mu.Lock()
	s := e.counts.stats
	s.Refused, s.Ignored = maps.Clone(s.Refused), maps.Clone(s.Ignored)
	e.counts.mu.Unlock()
	e.mu.Lock()
	s.Rooms = len(e.halls)
	e.mu.Unlock()
	s.Connections = int(e.open.Load())
	s.Filters, s.Chains = e.chains.sum()
	return s
}
