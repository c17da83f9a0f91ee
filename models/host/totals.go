package host

import (
	"slices"
	"time"

	"github.com/virtualcube/virtualcube/models"
)

// Total is what all filters of one name have done.
type Total struct {
	Filter    string
	Kind      models.Kind
	Frames    uint64
	Late      uint64
	Errors    uint64
	Restarts  uint64
	Abandoned uint64
	Busy      time.Duration
	Queue     int // frames that wait for them at present
}

// Totals are the counts of filters, each name once. But for Queue they never
// fall: what a filter has done stays when it is taken out of its chain.
type Totals []Total

// Add adds counts to t, which it may change, and returns the sums.
func (t Totals) Add(more ...Total) Totals {
	for _, m := range more {
		i := slices.IndexFunc(t, func(o Total) bool { return o.Filter == m.Filter && o.Kind == m.Kind })
		if i < 0 {
			t = append(t, m)
			continue
		}
		o := &t[i]
		o.Frames, o.Late, o.Errors, o.Restarts = o.Frames+m.Frames, o.Late+m.Late, o.Errors+m.Errors, o.Restarts+m.Restarts
		o.Abandoned, o.Busy, o.Queue = o.Abandoned+m.Abandoned, o.Busy+m.Busy, o.Queue+m.Queue
	}
	return t
}

// total are a link's counts.
func (l *link[T]) total() Total {
	s := l.figures()
	return Total{
		Filter: s.Filter, Kind: s.Kind, Frames: s.Frames, Late: s.Late, Errors: s.Errors, Restarts: s.Restarts, Busy: s.Busy, Queue: s.Queue,
	}
}

// totals are those of all links that there are and were.
func (c *Chain[T]) totals() Totals {
	sum := slices.Clone(c.past)
	for _, l := range c.live {
		if !l.dropped {
			sum = sum.Add(l.total())
		}
	}
	for _, l := range c.next {
		if !l.dropped && !slices.Contains(c.live, l) {
			sum = sum.Add(l.total())
		}
	}
	return sum
}

// abandon notes that a filter does not return.
func (c *Chain[T]) abandon(d models.Description) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.strays = c.strays.Add(Total{Filter: d.Name, Kind: d.Kind, Abandoned: 1})
}
