package render

import (
	"math"
	"testing"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/synthetic"
)

// Tint is what brings a camera's colours to those of the others: gain, Cb and
// Cr of luma. The oracle is told it.
func (r *Renderer) Tint(camera int) [3]float64 {
	t := r.harmony.tint(camera)
	return [3]float64{t.gain, t.cb, t.cr}
}

// disagreement is how much the cameras' colours of the points of the last look
// differ, root mean square: logarithms of luma, and chroma over luma.
func (h *harmony) disagreement() (luma, chroma float64) {
	n := 0.0
	for _, p := range h.points {
		var colours [][3]float64
		for k, seen := range p.seen {
			t := h.tint(p.cameras[k])
			y := t.gain * seen[0]
			colours = append(colours, [3]float64{math.Log(y), t.gain*seen[1]/y + t.cb, t.gain*seen[2]/y + t.cr})
		}
		for m, a := range colours {
			for _, b := range colours[:m] {
				luma += (a[0] - b[0]) * (a[0] - b[0])
				chroma += (a[1]-b[1])*(a[1]-b[1]) + (a[2]-b[2])*(a[2]-b[2])
				n++
			}
		}
	}
	return math.Sqrt(luma / n), math.Sqrt(chroma / n)
}

// TestHarmony lets cameras that agree alone, and brings those together whose
// channels are off by up to 8 %, judged on another frame set.
func TestHarmony(t *testing.T) {
	floor, floorTint := 0.0, 0.0
	for _, mismatch := range []bool{false, true} {
		o := synthetic.Default()
		o.Mismatch, o.CacheDir = mismatch, t.TempDir()
		source, err := synthetic.Open(o)
		if err != nil {
			t.Fatal(err)
		}
		r, err := New(nil, source.Rig(), Options{Width: 64, Height: 64})
		if err != nil {
			t.Fatal(err)
		}
		show := func(index int) {
			frames, err := source.Frames(index, o.Seed)
			if err != nil {
				t.Fatal(err)
			}
			set := capture.NewFrameSet(uint64(index), 0, frames)
			defer set.Release()
			if err := r.Observe(t.Context(), set); err != nil {
				t.Fatal(err)
			}
		}
		show(5)
		points := len(r.harmony.points)
		learned := *r.harmony.gain
		show(6) // within a second: nothing is looked at
		if &learned.at[0] != &r.harmony.gain.at[0] {
			t.Error("cameras are looked at in every frame set")
		}
		show(40)
		after, afterTint := r.harmony.disagreement()
		for _, b := range []*balance{r.harmony.gain, r.harmony.cb, r.harmony.cr} {
			if !mismatch {
				for i, v := range b.at {
					if math.Abs(v) > 0.003 {
						t.Errorf("camera %d of those that agree is changed by %.4f", i, v)
					}
				}
			}
			clear(b.at)
		}
		before, beforeTint := r.harmony.disagreement()
		t.Logf("mismatch %t, %d points: luma %.4f to %.4f, chroma %.4f to %.4f", mismatch, points, before, after, beforeTint, afterTint)
		if !mismatch {
			floor, floorTint = after, afterTint
		} else if after > 1.05*floor || afterTint > 1.1*floorTint || before < 1.2*floor || beforeTint < 1.2*floorTint {
			t.Errorf("luma %.4f to %.4f, of cameras that agree %.4f; chroma %.4f to %.4f, %.4f", before, after, floor, beforeTint, afterTint, floorTint)
		}
		if err := source.Close(); err != nil {
			t.Error(err)
		}
	}
}
