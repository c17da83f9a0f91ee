package wasm_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/wasm"
)

// tone is 20 ms of a tone.
func tone() capture.Sound {
	s := capture.Sound{Captured: capture.Time(time.Second), Samples: make([]float32, capture.SoundSamples)}
	for i := range s.Samples {
		s.Samples[i] = float32(0.5 * math.Sin(2*math.Pi*1000*float64(i)/capture.SampleRate))
	}
	return s
}

func opened(t testing.TB, module []byte, e models.Environment, limits wasm.Limits) (models.Stage[capture.Sound], models.Definition) {
	t.Helper()
	d, err := wasm.Define(t.Context(), module, limits)
	if err != nil {
		t.Fatal(err)
	}
	s, err := d.OpenAudio(t.Context(), e, d.Parameters.Defaults())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s, d
}

func TestProcess(t *testing.T) {
	s, d := opened(t, echo(nil).bytes(), models.Environment{}, wasm.Limits{})
	in := tone()
	out, err := s.Process(in, d.Parameters.Defaults())
	if err != nil {
		t.Fatal(err)
	}
	if want := in.Captured.Add(-10 * time.Millisecond); out.Captured != want {
		t.Errorf("captured at %d, want %d: it looks 10 ms ahead", out.Captured, want)
	}
	if &out.Samples[0] == &in.Samples[0] {
		t.Error("the samples are those of the input")
	}
	for i, x := range out.Samples {
		if x != in.Samples[i] {
			t.Fatalf("sample %d is %v, was %v", i, x, in.Samples[i])
		}
	}
	for _, bad := range []struct {
		say     string
		samples []float32
	}{
		{"is given 3 samples", make([]float32, 3)},
		{"sample 7 that it is given is NaN", spoilt(7, float32(math.NaN()))},
		{"sample 0 that it is given is -1.5", spoilt(0, -1.5)},
	} {
		if _, err := s.Process(capture.Sound{Captured: 1, Samples: bad.samples}, d.Parameters.Defaults()); err == nil || !strings.Contains(err.Error(), bad.say) {
			t.Errorf("%v, does not say %q", err, bad.say)
		}
	}
	if _, err := s.Process(in, d.Parameters.Defaults()); err != nil {
		t.Errorf("after what was refused: %v", err)
	}
	for range 2 {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	if _, err := s.Process(in, d.Parameters.Defaults()); !errors.Is(err, models.ErrDead) {
		t.Errorf("after Close: %v", err)
	}
}

func spoilt(i int, x float32) []float32 {
	s := tone().Samples
	s[i] = x
	return s
}

// parameters is a module whose first four samples are a hundredth of its
// parameters; the fifth counts how often it was given one.
func parameters() source {
	var show []byte
	for i := range uint64(4) {
		show = code(show, local(1), constant(0), loadF(valuesAt+8*i), float(math.Float64bits(0.01)), []byte{0xa2}, store32(4*i))
	}
	count := code(constant(0), constant(0), loadI(0), constant(1), add, storeI(0))
	show = code(show, local(1), constant(0), loadI(0), []byte{0xb7}, float(math.Float64bits(0.01)), []byte{0xa2}, store32(16), constant(0))
	return source{
		describe: with(`
			{"name": "level", "type": "number", "default": -1.5, "min": -2, "max": 2, "help": "one", "live": true},
			{"name": "size", "type": "integer", "default": 3, "min": 0, "max": 9, "help": "two", "live": true},
			{"name": "on", "type": "switch", "default": true, "help": "three", "live": true},
			{"name": "mode", "type": "choice", "choices": ["soft", "hard", "off"], "default": "off", "help": "four"}`),
		bodies: map[string][]byte{
			"vc_process":   show,
			"vc_parameter": code(count, local(0), constant(8), []byte{0x6c}, local(1), storeF(valuesAt)),
		},
	}
}

func TestParameters(t *testing.T) {
	s, d := opened(t, parameters().bytes(), models.Environment{}, wasm.Limits{})
	v := d.Parameters.Defaults()
	for _, c := range []struct {
		change map[string]any
		want   [5]float64
	}{
		{nil, [5]float64{-1.5, 3, 1, 2, 4}},
		{nil, [5]float64{-1.5, 3, 1, 2, 4}},
		{map[string]any{"level": 0.25, "on": false}, [5]float64{0.25, 3, 0, 2, 6}},
		{map[string]any{"size": 9.0, "mode": "hard"}, [5]float64{0.25, 9, 0, 1, 8}},
	} {
		var err error
		if v, err = v.With(c.change); err != nil {
			t.Fatal(err)
		}
		out, err := s.Process(tone(), v)
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range c.want {
			if got := float64(out.Samples[i]) * 100; math.Abs(got-want) > 1e-5 {
				t.Errorf("after %v: value %d is %v, want %v", c.change, i, got, want)
			}
		}
	}
	if _, err := s.Process(tone(), models.Values{}); err == nil || !strings.Contains(err.Error(), "parameter level") {
		t.Errorf("without values: %v", err)
	}
	other, err := d.OpenAudio(t.Context(), models.Environment{}, d.Parameters.Defaults())
	if err != nil {
		t.Fatal(err)
	}
	out, err := other.Process(tone(), d.Parameters.Defaults())
	if err != nil || out.Samples[0] != -0.015 {
		t.Errorf("another instance has %v, %v", out.Samples[:5], err)
	}
	if err := other.Close(); err != nil {
		t.Error(err)
	}
}

func process(body ...[]byte) source {
	return echo(map[string][]byte{"vc_process": code(body...)})
}

// sample makes the eighth sample of the output a number.
func sample(x float64) source {
	return process(pass(), drop, local(1), float(math.Float64bits(x)), store32(28), constant(0))
}

func imports(name string, body ...[]byte) source {
	s := process(body...)
	s.imports = [][2]string{{"vc", name}}
	return s
}

// calls is a module that calls itself 2^depth times, without a loop.
func calls(depth int32) source {
	again := code(local(0), local(1), local(2), constant(1), []byte{0x6b}, call(5)) // the third argument is the depth
	return process(
		local(2), constant(depth), []byte{0x4b, 0x04, void}, constant(depth), []byte{0x21, 2}, end, // if more: depth
		local(2), []byte{0x04, i32}, again, drop, again, []byte{0x05}, constant(0), end)
}

// fills is a module that fills 30 MiB many times, without a loop.
func fills(times int) source {
	m := process(bytes.Repeat(code(constant(1<<20), constant(0), constant(30<<20), []byte{0xfc, 11, 0}), times), constant(0))
	m.memory = vector(code([]byte{0}, unsigned(500)))
	return m
}

// misbehaviour is what modules do when they are given sound: what is said of it,
// and whether the instance lives on.
var misbehaviour = []struct {
	name   string
	module source
	say    string
	lives  bool
}{
	{"NaN", sample(math.NaN()), "sample 7 that it made is NaN", true},
	{"infinite", sample(math.Inf(-1)), "sample 7 that it made is -Inf", true},
	{"too loud", sample(1.25), "sample 7 that it made is 1.25, outside -1 to 1", true},
	{"refuses", process(constant(messageAt)), `the module says "oops"`, true},
	{"message elsewhere", process(constant(-1)), "text is at address 4294967295, outside its memory", false},
	{"long message", process(constant(0), constant(257), storeI(0), constant(4), constant(257), storeI(0), constant(4)), "257 bytes, at most 256", false},

	{"loops", process(forever, constant(0)), "vc_process: it did not return in its time of 100ms", false},
	{"calls itself twice", calls(60), "vc_process: it did not return in its time of 100ms", false},
	{"fills its memory", fills(250), "vc_process: it did not return in its time of 100ms", false},
	{"grows", process([]byte{0x03, void}, constant(1), grow, constant(-1), []byte{0x47, 0x0d, 0, 0x0b}, unreachable), "unreachable (it has 512 of at most 32768 KiB of memory)", false},
	{"traps", process(unreachable), "vc_process: wasm error: unreachable", false},
	{"divides by zero", process(local(0), constant(0), []byte{0x6d}), "integer divide by zero", false},
	{"reads elsewhere", process(constant(-1), loadI(0)), "out of bounds memory access", false},
	{"logs elsewhere", imports("log", constant(-1), constant(8), call(0), constant(0)), "log: there are no 8 bytes at address 4294967295", false},
	{"observes what cannot be", imports("observe_voice", float(math.Float64bits(1.5)), call(0), constant(0)), "1.5 is no probability", false},
}

func TestMisbehaviour(t *testing.T) {
	for _, c := range misbehaviour {
		t.Run(c.name, func(t *testing.T) {
			s, d := opened(t, c.module.bytes(), models.Environment{}, limitsFor(c.say))
			_, err := s.Process(tone(), d.Parameters.Defaults())
			if err == nil || !strings.Contains(err.Error(), c.say) || !strings.HasPrefix(err.Error(), "echo: ") {
				t.Fatalf("%v, does not say %q", err, c.say)
			}
			if errors.Is(err, models.ErrDead) == c.lives {
				t.Errorf("it should live: %v; %v", c.lives, err)
			}
			_, again := s.Process(tone(), d.Parameters.Defaults())
			if again == nil || again.Error() != err.Error() {
				t.Errorf("at the next stretch: %v", again)
			}
		})
	}
}

// TestRecursion holds that one without end meets the end of the stack.
func TestRecursion(t *testing.T) {
	s, d := opened(t, process(local(0), local(1), local(2), call(5)).bytes(), models.Environment{}, wasm.Limits{Call: time.Minute})
	if _, err := s.Process(tone(), d.Parameters.Defaults()); !errors.Is(err, models.ErrDead) || !strings.Contains(err.Error(), "stack overflow") {
		t.Errorf("%v", err)
	}
}

// TestGrows holds that memory.grow says so when the node's limit is below the
// module's own, and that the module may go on.
func TestGrows(t *testing.T) {
	m := process(pass(), drop, local(1), constant(100), grow, []byte{0xb7}, store32(0), constant(0))
	m.memory = vector(code([]byte{1, 4}, unsigned(2000)))
	s, d := opened(t, m.bytes(), models.Environment{}, wasm.Limits{Memory: 1 << 20})
	out, err := s.Process(tone(), d.Parameters.Defaults())
	if err != nil || out.Samples[0] != -1 {
		t.Errorf("growth beyond the limit returns %v, %v", out.Samples[:1], err)
	}
}

func TestOpenRefuses(t *testing.T) {
	for _, c := range []struct {
		name, say string
		bodies    map[string][]byte
	}{
		{"refuses", `vc_open: the module says "oops"`, map[string][]byte{"vc_open": constant(messageAt)}},
		{"loops", "vc_open: it did not return", map[string][]byte{"vc_open": code(forever, constant(0))}},
		{"no room", "address 0 has no room for 3840 bytes", map[string][]byte{"vc_buffer": constant(0)}},
		{"odd address", "address 1026 has no room", map[string][]byte{"vc_buffer": constant(1026)}},
		{"room elsewhere", "address 258308 has no room", map[string][]byte{"vc_buffer": constant(4<<16 - 3836)}},
		{"one room", "overlap", map[string][]byte{"vc_buffer": constant(4096)}},
		{"traps", "vc_buffer: wasm error", map[string][]byte{"vc_buffer": unreachable}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, err := wasm.Define(t.Context(), echo(c.bodies).bytes(), limitsFor(c.say))
			if err != nil {
				t.Fatal(err)
			}
			s, err := d.OpenAudio(t.Context(), models.Environment{}, d.Parameters.Defaults())
			if err == nil || s != nil || !strings.Contains(err.Error(), c.say) || !strings.HasPrefix(err.Error(), "open echo: ") {
				t.Errorf("%v, does not say %q", err, c.say)
			}
		})
	}
	d, err := wasm.Define(t.Context(), echo(nil).bytes(), wasm.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := d.OpenAudio(ctx, models.Environment{}, d.Parameters.Defaults()); !errors.Is(err, context.Canceled) {
		t.Errorf("open under an ended context: %v", err)
	}
}

func TestObserves(t *testing.T) {
	m := imports("observe_voice",
		float(math.Float64bits(0.25)), call(0), float(math.Float64bits(0.75)), call(0), constant(0))
	m.describe = plain("480", "0", `"late"`, `"observes": true, "late"`)
	var seen []models.Observation
	s, d := opened(t, m.bytes(), models.Environment{Observe: func(o models.Observation) { seen = append(seen, o) }}, wasm.Limits{})
	in := tone()
	out, err := s.Process(in, d.Parameters.Defaults())
	if err != nil || &out.Samples[0] != &in.Samples[0] || out.Captured != in.Captured {
		t.Errorf("it does not return its input: %v", err)
	}
	if len(seen) != 1 || seen[0].Captured != in.Captured || seen[0].Voice == nil || seen[0].Voice.Probability != 0.75 || !seen[0].Voice.Speaks {
		t.Errorf("observed %+v", seen)
	}
	silent, d := opened(t, m.bytes(), models.Environment{}, wasm.Limits{})
	if _, err := silent.Process(in, d.Parameters.Defaults()); err != nil {
		t.Errorf("where nobody observes: %v", err)
	}
}

func TestLog(t *testing.T) {
	said := code(constant(messageAt+4), constant(4), call(0))
	m := imports("log", said, said, said, said, said, said, said, said, pass())
	var lines bytes.Buffer
	s, d := opened(t, m.bytes(), models.Environment{Log: slog.New(slog.NewTextHandler(&lines, nil))}, wasm.Limits{})
	if _, err := s.Process(tone(), d.Parameters.Defaults()); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(lines.String(), "text=oops"); n != 5 {
		t.Errorf("%d lines of 8, want 5 at once: %s", n, lines.String())
	}
}

func BenchmarkProcess(b *testing.B) {
	s, d := opened(b, echo(nil).bytes(), models.Environment{}, wasm.Limits{})
	in, v := tone(), d.Parameters.Defaults()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Process(in, v); err != nil {
			b.Fatal(err)
		}
	}
}
