package vad

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/onnx"
)

// Parameters of the filter.
type Parameters struct {
	Threshold float64 `param:"threshold,live" min:"0.01" max:"0.99" help:"the probability from which on it is speech"`
	Hangover  float64 `param:"hangover,live" min:"0" max:"5" unit:"s" help:"how long somebody still speaks after the last speech"`
}

const model = "silero-vad"

// Definition is the filter as the host opens it.
func Definition() (models.Definition, error) {
	return models.Audio(models.Description{
		Name:      "vad",
		Summary:   "Notices who speaks.",
		Latency:   10 * time.Millisecond,
		Late:      models.Pass,
		Failing:   models.Pass,
		Providers: []models.Provider{models.CPU},
		Weights:   []string{onnx.Library, model},
		Native:    true,
		Observes:  true,
	}, Parameters{Threshold: 0.5, Hangover: 0.3}, open)
}

func open(_ context.Context, e models.Environment, _ Parameters) (models.AudioFilter[Parameters], error) {
	state := []int64{2, 1, 128}
	s, err := onnx.Open(e, model, onnx.Options{
		Shapes: map[string][]int64{"input": {1, before + window}, "state": state, "stateN": state, "output": {1, 1}},
		States: map[string]string{"stateN": "state"},
		Finite: true,
	})
	if err != nil {
		return nil, fmt.Errorf("open vad: %w", err)
	}
	f, err := newFilter(s, e.Observe)
	if err != nil {
		return nil, fmt.Errorf("open vad: %w", errors.Join(err, s.Close()))
	}
	return f, nil
}
