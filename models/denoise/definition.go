package denoise

import (
	"context"
	"fmt"
	"time"

	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/denoise/network"
)

// Parameters of the filter.
type Parameters struct {
	Strength float64 `param:"strength,live" min:"0" max:"1" help:"how much of the noise is taken away; 0.9 leaves it 20 dB below, 0 all of it"`
	Spare    bool    `param:"spare,live" help:"leave speech as it is where there is little noise"`
}

// The weights, by the names of the catalogue.
const (
	weightsEncoder = "deepfilternet-encoder"
	weightsBands   = "deepfilternet-erb"
	weightsFilter  = "deepfilternet-df"
)

// Definition is the filter as the host opens it.
func Definition() (models.Definition, error) {
	return models.Audio(models.Description{
		Name:      "denoise",
		Summary:   "Takes noise away from a voice.",
		LookAhead: lookAhead,
		Latency:   10 * time.Millisecond,
		Late:      models.Hold,
		Failing:   models.Pass,
		Weights:   []string{weightsEncoder, weightsBands, weightsFilter},
	}, Parameters{Strength: 1, Spare: true}, open)
}

func open(_ context.Context, e models.Environment, _ Parameters) (models.AudioFilter[Parameters], error) {
	var paths []string
	for _, name := range []string{weightsEncoder, weightsBands, weightsFilter} {
		path, err := e.Weights(name)
		if err != nil {
			return nil, fmt.Errorf("open denoise: %w", err)
		}
		paths = append(paths, path)
	}
	w, err := network.Read(paths[0], paths[1], paths[2])
	if err != nil {
		return nil, fmt.Errorf("open denoise: %w", err)
	}
	return newFilter(w), nil
}
