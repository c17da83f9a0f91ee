package synthetic

import (
	"math"
	"slices"
	"testing"
)

// plane is a flat echo at z metres, seen straight on.
func plane(w, h int, z, strength float64) *echoes {
	e := newEchoes(w * h)
	for i := range e.depth {
		e.depth[i], e.strength[i] = float32(z), float32(strength)
	}
	return e
}

func TestDepthNoiseFollowsItsModel(t *testing.T) {
	const w, h = 200, 150
	for _, z := range []float64{0.6, 1.0, 1.5, 3.0} {
		out := make([]uint16, w*h)
		measure(plane(w, h, z, fullStrength), w, h, true, newStream(7, 1, 2, 2), out)
		sum, square := 0.0, 0.0
		for _, mm := range out {
			if mm == 0 {
				t.Fatalf("%.1f m: a good echo is lost", z)
			}
			d := float64(mm)/1000 - z
			sum, square = sum+d, square+d*d
		}
		n := float64(w * h)
		// Rounding to a millimetre adds a variance of 1/12 mm².
		want := math.Sqrt(sigma(z)*sigma(z) + 1e-6/12)
		if got := math.Sqrt(square/n - sum/n*sum/n); math.Abs(got-want) > 0.04*want {
			t.Errorf("%.1f m: deviation %.2f mm, want %.2f mm", z, got*1e3, want*1e3)
		}
		if m := sum / n; math.Abs(m) > 5*want/math.Sqrt(n)+1e-5 {
			t.Errorf("%.1f m: bias %.3f mm", z, m*1e3)
		}
	}
}

func TestSigmaIsAFewMillimetres(t *testing.T) {
	for _, test := range []struct{ z, low, high float64 }{{1, 0.002, 0.004}, {1.5, 0.004, 0.006}, {3.5, 0.008, maxSigma}} {
		if s := sigma(test.z); s < test.low || s > test.high {
			t.Errorf("sigma at %.1f m is %.1f mm", test.z, s*1e3)
		}
	}
}

func TestWeakEchoesAreLost(t *testing.T) {
	const w, h = 100, 100
	lost := func(strength float64, hair bool) float64 {
		e := plane(w, h, 1.2, strength)
		for i := range e.hair {
			e.hair[i] = hair
		}
		out := make([]uint16, w*h)
		measure(e, w, h, true, newStream(1, 0, 0, 2), out)
		n := 0
		for _, mm := range out {
			if mm == 0 {
				n++
			}
		}
		return float64(n) / (w * h)
	}
	for name, test := range map[string]struct {
		strength  float64
		hair      bool
		low, high float64
	}{
		"bright":     {0.5, false, 0, 0},
		"half weak":  {(weakEcho + lostEcho) / 2, false, 0.45, 0.55},
		"very weak":  {0.02, false, 1, 1},
		"lit hair":   {0.3, true, hairLoss - 0.02, hairLoss + 0.02},
		"blind hair": {0.01, true, 1, 1},
	} {
		if got := lost(test.strength, test.hair); got < test.low || got > test.high {
			t.Errorf("%s: %.3f of the pixels are lost, want %.2f to %.2f", name, got, test.low, test.high)
		}
	}
}

// At a step about half of the pixels of both sides fly between the surfaces;
// a pixel further in none does.
func TestFlyingPixels(t *testing.T) {
	const w, h = 40, 400
	e := plane(w, h, 1.0, 0.5)
	for y := range h {
		for x := w / 2; x < w; x++ {
			e.depth[y*w+x] = 2
		}
	}
	out := make([]uint16, w*h)
	measure(e, w, h, true, newStream(3, 0, 0, 2), out)
	for x := range w {
		flying := 0
		for y := range h {
			if mm := out[y*w+x]; mm > 1040 && mm < 1960 {
				flying++
			}
		}
		share := float64(flying) / h
		if edge := x == w/2-1 || x == w/2; edge && (share < 0.40 || share > 0.60) || !edge && share > 0 {
			t.Errorf("column %d: %.2f of the pixels fly", x, share)
		}
	}
}

func TestNoiseIsDeterministic(t *testing.T) {
	const w, h = 64, 64
	draw := func(seed uint64, camera, frame int) []uint16 {
		out := make([]uint16, w*h)
		measure(plane(w, h, 1.2, 0.4), w, h, true, newStream(seed, camera, frame, 2), out)
		return out
	}
	base := draw(1, 2, 3)
	if !slices.Equal(base, draw(1, 2, 3)) {
		t.Error("the same seed, camera and frame give another picture")
	}
	for name, other := range map[string][]uint16{"seed": draw(2, 2, 3), "camera": draw(1, 3, 3), "frame": draw(1, 2, 4)} {
		same := 0
		for i := range other {
			if other[i] == base[i] {
				same++
			}
		}
		if same > w*h/4 {
			t.Errorf("another %s leaves %d of %d pixels as they are", name, same, w*h)
		}
	}
}

func TestNoNoise(t *testing.T) {
	out := make([]uint16, 4)
	measure(&echoes{depth: []float32{1.2344, 0, 0.1, 9}, strength: make([]float32, 4), hair: make([]bool, 4)}, 4, 1, false, 0, out)
	if want := []uint16{1234, 0, 0, 0}; !slices.Equal(out, want) {
		t.Errorf("depth %v, want %v: rounded, nothing, too near, too far", out, want)
	}
}

func TestGrain(t *testing.T) {
	rgb := make([]uint8, 3*20000)
	for i := range rgb {
		rgb[i] = 128
	}
	grain(rgb, newStream(1, 0, 0, 1))
	sum, square := 0.0, 0.0
	for _, x := range rgb {
		d := float64(x) - 128
		sum, square = sum+d, square+d*d
	}
	n := float64(len(rgb))
	if m := sum / n; math.Abs(m) > 0.05 {
		t.Errorf("bias %.3f levels", m)
	}
	if s := math.Sqrt(square / n); s < 0.8 || s > 1.6 {
		t.Errorf("deviation %.2f levels", s)
	}
}
