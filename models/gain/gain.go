package gain

import (
	"context"
	"math"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models"
)

// Parameters are the filter's.
type Parameters struct {
	Gain float64 `param:"gain,live" min:"-60" max:"30" unit:"dB" help:"by how much it is louder; a change takes 20 ms"`
}

// Definition defines the filter.
func Definition() (models.Definition, error) {
	return models.Audio(models.Description{
		Name: "gain", Summary: "Makes a voice louder or quieter.",
		Latency: 10 * time.Millisecond, Late: models.Pass, Failing: models.Pass,
	}, Parameters{}, open)
}

func open(_ context.Context, _ models.Environment, p Parameters) (models.AudioFilter[Parameters], error) {
	return &filter{factor: factor(p)}, nil
}

type filter struct{ factor float64 } // at the end of the last stretch

func factor(p Parameters) float64 { return math.Pow(10, p.Gain/20) }

// Process goes from the last stretch's factor to the present one's in a straight
// line, which is not heard as a click.
func (f *filter) Process(in capture.Sound, p Parameters) (capture.Sound, error) {
	begin, end := f.factor, factor(p)
	f.factor = end
	if begin == 1 && end == 1 {
		return in, nil
	}
	out := capture.Sound{Captured: in.Captured, Samples: make([]float32, len(in.Samples))}
	for i, x := range in.Samples {
		part := float64(i+1) / float64(len(in.Samples))
		out.Samples[i] = float32(bend(float64(x) * (begin + (end-begin)*part)))
	}
	return out, nil
}

// Close has nothing to free.
func (f *filter) Close() error { return nil }

// knee is where bend begins.
const knee = 0.8

// bend leaves what is below the knee as it is, and brings all above it below 1,
// without a corner.
func bend(x float64) float64 {
	over := math.Abs(x) - knee
	if !(over > 0) {
		return x
	}
	return math.Copysign(knee+(1-knee)*math.Tanh(over/(1-knee)), x)
}
