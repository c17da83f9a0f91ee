package network

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

// names of the weights: encoder, gains, filter.
func names() [3]string {
	return [3]string{"deepfilternet-encoder", "deepfilternet-erb", "deepfilternet-df"}
}

// store has the weights; the test is skipped where they are missing.
func store(t testing.TB, also ...string) *weights.Store {
	t.Helper()
	s, err := weights.Open("")
	if err != nil {
		t.Fatal(err)
	}
	all := names()
	for _, name := range append(all[:], also...) {
		if _, err := s.Path(name); errors.Is(err, weights.ErrMissing) {
			t.Skip(err)
		} else if err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func read(t testing.TB, s *weights.Store) *Weights {
	t.Helper()
	var paths [3]string
	for i, name := range names() {
		paths[i], _ = s.Path(name) // store has looked
	}
	w, err := Read(paths[0], paths[1], paths[2])
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// graph runs one of the published graphs over frames at once.
func graph(t *testing.T, s *weights.Store, name string, inputs map[string][]float32, shapes map[string][]int64, outputs ...string) (got [][]float32) {
	t.Helper()
	session, err := onnx.Open(models.Environment{Provider: models.CPU, Weights: s.Path}, name, onnx.Options{Shapes: shapes})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := session.Close(); err != nil {
			t.Error(err)
		}
	}()
	for name, values := range inputs {
		in, err := onnx.Input[float32](session, name)
		if err != nil {
			t.Fatal(err)
		}
		if len(in) != len(values) {
			t.Fatalf("%s has %d values, not %d", name, len(in), len(values))
		}
		copy(in, values)
	}
	if err := session.Run(); err != nil {
		t.Fatal(err)
	}
	for _, name := range outputs {
		out, err := onnx.Output[float32](session, name)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, append([]float32(nil), out...))
	}
	return got
}

// TestAgreesWithItsGraphs has ONNX Runtime compute the published graphs of 40
// frames at once.
func TestAgreesWithItsGraphs(t *testing.T) {
	s := store(t, onnx.Library)
	const n = 40
	random := rand.New(rand.NewPCG(1, 2))
	bands, bins := make([]float32, n*Bands), make([]float32, 2*n*Bins)
	for i := range bands {
		bands[i] = float32(random.NormFloat64())
	}
	for i := range bins {
		bins[i] = float32(random.NormFloat64())
	}
	shapes := map[string][]int64{
		"feat_erb": {1, 1, n, Bands}, "feat_spec": {1, 2, n, Bins},
		"e0": {1, 64, n, 32}, "e1": {1, 64, n, 16}, "e2": {1, 64, n, 8}, "e3": {1, 64, n, 8},
		"c0": {1, 64, n, Bins}, "emb": {1, n, 512}, "lsnr": {1, n, 1}, "m": {1, 1, n, Bands},
		"coefs": {1, n, Bins, 10}, "235": {1, n, 1},
	}
	of := func(names ...string) map[string][]int64 {
		some := map[string][]int64{}
		for _, name := range names {
			some[name] = shapes[name]
		}
		return some
	}
	e := graph(t, s, names()[0], map[string][]float32{"feat_erb": bands, "feat_spec": bins},
		of("feat_erb", "feat_spec", "e0", "e1", "e2", "e3", "emb", "c0", "lsnr"), "e0", "e1", "e2", "e3", "emb", "c0", "lsnr")
	gains := graph(t, s, names()[1], map[string][]float32{"e0": e[0], "e1": e[1], "e2": e[2], "e3": e[3], "emb": e[4]},
		of("e0", "e1", "e2", "e3", "emb", "m"), "m")[0]
	filter := graph(t, s, names()[2], map[string][]float32{"emb": e[4], "c0": e[5]}, of("emb", "c0", "coefs", "235"), "coefs")[0]

	network := read(t, s).New()
	for range 2 { // and again after Reset
		for at := range n {
			var frame [Bins]complex64
			for k := range frame {
				frame[k] = complex(bins[at*Bins+k], bins[(n+at)*Bins+k])
			}
			r := network.Frame(bands[at*Bands:][:Bands], frame[:])
			near(t, at, "signal to noise", float64(r.SNR)/50, float64(e[6][at])/50)
			for k, g := range r.Gains {
				near(t, at, "a gain", float64(g), float64(gains[at*Bands+k]))
			}
			for k := range r.Filter {
				for o, c := range r.Filter[k] {
					near(t, at, "a coefficient", float64(real(c)), float64(filter[(at*Bins+k)*10+2*o]))
					near(t, at, "a coefficient", float64(imag(c)), float64(filter[(at*Bins+k)*10+2*o+1]))
				}
			}
		}
		network.Reset()
	}
}

func near(t *testing.T, frame int, what string, got, want float64) {
	t.Helper()
	if !(math.Abs(got-want) < 1e-4) {
		t.Fatalf("frame %d: %s is %v, want %v", frame, what, got, want)
	}
}

func TestFrameAllocatesNothing(t *testing.T) {
	network := read(t, store(t)).New()
	var bands [Bands]float32
	var bins [Bins]complex64
	if n := testing.AllocsPerRun(20, func() { network.Frame(bands[:], bins[:]) }); n != 0 {
		t.Errorf("a frame makes %v allocations", n)
	}
}

func TestWrongWeightsAreNamed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "enc.onnx")
	if err := os.WriteFile(path, []byte{}, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(path, path, path); !errors.Is(err, layers.ErrWeights) {
		t.Errorf("weights without tensors: %v", err)
	}
	if _, err := Read(path+"x", path, path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
}
