package medium

import (
	"math"
	"time"

	"github.com/virtualcube/virtualcube/capture"
)

// Sounds are the stretches of a voice. They are left to the garbage collector.
type Sounds struct{}

// Captured is the instant of the first sample.
func (Sounds) Captured(s capture.Sound) capture.Time { return s.Captured }

// Retain returns s.
func (Sounds) Retain(s capture.Sound) capture.Sound { return s }

// Release does nothing.
func (Sounds) Release(capture.Sound) {}

// Absent says that there are no samples.
func (Sounds) Absent(s capture.Sound) bool { return s.Samples == nil }

// Check wants a valid stretch.
func (Sounds) Check(_, out capture.Sound) error { return out.Validate() }

// At cuts the stretch that begins at an instant out of those that came; silence
// is where none did.
func (Sounds) At(earlier []capture.Sound, instant capture.Time) (capture.Sound, bool) {
	out, found := Silence(instant), false
	for _, s := range earlier {
		first := Samples(s.Captured.Sub(instant))
		for i := max(0, -first); i < len(s.Samples) && first+i < len(out.Samples); i++ {
			out.Samples[first+i] = s.Samples[i]
			found = true
		}
	}
	return out, found
}

// Held fades out from half as loud: a stretch that is repeated for longer is a
// buzz.
func (Sounds) Held(last, _ capture.Sound, due capture.Time) capture.Sound {
	out := Silence(due)
	for i := range min(len(last.Samples), len(out.Samples)) {
		out.Samples[i] = last.Samples[i] * float32(len(out.Samples)-i) / float32(len(out.Samples)) / 2
	}
	return out
}

// Skipped is silence.
func (Sounds) Skipped(_ capture.Sound, due capture.Time) (capture.Sound, bool) {
	return Silence(due), true
}

// Silence is a stretch of it.
func Silence(at capture.Time) capture.Sound {
	return capture.Sound{Captured: at, Samples: make([]float32, capture.SoundSamples)}
}

// Samples is how many samples last the nearest to a duration.
func Samples(d time.Duration) int { return int(math.Round(d.Seconds() * capture.SampleRate)) }

// Lasting is the duration of samples, up to two days of them.
func Lasting(n int) time.Duration { return time.Duration(n) * time.Second / capture.SampleRate }
