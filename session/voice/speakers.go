package voice

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/virtualcube/virtualcube/capture"
)

// SpeakerOptions say when somebody counts as speaking. Zero values stand for
// the defaults.
type SpeakerOptions struct {
	Threshold uint8         // level of RFC 6464 at which one speaks; 45
	Attack    time.Duration // of loudness until one speaks, some less for the packet that is under way; 180 ms
	Release   time.Duration // of quiet until one does not any more; 700 ms
}

const (
	// stays is how much quieter than the threshold a speaker may get, in dB.
	stays = 6
	// overtakes is how much louder than who is ahead one has to be, in dB.
	overtakes = 6.0
	// loudnessTime is over what the loudness is smoothed that orders speakers.
	loudnessTime = 400 * time.Millisecond
	// packetTime is what a packet without one shortly before it stands for,
	// and longestPacket what it stands for at most.
	packetTime    = 20 * time.Millisecond
	longestPacket = 60 * time.Millisecond
)

// Speakers tells from everybody's levels who speaks. It knows no clock: time
// comes with the levels. The keys are the participants. It is not safe for
// concurrent use.
type Speakers[K cmp.Ordered] struct {
	options SpeakerOptions
	people  map[K]*speaker // heard within the last release time
	active  []K            // those who speak, in order
}

type speaker struct {
	heard    capture.Time  // the last packet
	loud     capture.Time  // the last packet of at least threshold - stays
	raised   time.Duration // loudness until now, quiet taken off
	loudness float64       // smoothed level, dB below overload
	speaks   bool
}

// NewSpeakers returns an empty list.
func NewSpeakers[K cmp.Ordered](o SpeakerOptions) *Speakers[K] {
	if o.Threshold == 0 {
		o.Threshold = 45
	}
	if o.Attack <= 0 {
		o.Attack = 180 * time.Millisecond
	}
	if o.Release <= 0 {
		o.Release = 700 * time.Millisecond
	}
	return &Speakers[K]{options: o, people: make(map[K]*speaker)}
}

// Heard takes the level of a participant's packet (RFC 6464, 0 to 127) and
// when it came. A packet older than the last one is not regarded.
func (s *Speakers[K]) Heard(who K, level uint8, at capture.Time) {
	p := s.people[who]
	span := packetTime
	if p == nil {
		p = &speaker{heard: at, loudness: Silence}
		s.people[who] = p
	} else {
		if at < p.heard {
			return
		}
		gap := at.Sub(p.heard)
		if span = gap; gap > longestPacket { // the pause before it was quiet
			span = packetTime
			p.quiet(gap - span)
		}
		p.heard = at
	}
	p.hear(level, span, at, s.options)
	if p.speaks && !slices.Contains(s.active, who) {
		s.active = append(s.active, who)
	}
}

// hear counts a packet.
func (p *speaker) hear(level uint8, span time.Duration, at capture.Time, o SpeakerOptions) {
	level = min(level, Silence)
	p.smooth(float64(level), span)
	if level <= o.Threshold {
		p.raised = min(o.Attack, p.raised+span)
	} else {
		p.raised = max(0, p.raised-span)
	}
	if int(level) <= int(o.Threshold)+stays {
		p.loud = at
	}
	if p.raised >= o.Attack {
		p.speaks = true
	}
}

// quiet counts time without packets.
func (p *speaker) quiet(span time.Duration) {
	p.smooth(Silence, span)
	p.raised = max(0, p.raised-span)
}

func (p *speaker) smooth(level float64, span time.Duration) {
	p.loudness += (level - p.loudness) * (1 - math.Exp(-span.Seconds()/loudnessTime.Seconds()))
}

// Active returns who speaks at an instant, the loudest first: one who is ahead
// stays so until another has been clearly louder for a moment. Call it as
// often as the list is shown, ten times a second or so. The caller may keep it.
func (s *Speakers[K]) Active(at capture.Time) []K {
	for who, p := range s.people {
		if p.speaks && at.Sub(p.loud) > s.options.Release {
			p.speaks, p.raised = false, 0
		}
		if !p.speaks && at.Sub(p.heard) > s.options.Release {
			delete(s.people, who)
		}
	}
	s.active = slices.DeleteFunc(s.active, func(who K) bool { return s.people[who] == nil || !s.people[who].speaks })
	for i := 1; i < len(s.active); i++ {
		for k := i; k > 0 && s.loudness(s.active[k], at)+overtakes < s.loudness(s.active[k-1], at); k-- {
			s.active[k-1], s.active[k] = s.active[k], s.active[k-1]
		}
	}
	return slices.Clone(s.active)
}

// loudness is a speaker's smoothed level at an instant, the time since the
// last packet counted as quiet where it is long.
func (s *Speakers[K]) loudness(who K, at capture.Time) float64 {
	p := *s.people[who]
	if gap := at.Sub(p.heard); gap > longestPacket {
		p.quiet(gap)
	}
	return p.loudness
}

// Left forgets a participant at once.
func (s *Speakers[K]) Left(who K) {
	delete(s.people, who)
	s.active = slices.DeleteFunc(s.active, func(k K) bool { return k == who })
}
