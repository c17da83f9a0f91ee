package denoise

import (
	"math"

	"github.com/virtualcube/virtualcube/models/denoise/network"
)

// guard decides how much of what the network took away is given back. The network
// gates faint or unusual speech, such as hummed onsets and tails, where there is
// hardly any noise too, and then does harm. So the guard estimates how far the
// speech stands above the noise: below cautious nothing is given back, above
// certain all of it, but only in bands that are well above their noise, so that
// pauses stay quiet, and half of it where nobody has spoken for a while.
//
// The constants were tuned on prompts of Asterisk's amid sounds of Sonic Pi and
// LinCity-NG, none of which the evaluation uses.
type guard struct {
	frames, spoken int // that were heard
	pause          int // frames since the last with speech, or the beginning
	speech, noise  float64
	band           [network.Bands]float64 // noise of each
}

const (
	cautious, certain = 9.0, 20.0 // dB, speech to noise
	doubtful, present = 4.0, 16.0 // power of a band over its noise: from none to all

	noiseTime  = 400 // frames of 10 ms that noise is averaged over
	speechTime = 200 // frames with speech
	firstTime  = 100 // how much what is assumed at first counts, in frames
	pauseTime  = 100 // frames without speech after which less is given back

	// At first speech is taken to be of -26 dB (of full scale), and noise 20 dB
	// below.
	usualSpeech = 0.05 * 0.05 * hop * hop
	usualNoise  = usualSpeech / 100
)

func (g *guard) reset() {
	*g = guard{speech: usualSpeech, noise: usualNoise}
	for i := range g.band {
		g.band[i] = usualNoise / network.Bands
	}
}

// spare says for each band how much of what is taken away is given back, 0 to 1.
// It is given the powers of the bands as they came, as they were cleaned, and of
// their difference.
func (g *guard) spare(came, cleaned, taken *[network.Bands]float64, snr float32) (back [network.Bands]float64) {
	g.frames++
	g.pause++
	rate := max(1.0/noiseTime, 1/float64(g.frames+firstTime))
	// The lowest band is left out: rumble says nothing of what is heard.
	g.noise += rate * (min(sum(taken[1:]), 100*g.noise) - g.noise)
	if snr > 0 {
		g.spoken++
		g.pause = 0
		g.speech += max(1.0/speechTime, 1/float64(g.spoken+firstTime)) * (sum(cleaned[1:]) - g.speech)
	}
	over := 10 * math.Log10((g.speech+least)/(g.noise+least))
	share := ramp(over, cautious, certain)
	if g.pause > pauseTime {
		share /= 2
	}
	for i := range back {
		g.band[i] += rate * (min(taken[i], 4*g.band[i]) - g.band[i])
		back[i] = share * ramp(came[i]/(g.band[i]+least), doubtful, present)
	}
	return back
}

// ramp is 0 up to low, 1 from high on.
func ramp(x, low, high float64) float64 { return max(0, min(1, (x-low)/(high-low))) }

func sum(list []float64) (total float64) {
	for _, x := range list {
		total += x
	}
	return total
}
