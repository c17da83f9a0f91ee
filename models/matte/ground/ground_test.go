package ground

import (
	"testing"

	"github.com/virtualcube/virtualcube/models/matte/segment"
)

// TestBlurReaches: a step is as soft as a Gaussian of half the radius makes it.
func TestBlurReaches(t *testing.T) {
	for _, r := range []float64{3, 6, 12, 20} {
		var b blur
		m := &segment.Matte{Cell: 4}
		m.Alpha.Resize(320, 10)
		for k := range m.Colours {
			m.Colours[k].Resize(320, 10)
			for i := range m.Colours[k].V {
				m.Colours[k].V[i] = float32(i % 320 / 160 * 100)
			}
		}
		row := b.make(m, r)[0].Row(5)
		first, last := 0, 0 // from 16 to 84 of 100 a Gaussian is two of its deviations wide
		for x, v := range row {
			if v < 16 {
				first = x
			}
			if v < 84 {
				last = x
			}
		}
		if width := float64(last - first); width < 0.7*r-1 || width > 1.3*r+1 {
			t.Errorf("radius %v: the step is %v cells wide", r, width)
		}
	}
}

func TestColours(t *testing.T) {
	for text, want := range map[string][3]byte{
		"#000000": {16, 128, 128}, "#ffffff": {235, 128, 128}, "#808080": {126, 128, 128},
		"#ff0000": {81, 90, 240}, "#00ff00": {145, 54, 34}, "#0000ff": {41, 240, 110},
	} {
		if got := yuv(text); got != want {
			t.Errorf("%s is %v, not %v", text, got, want)
		}
	}
}
