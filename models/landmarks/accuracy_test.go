package landmarks_test

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/capture/synthetic"
	"github.com/virtualcube/virtualcube/capture/synthetic/figure"
	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/landmarks"
	"github.com/virtualcube/virtualcube/models/weights"
)

// environment is where a filter is opened with real weights.
func environment(tb testing.TB) models.Environment {
	tb.Helper()
	store, err := weights.Open("")
	if err != nil {
		tb.Fatal(err)
	}
	for _, name := range []string{"onnxruntime", "blazeface", "facemesh", "iris"} {
		if _, err := store.Path(name); err != nil {
			tb.Skipf("%v", err)
		}
	}
	return models.Environment{Provider: models.CPU, Weights: store.Path}
}

// watch shows the filter frame sets and returns what it observed, with nil where it
// saw nobody.
func watch(tb testing.TB, rig capture.Rig, sets []*capture.FrameSet, values map[string]any) []*models.Gaze {
	tb.Helper()
	d, err := landmarks.Definition()
	if err != nil {
		tb.Fatal(err)
	}
	v, err := d.Parameters.Defaults().With(values)
	if err != nil {
		tb.Fatal(err)
	}
	e := environment(tb)
	e.Rig = rig
	var seen *models.Gaze
	e.Observe = func(o models.Observation) { seen = o.Gaze }
	f, err := d.OpenRGBD(tb.Context(), e, v)
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	made := make([]*models.Gaze, len(sets))
	for i, s := range sets {
		seen = nil
		out, err := f.Process(s, v)
		if err != nil {
			tb.Fatal(err)
		}
		out.Release()
		made[i] = seen
	}
	return made
}

// series collects errors.
type series []float64

func (s series) at(part float64) float64 {
	sorted := slices.Sorted(slices.Values(s))
	return sorted[min(int(part*float64(len(sorted))), len(sorted)-1)]
}

func (s series) String() string {
	return fmt.Sprintf("median %.1f, 95 %% %.1f, worst %.1f of %d", s.at(0.5), s.at(0.95), s.at(1), len(s))
}

const degree = math.Pi / 180

func TestSynthetic(t *testing.T) {
	var eye, gaze series
	for _, target := range []space.Vec3{{Z: 1.2}, {X: 0.44, Z: 1.2}, {X: -0.44, Z: 1.2}, {Y: 0.3, Z: 1.2}, {Y: -0.4, Z: 1.2}} {
		o := synthetic.Default()
		o.CacheDir, o.Gaze, o.Frames, o.Rate = "/tmp/lm", &target, 10, 5
		src, err := synthetic.Open(o)
		if err != nil {
			t.Fatal(err)
		}
		if err := src.Baked(t.Context()); err != nil {
			t.Fatal(err)
		}
		var sets []*capture.FrameSet
		var index []int
		for i := range 10 {
			frames, err := src.Frames(i, 1)
			if err != nil {
				t.Fatal(err)
			}
			s := capture.NewFrameSet(uint64(i), 0, frames)
			s.Captured = capture.Time(time.Second) + capture.Time(i)*capture.Time(time.Second)/5
			sets, index = append(sets, s), append(index, i)
		}
		for k, g := range watch(t, src.Rig(), sets, map[string]any{"rate": 30.0, "cameras": 3, "steady": 0.0}) {
			if g == nil {
				t.Logf("nobody")
				continue
			}
			m := figure.Loop(float64(index[k])/5, 2, &target)
			at := m.Between()
			want := target.Sub(at)
			eye = append(eye, 1000*g.Eye.Sub(at).Norm())
			gaze = append(gaze, space.Angle(g.Direction, want)/degree)
			w, d := want.Unit(), g.Eye.Sub(at).Scale(1000)
			t.Logf("%v %d: eye (%.1f %.1f %.1f) gaze %.1f: left %.1f up %.1f conf %.2f", target, index[k], d.X, d.Y, d.Z, gaze[len(gaze)-1],
				(math.Atan2(g.Direction.X, g.Direction.Z)-math.Atan2(w.X, w.Z))/degree, (math.Asin(g.Direction.Y)-math.Asin(w.Y))/degree, g.Confidence)
		}
	}
	t.Logf("eye, mm: %v", eye)
	t.Logf("gaze, degrees: %v", gaze)
}
