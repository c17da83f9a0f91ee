package fanout

import "time"

// replaceWithin is how long a relay that is replaced goes on where the new one
// has no key frame. Publishers are asked once a second.
const replaceWithin = 1500 * time.Millisecond

// parting is a relay that goes on until the one that replaces it has a key frame.
type parting struct {
	relay   *Relay
	tap     *tap
	passage *passage
	feed    *supply
	over    *time.Timer
}

// Replace is Connect to another relay of what is shown already, as where filters
// come between or go: pictures of the old one go on until the new one has a key
// frame, at most replaceWithin. Sound, and what is not replaced by a relay, is
// changed at once. What must not be seen any more is taken away by Connect.
func (o *Outlet) Replace(name string, r *Relay) error { return o.connect(name, r, !r.audio()) }

// goesOn keeps a relay's end for the time after another was connected, if that
// replaces it, and says whether it did.
func (o *Outlet) goesOn(r *Relay, t *tap, s *passage, f *supply) bool {
	next := o.current()
	_, relay := next.source.(*Relay)
	if !next.after || !relay || !s.begun {
		return false
	}
	o.part()
	o.parting = &parting{relay: r, tap: t, passage: s, feed: f, over: time.NewTimer(replaceWithin)}
	return true
}

// part ends what goes on.
func (o *Outlet) part() {
	if p := o.parting; p != nil {
		p.over.Stop()
		p.relay.detach(p.tap)
		o.parting = nil
	}
}

// last are the packets of what goes on, and end its time; nil: nothing does.
func (o *Outlet) last() (packets <-chan *packet, end <-chan time.Time) {
	if o.parting == nil {
		return nil, nil
	}
	return o.parting.tap.queue, o.parting.over.C
}

// finish writes what waits of what goes on, and ends it.
func (o *Outlet) finish(w *writer) error {
	for o.parting != nil {
		select {
		case p := <-o.parting.tap.queue:
			if err := o.linger(p, w); err != nil {
				return err
			}
		default:
			o.part()
		}
	}
	w.begin()
	return nil
}

// linger writes a packet of what goes on, if it still may.
func (o *Outlet) linger(p *packet, w *writer) error {
	l := o.parting
	defer p.release()
	if !o.current().after {
		return nil
	}
	return l.relay.forward(p, l.tap, l.passage, o, l.feed, w)
}
