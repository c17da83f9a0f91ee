package eval

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/render"
)

// seen is a frame set that a watcher was given.
type seen struct {
	sequence uint64
	captured capture.Time
	missing  int // cameras
	rendered bool
}

// watcher filters in time, or might: it notes what it is given, once where it
// renders several views of a set.
type watcher struct {
	Renderer
	sets []seen
	err  error
}

func (w *watcher) note(set *capture.FrameSet, rendered bool) {
	s := seen{set.Sequence, set.Captured, len(set.Frames) - came(set), rendered}
	if len(w.sets) == 0 || w.sets[len(w.sets)-1] != s {
		w.sets = append(w.sets, s)
	}
}

func (w *watcher) Observe(_ context.Context, set *capture.FrameSet) error {
	w.note(set, false)
	return w.err
}

func (w *watcher) Picture(ctx context.Context, set *capture.FrameSet, target space.Camera) (*render.Image, error) {
	w.note(set, true)
	return w.Renderer.Picture(ctx, set, target)
}

// runs splits what was seen where time leaps, and fails where it does not go
// forward by a frame or by a second at least.
func (w *watcher) runs(t *testing.T) (list [][]seen) {
	t.Helper()
	for i, s := range w.sets {
		if i == 0 {
			list = append(list, []seen{s})
			continue
		}
		last := w.sets[i-1]
		apart := s.captured - last.captured
		switch steps := capture.Time(s.sequence - last.sequence); {
		case s.sequence == last.sequence+1 && apart >= 33e6 && apart <= 34e6:
			list[len(list)-1] = append(list[len(list)-1], s)
		case s.sequence > last.sequence && apart >= pause || steps > 1 && apart == steps*1e9/30:
			list = append(list, []seen{s})
		default:
			t.Errorf("set %d: from %+v to %+v", i, last, s)
		}
	}
	return list
}

func blank() Renderer {
	return pictureFunc(func(context.Context, *capture.FrameSet, space.Camera) (*render.Image, error) {
		return nil, render.ErrNobody
	})
}

// lengths are those of the runs and, of each, how many sets were rendered.
func lengths(runs [][]seen) (list [][2]int) {
	for _, r := range runs {
		rendered := 0
		for _, s := range r {
			if s.rendered {
				rendered++
			}
		}
		list = append(list, [2]int{len(r), rendered})
	}
	return list
}

// A renderer that filters in time is shown what lies between the instants that
// are rendered, in order.
func TestEvaluateShowsWhatPrecedes(t *testing.T) {
	for _, c := range []struct {
		frames int
		want   [][2]int
	}{
		{1, [][2]int{{16, 1}}},          // 45 to 59 of the round before
		{2, [][2]int{{16, 1}, {16, 1}}}, // of the 29 between, the last 15
		{4, [][2]int{{61, 4}}},          // the 14 between
		{60, [][2]int{{75, 60}}},
	} {
		w, stage := &watcher{Renderer: blank()}, &discStage{}
		suite := &Novel{Stage: stage, Eyes: []space.Vec3{{Z: 1}, {X: 0.1, Z: 1}}, Frames: c.frames, Width: discSide, Height: discSide}
		report, err := Evaluate(t.Context(), []Named{{"blind", blank()}, {"watching", w}}, suite, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if got := lengths(w.runs(t)); !slices.Equal(got, c.want) {
			t.Errorf("%d frames: runs of %v sets, want %v", c.frames, got, c.want)
		}
		if first := w.sets[0]; first.sequence != 45 || first.rendered {
			t.Errorf("%d frames: first comes %+v", c.frames, first)
		}
		if report.Mean.Frames != 2*c.frames {
			t.Errorf("%d frames: mean of %d", c.frames, report.Mean.Frames)
		}
		if suite.Close(); stage.live != 0 {
			t.Errorf("%d frames not released", stage.live)
		}
	}
}

func TestFlickerShowsWhatPrecedes(t *testing.T) {
	w, stage := &watcher{Renderer: blank()}, &discStage{}
	s := Still{Stage: stage, Instant: 7, Frames: 30, Eyes: []space.Vec3{{Z: 1}, {X: 0.1, Z: 1}}, Width: discSide, Height: discSide}
	if _, err := s.Flicker(t.Context(), []Named{{"blind", blank()}, {"watching", w}}, nil); err != nil {
		t.Fatal(err)
	}
	if got := lengths(w.runs(t)); !slices.Equal(got, [][2]int{{45, 30}}) || w.sets[14].rendered || stage.live != 0 {
		t.Errorf("runs of %v sets, %d frames not released", got, stage.live)
	}
}

// Time goes on from camera to camera, and each is a sequence without it.
func TestHeldOutSequences(t *testing.T) {
	rig := ballRig()
	var sets []*capture.FrameSet
	live := 0
	for i := range 3 {
		var frames []*capture.Frame
		for k := range rig.Cameras {
			live++
			f := ballFrame(rig, k, func() { live-- })
			f.Captured = capture.Time(5e9 + float64(i)/30*1e9)
			frames = append(frames, f)
		}
		sets = append(sets, capture.NewFrameSet(uint64(i+9), 0, frames))
	}
	suite := HeldOut{Rig: rig, Sets: sets, Width: 80, Height: 60}
	w := &watcher{Renderer: blank()}
	if _, err := Evaluate(t.Context(), []Named{{"watching", w}}, suite, Options{}); err != nil {
		t.Fatal(err)
	}
	runs := w.runs(t)
	if got := lengths(runs); !slices.Equal(got, [][2]int{{3, 3}, {3, 3}}) || runs[0][0].captured != 5e9 || runs[1][2].missing != 1 {
		t.Errorf("runs %+v", runs)
	}
	// The second frame of a camera alone is preceded by the first.
	c, err := suite.Case(4)
	if err != nil {
		t.Fatal(err)
	}
	var before []uint64
	if err := c.Before(Preceding, func(s *capture.FrameSet) error {
		before = append(before, s.Sequence)
		return nil
	}); err != nil || !slices.Equal(before, []uint64{c.Set.Sequence - 1}) {
		t.Errorf("before set %d come %v, %v", c.Set.Sequence, before, err)
	}
	c.Set.Release()
	for _, s := range sets {
		s.Release()
	}
	if live != 0 {
		t.Errorf("%d frames not released", live)
	}
}

// Each choice of missing cameras is a sequence from which they are missing
// throughout.
func TestDropSequences(t *testing.T) {
	w := &watcher{Renderer: offWithout}
	stage := &wideStage{cameras: 3}
	suite := &Novel{Stage: stage, Eyes: slices.Repeat([]space.Vec3{{Z: 1}}, dropTogether+1), Frames: 1, Width: discSide, Height: discSide}
	d, err := Drop(t.Context(), w, suite, []string{"a", "b", "c"}, 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	if suite.Close(); stage.live != 0 {
		t.Errorf("%d frames not released", stage.live)
	}
	runs := w.runs(t)
	if len(runs) != 2*4 || d.Frames != dropTogether+1 {
		t.Fatalf("%d sequences, %d frames", len(runs), d.Frames)
	}
	for i, run := range runs {
		if len(run) != Preceding+1 || !run[Preceding].rendered {
			t.Errorf("sequence %d: %+v", i, run)
		}
		for _, s := range run {
			if s.missing != min(i%4, 1) {
				t.Errorf("sequence %d lacks %d cameras", i, s.missing)
			}
		}
	}
}

// wideStage is a discStage with several cameras.
type wideStage struct {
	discStage
	cameras int
}

func (s *wideStage) Frames(instant int) (frames []*capture.Frame, err error) {
	for range s.cameras {
		one, err := s.discStage.Frames(instant)
		if err != nil {
			return nil, err
		}
		frames = append(frames, one...)
	}
	return frames, nil
}

func TestObserveFails(t *testing.T) {
	broken, stage := errors.New("broken"), &discStage{}
	w := &watcher{Renderer: blank(), err: broken}
	suite := &Novel{Stage: stage, Eyes: []space.Vec3{{Z: 1}}, Frames: 1, Width: discSide, Height: discSide}
	if _, err := Evaluate(t.Context(), one(w), suite, Options{}); !errors.Is(err, broken) {
		t.Errorf("error %v", err)
	}
	still := Still{Stage: stage, Eyes: suite.Eyes, Width: discSide, Height: discSide}
	if _, err := still.Flicker(t.Context(), one(w), nil); !errors.Is(err, broken) {
		t.Errorf("flicker: error %v", err)
	}
	if _, err := Drop(t.Context(), w, suite, []string{"a"}, 1, nil); !errors.Is(err, broken) {
		t.Errorf("drop: error %v", err)
	}
	if suite.Close(); stage.live != 0 {
		t.Errorf("%d frames not released", stage.live)
	}
}
