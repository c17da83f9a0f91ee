package fanout

import (
	"slices"
	"sync"
	"time"

	"github.com/virtualcube/virtualcube/session/encode"
)

// rung is one encoded video of a ladder, whose lock guards it.
type rung struct {
	ladder  *Ladder
	index   int
	bitrate Bitrate
	frames  sync.Pool

	subscribers []*Subscriber // who get it or wait for its key frame
	gate        gate
	target      int // what govern last said, as are these two
	hold        int
	holders     int
	keys        uint64 // that were sent to anybody
	requests    uint64 // for key frames

	// The view's goroutine alone uses these.
	claims  []claim
	scratch []int
	moved   []move
}

// move is a subscriber that came from another rung.
type move struct {
	subscriber *Subscriber
	from       *rung
}

func newRung(l *Ladder, index int, b Bitrate) *rung {
	r := &rung{ladder: l, index: index, bitrate: b, gate: gate{interval: l.config.KeyInterval}}
	r.forget()
	return r
}

// forget what was known of the links, since there are none.
func (r *rung) forget() {
	r.target, r.hold, r.holders, _ = r.bitrate.govern(nil, false, nil)
}

// requestKey asks for a key frame as soon as the gate allows one.
func (r *rung) requestKey() {
	r.ladder.mu.Lock()
	defer r.ladder.mu.Unlock()
	r.askForKey()
}

func (r *rung) askForKey() {
	r.requests++
	r.gate.request()
}

// send offers a frame to all subscribers and returns those that came with it
// from other rungs, which they have to be taken off. The result is valid until
// the next call.
func (r *rung) send(f *frame) []move {
	r.ladder.mu.Lock()
	defer r.ladder.mu.Unlock()
	if f.key && len(r.subscribers) > 0 {
		r.gate.sent(time.Now())
		r.keys++
	}
	clear(r.moved)
	r.moved = r.moved[:0]
	for _, s := range r.subscribers {
		from, ok := s.offer(r, f)
		if !ok {
			r.askForKey()
		}
		if from != nil {
			r.moved = append(r.moved, move{subscriber: s, from: from})
		}
	}
	return r.moved
}

// govern follows the links: see Bitrate.govern.
func (r *rung) govern() int {
	r.ladder.mu.Lock()
	defer r.ladder.mu.Unlock()
	r.claims = r.claims[:0]
	for _, s := range r.subscribers {
		if c, ok := s.claim(r); ok {
			r.claims = append(r.claims, c)
		}
	}
	r.target, r.hold, r.holders, r.scratch = r.bitrate.govern(r.claims, r.index == len(r.ladder.rungs)-1, r.scratch)
	return r.target
}

// need is that of both layers.
func (r *rung) need() need {
	return need{floor: int(tolerance * float64(r.bitrate.Floor)), hold: r.hold, full: r.target}
}

// baseNeed is that of the base layer alone, which the target follows only
// where nobody holds both.
func (r *rung) baseNeed(held bool) need {
	floor := encode.BaseShare * float64(r.bitrate.Floor)
	if !held {
		return need{floor: int(tolerance * floor), hold: int(tolerance * floor), full: int(floor)}
	}
	sent := encode.BaseShare * float64(r.target)
	return need{floor: int(tolerance * floor), hold: int(tolerance * sent), full: int(sent)}
}

// join takes a subscriber in, who waits for the next key frame, unless it went
// elsewhere meanwhile.
func (r *rung) join(s *Subscriber) {
	r.ladder.mu.Lock()
	defer r.ladder.mu.Unlock()
	if !s.uses(r) {
		return
	}
	r.askForKey()
	if slices.Contains(r.subscribers, s) {
		return // it comes back before it was gone
	}
	r.subscribers = append(r.subscribers, s)
	r.ladder.member(1)
}

// leave takes a subscriber off, unless it gets this rung or waits for it.
func (r *rung) leave(s *Subscriber) {
	r.ladder.mu.Lock()
	defer r.ladder.mu.Unlock()
	i := slices.Index(r.subscribers, s)
	if i < 0 || s.uses(r) {
		return
	}
	r.subscribers = slices.Delete(r.subscribers, i, i+1)
	r.ladder.member(-1)
	if len(r.subscribers) == 0 {
		r.forget()
	}
}
