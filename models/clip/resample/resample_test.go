package resample

import (
	"math"
	"slices"
	"testing"
)

func sine(n, rate int, hertz float64) []float32 {
	s := make([]float32, n)
	for i := range s {
		s[i] = float32(0.5 * math.Sin(2*math.Pi*hertz*float64(i)/float64(rate)))
	}
	return s
}

func run(t *testing.T, from, to int, samples []float32) []float32 {
	t.Helper()
	r, err := New(from, to)
	if err != nil {
		t.Fatal(err)
	}
	var out []float32
	for part := range slices.Chunk(samples, 331) {
		out = append(out, r.Push(part)...)
	}
	return append(out, r.End()...)
}

// decibels is the error against a signal, away from both ends.
func decibels(got, want []float32) float64 {
	var signal, off float64
	for i := len(want) / 10; i < len(want)*9/10; i++ {
		signal += float64(want[i]) * float64(want[i])
		off += float64(got[i]-want[i]) * float64(got[i]-want[i])
	}
	return 10 * math.Log10(off/signal)
}

func TestTonesKeepTheirPlace(t *testing.T) {
	for _, c := range []struct {
		from, to int
		hertz    float64
	}{{16000, 48000, 440}, {16000, 48000, 7000}, {44100, 48000, 19000}, {8000, 48000, 3000}, {96000, 48000, 20000}, {192000, 48000, 1000}, {11127, 48000, 1000}, {48000, 16000, 3000}} {
		n := c.from / 2
		got, want := run(t, c.from, c.to, sine(n, c.from, c.hertz)), sine((n*c.to+c.from-1)/c.from, c.to, c.hertz)
		if len(got) != len(want) {
			t.Errorf("%d to %d: %d samples became %d, want %d", c.from, c.to, n, len(got), len(want))
			continue
		}
		if d := decibels(got, want); d > -70 {
			t.Errorf("%d to %d at %v Hz: %.1f dB off", c.from, c.to, c.hertz, d)
		}
	}
}

func TestWhatTheRateCannotHoldIsGone(t *testing.T) {
	got := run(t, 96000, 48000, sine(96000, 96000, 26000))
	var peak float64
	for _, s := range got[1000 : len(got)-1000] {
		peak = max(peak, math.Abs(float64(s)))
	}
	if d := 20 * math.Log10(peak/0.5); d > -75 {
		t.Errorf("26 kHz is %.1f dB loud at 48 kHz", d)
	}
}

func TestRefuses(t *testing.T) {
	for _, rates := range [][2]int{{0, 48000}, {48000, MaxRate + 1}, {-1, 1000}} {
		if _, err := New(rates[0], rates[1]); err == nil {
			t.Errorf("%v was taken", rates)
		}
	}
}

func BenchmarkSecondOf16000(b *testing.B) {
	in := sine(16000, 16000, 440)
	for b.Loop() {
		r, err := New(16000, 48000)
		if err != nil {
			b.Fatal(err)
		}
		r.Push(in)
	}
}
