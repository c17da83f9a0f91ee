package netem

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"
)

// bottleneck is how long a packet may wait where the rate is limited; one that
// would have to wait longer is dropped, as routers do.
const bottleneck = 250 * time.Millisecond

// Path says what one direction does to packets. The zero Path does nothing.
type Path struct {
	Rate  int           // bits a second; 0: no limit
	Delay time.Duration // of every packet
	// Loss is the share of packets that do not come, 0 to 1. They are lost in
	// runs of Burst packets on the average (Gilbert's model: a good state, and a
	// bad one in which all are lost); up to 1, each is lost for itself.
	Loss, Burst float64
	// Stray is the share of packets that later ones overtake: they are delayed
	// by LateFrom to LateTo more.
	Stray            float64
	LateFrom, LateTo time.Duration
}

// Validate checks every range.
func (p Path) Validate() error {
	switch {
	case p.Rate < 0 || p.Delay < 0 || p.Burst < 0:
		return fmt.Errorf("rate %d bit/s, delay %v and burst %v of a path must not be negative", p.Rate, p.Delay, p.Burst)
	case p.Loss < 0 || p.Loss > 1 || p.Stray < 0 || p.Stray > 1:
		return fmt.Errorf("loss %v and stray %v of a path are shares: 0 to 1", p.Loss, p.Stray)
	case p.LateFrom < 0 || p.LateTo < p.LateFrom:
		return fmt.Errorf("strays of a path are late by %v to %v: from 0 up are possible", p.LateFrom, p.LateTo)
	case p.Burst > 1 && p.Loss > p.Burst/(p.Burst+1):
		return fmt.Errorf("loss %v of a path is too much for bursts of %v: there is no time between them", p.Loss, p.Burst)
	}
	return nil
}

// Way is one direction of a link. Its methods may be called from any goroutine.
type Way struct {
	link    *Link
	lost    atomic.Uint64
	dropped atomic.Uint64

	mu     sync.Mutex // guards all below; held for a few instructions
	path   Path
	random *rand.Rand
	bad    bool      // Gilbert's state
	free   time.Time // when the bottleneck will have passed the packets so far
}

// Set changes the path, for packets that come from now on.
func (w *Way) Set(p Path) error {
	if err := p.Validate(); err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.path, w.bad = p, false
	return nil
}

// Lost counts the packets that chance or a cut took.
func (w *Way) Lost() uint64 { return w.lost.Load() }

// Dropped counts the packets that a queue had no room for.
func (w *Way) Dropped() uint64 { return w.dropped.Load() }

// pass says when a packet of so many bytes, which comes now, arrives; ok is
// false where it does not.
func (w *Way) pass(now time.Time, size int) (at time.Time, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	p := w.path
	if w.link.cut() || w.loses() {
		w.lost.Add(1)
		return time.Time{}, false
	}
	if w.free.Before(now) || p.Rate == 0 {
		w.free = now
	}
	if w.free.Sub(now) > bottleneck {
		w.dropped.Add(1)
		return time.Time{}, false
	}
	if p.Rate > 0 {
		w.free = w.free.Add(time.Duration(8 * int64(size) * int64(time.Second) / int64(p.Rate)))
	}
	at = w.free.Add(p.Delay)
	if p.Stray > 0 && w.random.Float64() < p.Stray {
		at = at.Add(p.LateFrom + time.Duration(w.random.Float64()*float64(p.LateTo-p.LateFrom)))
	}
	return at, true
}

// loses draws the fate of the next packet, under the lock.
func (w *Way) loses() bool {
	p := w.path
	if p.Loss == 0 || p.Burst <= 1 {
		return p.Loss > 0 && w.random.Float64() < p.Loss
	}
	// The bad state ends with 1/Burst, and begins so that it holds for Loss of
	// the packets.
	if draw := w.random.Float64(); w.bad {
		w.bad = draw >= 1/p.Burst
	} else {
		w.bad = draw < p.Loss/(1-p.Loss)/p.Burst
	}
	return w.bad
}

// resend is how long TCP waits for an acknowledgement before it sends again, at
// the least (RFC 6298 has a second, Linux 200 ms).
const resend = 200 * time.Millisecond

// stream says when bytes of a stream, which come now, arrive: what is lost is
// sent again, once.
func (w *Way) stream(now time.Time) time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	at := now.Add(w.path.Delay)
	if w.path.Loss > 0 && w.random.Float64() < w.path.Loss {
		at = at.Add(resend + 2*w.path.Delay)
	}
	return at
}
