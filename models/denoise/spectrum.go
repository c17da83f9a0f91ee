package denoise

import "math"

// Frames of the transform, as DeepFilterNet3 was trained on them.
const (
	hop    = 480 // samples, 10 ms
	window = 2 * hop
	bins   = hop + 1 // of 50 Hz
)

// spectrum is one frame, of bins from 0 to 24 kHz.
type spectrum [bins]complex128

// transform goes between samples and overlapping spectra of them.
type transform struct {
	fourier  *fourier
	shape    [window]float64
	in, out  [window]complex128
	before   [hop]float64 // samples that were in the last frame too
	overlaid [hop]float64 // what the last spectrum adds to the next hop
}

func newTransform() *transform {
	t := &transform{fourier: newFourier(4, 4, 4, 3, 5)}
	for i := range t.shape {
		// The window of Vorbis I, 4.3.1, whose squares add up to 1.
		s := math.Sin(math.Pi * (float64(i) + 0.5) / window)
		t.shape[i] = math.Sin(math.Pi / 2 * s * s)
	}
	return t
}

func (t *transform) reset() {
	clear(t.before[:])
	clear(t.overlaid[:])
}

// analyse takes the next hop of samples.
func (t *transform) analyse(s *spectrum, samples []float32) {
	for i := range hop {
		x := float64(samples[i])
		t.in[i] = complex(t.before[i]*t.shape[i], 0)
		t.in[hop+i] = complex(x*t.shape[hop+i], 0)
		t.before[i] = x
	}
	t.fourier.transform(t.out[:], t.in[:])
	copy(s[:], t.out[:bins])
}

// synthesise gives the hop of samples that the spectrum completes.
func (t *transform) synthesise(samples []float32, s *spectrum) {
	// The transform of the conjugate is the conjugate of the inverse, times its
	// length.
	t.in[0], t.in[hop] = complex(real(s[0]), 0), complex(real(s[hop]), 0)
	for k := 1; k < hop; k++ {
		t.in[k] = complex(real(s[k]), -imag(s[k]))
		t.in[window-k] = s[k]
	}
	t.fourier.transform(t.out[:], t.in[:])
	for i := range hop {
		samples[i] = float32(t.overlaid[i] + real(t.out[i])*t.shape[i]/window)
		t.overlaid[i] = real(t.out[hop+i]) * t.shape[hop+i] / window
	}
}
