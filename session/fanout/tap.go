package fanout

import (
	"context"
	"slices"
	"sync/atomic"
)

// tap is one outlet's end of a relay.
type tap struct {
	outlet     *Outlet      // nil: the node itself listens
	queue      chan *packet // see RelayConfig.Queue
	overflowed atomic.Bool
}

// offer queues a packet and says how many were dropped for it.
func (t *tap) offer(p *packet) (dropped int) {
	select {
	case t.queue <- p.retain():
		return 0
	default:
	}
	p.release()
	t.overflowed.Store(true)
	return 1 + t.drain()
}

// drain frees what waits and says how many packets that were.
func (t *tap) drain() int {
	for n := 0; ; n++ {
		select {
		case p := <-t.queue:
			p.release()
		default:
			return n
		}
	}
}

// attach gives an outlet, or the node itself, its end of the relay.
func (r *Relay) attach(o *Outlet) *tap {
	t := &tap{outlet: o, queue: make(chan *packet, r.config.Queue)}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.taps = append(r.taps, t)
	return t
}

func (r *Relay) detach(t *tap) {
	r.mu.Lock()
	r.taps = slices.DeleteFunc(r.taps, func(o *tap) bool { return o == t })
	r.mu.Unlock()
	t.drain()
}

// serve implements Source.
func (r *Relay) serve(ctx context.Context, o *Outlet, f *supply, w *writer) error {
	t := r.attach(o)
	s := new(passage)
	defer func() {
		if !o.goesOn(r, t, s, f) {
			r.detach(t)
		}
	}()
	r.lostPicture() // it begins with a key frame
	for {
		if f.over() { // before what waits
			return nil
		}
		last, end := o.last()
		select {
		case p := <-last:
			if err := o.linger(p, w); err != nil {
				return err
			}
		case <-end:
			o.part()
			w.begin()
		case p := <-t.queue:
			err := r.forward(p, t, s, o, f, w)
			p.release()
			if err != nil {
				return err
			}
		case <-f.ended:
			return nil
		case <-r.done:
			return r.err
		case <-ctx.Done():
			return nil
		}
	}
}

// forward writes a packet to an outlet, if it is one for it.
func (r *Relay) forward(p *packet, t *tap, s *passage, o *Outlet, f *supply, w *writer) error {
	parting := o.parting != nil && o.parting.passage == s
	if p.arrived.Before(f.since) || f.over() && !parting {
		return nil
	}
	left := yield(o.yields.Load())
	if t.overflowed.Swap(false) || !r.audio() && left == yieldAll {
		if s.begun = false; !w.other {
			w.begin()
		}
	}
	if !s.begun {
		if p.empty || !r.audio() && left == yieldAll {
			return nil
		}
		if !r.audio() && !p.vp8.key {
			if p.vp8.start {
				r.lostPicture()
			}
			return nil
		}
		if o.parting != nil && !parting {
			if err := o.finish(w); err != nil {
				return err
			}
		}
		w.join(p.timestamp)
		s.begin(w, p)
	}
	numbers, ok := s.pass(p, left == yieldLayers)
	if !ok {
		return nil
	}
	bytes, err := w.forward(p, s, numbers, !r.audio())
	f.add(1, bytes)
	r.mu.Lock()
	r.stats.Sent++
	r.mu.Unlock()
	if err != nil {
		return gone(err)
	}
	return nil
}
