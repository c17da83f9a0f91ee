package fanout

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/virtualcube/virtualcube/session/encode"
)

// Indices of the rungs of a ladder.
const (
	Full = iota // the view's own size
	Half        // half its width and height
	MaxRungs
)

// Config describes a ladder. Zero fields take the defaults that their comments
// name.
type Config struct {
	// Bitrate is the full size's: DefaultBitrate. The half size has a third.
	Bitrate Bitrate
	// Rungs is 1 for the full size alone, or 2: MaxRungs.
	Rungs int
	// Queue is the number of frames that may wait for a subscriber: 8. When
	// it is full, all that wait are dropped and counted, and the subscriber
	// gets nothing before the next key frame.
	Queue int
	// KeyInterval is the least time between two key frames: one second.
	KeyInterval time.Duration
	// Limit is the number of subscribers: 64.
	Limit int
}

// ErrFull says that a ladder has as many subscribers as it may.
var ErrFull = errors.New("too many viewers")

// Ladder is one view, encoded as one or two rungs. Its methods may be called
// from any goroutine, but Send and Target only from one, the view's.
type Ladder struct {
	config Config
	rungs  []*rung

	mu      sync.Mutex // guards all below and the rungs; never held across I/O
	viewers int
	members int           // of all rungs, who may be of two for a while
	watched chan struct{} // closed while there are members

	counters counters
}

// NewLadder makes a ladder without subscribers.
func NewLadder(config Config) (*Ladder, error) {
	if config.Bitrate == (Bitrate{}) {
		config.Bitrate = DefaultBitrate()
	}
	if config.Rungs == 0 {
		config.Rungs = MaxRungs
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
		return nil, fmt.Errorf("make ladder: %w", err)
	}
	if config.Queue < 1 || config.KeyInterval < 0 || config.Limit < 1 || config.Rungs < 1 || config.Rungs > MaxRungs {
		return nil, fmt.Errorf("make ladder: queue %d, key interval %v and limit %d must be positive, rungs (%d) 1 or 2", config.Queue, config.KeyInterval, config.Limit, config.Rungs)
	}
	l := &Ladder{config: config, watched: make(chan struct{})}
	for i, b := 0, config.Bitrate; i < config.Rungs; i, b = i+1, b.half() {
		l.rungs = append(l.rungs, newRung(l, i, b))
	}
	return l, nil
}

// Bitrate returns the bounds of the whole ladder, from the floor of the
// smallest rung on.
func (l *Ladder) Bitrate() Bitrate {
	b := l.config.Bitrate
	b.Floor = l.rungs[len(l.rungs)-1].bitrate.Floor
	return b
}

// Limit returns how many subscribers the ladder takes.
func (l *Ladder) Limit() int { return l.config.Limit }

// Subscribers returns how many there are.
func (l *Ladder) Subscribers() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.viewers
}

// Rungs returns how many there are.
func (l *Ladder) Rungs() int { return len(l.rungs) }

// Watching says whether anybody gets a rung or waits for its key frame.
func (l *Ladder) Watching(rung int) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.rungs[rung].subscribers) > 0
}

// Layered says whether somebody gets the rung's base layer alone, or will from
// its next key frame on. Two layers cost whoever gets both, so that there is
// one while nobody needs them.
func (l *Ladder) Layered(rung int) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	r := l.rungs[rung]
	return slices.ContainsFunc(r.subscribers, func(s *Subscriber) bool { return s.getsBase(r) })
}

// KeyDue says whether the rung's next picture should be encoded as a key frame.
func (l *Ladder) KeyDue(rung int) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.rungs[rung].gate.due(time.Now())
}

// Watched waits until somebody subscribes, or returns the context's error.
func (l *Ladder) Watched(ctx context.Context) error {
	l.mu.Lock()
	watched := l.watched
	l.mu.Unlock()
	select {
	case <-watched:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Send hands an encoded picture of a rung to its subscribers. It copies the
// data once and does not block. The timestamp is in units of 1/90000 s.
func (l *Ladder) Send(rung int, p encode.Packet, timestamp uint32) error {
	if len(p.Data) == 0 || len(p.Data) > maxFrame {
		return fmt.Errorf("send frame: %d bytes, 1 to %d are possible", len(p.Data), maxFrame)
	}
	r := l.rungs[rung]
	f := newFrame(&r.frames, p.Data, p.Key, p.Layer, timestamp)
	defer f.release()
	for _, m := range r.send(f) {
		m.from.leave(m.subscriber)
	}
	return nil
}

// Target returns the bitrate that a rung's encoder should aim at, in bits a
// second. It is meant to be called about twice a second.
func (l *Ladder) Target(rung int) int { return l.rungs[rung].govern() }

// needs fills in what each step takes from a subscriber that stands on one.
func (l *Ladder) needs(out []need, own int, holds bool) []need {
	l.mu.Lock()
	defer l.mu.Unlock()
	out = out[:0]
	for i, r := range l.rungs {
		others := r.holders
		if holds && own == 2*i {
			others--
		}
		out = append(out, r.need(), r.baseNeed(others > 0))
	}
	out[len(out)-1] = need{} // there is nowhere to go from it
	return out
}

// enter counts a viewer in.
func (l *Ladder) enter() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.viewers >= l.config.Limit {
		return fmt.Errorf("%w: %d are watching", ErrFull, l.viewers)
	}
	l.viewers++
	l.counters.joined.Add(1)
	return nil
}

// exit counts a viewer out.
func (l *Ladder) exit() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.viewers--
}

// member changes the number of members, under the lock.
func (l *Ladder) member(by int) {
	before := l.members
	l.members += by
	switch {
	case before == 0:
		close(l.watched)
	case l.members == 0:
		l.watched = make(chan struct{})
	}
}
