package gain

import (
	"math"
	"testing"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/filtertest"
)

func TestContract(t *testing.T) {
	d, err := Definition()
	if err != nil {
		t.Fatal(err)
	}
	filtertest.Run(t, d, filtertest.Options{})
	t.Run("louder", func(t *testing.T) { filtertest.Run(t, d, filtertest.Options{Values: map[string]any{"gain": 12.0}}) })
}

func stretch(level float32) capture.Sound {
	s := capture.Sound{Captured: 1, Samples: make([]float32, capture.SoundSamples)}
	for i := range s.Samples {
		s.Samples[i] = level
	}
	return s
}

func TestGain(t *testing.T) {
	for _, c := range []struct{ gain, in, want float64 }{{6.0206, 0.1, 0.2}, {-20, 0.5, 0.05}, {30, 0.5, 1}, {0, 0.99, 0.99}} {
		f, err := open(t.Context(), models.Environment{}, Parameters{c.gain})
		if err != nil {
			t.Fatal(err)
		}
		out, err := f.Process(stretch(float32(c.in)), Parameters{c.gain})
		if err != nil || math.Abs(float64(out.Samples[500])-c.want) > 1e-4 {
			t.Errorf("%v dB of %v is %v, want %v; %v", c.gain, c.in, out.Samples[500], c.want, err)
		}
	}
}

func TestChangeDoesNotClick(t *testing.T) {
	f := &filter{factor: 1}
	out, err := f.Process(stretch(0.1), Parameters{12})
	if err != nil {
		t.Fatal(err)
	}
	last := float32(0.1)
	for i, x := range out.Samples {
		if x < last || x-last > 0.001 {
			t.Fatalf("sample %d jumps from %v to %v", i, last, x)
		}
		last = x
	}
	if math.Abs(float64(last)-0.1*math.Pow(10, 12./20)) > 1e-6 {
		t.Errorf("the stretch ends at %v", last)
	}
}

func TestBendHasNoCorner(t *testing.T) {
	for x := -3.0; x < 3; x += 0.001 {
		if d := bend(x+0.001) - bend(x); d < 0 || d > 0.0010001 || math.Abs(bend(x)) > 1 {
			t.Fatalf("at %v the curve goes by %v", x, d)
		}
	}
}
