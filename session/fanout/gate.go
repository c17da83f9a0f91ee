package fanout

import "time"

// gate gathers requests for key frames: one a interval at most, however many
// ask. Its owner calls it under a lock.
type gate struct {
	interval time.Duration
	wanted   bool
	last     time.Time // of the last key frame; zero: none yet
}

// request asks for a key frame.
func (g *gate) request() { g.wanted = true }

// due says whether the next picture should be a key frame.
func (g *gate) due(now time.Time) bool {
	return g.wanted && (g.last.IsZero() || now.Sub(g.last) >= g.interval)
}

// sent notes a key frame, which answers all requests up to now.
func (g *gate) sent(now time.Time) { g.wanted, g.last = false, now }
