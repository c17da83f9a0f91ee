package room

import (
	"time"

	"github.com/virtualcube/virtualcube/session"
	"github.com/virtualcube/virtualcube/session/fanout"
)

// exposed is what others are to get of a source from now on.
type exposed struct {
	source session.Source
	relay  *fanout.Relay // nil: nothing
	by     treated       // that makes the relay's content; nil: it is what is published
	soon   bool          // not yet: what they get now is to become as late as this before
}

// way is by how much filters make it later.
func (e exposed) way() time.Duration {
	if e.by == nil {
		return 0
	}
	return e.by.Way()
}

// late is the greatest way of what others get of a source, got or will get.
func (c *connection) late(s session.Source) time.Duration {
	return max(c.shown[s].way(), c.beside[s].way())
}

// expose lets others have what comes out of the filters, or what goes in.
func (c *connection) expose(e exposed) {
	k := key{owner: c.self.ID, source: e.source}
	old := c.shown[e.source]
	switch {
	case e.soon:
		c.beside[e.source] = e
		return
	case old.relay != e.relay:
		c.beside[e.source] = old
	default: // nobody gets the other any more
		delete(c.beside, e.source)
	}
	c.shown[e.source] = e
	if e.source == session.Microphone && c.peer != nil {
		c.seats.voice(e.relay)
		c.murmur.of(e.relay)
	}
	if e.relay == nil {
		if old.relay != nil {
			c.hall.exchange.take(k, old.relay)
		}
		return
	}
	c.wait()
	c.hall.exchange.put(k, e.relay)
}

// wait keeps what the participant sends together: their voice with the views of
// the rig that they sit before, and with their webcam, where filters take longer
// for one than for the other. What comes out of filters and what goes in are as
// late, so that nothing is left out or repeated where one takes the other's place.
func (c *connection) wait() {
	late := max(c.late(session.Microphone), c.late(session.Camera))
	lips := c.lips(c.self.Cube)
	for _, exposures := range []map[session.Source]exposed{c.shown, c.beside} {
		if e := exposures[session.Camera]; e.relay != nil {
			e.relay.SetDelay(late - e.way())
		}
		if e := exposures[session.Microphone]; e.relay != nil {
			delay := late - e.way()
			if lips != nil {
				delay = max(delay, lips.delay(browserTime+e.way()))
			}
			e.relay.SetDelay(delay)
		}
	}
}
