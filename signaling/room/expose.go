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
func (s *sending) late(of session.Source) time.Duration {
	return max(s.shown[of].way(), s.beside[of].way())
}

// expose lets others have what comes out of the filters, or what goes in.
func (s *sending) expose(e exposed) {
	k := key{owner: s.self.ID, source: e.source}
	old := s.shown[e.source]
	switch {
	case e.soon:
		s.beside[e.source] = e
		return
	case old.relay != e.relay:
		s.beside[e.source] = old
	default: // nobody gets the other any more
		delete(s.beside, e.source)
	}
	s.shown[e.source] = e
	if e.source == session.Microphone && s.heard != nil {
		s.heard(e.relay)
	}
	if e.relay == nil {
		if old.relay != nil {
			s.hall.exchange.take(k, old.relay)
		}
		return
	}
	s.wait()
	s.hall.exchange.put(k, e.relay)
}

// wait keeps what the participant sends together: their voice with the views of
// the rig that they sit before, and with their webcam, where filters take longer
// for one than for the other. What comes out of filters and what goes in are as
// late, so that nothing is left out or repeated where one takes the other's place.
func (s *sending) wait() {
	late := max(s.late(session.Microphone), s.late(session.Camera))
	lips := s.endpoint.lipsOf(s.hall, s.self.Cube)
	for _, exposures := range []map[session.Source]exposed{s.shown, s.beside} {
		if e := exposures[session.Screen]; e.relay != nil {
			e.relay.SetDelay(s.late(session.Screen) - e.way())
		}
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
