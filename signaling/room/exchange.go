package room

import (
	"sync"

	"github.com/virtualcube/virtualcube/session"
	"github.com/virtualcube/virtualcube/session/fanout"
)

// key names what is published in a room: by a participant, or by the rig of a
// cube that nobody is at.
type key struct {
	owner  string
	source session.Source
	murmur bool
}

// exchange is where the connections of a room find each other's media.
type exchange struct {
	mu      sync.Mutex // guards all below; held for a few instructions
	relays  map[key]*fanout.Relay
	waiting map[chan struct{}]struct{} // one slot each: told of changes
}

func newExchange() *exchange {
	return &exchange{relays: make(map[key]*fanout.Relay), waiting: make(map[chan struct{}]struct{})}
}

// put offers a relay, in place of one that was there.
func (x *exchange) put(k key, r *fanout.Relay) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.relays[k] = r
	x.tell()
}

// take takes a relay away, if it is still the one that is offered.
func (x *exchange) take(k key, r *fanout.Relay) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.relays[k] == r {
		delete(x.relays, k)
		x.tell()
	}
}

func (x *exchange) find(k key) *fanout.Relay {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.relays[k]
}

// watch returns a channel that is signalled when something changed; unwatch
// ends it.
func (x *exchange) watch() chan struct{} {
	c := make(chan struct{}, 1)
	x.mu.Lock()
	defer x.mu.Unlock()
	x.waiting[c] = struct{}{}
	return c
}

func (x *exchange) unwatch(c chan struct{}) {
	x.mu.Lock()
	defer x.mu.Unlock()
	delete(x.waiting, c)
}

func (x *exchange) tell() {
	for c := range x.waiting {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}
