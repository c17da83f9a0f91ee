package fanout

import (
	"fmt"
	"time"
)

// Bitrate bounds a rung, in bits a second.
type Bitrate struct {
	// Start is what is sent before anything is known of the links.
	Start int
	// Floor is the least that the rung is worth watching at. Subscribers
	// whose link holds less do not pull the others below it.
	Floor int
	// Max is what the encoder makes good use of.
	Max int
}

// DefaultBitrate is right for a packed view of 512 x 784 at 30 a second.
func DefaultBitrate() Bitrate { return Bitrate{Start: 1_500_000, Floor: 300_000, Max: 4_000_000} }

func (b Bitrate) validate() error {
	if b.Floor <= 0 || b.Start < b.Floor || b.Max < b.Start {
		return fmt.Errorf("bitrates: floor %d, start %d and max %d bit/s must be positive and in this order", b.Floor, b.Start, b.Max)
	}
	return nil
}

// ceiling bounds an estimate by what was really sent: a controller that does
// not probe grows without evidence while less than it allows is sent. What
// a new subscriber is trusted with anyway is not taken away.
func (b Bitrate) ceiling(estimate int, sent float64) int {
	return min(estimate, b.Max, max(b.Start, int(1.5*sent)))
}

// target is what the encoder should aim at: the least of the estimates that
// reach the floor, less 5 % for packet headers.
func (b Bitrate) target(estimates []int) int {
	if len(estimates) == 0 {
		return b.Start
	}
	least := 0
	for _, e := range estimates {
		if e >= b.Floor && (least == 0 || e < least) {
			least = e
		}
	}
	return max(b.Floor, least*95/100)
}

// meter measures the rate of a byte counter between its readings.
type meter struct {
	bytes uint64
	at    time.Time
}

// read returns bits a second since the last reading; ok is false for the first
// one and for one that comes too soon to mean anything.
func (m *meter) read(now time.Time, bytes uint64) (rate float64, ok bool) {
	span := now.Sub(m.at).Seconds()
	if m.at.IsZero() {
		*m = meter{bytes: bytes, at: now}
		return 0, false
	}
	if span < 0.1 {
		return 0, false
	}
	rate = float64(bytes-m.bytes) * 8 / span
	*m = meter{bytes: bytes, at: now}
	return rate, true
}
