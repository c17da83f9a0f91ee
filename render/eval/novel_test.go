package eval

import (
	"errors"
	"slices"
	"testing"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/render/score"
)

// loop is a stage of 60 instants.
type loop struct {
	drawn    []int // instants captured
	live     int
	truths   []int
	noFrames error
}

func (*loop) Instants() int { return 60 }

func (*loop) Rate() float64 { return 30 }

func (l *loop) Frames(instant int) ([]*capture.Frame, error) {
	if l.noFrames != nil {
		return nil, l.noFrames
	}
	l.drawn = append(l.drawn, instant)
	l.live++
	f := capture.NewFrame(func(*capture.Frame) { l.live-- })
	f.Sequence, f.Captured = uint64(instant), capture.Time(1e9+float64(instant)/30*1e9)
	return []*capture.Frame{f}, nil
}

func (l *loop) Again(instant, n int) ([]*capture.Frame, error) { return l.Frames(instant + n) }

func (l *loop) Truth(instant int, target space.Camera) (Truth, error) {
	l.truths = append(l.truths, instant)
	w, h := target.Lens.Width, target.Lens.Height
	return Truth{score.NewPicture(w, h), score.NewMask(w, h), make([]float32, w*h)}, nil
}

func TestNovel(t *testing.T) {
	l := &loop{}
	eyes := []space.Vec3{{Z: 1}, {X: 0.2, Z: 1}}
	n := &Novel{Stage: l, Eyes: eyes, Frames: 4, Width: 32}
	if n.Len() != 8 {
		t.Fatalf("%d cases", n.Len())
	}
	for i := range n.Len() {
		c, err := n.Case(i)
		if err != nil {
			t.Fatal(err)
		}
		if want := []string{"eye01", "eye02"}[i%2]; c.Camera != want || c.Frame != 15*(i/2) || c.Tick != 60+c.Frame || c.Target.Pose.T != eyes[i%2] {
			t.Errorf("case %d: camera %s, frame %d, at %v", i, c.Camera, c.Frame, c.Target.Pose.T)
		}
		if len(c.Depth) != 32*NovelSize {
			t.Errorf("case %d: depth of %d pixels", i, len(c.Depth))
		}
		if c.Truth.Width != 32 || c.Truth.Height != NovelSize {
			t.Errorf("case %d: %dx%d", i, c.Truth.Width, c.Truth.Height)
		}
		if c.Set.Sequence != uint64(c.Tick) || c.Set.Frames[0].Sequence != uint64(c.Tick) || c.Set.Captured != capture.Time(1e9+float64(c.Tick)/30*1e9) {
			t.Errorf("case %d: set %d, frame %d at %v", i, c.Set.Sequence, c.Set.Frames[0].Sequence, c.Set.Captured)
		}
		c.Set.Release()
		if l.live > 1 {
			t.Errorf("case %d: %d sets are held", i, l.live)
		}
	}
	if !slices.Equal(l.drawn, []int{0, 15, 30, 45}) || len(l.truths) != 8 {
		t.Errorf("captured %v, truths %v", l.drawn, l.truths)
	}
	n.Close()
	if l.live != 0 {
		t.Errorf("%d frames not released", l.live)
	}
}

func TestNovelLimits(t *testing.T) {
	if n := (&Novel{Stage: &loop{}, Eyes: Eyes()}).Len(); n != 32*NovelFrames {
		t.Errorf("%d cases by default", n)
	}
	if n := (&Novel{Stage: &loop{}, Eyes: Eyes(), Frames: 1000}).Len(); n != 32*60 {
		t.Errorf("%d cases of more frames than the loop has", n)
	}
	broken := errors.New("broken")
	if _, err := (&Novel{Stage: &loop{noFrames: broken}, Eyes: Eyes(), Width: 16, Height: 16}).Case(0); !errors.Is(err, broken) {
		t.Errorf("error %v", err)
	}
}
