package voice

import "math"

// lowPass is a Butterworth low-pass of fourth order: two biquads, by the
// bilinear transform (R. Bristow-Johnson, Cookbook formulae for audio EQ
// biquad filter coefficients), in transposed direct form II.
type lowPass [2]biquad

type biquad struct {
	b0, b1, b2, a1, a2 float64
	s1, s2             float64
}

func newLowPass(hertz, sampleRate float64) (f lowPass) {
	sin, cos := math.Sincos(2 * math.Pi * hertz / sampleRate)
	for i, q := range [2]float64{0.54119610, 1.30656296} { // 1/(2 cos(π/8)), 1/(2 cos(3π/8))
		alpha := sin / (2 * q)
		a0 := 1 + alpha
		f[i] = biquad{
			b0: (1 - cos) / 2 / a0, b1: (1 - cos) / a0, b2: (1 - cos) / 2 / a0,
			a1: -2 * cos / a0, a2: (1 - alpha) / a0,
		}
	}
	return f
}

// apply filters samples in place and multiplies them by a gain.
func (f *lowPass) apply(samples []float32, gain float64) {
	for i := range f {
		b := &f[i]
		for k, x := range samples {
			in := float64(x)
			out := b.b0*in + b.s1
			b.s1 = b.b1*in - b.a1*out + b.s2
			b.s2 = b.b2*in - b.a2*out
			samples[k] = float32(out)
		}
		// A long silence would otherwise end in denormal numbers, which are slow.
		if math.Abs(b.s1)+math.Abs(b.s2) < 1e-20 {
			b.s1, b.s2 = 0, 0
		}
	}
	for k := range samples {
		samples[k] *= float32(gain)
	}
}
