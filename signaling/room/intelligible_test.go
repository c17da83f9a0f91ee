package room_test

import (
	"math"
	"math/cmplx"
	"math/rand/v2"
	"testing"

	"github.com/virtualcube/virtualcube/session/voice/opus"
)

// The short-time objective intelligibility of C. H. Taal and others, "An
// Algorithm for Intelligibility Prediction of Time-Frequency Weighted Noisy
// Speech", IEEE TASLP 19(7), 2011, at 48 kHz: 0 to 1, of speech with respect to
// what was said. understood is where their mapping for whole sentences, 100 / (1
// + exp(-17.4906 d + 9.6921)), says 99 % of the words.
const (
	understood = 0.817

	window   = 1229 // samples, 25.6 ms, every 12.8 ms
	hop      = window / 2
	fftSize  = 2048
	bands    = 15  // a third of an octave each
	lowest   = 150 // Hz, centre
	segment  = 30  // windows, 384 ms
	dynamic  = 40  // dB below the loudest window: what is quieter is silence
	clipping = -15 // dB, the least signal to distortion that counts
)

// intelligibility compares what was heard to what was said, sample by sample.
func intelligibility(said, heard []float32) float64 {
	var clean, degraded [][bands]float64
	loudest, loud := 0.0, []float64{}
	for at := 0; at+window <= min(len(said), len(heard)); at += hop {
		x, energy := spectrum(said[at : at+window])
		y, _ := spectrum(heard[at : at+window])
		clean, degraded, loud = append(clean, x), append(degraded, y), append(loud, energy)
		loudest = max(loudest, energy)
	}
	n := 0
	for i, energy := range loud {
		if 10*math.Log10(energy/loudest+1e-12) > -dynamic {
			clean[n], degraded[n] = clean[i], degraded[i]
			n++
		}
	}
	sum, count := 0.0, 0
	for end := segment; end <= n; end++ {
		for b := range bands {
			var x, y [segment]float64
			for k := range segment {
				x[k], y[k] = clean[end-segment+k][b], degraded[end-segment+k][b]
			}
			sum += similarity(&x, &y)
			count++
		}
	}
	if count == 0 {
		return 0
	}
	return sum / float64(count)
}

// similarity is the correlation of two envelopes, the second one made as loud
// and clipped.
func similarity(x, y *[segment]float64) float64 {
	var xx, yy float64
	for k := range x {
		xx, yy = xx+x[k]*x[k], yy+y[k]*y[k]
	}
	gain := math.Sqrt(xx / (yy + 1e-30))
	var mx, my float64
	for k := range y {
		y[k] = min(gain*y[k], x[k]*(1+math.Pow(10, -clipping/20.0)))
		mx, my = mx+x[k]/segment, my+y[k]/segment
	}
	var xy float64
	xx, yy = 0, 0
	for k := range x {
		xy, xx, yy = xy+(x[k]-mx)*(y[k]-my), xx+(x[k]-mx)*(x[k]-mx), yy+(y[k]-my)*(y[k]-my)
	}
	return xy / (math.Sqrt(xx*yy) + 1e-30)
}

// spectrum is the norm of each band of a window, and its energy.
func spectrum(samples []float32) (out [bands]float64, energy float64) {
	var bins [fftSize]complex128
	for i, s := range samples {
		x := float64(s) * (0.5 - 0.5*math.Cos(2*math.Pi*(float64(i)+0.5)/window))
		bins[i], energy = complex(x, 0), energy+x*x
	}
	fft(bins[:])
	for b := range bands {
		centre := lowest * math.Pow(2, float64(b)/3)
		from, to := centre*math.Pow(2, -1.0/6), centre*math.Pow(2, 1.0/6)
		for k := int(math.Round(from * fftSize / opus.SampleRate)); k < int(math.Round(to*fftSize/opus.SampleRate)); k++ {
			out[b] += real(bins[k])*real(bins[k]) + imag(bins[k])*imag(bins[k])
		}
		out[b] = math.Sqrt(out[b])
	}
	return out, energy
}

// fft transforms in place; the length is a power of 2.
func fft(x []complex128) {
	for i, j := 1, 0; i < len(x); i++ {
		bit := len(x) >> 1
		for ; j&bit != 0; bit >>= 1 {
			j ^= bit
		}
		if j ^= bit; i < j {
			x[i], x[j] = x[j], x[i]
		}
	}
	for size := 2; size <= len(x); size *= 2 {
		step := cmplx.Rect(1, -2*math.Pi/float64(size))
		for begin := 0; begin < len(x); begin += size {
			w := complex(1, 0)
			for k := begin; k < begin+size/2; k++ {
				even, odd := x[k], x[k+size/2]*w
				x[k], x[k+size/2] = even+odd, even-odd
				w *= step
			}
		}
	}
}

// TestIntelligibility says that the measure tells speech that can be understood
// from what cannot.
func TestIntelligibility(t *testing.T) {
	said := synthesised(120, 4)
	random := rand.New(rand.NewPCG(1, 1))
	// change is what another listener hears: frames of 20 ms lost, noise.
	change := func(lost, noise float64) []float32 {
		out := make([]float32, len(said))
		gone := false
		for i, s := range said {
			if i%opus.FrameSamples == 0 {
				gone = random.Float64() < lost
			}
			if !gone {
				out[i] = s/2 + float32(noise*random.NormFloat64())
			}
		}
		return out
	}
	if d := intelligibility(said, change(0, 0)); d < 0.999 {
		t.Errorf("what was said, but quieter: %.3f", d)
	}
	mild, half, most := intelligibility(said, change(0.03, 0)), intelligibility(said, change(0.4, 0)), intelligibility(said, change(0, 2))
	if mild < understood || half > understood || most > 0.5 || mild < half {
		t.Errorf("3 %% lost without any repair: %.3f, 40 %%: %.3f, under noise: %.3f; %.3f is understood", mild, half, most, understood)
	}
}
