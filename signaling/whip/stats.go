package whip

import (
	"maps"
	"sync"
)

// Reasons for which a message or channel was ignored.
const (
	ignoredType    = "unknown-type"
	ignoredInvalid = "invalid"
	ignoredRate    = "rate"
	ignoredChannel = "channel"
	ignoredBacklog = "backlog" // of the node's own, to a viewer that does not keep up
)

// Reasons for which a viewer was refused.
const (
	refusedOffer = "bad-offer"
	refusedCodec = "no-codec"
	refusedFull  = "full"
	refusedKey   = "unauthorized"
)

// Stats are the counts of an endpoint since it was made.
type Stats struct {
	Viewers  int
	Accepted uint64
	Refused  map[string]uint64 // by reason
	Ignored  map[string]uint64 // messages, by reason
}

// counts collects Stats. Its lock is held for a few instructions only.
type counts struct {
	mu    sync.Mutex
	stats Stats
}

func (c *counts) ignored(reason string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.stats.Ignored == nil {
		c.stats.Ignored = make(map[string]uint64)
	}
	c.stats.Ignored[reason]++
}

func (c *counts) refused(reason string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.stats.Refused == nil {
		c.stats.Refused = make(map[string]uint64)
	}
	c.stats.Refused[reason]++
}

func (c *counts) accepted() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stats.Accepted++
}

func (c *counts) snapshot() Stats {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.stats
	s.Refused, s.Ignored = maps.Clone(s.Refused), maps.Clone(s.Ignored)
	return s
}
