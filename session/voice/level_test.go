package voice

import (
	"math"
	"testing"
)

// sine is n samples.
func sine(amplitude, hertz float64, n int) []float32 {
	out := make([]float32, n)
	for i := range out {
		out[i] = float32(amplitude * math.Sin(2*math.Pi*hertz*float64(i)/48000))
	}
	return out
}

func constant(x float32) []float32 {
	out := make([]float32, 960)
	for i := range out {
		out[i] = x
	}
	return out
}

func TestLevel(t *testing.T) {
	for name, test := range map[string]struct {
		samples []float32
		want    uint8
	}{
		"overload":          {constant(1), 0},
		"beyond overload":   {constant(-3), 0},
		"sine":              {sine(1, 1000, 960), 3},
		"half a sine":       {sine(0.5, 1000, 960), 9},
		"a tenth":           {constant(0.1), 20},
		"one 16-bit step":   {constant(1.0 / 32768), 90},
		"below that":        {constant(1e-9), 127},
		"silence":           {constant(0), 127},
		"no samples":        {nil, 127},
		"what is no number": {constant(float32(math.NaN())), 127},
		"infinite":          {constant(float32(math.Inf(1))), 0},
	} {
		if got := Level(test.samples); got != test.want {
			t.Errorf("%s: %d, want %d", name, got, test.want)
		}
	}
}

// A voice over noise, then noise alone, at levels a stretch.
func TestActivity(t *testing.T) {
	type step struct {
		level uint8
		n     int
		want  bool // at its end
	}
	for name, steps := range map[string][]step{
		"speech":             {{62, 50, false}, {25, 5, true}, {62, 5, true}, {62, 10, false}, {30, 1, true}},
		"digital silence":    {{127, 100, false}, {127, 100, false}},
		"a whisper of noise": {{127, 10, false}, {57, 100, false}},
		"a fan is switched on, and a voice comes": {{60, 50, false}, {48, 10, true}, {48, 900, false}, {28, 5, true}, {48, 15, false}},
	} {
		var a activity
		for i, s := range steps {
			got := false
			for range s.n {
				got = a.voice(s.level)
			}
			if got != s.want {
				t.Errorf("%s, step %d: voice %v (noise %.0f)", name, i, got, a.noise)
			}
		}
	}
}
