package network

import (
	"encoding/binary"
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/virtualcube/virtualcube/models"
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

func TestProductsOfEveryShape(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, shape := range [][2]int{{1, 8}, {3, 16}, {4, 64}, {5, 160}, {60, 16}, {10, 10}, {7, 1}, {768, 256}} {
		w, x := make([]float32, shape[0]*shape[1]), make([]float32, shape[1])
		for i := range w {
			w[i] = float32(random.NormFloat64())
		}
		for i := range x {
			x[i] = float32(random.NormFloat64())
		}
		got, plain := make([]float32, shape[0]+1), make([]float32, shape[0])
		matrix(got[:shape[0]], w, x)
		portable(plain, w, x)
		for o := range plain {
			want := 0.0
			for i, v := range x {
				want += float64(v) * float64(w[o*shape[1]+i])
			}
			if math.Abs(float64(got[o])-want) > 1e-3 || math.Abs(float64(plain[o])-want) > 1e-3 {
				t.Errorf("%v: row %d is %v, in plain Go %v, want %v", shape, o, got[o], plain[o], want)
			}
		}
		if got[shape[0]] != 0 {
			t.Errorf("%v: written beyond the end", shape)
		}
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

// model writes an ONNX file of one tensor.
func model(name string, dims []uint64, kind uint64, raw []byte) []byte {
	part := func(m []byte, number protowire.Number, content []byte) []byte {
		return protowire.AppendBytes(protowire.AppendTag(m, number, protowire.BytesType), content)
	}
	var tensor []byte
	for _, d := range dims {
		tensor = protowire.AppendVarint(protowire.AppendTag(tensor, tensorDims, protowire.VarintType), d)
	}
	tensor = protowire.AppendVarint(protowire.AppendTag(tensor, tensorType, protowire.VarintType), kind)
	tensor = part(part(tensor, tensorName, []byte(name)), tensorRaw, raw)
	return part(nil, modelGraph, part(nil, graphInitializer, tensor))
}

func floats(values ...float32) (raw []byte) {
	for _, v := range values {
		raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(v))
	}
	return raw
}

// files are by name what a file of weights may be; ok says whether it is read.
func files() map[string]struct {
	data []byte
	ok   bool
} {
	return map[string]struct {
		data []byte
		ok   bool
	}{
		"one tensor":      {model("a", []uint64{2, 1}, typeFloat, floats(1, 2)), true},
		"another type":    {model("a", []uint64{2}, 7, make([]byte, 16)), true},
		"nothing":         {nil, true},
		"text":            {[]byte("no such model\n"), false},
		"cut off":         {model("a", []uint64{2}, typeFloat, floats(1, 2))[:10], false},
		"too few bytes":   {model("a", []uint64{3}, typeFloat, floats(1, 2)), false},
		"a huge shape":    {model("a", []uint64{1 << 20, 1 << 20}, typeFloat, nil), false},
		"a shape over 63": {model("a", []uint64{1 << 63}, typeFloat, nil), false},
		"no number":       {model("a", []uint64{1}, typeFloat, floats(float32(math.NaN()))), false},
	}
}

func TestTensors(t *testing.T) {
	for name, f := range files() {
		if _, err := parseTensors(f.data); (err == nil) != f.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzTensors(f *testing.F) {
	for _, file := range files() {
		f.Add(file.data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		all, err := parseTensors(data)
		if err != nil {
			return
		}
		for name, tensor := range all {
			size := 1
			for _, n := range tensor.shape {
				size *= n
			}
			if size != len(tensor.values) {
				t.Errorf("%q is %v with %d values", name, tensor.shape, len(tensor.values))
			}
		}
	})
}

func TestWrongWeightsAreNamed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "enc.onnx")
	if err := os.WriteFile(path, model("a", []uint64{1}, typeFloat, floats(1)), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(path, path, path); !errors.Is(err, ErrWeights) {
		t.Errorf("weights without tensors: %v", err)
	}
	if _, err := Read(path+"x", path, path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
}
