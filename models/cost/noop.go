package cost

import (
	"context"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models"
)

// Noop is a filter that lets pictures be as they are.
func Noop() (models.Definition, error) {
	return models.Video(models.Description{
		Name: "noop", Summary: "leaves everything as it is", Latency: models.MaxLatency, Late: models.Pass, Failing: models.Pass,
	}, none{}, func(context.Context, models.Environment, none) (models.VideoFilter[none], error) { return noop{}, nil })
}

type none struct{}

type noop struct{}

func (noop) Process(in *capture.Frame, _ none) (*capture.Frame, error) { return in.Retain(), nil }

func (noop) Close() error { return nil }

// Idle is what a frame costs whose filter does nothing, in microseconds.
type Idle struct {
	Copy    float64 `json:"copy_us"`         // one copy of the picture
	Chain   float64 `json:"noop_us"`         // in this process, where nothing is copied
	Process float64 `json:"noop_process_us"` // in one of its own, beyond one copy
}

const (
	idleFrames = 40               // of each way, in a round
	idlePace   = time.Second / 60 // between frames, of which every third is of one way
)

// idle measures a filter that does nothing.
func (m *measurement) idle(ctx context.Context) (Idle, error) {
	d, err := Noop()
	if err != nil {
		return Idle{}, err
	}
	apart := d
	apart.Native = true
	own, err := m.pass(ctx, d, m.opener.Video)
	if err != nil {
		return Idle{}, err
	}
	defer own.stop()
	other, err := m.pass(ctx, apart, m.opener.Video)
	if err != nil {
		return Idle{}, err
	}
	defer other.stop()
	ticker := time.NewTicker(idlePace)
	defer ticker.Stop()
	to := make([]byte, 0, 2<<20)
	ways := [...]func(*capture.Frame) (time.Duration, error){
		func(f *capture.Frame) (time.Duration, error) { return copied(f, to), nil },
		func(f *capture.Frame) (time.Duration, error) { return own.frame(ctx, f) },
		func(f *capture.Frame) (time.Duration, error) { return other.frame(ctx, f) },
	}
	var rounds [len(ways)][]float64
	for range Rounds {
		var times [len(ways)][]float64
		for range idleFrames {
			for i, way := range ways {
				select {
				case <-ticker.C:
				case <-ctx.Done():
					return Idle{}, ctx.Err()
				}
				took, err := way(m.loop.next())
				if err != nil {
					return Idle{}, err
				}
				times[i] = append(times[i], microseconds(took))
			}
		}
		for i := range ways {
			rounds[i] = append(rounds[i], median(times[i]))
		}
		m.step()
	}
	beyond := make([]float64, Rounds)
	for i := range beyond {
		beyond[i] = rounds[2][i] - rounds[0][i]
	}
	return Idle{Copy: median(rounds[0]), Chain: median(rounds[1]), Process: median(beyond)}, nil
}

// copied copies a picture, and releases it.
func copied(f *capture.Frame, to []byte) time.Duration {
	defer f.Release()
	began := time.Now()
	to = to[:0]
	for _, p := range f.Colour.Planes {
		to = append(to, p...)
	}
	return time.Since(began)
}

func microseconds(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1e3 }
