package voice

import "math"

// Silence is the level of no sound at all.
const Silence = 127

// Level is the level of samples from -1 to 1 as RFC 6464 section 4 has it: how
// many decibels their root mean square is below overload, 0 to 127. A sine of
// full scale is at 3. Of no samples, or of what is no number, it is Silence.
func Level(samples []float32) uint8 {
	sum := 0.0
	for _, x := range samples {
		sum += float64(x) * float64(x)
	}
	mean := sum / float64(len(samples))
	if !(mean > 0) {
		return Silence
	}
	return uint8(min(Silence, max(0, math.Round(-10*math.Log10(mean)))))
}

// activity tells voice from the noise of a room by its level alone: it is
// louder than the noise by voiceOverNoise decibels, and it goes on for the
// short pauses between words.
type activity struct {
	noise float64 // estimate, in dB below overload
	begun bool
	hang  int // stretches left
}

const (
	voiceOverNoise = 10.0
	quietest       = 55.0 // dB below overload; below it nothing is a voice
	quietRoom      = 65.0 // no noise is taken to be less: a hum that begins is one after seconds
	noiseFall      = 0.2  // of the difference a stretch: the noise is what is left in pauses
	noiseRise      = 0.02 // dB a stretch: 1 dB a second
	voiceHang      = 10   // stretches, 0.2 s
)

// voice takes the level of the next 20 ms and says whether they are of a voice.
func (a *activity) voice(level uint8) bool {
	x := float64(level)
	if !a.begun {
		a.noise, a.begun = max(x, quietest), true
	}
	a.noise = min(a.noise, quietRoom)
	if x > a.noise {
		a.noise += noiseFall * (x - a.noise)
	} else {
		a.noise -= noiseRise
	}
	if x < quietest && x < a.noise-voiceOverNoise {
		a.hang = voiceHang
	} else {
		a.hang = max(0, a.hang-1)
	}
	return a.hang > 0
}
