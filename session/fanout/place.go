package fanout

import (
	"sync"
)

// place is where a subscriber stands: the rung that it gets, and the one that
// it goes to with that one's next key frame; until then the old one goes on.
//
// Its lock is taken under that of a ladder, never the other way round, so that
// a subscriber may be between the rungs of two ladders.
type place struct {
	mu       sync.Mutex // guards all below, held for a few instructions
	ladder   *Ladder
	running  bool
	on       *rung         // nil before the first key frame
	next     *rung         // nil: it stays
	base     bool          // the upper layer is left out
	nextBase bool          // the same from next's key frame on
	waiting  bool          // for a key frame of on: the queue overflowed
	came     chan struct{} // one slot: on is another one

	estimate int     // bits a second
	rate     float64 // that was sent lately, bits a second; 0: not known
	trial    bool
}

// standing returns the ladder, and whether the subscriber has come to where it
// was going.
func (p *place) standing() (l *Ladder, arrived bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.ladder, p.next == nil
}

// position returns the rung that the subscriber gets, and whether it gets the
// base layer alone.
func (p *place) position() (on *rung, base bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.on, p.base
}

// note stores what the subscriber's goroutine knows of its link.
func (p *place) note(estimate int, rate float64, trial bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.estimate, p.rate, p.trial = estimate, rate, trial
}

// claim is what the link brings into a rung's bitrate; ok is false for one that
// is on its way to another rung.
func (p *place) claim(r *rung) (c claim, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch r {
	case p.next:
		return claim{estimate: min(p.estimate, r.bitrate.Max), base: p.nextBase, trial: true}, true
	case p.on:
		if p.next != nil {
			return claim{}, false
		}
	default:
		return claim{}, false
	}
	estimate := min(p.estimate, r.bitrate.Max)
	if p.rate > 0 {
		estimate = r.bitrate.ceiling(estimate, p.rate)
	}
	return claim{estimate: estimate, base: p.base, trial: p.trial}, true
}

// aim sends the subscriber to a step of a ladder: at once where only the layer
// changes, else with the rung's next key frame. Downwards the old rung goes on
// with its base layer alone.
func (p *place) aim(s *Subscriber, l *Ladder, step int, down bool) {
	target, base := l.rungs[step/2], step%2 == 1
	p.mu.Lock()
	if !p.running || p.ladder != l {
		p.mu.Unlock()
		return
	}
	given := p.next
	if target == p.on {
		p.next, p.base = nil, base
	} else {
		p.next, p.nextBase = target, base
		p.base = p.base || down
	}
	p.mu.Unlock()
	if given != nil && given != target {
		given.leave(s)
	}
	if target != given {
		target.join(s)
	}
}

// accept says whether the subscriber takes a frame of a rung, and which rung
// it leaves with it.
func (p *place) accept(r *rung, f *frame) (take bool, from *rung) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if r == p.next && f.key {
		from = p.on
		p.on, p.base, p.next, p.waiting = r, p.nextBase, nil, false
		select {
		case p.came <- struct{}{}:
		default:
		}
		return true, from
	}
	switch {
	case r != p.on:
		return false, nil
	case p.base && f.layer > 0:
		r.ladder.counters.skipped.Add(1)
		return false, nil
	case p.waiting && !f.key:
		r.ladder.counters.dropped.Add(1)
		return false, nil
	}
	p.waiting = false
	return true, nil
}

// lag notes that the queue overflowed.
func (p *place) lag() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.waiting = true
}

// lostPicture asks for a key frame, unless one comes anyway with the next rung.
func (p *place) lostPicture() {
	p.mu.Lock()
	r := p.on
	if p.next != nil {
		r = nil
	}
	p.mu.Unlock()
	if r != nil {
		r.requestKey()
	}
}

// uses says whether the subscriber gets a rung or waits for it. The rung's
// lock is held.
func (p *place) uses(r *rung) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return r == p.on || r == p.next
}

// getsBase says whether the subscriber gets the base layer of a rung alone, or
// will when it comes there. The rung's lock is held.
func (p *place) getsBase(r *rung) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return r == p.on && p.base || r == p.next && p.nextBase
}

// quit takes the subscriber off all rungs and its ladder.
func (p *place) quit(s *Subscriber) {
	p.mu.Lock()
	on, next, l := p.on, p.next, p.ladder
	p.on, p.next, p.running = nil, nil, false
	p.mu.Unlock()
	for _, r := range []*rung{on, next} {
		if r != nil {
			r.leave(s)
		}
	}
	l.exit()
}

// Move sends a running subscriber to another view's ladder, where its link
// stays on the same step: it goes over with the next key frame there, and until
// then the old view goes on. Before Run it only says which ladder Run joins. It
// is called from one goroutine; its error wraps ErrFull.
func (s *Subscriber) Move(to *Ladder) error {
	s.mu.Lock()
	from, running := s.ladder, s.running
	if !running {
		s.ladder = to
	}
	s.mu.Unlock()
	if !running || from == to {
		return nil
	}
	if err := to.enter(); err != nil {
		return err
	}
	s.mu.Lock()
	if !s.running { // it left meanwhile
		s.mu.Unlock()
		to.exit()
		return nil
	}
	s.ladder = to
	step := min(s.stepNow(), 2*len(to.rungs)-1)
	s.mu.Unlock()
	s.aim(s, to, step, false)
	from.exit()
	return nil
}

// Came signals that the subscriber gets another rung than before.
func (s *Subscriber) Came() <-chan struct{} { return s.came }

// At is the ladder whose frames the subscriber gets; before the first one, that
// which it waits for.
func (s *Subscriber) At() *Ladder {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.on != nil {
		return s.on.ladder
	}
	return s.ladder
}

// stepNow is the step that the subscriber stands on or goes to, under the lock.
func (p *place) stepNow() int {
	r, base := p.next, p.nextBase
	if r == nil {
		r, base = p.on, p.base
	}
	step := 0
	if r != nil {
		step = 2 * r.index
	}
	if base {
		step++
	}
	return step
}
