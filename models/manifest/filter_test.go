package manifest_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/filtertest"
	"github.com/virtualcube/virtualcube/models/manifest"
	"github.com/virtualcube/virtualcube/models/onnx"
	"github.com/virtualcube/virtualcube/models/onnx/onnxtest"
)

func node(op string, inputs, outputs string, attributes map[string]any) onnxtest.Node {
	return onnxtest.Node{Op: op, Inputs: strings.Fields(inputs), Outputs: strings.Fields(outputs), Attributes: attributes}
}

func list(v ...onnxtest.Value) []onnxtest.Value { return v }

var (
	// bright says of each pixel how bright it is.
	bright = onnxtest.Model{
		Inputs:  list(onnxtest.Tensor("x", onnxtest.Float32, 1, 16, 16, 3)),
		Outputs: list(onnxtest.Tensor("y", onnxtest.Float32, 1, 16, 16, 1)),
		Nodes:   []onnxtest.Node{node("ReduceMean", "x", "y", map[string]any{"axes": []int64{3}})},
	}
	// gain multiplies a picture.
	gain = onnxtest.Model{
		Inputs:  list(onnxtest.Tensor("x", onnxtest.Float32, 1, 3, 32, 32), onnxtest.Tensor("gain", onnxtest.Float32, 1)),
		Outputs: list(onnxtest.Tensor("y", onnxtest.Float32, 1, 3, 32, 32)),
		Nodes:   []onnxtest.Node{node("Mul", "x gain", "y", nil)},
	}
	// hop gives the newer half of a block back, and silence the first time.
	hop = onnxtest.Model{
		Inputs:  list(onnxtest.Tensor("x", onnxtest.Float32, 1, 320), onnxtest.Tensor("h", onnxtest.Float32, 1, 1)),
		Outputs: list(onnxtest.Tensor("y", onnxtest.Float32, 1, 160), onnxtest.Tensor("next", onnxtest.Float32, 1, 1)),
		Constants: []onnxtest.Constant{
			onnxtest.Floats("one", []int64{1}, 1),
			{Name: "begin", Type: onnxtest.Int64, Shape: []int64{1}, Numbers: []float64{160}},
			{Name: "end", Type: onnxtest.Int64, Shape: []int64{1}, Numbers: []float64{320}},
			{Name: "axis", Type: onnxtest.Int64, Shape: []int64{1}, Numbers: []float64{1}},
		},
		Nodes: []onnxtest.Node{
			node("Slice", "x begin end axis", "newer", nil), node("Min", "h one", "open", nil),
			node("Mul", "newer open", "y", nil), node("Add", "h one", "next", nil),
		},
	}
	// levels tells dark from bright.
	levels = onnxtest.Model{
		Inputs:  list(onnxtest.Tensor("x", onnxtest.Float32, 1, 8, 8)),
		Outputs: list(onnxtest.Tensor("y", onnxtest.Float32, 1, 3)),
		Constants: []onnxtest.Constant{
			onnxtest.Floats("w", []int64{64, 3}, repeat(64, -8.0/64, 0, 8.0/64)...),
			onnxtest.Floats("b", []int64{1, 3}, 4, 0, -4),
		},
		Nodes: []onnxtest.Node{node("Flatten", "x", "flat", nil), node("MatMul", "flat w", "sum", nil), node("Add", "sum b", "y", nil)},
	}
)

func repeat(n int, x ...float64) (all []float64) {
	for range n {
		all = append(all, x...)
	}
	return all
}

// load writes a manifest with its model and reads it.
func load(t testing.TB, text string, m onnxtest.Model) models.Definition {
	t.Helper()
	folder := t.TempDir()
	onnxtest.Write(t, filepath.Join(folder, "model.onnx"), m)
	sum := sha256.Sum256(m.Bytes())
	text = strings.Replace(text, "sha256: abcdef"+strings.Repeat("0", 58), "sha256: "+hex.EncodeToString(sum[:]), 1)
	path := filepath.Join(folder, "sample.yaml")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	d, err := manifest.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestContract(t *testing.T) {
	for _, c := range []struct {
		name, text string
		model      onnxtest.Model
	}{{"mask", toMask, bright}, {"image", toImage, gain}, {"sound", toSound, hop}, {"labels", toLabels, levels}} {
		t.Run(c.name, func(t *testing.T) {
			filtertest.Run(t, load(t, c.text, c.model), filtertest.Options{Environment: onnxtest.Environment(t, nil)})
		})
	}
}

// values are the defaults with some changed.
func values(t testing.TB, d models.Definition, changed map[string]any) models.Values {
	t.Helper()
	v, err := d.Parameters.Defaults().With(changed)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func open[T any](t testing.TB, d models.Definition, e models.Environment, opener models.Opener[T]) models.Stage[T] {
	t.Helper()
	s, err := opener(t.Context(), e, d.Parameters.Defaults())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(s.Close(), s.Close()); err != nil {
			t.Error(err)
		}
	})
	return s
}

// halves is a picture that is dark on the left and bright on the right.
func halves(t testing.TB, width, height int) *capture.Frame {
	t.Helper()
	f, err := capture.NewFramePool(1).Frame(capture.FrameShape{Format: capture.I420, Width: width, Height: height})
	if err != nil {
		t.Fatal(err)
	}
	f.Captured, f.Sequence, f.Emitted = 1e9, 7, 2e9
	for i := range f.Colour.Planes[0] {
		f.Colour.Planes[0][i] = 16
		if i%width >= width/2 {
			f.Colour.Planes[0][i] = 235
		}
	}
	for i := range f.Colour.Planes[1] {
		f.Colour.Planes[1][i], f.Colour.Planes[2][i] = 128, 128
	}
	return f
}

func TestMask(t *testing.T) {
	for _, c := range []struct {
		name, text, show string
		left, right      byte // of the matte, at the edges
		shown            [2]byte
		corner           byte // of the matte
	}{
		{"keep", toMask, "keep", 0, 255, [2]byte{16, 235}, 0},
		{"mask", toMask, "mask", 0, 255, [2]byte{16, 235}, 0},
		{"remove", strings.Replace(toMask, "to: mask", "to: mask, invert: true", 1), "remove", 255, 0, [2]byte{16, 16}, 255},
		{"sigmoid", strings.Replace(toMask, "to: mask", "to: mask, activation: sigmoid", 1), "mask", 128, 186, [2]byte{126, 176}, 128},
		{"threshold", strings.Replace(toMask, "to: mask", "to: mask, activation: sigmoid, threshold: 0.6", 1), "keep", 0, 255, [2]byte{16, 235}, 0},
		{"range", strings.Replace(toMask, "to: mask, layout: NHWC", "to: mask, layout: NHWC, range: [0, 2]", 1), "keep", 0, 128, [2]byte{16, 235}, 0},
		{"fit", strings.Replace(toMask, "layout: NHWC", "layout: NHWC, resize: fit", 1), "keep", 0, 255, [2]byte{16, 235}, 0},
		{"fill", strings.Replace(toMask, "layout: NHWC", "layout: NHWC, resize: fill", 1), "keep", 0, 0, [2]byte{16, 235}, 0},
	} {
		d := load(t, c.text, bright)
		s := open(t, d, onnxtest.Environment(t, nil), d.OpenVideo)
		for _, size := range [][2]int{{64, 32}, {128, 64}, {64, 32}} { // and it may change
			in := halves(t, size[0], size[1])
			out, err := s.Process(in, values(t, d, map[string]any{"show": c.show}))
			if err != nil {
				t.Fatalf("%s: %v", c.name, err)
			}
			m, w := out.Matte, size[0]
			if m.Width != w || m.Height != size[1] {
				t.Fatalf("%s: the matte is %dx%d", c.name, m.Width, m.Height)
			}
			middle := size[1] / 2 * w
			if near(m.Coverage[middle], c.left) || near(m.Coverage[middle+w-1], c.right) || near(m.Coverage[0], c.corner) {
				t.Errorf("%s: the matte goes from %d to %d, its corner is %d", c.name, m.Coverage[middle], m.Coverage[middle+w-1], m.Coverage[0])
			}
			if c.name == "fill" && (m.Coverage[middle+w/2+8] != 255 || m.Coverage[middle+w/2-8] != 0) {
				t.Errorf("fill: beside the middle are %d and %d", m.Coverage[middle+w/2-8], m.Coverage[middle+w/2+8])
			}
			y := out.Colour.Planes[0]
			if near(y[middle], c.shown[0]) || near(y[middle+w-1], c.shown[1]) {
				t.Errorf("%s: shown is %d to %d", c.name, y[middle], y[middle+w-1])
			}
			if out.Captured != in.Captured || out.Sequence != in.Sequence || out.Emitted != in.Emitted {
				t.Errorf("%s: stamps %v %v %v", c.name, out.Captured, out.Sequence, out.Emitted)
			}
			out.Release()
			in.Release()
		}
	}
}

// near says that two values are not.
func near(a, b byte) bool { return math.Abs(float64(a)-float64(b)) > 1.5 }

func TestImage(t *testing.T) {
	d := load(t, toImage, gain)
	s := open(t, d, onnxtest.Environment(t, nil), d.OpenVideo)
	for _, c := range []struct {
		strength, gain float64
		want           [3]byte // of the right edge
	}{
		{1, 1, [3]byte{235, 128, 128}},
		{0, 0, [3]byte{235, 128, 128}},
		{1, 0, [3]byte{64, 113, 141}}, // all is the mean: red 0.3, green 0.2, blue 0.1
		{0.5, 0, [3]byte{149, 121, 135}},
	} {
		in := halves(t, 64, 48)
		out, err := s.Process(in, values(t, d, map[string]any{"strength": c.strength, "gain": c.gain}))
		if err != nil {
			t.Fatal(err)
		}
		for i, plane := range out.Colour.Planes {
			if got := plane[len(plane)-1]; near(got, c.want[i]) {
				t.Errorf("strength %v, gain %v: plane %d is %d, want %d", c.strength, c.gain, i, got, c.want[i])
			}
		}
		out.Release()
		in.Release()
	}
}

func TestSound(t *testing.T) {
	d := load(t, toSound, hop)
	if d.LookAhead.Milliseconds() != 4 {
		t.Errorf("it looks %v ahead", d.LookAhead)
	}
	tone := func(i int) float64 { return 0.3 * math.Sin(float64(i)*2*math.Pi*500/capture.SampleRate) }
	for _, strength := range []float64{0, 1} {
		s := open(t, d, onnxtest.Environment(t, nil), d.OpenAudio)
		first, worst := 0.0, 0.0
		for k := range 20 {
			in := capture.Sound{Captured: capture.Time(1e9 + k*20e6), Samples: make([]float32, capture.SoundSamples)}
			for i := range in.Samples {
				in.Samples[i] = float32(tone(k*capture.SoundSamples + i))
			}
			out, err := s.Process(in, values(t, d, map[string]any{"strength": strength}))
			if err != nil {
				t.Fatal(err)
			}
			if out.Captured != in.Captured.Add(-d.LookAhead) {
				t.Errorf("content of %v came for %v", out.Captured, in.Captured)
			}
			for i, x := range out.Samples {
				n := k*capture.SoundSamples + i - 192
				if k == 0 && i > 250 && i < 400 {
					first = math.Max(first, math.Abs(float64(x)))
				}
				if k > 2 {
					worst = math.Max(worst, math.Abs(float64(x)-tone(n)))
				}
			}
		}
		if worst > 0.003 {
			t.Errorf("strength %v: the sound differs by %v", strength, worst)
		}
		if silent := first < 0.05; silent != (strength == 1) { // as the state was zero
			t.Errorf("strength %v: the first block has %v", strength, first)
		}
	}
}

func TestLabels(t *testing.T) {
	text := strings.Replace(toLabels, "top: 2", "top: 2, threshold: 0.1, interval: 100ms", 1)
	d := load(t, text, levels)
	var seen []models.Observation
	e := onnxtest.Environment(t, nil)
	e.Observe = func(o models.Observation) { seen = append(seen, o) }
	s := open(t, d, e, d.OpenVideo)
	for k, width := range []int{64, 64, 64, 64, 64} {
		in := halves(t, width, 32)
		in.Captured = capture.Time(1e9 + k*50e6)
		if k > 1 { // dark from here on
			clear(in.Colour.Planes[0])
		}
		out, err := s.Process(in, d.Parameters.Defaults())
		if err != nil || out != in {
			t.Fatalf("%v, the frame is the same: %v", err, out == in)
		}
		out.Release()
		in.Release()
	}
	if len(seen) != 3 {
		t.Fatalf("%d observations in 200 ms", len(seen))
	}
	if o := seen[0]; o.Captured != 1e9 || len(o.Labels) != 2 || math.Abs(o.Labels[0].Score-1.0/3) > 0.01 {
		t.Errorf("of dark and bright: %+v", o)
	}
	if o := seen[1]; o.Captured != 11e8 || len(o.Labels) != 1 || o.Labels[0].Name != "dark" || o.Labels[0].Score < 0.97 {
		t.Errorf("of dark: %+v", o)
	}
}

// TestOpenRefuses: what the file has otherwise than the manifest is named.
func TestOpenRefuses(t *testing.T) {
	replaced := func(text, old, by string) string { return strings.Replace(text, old, by, 1) }
	broken := bright
	broken.Inputs = list(onnxtest.Tensor("x", onnxtest.Float32, 1, 16, 16, 3), onnxtest.Tensor("more", onnxtest.Float32, 1))
	for _, c := range []struct {
		name, text string
		model      onnxtest.Model
		provider   models.Provider
		is         error
		says       string
	}{
		{"input", replaced(toMask, "name: x", "name: image"), bright, models.CPU, onnx.ErrTensor, "the inputs x float32[1 16 16 3]"},
		{"output", replaced(toMask, "name: y", "name: mask"), bright, models.CPU, onnx.ErrTensor, "the outputs y float32[1 16 16 1]"},
		{"shape", replaced(toMask, "[1, 16, 16, 3]", "[1, 8, 8, 3]"), bright, models.CPU, onnx.ErrTensor, "the model has x float32[1 16 16 3]"},
		{"type", replaced(toMask, "float32", "uint8"), bright, models.CPU, onnx.ErrTensor, "x of uint8, the model has x float32"},
		{"another input", toMask, broken, models.CPU, onnx.ErrTensor, "also takes more float32[1]"},
		{"state", replaced(toSound, "state: next", "state: nxet"), hop, models.CPU, onnx.ErrTensor, `"nxet"`},
		{"checksum", replaced(toMask, "abcdef", "abcdee"), bright, models.CPU, onnx.ErrModel, "another file, or damaged"},
		{"provider", toMask, bright, models.CUDA, onnx.ErrProvider, "its manifest names [cpu]"},
		{"missing provider", toMask + "providers: [cuda]\n", bright, models.CUDA, onnx.ErrProvider, "NVIDIA GPU"},
	} {
		d := load(t, c.text, c.model)
		e := onnxtest.Environment(t, nil)
		e.Provider = c.provider
		var s interface{ Close() error }
		var err error
		if d.Kind == models.KindAudio {
			s, err = d.OpenAudio(t.Context(), e, d.Parameters.Defaults())
		} else {
			s, err = d.OpenVideo(t.Context(), e, d.Parameters.Defaults())
		}
		if err == nil {
			t.Errorf("%s: opened, %v", c.name, s.Close())
		} else if !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v does not say %q", c.name, err, c.says)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	d := load(t, toMask, bright)
	if _, err := d.OpenVideo(ended, onnxtest.Environment(t, nil), d.Parameters.Defaults()); !errors.Is(err, context.Canceled) {
		t.Errorf("open after the end: %v", err)
	}
}

// TestBadModels: numbers that are none and results of another size cost the frame.
func TestBadModels(t *testing.T) {
	nan := bright
	nan.Constants = []onnxtest.Constant{onnxtest.Floats("two", []int64{1}, 2)}
	nan.Nodes = []onnxtest.Node{node("ReduceMean", "x", "m", map[string]any{"axes": []int64{3}}), node("Sub", "m two", "d", nil), node("Sqrt", "d", "y", nil)}
	other := bright // whose result has a size that only the numbers say
	other.Outputs = list(onnxtest.Tensor("y", onnxtest.Float32, -1, -1, -1, -1))
	other.Constants = []onnxtest.Constant{
		onnxtest.Floats("zero", []int64{1}, 0), onnxtest.Floats("eight", []int64{1}, 8),
		{Name: "begin", Type: onnxtest.Int64, Shape: []int64{1}, Numbers: []float64{0}},
		{Name: "axis", Type: onnxtest.Int64, Shape: []int64{1}, Numbers: []float64{1}},
	}
	other.Nodes = []onnxtest.Node{
		node("ReduceMean", "x", "m", map[string]any{"axes": []int64{3}}),
		node("ReduceMean", "x", "all", map[string]any{"axes": []int64{1, 2, 3}, "keepdims": int64(0)}),
		node("Mul", "all zero", "none", nil), node("Add", "none eight", "half", nil),
		node("Cast", "half", "end", map[string]any{"to": int64(onnxtest.Int64)}),
		node("Slice", "m begin end axis", "y", nil),
	}
	for _, c := range []struct {
		name  string
		model onnxtest.Model
		is    error
		says  string
	}{{"not a number", nan, onnx.ErrNotFinite, "output y"}, {"size", other, nil, "run model"}} {
		d := load(t, toMask, c.model)
		s := open(t, d, onnxtest.Environment(t, nil), d.OpenVideo)
		for range 2 {
			in := halves(t, 64, 32)
			_, err := s.Process(in, d.Parameters.Defaults())
			if err == nil || c.is != nil && !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%s: %v", c.name, err)
			}
			in.Release()
		}
	}
}

func TestUnknownFieldsAreNamed(t *testing.T) {
	var said strings.Builder
	e := onnxtest.Environment(t, nil)
	e.Log = slog.New(slog.NewTextHandler(&said, nil))
	d := load(t, strings.Replace(toMask, "layout: NHWC", "layout: NHWC, rezise: fit", 1)+"colour: green\n", bright)
	open(t, d, e, d.OpenVideo)
	if !strings.Contains(said.String(), "colour") || !strings.Contains(said.String(), "inputs[0].rezise") {
		t.Errorf("the log says %q", said.String())
	}
}

func BenchmarkMask(b *testing.B) {
	d := load(b, toMask, bright)
	s := open(b, d, onnxtest.Environment(b, nil), d.OpenVideo)
	in := halves(b, 1280, 720)
	v := d.Parameters.Defaults()
	b.ReportAllocs()
	for b.Loop() {
		out, err := s.Process(in, v)
		if err != nil {
			b.Fatal(err)
		}
		out.Release()
	}
}
