package vad

import (
	"math"
	"testing"
)

// level of a tone of 48 kHz after it, in dB.
func level(frequency float64) float64 {
	t := newThird()
	var made []float32
	for at := 0; at < 48000; at += 480 {
		samples := make([]float32, 480)
		for i := range samples {
			samples[i] = float32(math.Sin(2 * math.Pi * frequency * float64(at+i) / 48000))
		}
		made = t.push(made, samples)
	}
	power := 0.0
	for _, x := range made[1000:] {
		power += 2 * float64(x) * float64(x) / float64(len(made)-1000)
	}
	return 10 * math.Log10(power+1e-15)
}

func TestThirdPassesSpeechAlone(t *testing.T) {
	for _, f := range []float64{50, 440, 3000, 7000} {
		if got := level(f); math.Abs(got) > 0.1 {
			t.Errorf("%v Hz comes out at %.2f dB", f, got)
		}
	}
	for _, f := range []float64{8900, 10000, 12345, 16000, 23900} {
		if got := level(f); got > -75 {
			t.Errorf("%v Hz comes out at %.1f dB", f, got)
		}
	}
}

func TestThirdKeepsTime(t *testing.T) {
	third := newThird()
	var made []float32
	for block := range 20 {
		samples := make([]float32, 100+block) // no multiple of 3
		if block == 10 {
			samples[0] = 1
		}
		made = third.push(made, samples)
	}
	if want := (20*100 + 19*20/2 + 2) / 3; len(made) != want {
		t.Errorf("%d samples came, want %d", len(made), want)
	}
	peak := 0
	for i, x := range made {
		if x > made[peak] {
			peak = i
		}
	}
	// Ten blocks of 100 to 109 samples, then the impulse, and 71.5 samples' delay.
	if at := 3*float64(peak) - 1045 - 71.5; math.Abs(at) > 1.5 {
		t.Errorf("the impulse is %v samples off", at)
	}
}
