package room_test

import (
	"encoding/binary"
	"errors"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/virtualcube/virtualcube/session/voice/opus"
)

// clip is real speech, 16 kHz, mono, 16 bits, from the repository's root.
const clip = "../../../shared/data/speech/acoustic_corpus.wav"

// recorded is real speech at 48 kHz, or what synthesised makes where there is
// none.
func recorded(t *testing.T) []float32 {
	t.Helper()
	data, err := os.ReadFile(clip)
	if errors.Is(err, fs.ErrNotExist) {
		t.Logf("no %s: all speech is synthetic", clip)
		return synthesised(150, 20)
	}
	const header, factor = 44, opus.SampleRate / 16000
	if err != nil || len(data) < header || binary.LittleEndian.Uint32(data[24:]) != 16000 {
		t.Fatalf("%s: it should be a WAV file of 16 kHz: %v", clip, err)
	}
	data = data[header:]
	out := make([]float32, len(data)/2*factor)
	last := float32(0)
	for i := range len(data) / 2 {
		next := float32(int16(binary.LittleEndian.Uint16(data[2*i:]))) / 32768
		for k := range factor {
			out[i*factor+k] = last + (next-last)*float32(k+1)/factor
		}
		last = next
	}
	return out
}

// resonator is one formant: a pair of poles.
type resonator struct{ y1, y2 float64 }

func (r *resonator) next(x, hertz, width float64) float64 {
	radius := math.Exp(-math.Pi * width / opus.SampleRate)
	a, b := 2*radius*math.Cos(2*math.Pi*hertz/opus.SampleRate), -radius*radius
	y := (1-a-b)*x + a*r.y1 + b*r.y2
	r.y1, r.y2 = y, r.y1
	return y
}

// synthesised is babble at 48 kHz: syllables of a hiss and a vowel, by a source
// and three formants (Fant's model), of a voice of so many hertz.
func synthesised(hertz, seconds float64) []float32 {
	vowels := [][3]float64{{730, 1090, 2440}, {270, 2290, 3010}, {300, 870, 2240}, {530, 1840, 2480}, {570, 840, 2410}} // Peterson and Barney 1952
	random := rand.New(rand.NewPCG(uint64(hertz), 1))
	var formants [3]resonator
	now, phase := vowels[0], 0.0
	out := make([]float32, 0, int(seconds*opus.SampleRate))
	for len(out) < cap(out) {
		vowel, pitch := vowels[random.IntN(len(vowels))], hertz*(0.9+0.25*random.Float64())
		syllable := int((0.15 + 0.12*random.Float64()) * opus.SampleRate)
		hiss := syllable / 4
		for i := range min(syllable, cap(out)-len(out)) {
			x := 0.02 * random.NormFloat64()
			if i >= hiss { // a pulse a period
				x *= 0.05
				if phase += pitch / opus.SampleRate; phase >= 1 {
					phase--
					x += 5
				}
			}
			loud := math.Sin(math.Pi * (float64(i) + 0.5) / float64(syllable))
			for f := range formants {
				now[f] += (vowel[f] - now[f]) / 1500 // lips and tongue take their time
				x = formants[f].next(x, now[f], 60+40*float64(f))
			}
			if i < hiss {
				x += 0.01 * random.NormFloat64() * math.Sin(math.Pi*float64(i)/float64(hiss))
			}
			out = append(out, float32(max(-0.9, min(0.9, x*loud))))
		}
	}
	return out
}
