package denoise

import (
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models/denoise/network"
)

// weightsFolder is where pulled weights are.
func weightsFolder(t testing.TB) string {
	t.Helper()
	if folder := os.Getenv("VIRTUALCUBE_MODELS"); folder != "" {
		return folder
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(cache, "virtualcube", "models")
}

// pulled returns the path of weights, and skips where they are not there.
func pulled(t testing.TB, name, file string) string {
	t.Helper()
	path := filepath.Join(weightsFolder(t), name, file)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		t.Skipf("the weights %s are missing: `virtualcube models pull %s` fetches them", name, name)
	}
	return path
}

// paths are those of the weights, by name.
func paths(t testing.TB) map[string]string {
	t.Helper()
	return map[string]string{
		weightsEncoder: pulled(t, weightsEncoder, "enc.onnx"),
		weightsBands:   pulled(t, weightsBands, "erb_dec.onnx"),
		weightsFilter:  pulled(t, weightsFilter, "df_dec.onnx"),
	}
}

func readWeights(t testing.TB) *network.Weights {
	t.Helper()
	p := paths(t)
	w, err := network.Read(p[weightsEncoder], p[weightsBands], p[weightsFilter])
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// delay is the look-ahead in samples.
const delay = int(lookAhead * capture.SampleRate / time.Second)

// cleaned is what a new filter makes of a recording, moved back by the delay.
func cleaned(t testing.TB, w *network.Weights, x []float32, p Parameters) []float32 {
	t.Helper()
	f := newFilter(w)
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
