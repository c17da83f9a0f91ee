package room

import (
	"slices"
	"sync/atomic"
	"time"

	"github.com/virtualcube/virtualcube/session"
	"github.com/virtualcube/virtualcube/session/view"
)

// A voice is to be heard when its view is seen. Within the page sound takes
// longer than a view, by its jitter buffer; what is left of that the page makes
// up for, by letting views wait. What a microphone takes until its sound is here
// comes before.
const (
	pageLead    = 90 * time.Millisecond // of a view over a voice, within the page
	rigSound    = 27 * time.Millisecond // of a rig's own microphone: a stretch and the codec's look-ahead
	browserTime = 40 * time.Millisecond // of a browser's microphone, with its way
)

// lips keeps the voice of one cube with its views.
type lips struct {
	cube   *Cube
	before []view.Stats
	view   atomic.Int64 // ns from capture to the transport, mean of the last second
}

// follow measures the views of the last second and delays the rig's voice by
// what they take longer. Endpoint.Run calls it.
func (l *lips) follow() {
	first := l.before == nil
	if first {
		l.before = make([]view.Stats, len(l.cube.Ladders))
	}
	var sum time.Duration
	n := 0
	for i := range l.cube.Ladders {
		now := l.cube.Views.View(i)
		if now.Encodes > l.before[i].Encodes && !first {
			for _, mean := range now.Mean(l.before[i]) {
				sum += mean
			}
			n++
		}
		l.before[i] = now
	}
	if n == 0 {
		return // nobody watches: as it was
	}
	l.view.Store(int64(sum) / int64(n))
	if l.cube.Voice != nil {
		l.cube.Voice.SetDelay(l.delay(l.cube.sound()))
	}
}

// sound is how long the rig's own voice takes until it is here.
func (c *Cube) sound() time.Duration {
	if c.Late == nil {
		return rigSound
	}
	return rigSound + c.Late()
}

// delay is how long a voice has to wait that was so long on its way.
func (l *lips) delay(way time.Duration) time.Duration {
	return max(0, time.Duration(l.view.Load())-way-pageLead)
}

// ways are how long the voices of those whose views the participant gets were
// on their way when they left, in milliseconds by participant.
func (c *connection) ways() map[string]float64 {
	ways := make(map[string]float64)
	for _, s := range c.streams {
		if s.Source != session.Microphone || !slices.ContainsFunc(c.streams, func(v session.Stream) bool {
			return v.Source == session.View && v.Person == s.Person
		}) {
			continue
		}
		if w, ok := c.source(s); ok {
			way := browserTime
			if s.Cube != "" {
				way = c.endpoint.cubes[s.Cube].sound()
			}
			ways[s.Person] = float64(way+w.Relay.Delay()) / 1e6
		}
	}
	return ways
}
