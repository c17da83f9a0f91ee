package fanout

import (
	"time"
)

// RelayStats are the counts of a relay since it was made, and what it heard
// last.
type RelayStats struct {
	Packets uint64 // that came
	Bytes   uint64 // of them, whole
	Lost    uint64 // packets that did not come
	// Dropped counts packets that were not forwarded, by reason: "padding",
	// "oversize", "malformed", "ssrc", "payload-type", "payload" (no VP8, or no
	// Opus), "rate", "late" and "overflow" (which counts once an outlet).
	Dropped     map[string]uint64
	Sent        uint64 // packets, once an outlet
	Subscribers int
	KeyRequests uint64        // of outlets
	KeysAsked   uint64        // of the publisher
	Delay       time.Duration // that is wanted
	Last        time.Time     // when a packet came; zero: never
	Level       uint8         // -dBov of the newest packet that said so, 0 (loud) to 127, which it is before
	Voice       bool          // and whether it holds speech

	drops [droppedOverflow + 1]uint64
}

func (s *RelayStats) drop(reason dropReason, n int) { s.drops[reason] += uint64(n) }

// Snapshot returns the counts.
func (r *Relay) Snapshot() RelayStats {
	r.mu.Lock()
	s := r.stats
	s.Subscribers = len(r.taps)
	r.mu.Unlock()
	s.Delay = r.Delay()
	dropped := make(map[string]uint64)
	for reason, n := range s.drops {
		if n > 0 {
			dropped[dropReason(reason).String()] = n
		}
	}
	s.Dropped = dropped
	return s
}
