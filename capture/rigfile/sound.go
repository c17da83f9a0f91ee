package rigfile

import (
	"math"
	"sync/atomic"
	"time"

	"github.com/virtualcube/virtualcube/capture"
)

// hearing carries the sound of the rig's microphone to the rig's goroutine.
type hearing struct {
	stretches chan capture.Sound // full: the oldest is dropped and counted
	dropped   atomic.Uint64
}

// heardSounds is how many stretches wait to be due, five seconds; when more
// do, the oldest is dropped and counted.
const heardSounds = 250

func newHearing() *hearing { return &hearing{stretches: make(chan capture.Sound, 16)} }

// microphone is the index of the first source with one, or -1.
func (s *Source) microphone() int {
	for i, m := range s.children {
		if m.source.Rig().Microphone {
			return i
		}
	}
	return -1
}

// Sound hands the audio of the rig's microphone on, with the stamps of the
// frames beside it.
func (m *member) Sound(s capture.Sound) {
	switch {
	case !m.hears:
	case m.direct:
		m.sink.Sound(s)
	default:
		for {
			select {
			case m.sounds.stretches <- s:
				return
			default:
			}
			select {
			case <-m.sounds.stretches:
				m.sounds.dropped.Add(1)
			default:
			}
		}
	}
}

// hear queues a stretch until it is due.
func (a *alignment) hear(s capture.Sound) {
	if len(a.heard) == heardSounds {
		a.heard = append(a.heard[:0], a.heard[1:]...)
		a.unheard++
	}
	a.heard = append(a.heard, s)
	a.expire()
}

// soundDue is when the oldest stretch begins, in step with its source's frames.
func (a *alignment) soundDue() capture.Time {
	return a.heard[0].Captured.Add(a.delay[a.source.microphone()])
}

// soundWait is the time until the oldest stretch is over.
func (a *alignment) soundWait(now capture.Time) time.Duration {
	if len(a.heard) == 0 {
		return math.MaxInt64
	}
	return a.soundDue().Add(capture.SoundLength).Sub(now)
}

// expireSound hands on what is over, with its new stamps.
func (a *alignment) expireSound(now capture.Time) {
	for len(a.heard) > 0 && a.soundWait(now) <= 0 {
		a.sink.Sound(capture.Sound{Captured: a.soundDue(), Samples: a.heard[0].Samples})
		a.heard = append(a.heard[:0], a.heard[1:]...)
	}
}
