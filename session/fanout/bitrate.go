package fanout

import (
	"fmt"
	"slices"
	"time"

	"github.com/virtualcube/virtualcube/session/encode"
)

// Bitrate bounds a rung, in bits a second.
type Bitrate struct {
	// Start is what is sent before anything is known of the links.
	Start int
	// Floor is the least that the rung is worth watching at. A subscriber
	// whose link holds less is taken to a lower step.
	Floor int
	// Max is what the encoder makes good use of.
	Max int
}

// DefaultBitrate is right for a packed view of 512 x 784 at 30 a second.
func DefaultBitrate() Bitrate { return Bitrate{Start: 1_500_000, Floor: 600_000, Max: 4_000_000} }

func (b Bitrate) validate() error {
	if b.Floor <= 0 || b.Start < b.Floor || b.Max < b.Start {
		return fmt.Errorf("bitrates: floor %d, start %d and max %d bit/s must be positive and in this order", b.Floor, b.Start, b.Max)
	}
	return nil
}

// half are the bounds of the next smaller rung: a quarter of the pixels takes
// about a third of the bits.
func (b Bitrate) half() Bitrate {
	return Bitrate{Start: b.Start / 3, Floor: b.Floor / 3, Max: b.Max / 3}
}

// ceiling bounds an estimate by what was really sent: a controller that does
// not probe grows without evidence while less than it allows is sent. What
// a new subscriber is trusted with anyway is not taken away.
func (b Bitrate) ceiling(estimate int, sent float64) int {
	return min(estimate, b.Max, max(b.Start, int(1.5*sent)))
}

const (
	// payloadShare of an estimate goes to the encoder; the rest are headers.
	payloadShare = 0.95
	// tolerance is how far below the middle of a rung's links, or below its
	// floor, one may be and still be followed. Congestion control falls to 0.85
	// of what comes through when it sees a queue grow, and comes back.
	tolerance = 0.75
)

// claim is what one subscriber brings into a rung's bitrate.
type claim struct {
	estimate int  // bits a second
	base     bool // it gets the base layer alone
	trial    bool // whether its link holds the rung is being tried
}

// govern is the rule of a rung's bitrate (see the package comment): target is
// for the encoder, hold what a link must hold to be followed, and holders says
// how many links govern the target as subscribers of both layers. last is that
// there is no smaller rung. It sorts scratch and returns it for the next call.
func (b Bitrate) govern(claims []claim, last bool, scratch []int) (target, hold, holders int, _ []int) {
	least := b.Max // of those who have nowhere else to go
	for _, c := range claims {
		if last && c.base {
			least = min(least, int(payloadShare/encode.BaseShare*float64(c.estimate)))
		}
	}
	pick := func(wanted func(claim) bool, share float64) []int {
		scratch = scratch[:0]
		for _, c := range claims {
			if wanted(c) {
				scratch = append(scratch, int(float64(c.estimate)/share))
			}
		}
		slices.Sort(scratch)
		return scratch
	}
	estimates := pick(func(c claim) bool { return !c.base && !c.trial }, 1)
	holders = len(estimates)
	if len(estimates) == 0 {
		estimates = pick(func(c claim) bool { return !c.base }, 1)
	}
	if len(estimates) == 0 {
		estimates = pick(func(claim) bool { return true }, encode.BaseShare)
	}
	if len(estimates) == 0 {
		return b.Start, int(tolerance * float64(b.Floor)), 0, scratch
	}
	hold = int(tolerance * float64(max(b.Floor, estimates[len(estimates)/2])))
	for _, e := range estimates {
		if e >= hold {
			return max(b.Floor, min(least, int(payloadShare*float64(e)))), hold, holders, scratch
		}
	}
	return b.Floor, hold, holders, scratch
}

// meterSpan is over how long a rate is measured.
const meterSpan = 500 * time.Millisecond

// meter measures the rate of a byte counter between its readings.
type meter struct {
	bytes uint64
	at    time.Time
	rate  float64
	ok    bool
}

// read returns the bits a second of the last whole span; before there was one,
// rate is 0 and ok false.
func (m *meter) read(now time.Time, bytes uint64) (rate float64, ok bool) {
	span := now.Sub(m.at)
	switch {
	case m.at.IsZero():
		m.bytes, m.at = bytes, now
	case span >= meterSpan:
		*m = meter{bytes: bytes, at: now, rate: float64(bytes-m.bytes) * 8 / span.Seconds(), ok: true}
	}
	return m.rate, m.ok
}
