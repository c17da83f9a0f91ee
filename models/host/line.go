package host

import (
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/medium"
)

const (
	// lineSlack is by how much stamps may stray without meaning a gap, as those of a
	// sound card do.
	lineSlack time.Duration = capture.SoundLength / 2
	// lineGap is from where on a gap is left a gap: no change of a filter makes one.
	lineGap = models.MaxLookAhead + capture.SoundLength
	// smoothed is how many samples a seam is smoothed over: 5 ms.
	smoothed = capture.SampleRate / 200
)

// line is the end of a voice's chain: what leaves it is one content without gaps
// or repetitions, whatever the chain's filters look ahead.
type line struct {
	out   func(capture.Sound)
	stats *Stats

	begun bool
	ahead time.Duration // that the chain looks
	moved bool          // whether that has changed since the last sample
	from  capture.Time  // of the first sample that waits
	waits []float32     // less than a stretch
	last  float32       // the newest sample that was taken
}

// due is the instant of the next sample.
func (l *line) due() capture.Time { return l.from.Add(medium.Lasting(len(l.waits))) }

// take takes the next stretch; raw is what came into the chain of late, ahead how
// far its filters look.
func (l *line) take(s capture.Sound, raw []capture.Sound, ahead time.Duration) {
	stray, slack := s.Captured.Sub(l.due()), lineSlack
	if l.moved = l.moved || ahead != l.ahead; l.moved {
		slack = medium.Lasting(1)
	}
	l.ahead = ahead
	switch {
	case !l.begun || stray > lineGap || stray < -lineGap:
		l.begun, l.from, l.waits = true, s.Captured, l.waits[:0]
	case stray > slack: // the chain looks less ahead than it did
		l.append(bridge(raw, l.due(), medium.Samples(stray)), true)
	case stray < -slack: // it looks further ahead: this has left already
		skip := min(medium.Samples(-stray), len(s.Samples))
		if skip == len(s.Samples) {
			l.stats.Repeated++
			return
		}
		l.append(s.Samples[skip:], true)
		return
	default:
		l.from = s.Captured.Add(-medium.Lasting(len(l.waits)))
	}
	l.append(s.Samples, stray.Abs() > slack)
}

// bridge is n samples from an instant on, of what came; silence where nothing did.
func bridge(raw []capture.Sound, from capture.Time, n int) []float32 {
	made := make([]float32, 0, n+capture.SoundSamples)
	for len(made) < n {
		s, _ := medium.Sounds{}.At(raw, from.Add(medium.Lasting(len(made))))
		made = append(made, s.Samples...)
	}
	return made[:n]
}

// append adds samples and sends full stretches on. seam smooths the step from
// what came before.
func (l *line) append(more []float32, seam bool) {
	at := len(l.waits)
	l.waits = append(l.waits, more...)
	if seam && len(more) > 0 {
		step := l.last - more[0]
		for i := range min(smoothed, len(more)) {
			l.waits[at+i] = max(-1, min(1, more[i]+step*float32(smoothed-i)/smoothed))
		}
	}
	if len(more) > 0 {
		l.moved = false
		l.last = l.waits[len(l.waits)-1]
	}
	for len(l.waits) >= capture.SoundSamples {
		s := capture.Sound{Captured: l.from, Samples: make([]float32, capture.SoundSamples)}
		copy(s.Samples, l.waits)
		l.waits = l.waits[:copy(l.waits, l.waits[capture.SoundSamples:])]
		l.from = l.from.Add(capture.SoundLength)
		l.stats.Out++
		l.out(s)
	}
}
