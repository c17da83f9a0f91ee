package denoise

import (
	"math"

	"github.com/virtualcube/virtualcube/models/denoise/network"
)

// widths is how many bins each band has: equal steps of the ERB scale, of at
// least two bins, as libDF makes them of 32 bands at 48 kHz (erb_fb).
func widths() [network.Bands]int {
	return [...]int{
		2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 5, 5, 7,
		7, 8, 10, 12, 13, 15, 18, 20, 24, 28, 31, 37, 42, 50, 56, 67,
	}
}

// Of libDF (lib.rs): how fast what is usual is learnt, with a time constant of a
// second, and what it is taken to be at first.
const (
	memory               = 0.99
	usualLow, usualHigh  = -60.0, -90.0 // dB, of the lowest and highest band
	usualFirst, usualEnd = 1e-3, 1e-4   // magnitude of the first and the last bin
	spread               = 40           // dB
	least                = 1e-12        // of a usual magnitude: digital silence is no division by zero
)

// features are what the network is given, relative to what is usual.
type features struct {
	level     [network.Bands]float64 // dB
	magnitude [network.Bins]float64

	bands [network.Bands]float32
	bins  [network.Bins]complex64
}

func (f *features) reset() {
	for i := range f.level {
		f.level[i] = usualLow + (usualHigh-usualLow)*float64(i)/(network.Bands-1)
	}
	for i := range f.magnitude {
		f.magnitude[i] = usualFirst + (usualEnd-usualFirst)*float64(i)/(network.Bins-1)
	}
}

// take computes the features of the next frame.
func (f *features) take(s *spectrum) {
	const scale = 1.0 / window
	power := bandPowers(s)
	for i, n := range widths() {
		level := 10 * math.Log10(power[i]*scale*scale/float64(n)+1e-10)
		f.level[i] = level*(1-memory) + f.level[i]*memory
		f.bands[i] = float32((level - f.level[i]) / spread)
	}
	for i := range f.bins {
		x := s[i] * scale
		f.magnitude[i] = max(math.Hypot(real(x), imag(x))*(1-memory)+f.magnitude[i]*memory, least)
		f.bins[i] = complex64(x * complex(1/math.Sqrt(f.magnitude[i]), 0))
	}
}

// bandPowers are the sums of squares of each band's bins.
func bandPowers(s *spectrum) (powers [network.Bands]float64) {
	k := 0
	for i, n := range widths() {
		for range n {
			powers[i] += real(s[k])*real(s[k]) + imag(s[k])*imag(s[k])
			k++
		}
	}
	return powers
}
