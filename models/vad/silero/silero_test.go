package silero

import (
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/layers"
	"github.com/virtualcube/virtualcube/models/onnx"
	"github.com/virtualcube/virtualcube/models/weights"
)

const name = "silero-vad"

// store has weights; the test is skipped where they are missing.
func store(t testing.TB, names ...string) *weights.Store {
	t.Helper()
	s, err := weights.Open("")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if _, err := s.Path(name); errors.Is(err, weights.ErrMissing) {
			t.Skip(err)
		} else if err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func network(t testing.TB) *Network {
	t.Helper()
	path, err := store(t, name).Path(name)
	if err != nil {
		t.Fatal(err)
	}
	w, err := Read(path)
	if err != nil {
		t.Fatal(err)
	}
	return w.New()
}

// window is the n-th of noise and tones, of all probabilities.
func window(random *rand.Rand, n int) (x [Context + Window]float32) {
	loud := math.Pow(10, -float64(n%7)/2)
	for i := range x {
		t := float64(n*Window+i) / 16000
		tone := 0.0
		for h := 1.0; h < 12; h++ {
			tone += math.Sin(2*math.Pi*h*(150*t+3*math.Sin(5*t))) / h
		}
		x[i] = float32(loud * (0.1*random.NormFloat64()*float64(n%3) + 0.5*tone*math.Max(0, math.Sin(12*t))))
	}
	return x
}

// TestAgreesWithItsGraph has ONNX Runtime compute the published graph.
func TestAgreesWithItsGraph(t *testing.T) {
	s := store(t, name, onnx.Library)
	state := []int64{2, 1, units}
	session, err := onnx.Open(models.Environment{Provider: models.CPU, Weights: s.Path}, name, onnx.Options{
		Shapes: map[string][]int64{"input": {1, Context + Window}, "state": state, "stateN": state, "output": {1, 1}},
		States: map[string]string{"stateN": "state"},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := session.Close(); err != nil {
			t.Error(err)
		}
	}()
	input, err := onnx.Input[float32](session, "input")
	output, err2 := onnx.Output[float32](session, "output")
	rate, err3 := onnx.Input[int64](session, "sr")
	if err := errors.Join(err, err2, err3); err != nil {
		t.Fatal(err)
	}
	rate[0] = 16000
	n := network(t)
	for range 2 { // and again after Reset
		random := rand.New(rand.NewPCG(1, 2))
		least, most := 1.0, 0.0
		for i := range 200 {
			x := window(random, i)
			copy(input, x[:])
			if err := session.Run(); err != nil {
				t.Fatal(err)
			}
			got, want := n.Judge(&x), float64(output[0])
			if !(math.Abs(got-want) < 1e-4) {
				t.Fatalf("window %d is speech by %v, want %v", i, got, want)
			}
			least, most = min(least, want), max(most, want)
		}
		if most-least < 0.3 {
			t.Errorf("all are speech by %v to %v: that shows little", least, most)
		}
		n.Reset()
		session.Reset()
	}
}

func TestJudgeAllocatesNothing(t *testing.T) {
	n := network(t)
	x := window(rand.New(rand.NewPCG(1, 2)), 0)
	if made := testing.AllocsPerRun(20, func() { n.Judge(&x) }); made != 0 {
		t.Errorf("a window makes %v allocations", made)
	}
}

func TestWrongWeightsAreNamed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "vad.onnx")
	if err := os.WriteFile(path, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(path); !errors.Is(err, layers.ErrWeights) {
		t.Errorf("weights without tensors: %v", err)
	}
}
