package eval

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/render"
)

// crowd is a suite of the disc before n cameras; those in missing do not come.
type crowd struct {
	n, cases int
	missing  []int
	live     *int
}

func (s crowd) Len() int { return s.cases }

func (s crowd) Case(i int) (Case, error) {
	frames := make([]*capture.Frame, s.n)
	for k := range frames {
		if !slices.Contains(s.missing, k) {
			*s.live++
			frames[k] = capture.NewFrame(func(*capture.Frame) { *s.live-- })
		}
	}
	p, m := disc()
	return Case{
		Camera: "eye01", Frame: i, Set: capture.NewFrameSet(uint64(i), 0, frames), Truth: p, Silhouette: m,
		Target: space.Camera{Lens: space.Lens{Width: discSide, Height: discSide}},
	}, nil
}

// offWithout is a renderer that is off by one level, doubled for each missing
// camera as often as the camera's number says.
var offWithout = pictureFunc(func(ctx context.Context, set *capture.FrameSet, target space.Camera) (*render.Image, error) {
	off := 1
	for i, f := range set.Frames {
		if f == nil {
			off <<= i
		}
	}
	return (&offRenderer{off: []int{off}}).Picture(ctx, set, target)
})

func TestDrop(t *testing.T) {
	octave := 20 * math.Log10(2)
	live := 0
	one, err := Drop(t.Context(), offWithout, crowd{n: 3, cases: 2, live: &live}, []string{"a", "b", "c"}, 1, nil)
	if err != nil || live != 0 {
		t.Fatalf("%d frames not released, %v", live, err)
	}
	for i, c := range one.Costs {
		if want := float64(i) * octave; len(c.Missing) != 1 || c.Missing[0] != []string{"a", "b", "c"}[i] || c.Frames != 2 || math.Abs(c.Cost-want) > 1e-9 {
			t.Errorf("cost %+v, want %.3f", c, want)
		}
	}
	if len(one.Costs) != 3 || math.Abs(one.Mean-octave) > 1e-9 || math.Abs(one.Worst-2*octave) > 1e-9 || math.Abs(one.PSNRInside-psnrOf(1)) > 1e-9 || one.Frames != 2 {
		t.Errorf("dropped %+v", one)
	}
	two, err := Drop(t.Context(), offWithout, crowd{n: 3, cases: 1, live: &live}, []string{"a", "b", "c"}, 2, nil)
	if err != nil || len(two.Costs) != 3 || fmt.Sprint(two.Costs[2].Missing) != "[b c]" || math.Abs(two.Costs[2].Cost-3*octave) > 1e-9 {
		t.Errorf("pairs: %+v, %v", two, err)
	}
}

// A camera that is missing anyway is not dropped.
func TestDropOfAMissingCamera(t *testing.T) {
	live := 0
	d, err := Drop(t.Context(), offWithout, crowd{n: 3, cases: 1, missing: []int{1}, live: &live}, []string{"a", "b", "c"}, 1, nil)
	if err != nil || len(d.Costs) != 2 || d.Costs[1].Missing[0] != "c" {
		t.Errorf("dropped %+v, %v", d, err)
	}
	if _, err := Drop(t.Context(), offWithout, crowd{n: 2, cases: 1, live: &live}, []string{"a", "b"}, 2, nil); !errors.Is(err, ErrNothingToDrop) {
		t.Errorf("all cameras dropped: %v", err)
	}
	broken := errors.New("broken")
	if _, err := Drop(t.Context(), failing{broken}, crowd{n: 2, cases: 1, live: &live}, []string{"a", "b"}, 1, nil); !errors.Is(err, broken) || live != 0 {
		t.Errorf("%d frames not released, %v", live, err)
	}
}

func TestDropChoices(t *testing.T) {
	if got := choicesOf(6, 2); len(got) != 15 || !slices.Equal(got[14], []int{4, 5}) {
		t.Errorf("pairs of six: %v", got)
	}
	kept := spreadEvenly(choicesOf(8, 2), DroppedMost)
	seen := map[int]bool{}
	for _, pair := range kept {
		seen[pair[0]], seen[pair[1]] = true, true
	}
	if len(kept) != DroppedMost || len(seen) != 8 {
		t.Errorf("%d pairs of eight with %d cameras: %v", len(kept), len(seen), kept)
	}
}
