package room

import (
	"slices"
	"sync"

	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/host"
)

// chains are those on what participants of an endpoint send, and what those that
// are over have done.
type chains struct {
	mu   sync.Mutex // guards all; held for a few instructions
	live map[treated]models.Kind
	past host.Totals
}

func (c *chains) begin(w treated, kind models.Kind) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.live == nil {
		c.live = make(map[treated]models.Kind)
	}
	c.live[w] = kind
}

// end takes out one that has returned.
func (c *chains) end(w treated) {
	done := w.Stats().Totals
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, there := c.live[w]; there {
		delete(c.live, w)
		c.past = c.past.Add(done...)
	}
}

// sum is what all filters have done, and how many chains of a kind there are.
func (c *chains) sum() (host.Totals, map[models.Kind]int) {
	c.mu.Lock()
	total, kinds := slices.Clone(c.past), make(map[models.Kind]int)
	live := make([]treated, 0, len(c.live))
	for w, kind := range c.live {
		live = append(live, w)
		kinds[kind]++
	}
	c.mu.Unlock()
	for _, w := range live {
		total = total.Add(w.Stats().Totals...)
	}
	return total, kinds
}
