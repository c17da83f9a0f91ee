package landmarks_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

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
	var seen *models.Observation
	e.Observe = func(o models.Observation) { seen = &o }
	f, err := d.OpenRGBD(tb.Context(), e, v)
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close() // it only frees
	made := make([]*models.Gaze, len(sets))
	for i, s := range sets {
		seen = nil
		out, err := f.Process(s, v)
		if err != nil {
			tb.Fatal(err)
		}
		if seen != nil {
			made[i] = seen.Gaze
			if seen.Captured != s.Captured {
				tb.Errorf("what was captured at %v is said to be of %v", s.Captured, seen.Captured)
			}
		}
		out.Release()
	}
	return made
}

// each has the filter look at every frame set, and smooth nothing.
var each = map[string]any{"rate": 30.0, "steady": 0.0}

// errors are those of a series of looks.
type errors struct {
	eye, gaze  []float64 // mm, degrees
	left, up   []float64 // of the gaze, degrees, with their signs
	unseen     int
	confidence []float64
}

// add compares what was seen with the truth.
func (e *errors) add(g *models.Gaze, eye, target space.Vec3) {
	if g == nil {
		e.unseen++
		return
	}
	want := target.Sub(eye).Unit()
	e.eye = append(e.eye, 1000*g.Eye.Sub(eye).Norm())
	e.gaze = append(e.gaze, degrees(space.Angle(g.Direction, want)))
	e.left = append(e.left, degrees(math.Atan2(g.Direction.X, g.Direction.Z)-math.Atan2(want.X, want.Z)))
	e.up = append(e.up, degrees(math.Asin(g.Direction.Y)-math.Asin(want.Y)))
	e.confidence = append(e.confidence, g.Confidence)
}

func degrees(radians float64) float64 { return radians * 180 / math.Pi }

// at is the value below which a part of a list lies.
func at(list []float64, part float64) float64 {
	if len(list) == 0 {
		return math.NaN()
	}
	return slices.Sorted(slices.Values(list))[min(int(part*float64(len(list))), len(list)-1)]
}

func (e *errors) String() string {
	return fmt.Sprintf("eye %.1f mm (95 %% below %.1f), gaze %.1f degrees (95 %% below %.1f; left %+.1f, up %+.1f), confidence %.2f, %d looks, %d unseen",
		at(e.eye, 0.5), at(e.eye, 0.95), at(e.gaze, 0.5), at(e.gaze, 0.95), at(e.left, 0.5), at(e.up, 0.5), at(e.confidence, 0.5), len(e.eye), e.unseen)
}

// recording is the synthetic person at some instants, with the truth.
type recording struct {
	rig     capture.Rig
	sets    []*capture.FrameSet
	motions []figure.Motion
}

// record draws frames of a loop, by their numbers.
func record(tb testing.TB, o synthetic.Options, frames []int) recording {
	tb.Helper()
	o.CacheDir = tb.TempDir()
	s, err := synthetic.Open(o)
	if err != nil {
		tb.Fatal(err)
	}
	defer s.Close() // what was drawn for the caller stays
	r := recording{rig: s.Rig()}
	for _, i := range frames {
		list, err := s.Frames(i, o.Seed)
		if err != nil {
			tb.Fatal(err)
		}
		r.sets = append(r.sets, capture.NewFrameSet(uint64(i), 0, list))
		r.motions = append(r.motions, figure.Loop(float64(i)/o.Rate, float64(o.Frames)/o.Rate, o.Gaze))
	}
	return r
}

// measure watches it.
func (r recording) measure(tb testing.TB, e *errors, values map[string]any) {
	tb.Helper()
	for k, g := range watch(tb, r.rig, r.sets, values) {
		e.add(g, r.motions[k].Between(), r.motions[k].Gaze)
	}
}

// TestSyntheticPerson has the noise of the sensors on.
func TestSyntheticPerson(t *testing.T) {
	environment(t)
	r := record(t, synthetic.Default(), []int{0, 12, 24, 48})
	t.Run("accuracy", func(t *testing.T) { accurate(t, r) })
	t.Run("rate", func(t *testing.T) { looks(t, r) })
}

// accurate holds it to the truth. TestEvaluation, which looks at more, finds medians
// of 1 mm and 4 degrees.
func accurate(t *testing.T, r recording) {
	var e errors
	r.measure(t, &e, each)
	t.Log(&e)
	if e.unseen > 0 || at(e.eye, 1) > 6 || at(e.gaze, 1) > 14 || at(e.gaze, 0.5) > 8 {
		t.Error("at most 6 mm, 14 degrees and, in the median, 8 degrees were expected")
	}
}
