package filtertest

import (
	"io"
	"log/slog"
	"testing"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/scene"
)

// Options say what the suite should know of a filter; the zero value will do for
// one without weights.
type Options struct {
	// Environment is what the filter is opened in; Log and Observe are the suite's.
	Environment models.Environment
	// Values are parameters that differ from their defaults throughout.
	Values map[string]any
	// Golden is the file in testdata with what the filter makes of the suite's
	// input; empty: there is none. Tolerance is by how much its figures, 0 to 1,
	// may differ; 0.01 if zero.
	Golden    string
	Tolerance float64
}

// Run holds a filter to the contract.
func Run(t *testing.T, d models.Definition, o Options) {
	t.Helper()
	if err := (models.Table{d}).Validate(); err != nil {
		t.Fatal(err)
	}
	o.Environment.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	switch d.Kind {
	case models.KindAudio:
		run(t, &suite[capture.Sound]{definition: d, options: o, open: d.OpenAudio, stimulus: voice{}})
	case models.KindVideo:
		run(t, &suite[*capture.Frame]{definition: d, options: o, open: d.OpenVideo, stimulus: webcam{}})
	case models.KindRGBD:
		rig := o.Environment.Rig
		if len(rig.Cameras) == 0 {
			rig = scene.Rig()
			o.Environment.Rig = rig
		}
		run(t, &suite[*capture.FrameSet]{definition: d, options: o, open: d.OpenRGBD, stimulus: cube{rig}})
	}
}

// stimulus makes a kind's frames and judges what filters return.
type stimulus[T any] interface {
	// frame is the n-th of a stream that moves; again gives an equal one.
	frame(n int) T
	// odd are frames that are valid and not usual, by name.
	odd(n int) map[string]T
	// broken is a frame that is not valid and that a filter must survive; ok is
	// false where there is none.
	broken(n int) (_ T, ok bool)
	// at gives a frame another instant.
	at(frame T, instant capture.Time) T
	captured(T) capture.Time
	absent(T) bool
	same(a, b T) bool // whether they are one
	valid(in, out T) error
	// sum is a checksum of everything in a frame.
	sum(T) uint64
	// features are coarse figures of a frame, from 0 to 1.
	features(T) []float64
	release(T)
	// period is from frame to frame.
	period() time.Duration
}

// suite is one filter under test.
type suite[T any] struct {
	definition models.Definition
	options    Options
	open       models.Opener[T]
	stimulus   stimulus[T]
}

// instance is an open filter; the frames that it was given and returned are
// checked.
type instance[T any] struct {
	*suite[T]
	t      *testing.T
	stage  models.Stage[T]
	values models.Values
}

func run[T any](t *testing.T, s *suite[T]) {
	for _, c := range []struct {
		name string
		test func(*testing.T, *suite[T])
	}{
		{"stamps", stamps[T]}, {"repeats", repeats[T]}, {"instances", instances[T]}, {"parameters", parameters[T]},
		{"odd", odd[T]}, {"broken", broken[T]}, {"gaps", gaps[T]}, {"close", closes[T]}, {"golden", golden[T]},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, s) })
	}
}

// start opens the filter; change, which may be nil, changes its parameters.
func (s *suite[T]) start(t *testing.T, change map[string]any) *instance[T] {
	t.Helper()
	v, err := s.definition.Parameters.Defaults().With(s.options.Values)
	if err == nil {
		v, err = v.With(change)
	}
	if err != nil {
		t.Fatal(err)
	}
	e := s.options.Environment
	e.Observe = func(o models.Observation) {
		if o.Captured <= 0 || len(o.Labels) > models.MaxLabels {
			t.Errorf("observed %+v", o)
		}
	}
	stage, err := s.open(t.Context(), e, v)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	i := &instance[T]{suite: s, t: t, stage: stage, values: v}
	t.Cleanup(func() {
		if err := stage.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return i
}

// give has the filter work on a frame, which it takes over, and checks what it may
// not do. The caller releases what comes out.
func (i *instance[T]) give(in T) (out T, err error) {
	i.t.Helper()
	m := i.stimulus
	before := m.sum(in)
	out, err = i.stage.Process(in, i.values)
	if m.sum(in) != before {
		i.t.Error("the filter has written to its input")
	}
	if err == nil && !m.absent(out) {
		if i.definition.Observes && !m.same(in, out) {
			i.t.Error("the filter observes, and returns something else than its input")
		}
		if invalid := m.valid(in, out); invalid != nil {
			i.t.Errorf("for a frame of %v: %v", m.captured(in), invalid)
		}
	}
	m.release(in)
	return out, err
}

// must is give for frames that may not fail.
func (i *instance[T]) must(in T) T {
	i.t.Helper()
	out, err := i.give(in)
	if err != nil {
		i.t.Fatalf("process: %v", err)
	}
	return out
}
