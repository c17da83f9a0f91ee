package landmarks

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/face"
	"github.com/virtualcube/virtualcube/models/onnx"
	"github.com/virtualcube/virtualcube/models/parameter"
)

// Parameters of the filter.
type Parameters struct {
	Rate    float64 `param:"rate,live" min:"1" max:"30" unit:"Hz" help:"how often it looks"`
	Cameras int     `param:"cameras,live" min:"1" max:"6" help:"how many cameras it looks through at most"`
	Steady  float64 `param:"steady,live" min:"0" max:"1" help:"how much a gaze that rests is smoothed"`
}

// Definition is the filter.
func Definition() (models.Definition, error) {
	d, err := models.RGBD(models.Description{
		Name:      "landmarks",
		Summary:   "Watches where the person before the cameras looks, to show whom they attend to.",
		Latency:   40 * time.Millisecond,
		Late:      models.Pass,
		Failing:   models.Pass,
		Providers: []models.Provider{models.CPU},
		Weights:   []string{face.DetectorWeights, face.MeshWeights, face.IrisWeights, onnx.Library},
		Native:    true,
		Observes:  true,
	}, Parameters{Rate: 10, Cameras: 3, Steady: 0.5}, open)
	d.Period = func(v models.Values) time.Duration { return parameter.To[Parameters](v).period() }
	return d, err
}

func (p Parameters) period() time.Duration { return time.Duration(float64(time.Second) / p.Rate) }

func open(_ context.Context, e models.Environment, _ Parameters) (models.RGBDFilter[Parameters], error) {
	finder, err := face.Open(e)
	if err != nil {
		return nil, fmt.Errorf("open landmarks: %w", err)
	}
	return &filter{finder: finder, watcher: watcher{rig: e.Rig, finder: finder}, observe: e.Observe}, nil
}

type filter struct {
	finder  *face.Finder
	watcher watcher
	steady  steady
	observe func(models.Observation)

	pace   models.Pace
	closed bool
}

// Process looks, if it is time to.
func (f *filter) Process(in *capture.FrameSet, p Parameters) (*capture.FrameSet, error) {
	if f.closed {
		return nil, errors.New("landmarks is closed")
	}
	if !f.pace.Due(in.Captured, p.period()) {
		return in.Retain(), nil
	}
	seen, ok, err := f.watcher.look(in, p.Cameras)
	if err != nil {
		return nil, fmt.Errorf("landmarks: %w", err)
	}
	if !ok {
		f.steady = steady{}
		return in.Retain(), nil
	}
	gaze := models.Gaze{Confidence: seen.Confidence()}
	gaze.Eye, gaze.Direction = f.steady.take(seen.Eye(), seen.Gaze, in.Captured, p.Steady)
	f.observe(models.Observation{Captured: in.Captured, Gaze: &gaze})
	return in.Retain(), nil
}

// Close unloads the networks.
func (f *filter) Close() error {
	f.closed = true
	return f.finder.Close()
}
