package cost

import (
	"context"
	"errors"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/scene"
)

// Filter is what one filter costs, with the defaults of its parameters.
type Filter struct {
	Name     string      `json:"name"`
	Kind     models.Kind `json:"kind"`
	Process  bool        `json:"process"` // whether it works in a process of its own
	Frames   int         `json:"frames"`  // that were measured
	Mean     float64     `json:"mean_ms"`
	P95      float64     `json:"p95_ms"`
	Declared float64     `json:"declared_ms"` // the latency that it says it has
	Over     int         `json:"over"`        // frames that took longer
	Problem  string      `json:"problem,omitempty"`
}

// How many frames are measured, and how many before do not count.
const (
	warmSounds, someSounds     = 50, 250
	warmPictures, somePictures = 10, 2 * loopFrames
)

// filter measures one.
func (m *measurement) filter(ctx context.Context, d models.Definition) Filter {
	b := models.Bound{Definition: d, Values: d.Parameters.Defaults()}
	ignore := func(models.Observation) {}
	var times []float64
	var err error
	switch d.Kind {
	case models.KindAudio:
		stage, opened := m.opener.Audio(ctx, b, ignore)
		times, err = measured(ctx, stage, opened, scene.Sound, b.Values, warmSounds, someSounds)
	case models.KindVideo:
		stage, opened := m.opener.Video(ctx, b, ignore)
		times, err = measured(ctx, stage, opened, func(int) *capture.Frame { return m.loop.next() }, b.Values, warmPictures, somePictures)
	case models.KindRGBD:
		rig := scene.Rig()
		stage, opened := m.opener.RGBD(ctx, rig, b, ignore)
		times, err = measured(ctx, stage, opened, func(n int) *capture.FrameSet { return scene.Set(rig, n) }, b.Values, warmPictures, somePictures)
	}
	f := Filter{Name: d.Name, Kind: d.Kind, Process: d.Native, Declared: d.Latency.Seconds() * 1e3, Frames: len(times)}
	if err != nil {
		f.Problem = err.Error()
	}
	if len(times) == 0 {
		return f
	}
	f.Mean, f.P95 = mean(times), quantile(times, 0.95)
	for _, t := range times {
		if t > f.Declared {
			f.Over++
		}
	}
	return f
}

// measured gives an open filter frames, and closes it. Its times are in
// milliseconds.
func measured[T any](ctx context.Context, s models.Stage[T], opened error, frame func(n int) T, v models.Values, warm, some int) (times []float64, err error) {
	if opened != nil {
		return nil, opened
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	for n := range warm + some {
		in := frame(n)
		took, err := processed(s, in, v)
		if err = errors.Join(err, ctx.Err()); err != nil {
			return times, err
		}
		if n >= warm {
			times = append(times, float64(took)/float64(time.Millisecond))
		}
	}
	return times, nil
}
