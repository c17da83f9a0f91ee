package vad

import (
	"context"
	"fmt"
	"time"

	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/vad/silero"
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
		Name:     "vad",
		Summary:  "Notices who speaks.",
		Latency:  10 * time.Millisecond,
		Late:     models.Pass,
		Failing:  models.Pass,
		Weights:  []string{model},
		Observes: true,
	}, Parameters{Threshold: 0.5, Hangover: 0.3}, open)
}

func open(_ context.Context, e models.Environment, _ Parameters) (models.AudioFilter[Parameters], error) {
	path, err := e.Weights(model)
	if err != nil {
		return nil, fmt.Errorf("open vad: %w", err)
	}
	w, err := silero.Read(path)
	if err != nil {
		return nil, fmt.Errorf("open vad: %w", err)
	}
	return newFilter(w, e.Observe), nil
}
