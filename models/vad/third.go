package vad

import "math"

// taps of the low pass, at 48 kHz: it passes up to 7.15 kHz, is 80 dB down from
// 8.85 on, and delays by 71.5 samples, 1.5 ms.
const taps = 144

// third takes every third sample, after a low pass of a windowed sinc (Kaiser,
// beta 7.9). Only the samples that are kept are computed.
type third struct {
	kernel [taps]float32
	past   [taps - 1]float32
	skip   int // samples until the next one that is kept
	line   []float32
}

func newThird() *third {
	t := &third{}
	const beta = 7.9
	total := 0.0
	var kernel [taps]float64
	for i := range kernel {
		x := float64(i) - (taps-1)/2.0 // never 0, as taps is even
		w := 2 * x / taps
		kernel[i] = math.Sin(math.Pi*x/3) / (math.Pi * x) * bessel(beta*math.Sqrt(1-w*w))
		total += kernel[i]
	}
	for i := range kernel {
		t.kernel[i] = float32(kernel[i] / total)
	}
	return t
}

// bessel is the modified Bessel function of the first kind and order 0.
func bessel(x float64) float64 {
	sum, term := 1.0, 1.0
	for k := 1.0; term > sum*1e-12; k++ {
		term *= x * x / (4 * k * k)
		sum += term
	}
	return sum
}

func (t *third) reset() {
	clear(t.past[:])
	t.skip = 0
}

// push appends to made what the samples become.
func (t *third) push(made, samples []float32) []float32 {
	t.line = append(append(t.line[:0], t.past[:]...), samples...)
	at := t.skip
	for ; at < len(samples); at += 3 {
		var sum float32
		for i, x := range t.line[at:][:taps] {
			sum += x * t.kernel[i]
		}
		made = append(made, sum)
	}
	t.skip = at - len(samples)
	copy(t.past[:], t.line[len(samples):])
	return made
}
