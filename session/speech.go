package session

import "time"

// A participant speaks when their voice was loud for attack, and no longer when
// it was not for release: pauses between words are shorter.
const (
	loudEnough = 50 // dB below full scale
	attack     = 200 * time.Millisecond
	release    = 700 * time.Millisecond
)

// speech is the hysteresis of one voice.
type speech struct {
	speaking bool
	since    time.Time // of the present side of loudEnough
	loud     bool
}

// hear takes the loudest level of a tick and says whether they speak.
func (s *speech) hear(level uint8, now time.Time) bool {
	if loud := level < loudEnough; loud != s.loud || s.since.IsZero() {
		s.loud, s.since = loud, now
	}
	held := now.Sub(s.since)
	switch {
	case s.loud && held >= attack:
		s.speaking = true
	case !s.loud && held >= release:
		s.speaking = false
	}
	return s.speaking
}

// listen notes who speaks.
func (t *table) listen(now time.Time) {
	for _, p := range t.people {
		level := uint8(127)
		switch {
		case p.rig:
			if hear := t.rig(p.Cube).Level; hear != nil {
				level = hear()
			}
		case p.member != nil:
			level = p.member.loudest()
		}
		if p.Microphone != On {
			level = 127
		}
		if speaking := p.speech.hear(level, now); speaking != p.Speaking {
			p.Speaking = speaking
			t.touch(p)
		}
	}
}
