package denoise

import (
	"errors"
	"math"
	"testing"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/weights"
)

// environment has the pulled weights; the test is skipped where they are missing.
func environment(t testing.TB) models.Environment {
	t.Helper()
	store, err := weights.Open("")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range definition(t).Weights {
		if _, err := store.Path(name); errors.Is(err, weights.ErrMissing) {
			t.Skip(err)
		}
	}
	return models.Environment{Weights: store.Path}
}

func definition(t testing.TB) models.Definition {
	t.Helper()
	d, err := Definition()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func opened(t testing.TB, e models.Environment) *filter {
	t.Helper()
	f, err := open(t.Context(), e, Parameters{})
	if err != nil {
		t.Fatal(err)
	}
	return f.(*filter)
}

// delay is the look-ahead in samples.
const delay = int(lookAhead * capture.SampleRate / time.Second)

// cleaned is what the filter, begun anew, makes of a recording, moved back by the
// delay.
func cleaned(t testing.TB, f *filter, x []float32, p Parameters) []float32 {
	t.Helper()
	f.forget()
	f.next = 0
	out := make([]float32, 0, len(x)+delay+capture.SoundSamples)
	for at := 0; len(out) < len(x)+delay; at += capture.SoundSamples {
		in := capture.Sound{Captured: capture.Time(time.Second).Add(time.Duration(at) * time.Second / capture.SampleRate), Samples: make([]float32, capture.SoundSamples)}
		if at < len(x) {
			copy(in.Samples, x[at:])
		}
		made, err := f.Process(in, p)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, made.Samples...)
	}
	return out[delay : delay+len(x)]
}

// sdr is the scale-invariant ratio of signal to distortion in dB (J. Le Roux et
// al., "SDR - half-baked or well done?", 2019), without the means.
func sdr(wanted, got []float32) float64 {
	mean := func(x []float32) (m float64) {
		for _, v := range x {
			m += float64(v) / float64(len(x))
		}
		return m
	}
	mw, mg := mean(wanted), mean(got)
	var ww, wg float64
	for i := range wanted {
		w, g := float64(wanted[i])-mw, float64(got[i])-mg
		ww += w * w
		wg += w * g
	}
	var signal, distortion float64
	for i := range wanted {
		s := wg / ww * (float64(wanted[i]) - mw)
		d := float64(got[i]) - mg - s
		signal += s * s
		distortion += d * d
	}
	return 10 * math.Log10(signal/(distortion+1e-20))
}

func power(x []float32) (p float64) {
	for _, v := range x {
		p += float64(v) * float64(v) / float64(len(x))
	}
	return p
}

// mixed returns speech at -26 dB of full scale and the same with noise, which
// begins at a sample of its own and comes round, at a ratio in dB; both quieter
// where the sum would clip.
func mixed(speech, noise []float32, from int, ratio float64) (clean, noisy []float32) {
	clean, noisy = make([]float32, len(speech)), make([]float32, len(speech))
	around := make([]float32, len(speech))
	for i := range around {
		around[i] = noise[(from+i)%len(noise)]
	}
	s := 0.05 / math.Sqrt(power(speech))
	n := 0.05 / math.Sqrt(power(around)) * math.Pow(10, -ratio/20)
	peak := 0.0
	for i := range clean {
		clean[i] = float32(float64(speech[i]) * s)
		noisy[i] = clean[i] + float32(float64(around[i])*n)
		peak = max(peak, math.Abs(float64(noisy[i])))
	}
	if peak > 0.99 {
		for i := range clean {
			clean[i] *= float32(0.99 / peak)
			noisy[i] *= float32(0.99 / peak)
		}
	}
	return clean, noisy
}
