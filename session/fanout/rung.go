package fanout

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Config describes a rung. Zero fields take the defaults that their comments
// name.
type Config struct {
	Bitrate Bitrate // DefaultBitrate
	// Queue is the number of frames that may wait for a subscriber: 8. When
	// it is full, all that wait are dropped and counted, and the subscriber
	// gets nothing before the next key frame.
	Queue int
	// KeyInterval is the least time between two key frames: one second.
	KeyInterval time.Duration
	// Limit is the number of subscribers: 64.
	Limit int
}

// ErrFull says that a rung has as many subscribers as it may.
var ErrFull = errors.New("too many viewers")

// Rung is one encoded video of a view. Its methods may be called from any
// goroutine, but Send and Target only from one, the view's.
type Rung struct {
	config Config
	frames sync.Pool
	next   uint16 // picture id of the next frame; the sender's

	mu          sync.Mutex // guards all below; never held across I/O
	subscribers []*Subscriber
	gate        gate
	watched     chan struct{} // closed while there are subscribers

	counters counters
}

// counters only grow, but target.
type counters struct {
	joined, frames, keys, requests, dropped, packets, bytes, failed atomic.Uint64
	target                                                          atomic.Int64
}

// Stats are the counts of a rung since it was made. Frames, packets and bytes
// count once a subscriber.
type Stats struct {
	Subscribers int
	Joined      uint64
	Keys        uint64 // key frames that were sent to anybody
	KeyRequests uint64 // by joins, losses and overflows
	Frames      uint64
	Dropped     uint64 // frames that a full queue cost, up to the next key frame
	Packets     uint64
	Bytes       uint64 // of payload
	Failed      uint64 // packets that the transport refused
	Target      int    // bits a second, what Target last said
}

// Add adds the counts of another rung; Target is the sum too.
func (s Stats) Add(o Stats) Stats {
	return Stats{
		Subscribers: s.Subscribers + o.Subscribers, Joined: s.Joined + o.Joined, Keys: s.Keys + o.Keys, KeyRequests: s.KeyRequests + o.KeyRequests,
		Frames: s.Frames + o.Frames, Dropped: s.Dropped + o.Dropped, Packets: s.Packets + o.Packets, Bytes: s.Bytes + o.Bytes,
		Failed: s.Failed + o.Failed, Target: s.Target + o.Target,
	}
}

// NewRung makes a rung without subscribers.
func NewRung(config Config) (*Rung, error) {
	if config.Bitrate == (Bitrate{}) {
		config.Bitrate = DefaultBitrate()
	}
	if config.Queue == 0 {
		config.Queue = 8
	}
	if config.KeyInterval == 0 {
		config.KeyInterval = time.Second
	}
	if config.Limit == 0 {
		config.Limit = 64
	}
	if err := config.Bitrate.validate(); err != nil {
		return nil, fmt.Errorf("make rung: %w", err)
	}
	if config.Queue < 1 || config.KeyInterval < 0 || config.Limit < 1 {
		return nil, fmt.Errorf("make rung: queue %d, key interval %v and limit %d must be positive", config.Queue, config.KeyInterval, config.Limit)
	}
	r := &Rung{
		config:  config,
		next:    uint16(rand.Uint32()), // RFC 7741 section 4.2: may start at random
		gate:    gate{interval: config.KeyInterval},
		watched: make(chan struct{}),
	}
	r.counters.target.Store(int64(config.Bitrate.Start))
	return r, nil
}

// Bitrate returns the rung's bounds.
func (r *Rung) Bitrate() Bitrate { return r.config.Bitrate }

// Limit returns how many subscribers the rung takes.
func (r *Rung) Limit() int { return r.config.Limit }

// KeyDue says whether the next picture should be encoded as a key frame.
func (r *Rung) KeyDue() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.gate.due(time.Now())
}

// RequestKey asks for a key frame as soon as the gate allows one.
func (r *Rung) RequestKey() {
	r.counters.requests.Add(1)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.gate.request()
}

// Watched waits until somebody subscribes, or returns the context's error.
func (r *Rung) Watched(ctx context.Context) error {
	r.mu.Lock()
	watched := r.watched
	r.mu.Unlock()
	select {
	case <-watched:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Send hands an encoded picture to all subscribers. It copies data once and
// does not block. The timestamp is in units of 1/90000 s.
func (r *Rung) Send(data []byte, key bool, timestamp uint32) error {
	if len(data) == 0 || len(data) > maxFrame {
		return fmt.Errorf("send frame: %d bytes, 1 to %d are possible", len(data), maxFrame)
	}
	f := newFrame(&r.frames, data, key, timestamp, r.next)
	defer f.release()
	r.next++
	r.mu.Lock()
	defer r.mu.Unlock()
	if key && len(r.subscribers) > 0 {
		r.gate.sent(time.Now())
		r.counters.keys.Add(1)
	}
	for _, s := range r.subscribers {
		if !s.offer(r, f) {
			r.counters.requests.Add(1)
			r.gate.request()
		}
	}
	return nil
}

// Target returns the bitrate that the encoder should aim at, in bits a second.
// It is meant to be called about twice a second.
func (r *Rung) Target() int {
	now := time.Now()
	r.mu.Lock()
	subscribers := append([]*Subscriber(nil), r.subscribers...)
	r.mu.Unlock()
	estimates := make([]int, 0, len(subscribers))
	for _, s := range subscribers {
		estimates = append(estimates, s.estimate(r.config.Bitrate, now))
	}
	target := r.config.Bitrate.target(estimates)
	r.counters.target.Store(int64(target))
	return target
}

// Snapshot returns the counts.
func (r *Rung) Snapshot() Stats {
	r.mu.Lock()
	n := len(r.subscribers)
	r.mu.Unlock()
	c := &r.counters
	return Stats{
		Subscribers: n, Joined: c.joined.Load(), Keys: c.keys.Load(), KeyRequests: c.requests.Load(),
		Frames: c.frames.Load(), Dropped: c.dropped.Load(), Packets: c.packets.Load(), Bytes: c.bytes.Load(),
		Failed: c.failed.Load(), Target: int(c.target.Load()),
	}
}

// Subscribers is how many there are, with those who wait to move here.
func (r *Rung) Subscribers() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.subscribers)
}

// join admits a subscriber, who gets nothing before the next key frame. One
// that is here already only asks for that.
func (r *Rung) join(s *Subscriber) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !slices.Contains(r.subscribers, s) {
		if len(r.subscribers) >= r.config.Limit {
			return fmt.Errorf("%w: %d are watching", ErrFull, len(r.subscribers))
		}
		r.subscribers = append(r.subscribers, s)
		r.counters.joined.Add(1)
		if len(r.subscribers) == 1 {
			close(r.watched)
		}
	}
	r.counters.requests.Add(1)
	r.gate.request()
	return nil
}

// leave removes a subscriber.
func (r *Rung) leave(s *Subscriber) {
	r.mu.Lock()
	defer r.mu.Unlock()
	i := slices.Index(r.subscribers, s)
	if i < 0 {
		return
	}
	r.subscribers = slices.Delete(r.subscribers, i, i+1)
	if len(r.subscribers) == 0 {
		r.watched = make(chan struct{})
	}
}
