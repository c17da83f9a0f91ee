package fanout

import (
	"maps"
	"sync"
	"sync/atomic"
)

// counters only grow.
type counters struct {
	joined, frames, dropped, skipped, packets, bytes, failed atomic.Uint64

	mu    sync.Mutex
	steps map[string]uint64
}

func (c *counters) stepped(cause string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.steps == nil {
		c.steps = make(map[string]uint64)
	}
	c.steps[cause]++
}

// Stats are the counts of a ladder since it was made. Frames, packets and
// bytes count once a subscriber.
type Stats struct {
	Subscribers int
	Joined      uint64
	Keys        uint64 // key frames that were sent to anybody, of all rungs
	KeyRequests uint64 // by joins, losses, overflows and changes of the rung
	Frames      uint64
	Dropped     uint64 // frames that a full queue cost, up to the next key frame
	Skipped     uint64 // frames of the upper layer that a link does not hold
	Packets     uint64
	Bytes       uint64 // of payload
	Failed      uint64 // packets that the transport refused
	Target      int    // bits a second, what Target last said of the full size
	Rungs       []RungStats
	// Steps counts how often a subscriber was given another step, by cause:
	// "floor", "narrow", "queue" and "trial" lead down, "climb" up.
	Steps map[string]uint64
}

// RungStats are the counts of one rung.
type RungStats struct {
	Both, Base  int // subscribers now, by the layers that they get
	Target      int // bits a second
	Keys        uint64
	KeyRequests uint64
}

// Add adds the counts of another ladder; targets are summed up too.
func (s Stats) Add(o Stats) Stats {
	sum := Stats{
		Subscribers: s.Subscribers + o.Subscribers, Joined: s.Joined + o.Joined, Keys: s.Keys + o.Keys, KeyRequests: s.KeyRequests + o.KeyRequests,
		Frames: s.Frames + o.Frames, Dropped: s.Dropped + o.Dropped, Skipped: s.Skipped + o.Skipped, Packets: s.Packets + o.Packets, Bytes: s.Bytes + o.Bytes,
		Failed: s.Failed + o.Failed, Target: s.Target + o.Target, Steps: maps.Clone(s.Steps),
	}
	for cause, n := range o.Steps {
		if sum.Steps == nil {
			sum.Steps = make(map[string]uint64)
		}
		sum.Steps[cause] += n
	}
	for i := range max(len(s.Rungs), len(o.Rungs)) {
		var r RungStats
		for _, rungs := range [][]RungStats{s.Rungs, o.Rungs} {
			if i < len(rungs) {
				n := rungs[i]
				r = RungStats{Both: r.Both + n.Both, Base: r.Base + n.Base, Target: r.Target + n.Target, Keys: r.Keys + n.Keys, KeyRequests: r.KeyRequests + n.KeyRequests}
			}
		}
		sum.Rungs = append(sum.Rungs, r)
	}
	return sum
}

// Snapshot returns the counts.
func (l *Ladder) Snapshot() Stats {
	c := &l.counters
	s := Stats{
		Joined: c.joined.Load(), Frames: c.frames.Load(), Dropped: c.dropped.Load(), Skipped: c.skipped.Load(),
		Packets: c.packets.Load(), Bytes: c.bytes.Load(), Failed: c.failed.Load(),
	}
	c.mu.Lock()
	s.Steps = maps.Clone(c.steps)
	c.mu.Unlock()
	l.mu.Lock()
	defer l.mu.Unlock()
	s.Subscribers, s.Target = l.viewers, l.rungs[Full].target
	for _, r := range l.rungs {
		n := RungStats{Target: r.target, Keys: r.keys, KeyRequests: r.requests}
		for _, subscriber := range r.subscribers {
			switch on, base := subscriber.position(); {
			case on != r:
			case base:
				n.Base++
			default:
				n.Both++
			}
		}
		s.Rungs = append(s.Rungs, n)
		s.Keys += n.Keys
		s.KeyRequests += n.KeyRequests
	}
	return s
}
