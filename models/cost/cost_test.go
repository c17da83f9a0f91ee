package cost_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"math"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/cost"
	"github.com/virtualcube/virtualcube/models/filtertest"
	"github.com/virtualcube/virtualcube/models/matte/segment"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestNoop(t *testing.T) {
	d, err := cost.Noop()
	if err != nil {
		t.Fatal(err)
	}
	filtertest.Run(t, d, filtertest.Options{})
}

// slow takes a while for what comes, which it returns.
type slow[T any] struct {
	takes  func() time.Duration
	closes *int
}

func (s slow[T]) Process(in T, _ models.Values) (T, error) {
	<-time.After(s.takes())
	if f, ok := any(in).(*capture.Frame); ok {
		f.Retain()
	}
	return in, nil
}

func (s slow[T]) Close() error {
	*s.closes++
	return nil
}

// opener opens filters that take a time that is known.
type opener struct {
	opened, closed int
	refused        error // why voices have no filter
}

func (o *opener) Audio(context.Context, models.Bound, func(models.Observation)) (models.Stage[capture.Sound], error) {
	if o.refused != nil {
		return nil, o.refused
	}
	o.opened++
	frames := 0
	return slow[capture.Sound]{closes: &o.closed, takes: func() time.Duration {
		if frames++; frames%10 == 0 {
			return 20 * time.Millisecond
		}
		return 2 * time.Millisecond
	}}, nil
}

func (o *opener) Video(_ context.Context, b models.Bound, _ func(models.Observation)) (models.Stage[*capture.Frame], error) {
	o.opened++
	takes := 6300 * time.Microsecond
	if b.Name == "noop" {
		if takes = 50 * time.Microsecond; b.Native {
			takes = 170 * time.Microsecond
		}
	}
	return slow[*capture.Frame]{closes: &o.closed, takes: func() time.Duration { return takes }}, nil
}

func (o *opener) RGBD(context.Context, capture.Rig, models.Bound, func(models.Observation)) (models.Stage[*capture.FrameSet], error) {
	return nil, errors.New("no filter of rigs")
}

func (o *opener) inside(context.Context, models.Bound, func(models.Observation)) (models.Stage[*capture.Frame], error) {
	o.opened++
	return slow[*capture.Frame]{closes: &o.closed, takes: func() time.Duration { return 6 * time.Millisecond }}, nil
}

// net sees nobody, in a millisecond.
type net struct{}

func (net) Input() []float32 { return make([]float32, 3*segment.Side*segment.Side) }
func (net) Close() error     { return nil }
func (net) Run() ([]float32, error) {
	<-time.After(time.Millisecond)
	return make([]float32, segment.Side*segment.Side), nil
}

type none struct{}

func table(t *testing.T) models.Table {
	t.Helper()
	describe := func(name string, native bool) models.Description {
		return models.Description{Name: name, Summary: "is for tests", Latency: 10 * time.Millisecond, Late: models.Pass, Failing: models.Pass, Native: native}
	}
	voice, err := models.Audio(describe("voice", false), none{}, func(context.Context, models.Environment, none) (models.AudioFilter[none], error) { return nil, nil })
	if err != nil {
		t.Fatal(err)
	}
	matte, err := models.Video(describe("matte", true), none{}, func(context.Context, models.Environment, none) (models.VideoFilter[none], error) { return nil, nil })
	if err != nil {
		t.Fatal(err)
	}
	return models.Table{voice, matte}
}

// TestMeasure measures what takes a time that is known.
func TestMeasure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := &opener{}
		steps, last := 0, 0
		r, err := cost.Measure(t.Context(), cost.Options{
			Table: table(t), Opener: o, Inside: o.inside, Net: func() (cost.Net, error) { return net{}, nil },
			Progress: func(done, total int) { steps, last = done, total }, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		})
		if err != nil {
			t.Fatal(err)
		}
		if r.Copy != 0 || r.Chain != 50 || r.Process != 170 { // a copy takes no time here
			t.Errorf("%+v", r.Idle)
		}
		if math.Abs(r.OverheadRatio-1.05) > 1e-9 || len(r.Overhead.Ratios) != cost.Rounds || math.Abs(r.Overhead.Host-6.3) > 1e-9 || math.Abs(r.Overhead.Direct-6) > 1e-9 {
			t.Errorf("ratio %v, %+v", r.OverheadRatio, r.Overhead)
		}
		if a := r.Overhead.Asked; a <= 0 || math.Abs(r.Overhead.Net-a) > 1e-9 {
			t.Errorf("%+v", r.Overhead)
		}
		voice, matte := r.Filters[0], r.Filters[1]
		if voice.Frames != 250 || math.Abs(voice.Mean-3.8) > 1e-9 || voice.P95 != 20 || voice.Over != 25 || voice.Process {
			t.Errorf("%+v", voice)
		}
		if matte.Frames != 100 || math.Abs(matte.Mean-6.3) > 1e-9 || matte.Over != 0 || !matte.Process {
			t.Errorf("%+v", matte)
		}
		if o.opened == 0 || o.opened != o.closed {
			t.Errorf("%d were opened, %d closed", o.opened, o.closed)
		}
		if steps != last || steps == 0 {
			t.Errorf("%d of %d steps", steps, last)
		}
	})
}

// TestMeasureWhatCanBe has no network, and no filter of voices.
func TestMeasureWhatCanBe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := &opener{refused: errors.New("pull its weights")}
		r, err := cost.Measure(t.Context(), cost.Options{
			Table: table(t), Opener: o, Inside: o.inside, Net: func() (cost.Net, error) { return nil, errors.New("pull the network") },
			Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		})
		if err == nil || !strings.Contains(err.Error(), "pull the network") || r.OverheadRatio != 0 || r.Overhead != nil {
			t.Errorf("%v, %+v", err, r)
		}
		if len(r.Filters) != 2 || r.Filters[0].Problem != "pull its weights" || r.Filters[0].Frames != 0 || r.Filters[1].Frames != 100 || r.Chain != 50 {
			t.Errorf("%+v", r)
		}
		if o.opened != o.closed {
			t.Errorf("%d were opened, %d closed", o.opened, o.closed)
		}
	})
}
