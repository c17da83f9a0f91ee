package wasm_test

import (
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/wasm"
)

// compressor builds the example, as its README says.
func compressor(t testing.TB) string {
	t.Helper()
	if _, err := os.Stat("example/node_modules"); err != nil {
		t.Fatalf("the compiler of the example is missing (%v): run make example in the repository's root", err)
	}
	path := filepath.Join(t.TempDir(), "compressor.wasm")
	build := exec.Command("npm", "run", "--silent", "build", "--", "--outFile", path)
	build.Dir = "example"
	if said, err := build.CombinedOutput(); err != nil {
		t.Fatalf("npm run build: %v: %s", err, said)
	}
	return path
}

// voice runs tones through a filter, and keeps their phase.
type voice struct {
	stage  models.Stage[capture.Sound]
	values models.Values
	at     int // samples
}

// play returns what the filter makes of a tone of 1 kHz that peaks at a level in
// dB of full scale.
func (v *voice) play(t *testing.T, level float64, length time.Duration) []float64 {
	t.Helper()
	var made []float64
	for range length / capture.SoundLength {
		in := capture.Sound{Captured: capture.Time(time.Second + time.Duration(v.at)*time.Second/capture.SampleRate), Samples: make([]float32, capture.SoundSamples)}
		for i := range in.Samples {
			in.Samples[i] = float32(math.Pow(10, level/20) * math.Sin(2*math.Pi*1000*float64(v.at+i)/capture.SampleRate))
		}
		v.at += len(in.Samples)
		out, err := v.stage.Process(in, v.values)
		if err != nil {
			t.Fatal(err)
		}
		if out.Captured != in.Captured {
			t.Fatalf("captured at %d, was %d", out.Captured, in.Captured)
		}
		if err := out.Validate(); err != nil {
			t.Fatal(err)
		}
		for _, x := range out.Samples {
			made = append(made, float64(x))
		}
	}
	return made
}

func (v *voice) set(t *testing.T, changed map[string]any) {
	t.Helper()
	values, err := v.values.With(changed)
	if err != nil {
		t.Fatal(err)
	}
	if v.values.Restarts(values) {
		t.Errorf("%v cannot be changed while it runs", changed)
	}
	v.values = values
}

// peak is the level in dB of full scale of the last 20 ms.
func peak(samples []float64) float64 {
	most := 0.0
	for _, x := range samples[len(samples)-capture.SoundSamples:] {
		most = max(most, math.Abs(x))
	}
	return 20 * math.Log10(most)
}

// TestExample builds a filter in another language, and measures that it does what
// its source says.
func TestExample(t *testing.T) {
	d, err := wasm.Load(t.Context(), compressor(t), wasm.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if err := (models.Table{d}).Validate(); err != nil || d.Name != "compressor" {
		t.Fatalf("%s: %v", d.Name, err)
	}
	t.Run("levels", func(t *testing.T) { compressorLevels(t, d) })
	t.Run("attack", func(t *testing.T) { compressorAttack(t, d) })
}

func speak(t *testing.T, d models.Definition, changed map[string]any) *voice {
	t.Helper()
	values, err := d.Parameters.Defaults().With(changed)
	if err != nil {
		t.Fatal(err)
	}
	stage, err := d.OpenAudio(t.Context(), models.Environment{}, values)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := stage.Close(); err != nil {
			t.Error(err)
		}
	})
	return &voice{stage: stage, values: values}
}

func compressorLevels(t *testing.T, d models.Definition) {
	v := speak(t, d, nil)
	for _, c := range []struct {
		change      map[string]any
		level, want float64
	}{
		{nil, -40, -40},                                        // below the threshold of -24 dB
		{nil, -8, -24 + 16.0/4},                                // 16 dB above it
		{nil, -24, -24 - 0.75*3*3/12},                          // in the middle of its knee
		{map[string]any{"ratio": 2.0}, -8, -24 + 16.0/2},       // from the next stretch on
		{map[string]any{"threshold": -48.0}, -8, -48 + 40.0/2}, // again
		{map[string]any{"gain": 12.0}, -8, -48 + 40.0/2 + 12},  // made up for
		{map[string]any{"ratio": 1.0, "gain": 0.0}, -8, -8},    // nothing left to do
		{map[string]any{"gain": 24.0}, -8, 0},                  // the end of the scale
	} {
		v.set(t, c.change)
		got := peak(v.play(t, c.level, 2*time.Second))
		t.Logf("%v: a tone of %.0f dB comes out at %.2f dB, %.2f expected", c.change, c.level, got, c.want)
		if math.Abs(got-c.want) > 0.15 {
			t.Errorf("%v: a tone of %v dB comes out at %.2f dB, want %.2f", c.change, c.level, got, c.want)
		}
	}
}

// compressorAttack measures how fast it turns down what is suddenly loud.
func compressorAttack(t *testing.T, d models.Definition) {
	for _, attack := range []float64{0.005, 0.1} {
		made := speak(t, d, map[string]any{"attack": attack, "release": 2.0}).play(t, -8, time.Second)
		took := 0.0
		for i := 0; i+48 < len(made); i++ { // over one period of the tone
			most := 0.0
			for _, x := range made[i : i+48] {
				most = max(most, math.Abs(x))
			}
			if 20*math.Log10(most) < -8-12*(1-1/math.E) {
				took = float64(i+24) / capture.SampleRate
				break
			}
		}
		t.Logf("attack %v s: it took %.4f s", attack, took)
		if math.Abs(took-attack) > 0.001+0.05*attack {
			t.Errorf("attack %v s: 63 %% of 12 dB took %.4f s", attack, took)
		}
	}
}

func BenchmarkExample(b *testing.B) {
	module, err := os.ReadFile(compressor(b))
	if err != nil {
		b.Fatal(err)
	}
	s, d := opened(b, module, models.Environment{}, wasm.Limits{})
	in, v := tone(), d.Parameters.Defaults()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Process(in, v); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkDefine measures what loading the example costs, and opening one more.
func BenchmarkDefine(b *testing.B) {
	module, err := os.ReadFile(compressor(b))
	if err != nil {
		b.Fatal(err)
	}
	b.Run("load", func(b *testing.B) {
		for b.Loop() {
			if _, err := wasm.Define(b.Context(), module, wasm.Limits{}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("open", func(b *testing.B) {
		d, err := wasm.Define(b.Context(), module, wasm.Limits{})
		if err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			s, err := d.OpenAudio(b.Context(), models.Environment{}, d.Parameters.Defaults())
			if err != nil {
				b.Fatal(err)
			}
			if err := s.Close(); err != nil {
				b.Fatal(err)
			}
		}
	})
}
