package manifest_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/onnx/onnxtest"
)

// edge is the matte of the left and the right edge of a picture that is dark on the
// left and bright on the right.
func edge(t *testing.T, d models.Definition) (left, right byte) {
	t.Helper()
	s := open(t, d, onnxtest.Environment(t, nil), d.OpenVideo)
	in := halves(t, 64, 32)
	out, err := s.Process(in, d.Parameters.Defaults())
	if err != nil {
		t.Fatal(err)
	}
	left, right = out.Matte.Coverage[0], out.Matte.Coverage[63]
	out.Release()
	in.Release()
	return left, right
}

// TestActivations: of two channels, of which one is 0 and the other -2 in the dark
// and 2 in the light, and of the number of the larger.
func TestActivations(t *testing.T) {
	channels := onnxtest.Model{
		Inputs:    list(onnxtest.Tensor("x", onnxtest.Float32, 1, 3, 16, 16)),
		Outputs:   list(onnxtest.Tensor("y", onnxtest.Float32, 1, 2, 16, 16)),
		Constants: []onnxtest.Constant{onnxtest.Floats("w", []int64{2, 3, 1, 1}, 0, 0, 0, 4, 0, 0), onnxtest.Floats("b", []int64{2}, 0, -2)},
		Nodes:     []onnxtest.Node{node("Conv", "x w b", "y", nil)},
	}
	class := channels
	class.Outputs = list(onnxtest.Tensor("y", onnxtest.Int64, 1, 1, 16, 16))
	class.Nodes = []onnxtest.Node{node("Conv", "x w b", "c", nil), node("ArgMax", "c", "y", map[string]any{"axis": int64(1)})}
	text := head + `kind: image-to-mask
inputs:
  - {name: x, type: float32, shape: [1, 3, 16, 16], from: picture, layout: NCHW}
outputs:
  - {name: y, to: mask, layout: NCHW, %s}
`
	soft := 1 / (1 + math.Exp(-2))
	for _, c := range []struct {
		output      string
		model       onnxtest.Model
		left, right float64
	}{
		{"type: float32, shape: [1, 2, 16, 16], channel: 1, activation: softmax", channels, 1 - soft, soft},
		{"type: float32, shape: [1, 2, 16, 16], channel: 0, activation: softmax", channels, soft, 1 - soft},
		{"type: float32, shape: [1, 2, 16, 16], channel: 1, activation: sigmoid", channels, 1 - soft, soft},
		{"type: float32, shape: [1, 2, 16, 16], channel: 1, activation: argmax", channels, 0, 1},
		{"type: float32, shape: [1, 2, 16, 16], channel: 1, range: [-2, 6]", channels, 0, 0.5},
		{"type: int64, shape: [1, 1, 16, 16], channel: 1, activation: argmax", class, 0, 1},
		{"type: int64, shape: [1, 1, 16, 16], channel: 0, activation: argmax", class, 1, 0},
	} {
		left, right := edge(t, load(t, fmt.Sprintf(text, c.output), c.model))
		if math.Abs(float64(left)/255-c.left) > 0.01 || math.Abs(float64(right)/255-c.right) > 0.01 {
			t.Errorf("%s: %d to %d, want %.2f to %.2f", c.output, left, right, c.left, c.right)
		}
	}
}

// TestTypes: a model that leaves a picture alone, in each type, beside a constant.
func TestTypes(t *testing.T) {
	for _, c := range []struct {
		name  string
		kind  onnxtest.Type
		white string
	}{{"float32", onnxtest.Float32, "1"}, {"float16", onnxtest.Float16, "1"}, {"uint8", onnxtest.Uint8, "255"}} {
		m := onnxtest.Model{
			Inputs:  list(onnxtest.Tensor("x", c.kind, 1, 16, 16, 3), onnxtest.Tensor("times", onnxtest.Int64)),
			Outputs: list(onnxtest.Tensor("y", c.kind, 1, 16, 16, 3)),
			Nodes: []onnxtest.Node{
				node("Cast", "x", "f", map[string]any{"to": int64(onnxtest.Float32)}), node("Cast", "times", "n", map[string]any{"to": int64(onnxtest.Float32)}),
				node("Mul", "f n", "p", nil), node("Cast", "p", "y", map[string]any{"to": int64(c.kind)}),
			},
		}
		text := strings.NewReplacer("TYPE", c.name, "WHITE", c.white).Replace(head + `kind: image-to-image
inputs:
  - {name: times, type: int64, shape: [], from: constant, value: 1}
  - {name: x, type: TYPE, shape: [1, 16, 16, 3], from: picture, layout: NHWC, range: [0, WHITE]}
outputs:
  - {name: y, type: TYPE, shape: [1, 16, 16, 3], to: picture, layout: NHWC, range: [0, WHITE]}
`)
		d := load(t, text, m)
		s := open(t, d, onnxtest.Environment(t, nil), d.OpenVideo)
		in := halves(t, 64, 32)
		for i, v := range []byte{120, 100, 160} {
			for k := range in.Colour.Planes[i] {
				in.Colour.Planes[i][k] = v
			}
		}
		out, err := s.Process(in, d.Parameters.Defaults())
		if err != nil {
			t.Fatal(err)
		}
		for i, plane := range out.Colour.Planes {
			if near(plane[5], in.Colour.Planes[i][5]) {
				t.Errorf("%s: plane %d is %d, was %d", c.name, i, plane[5], in.Colour.Planes[i][5])
			}
		}
		out.Release()
		in.Release()
	}
}

// TestHears: a classifier of sound, which is given full scale as 32768.
func TestHears(t *testing.T) {
	m := onnxtest.Model{ // the mean of the squares
		Inputs:    list(onnxtest.Tensor("x", onnxtest.Float32, 1, 480)),
		Outputs:   list(onnxtest.Tensor("y", onnxtest.Float32, 1, 1)),
		Constants: []onnxtest.Constant{onnxtest.Floats("full", []int64{1}, 32768)},
		Nodes: []onnxtest.Node{
			node("Div", "x full", "s", nil), node("Mul", "s s", "q", nil), node("ReduceMean", "q", "y", map[string]any{"axes": []int64{1}}),
		},
	}
	d := load(t, head+`kind: classifier
parameters:
  - {name: least, type: number, min: 0, max: 1, default: 0.2, live: true, help: how loud, use: threshold}
sound: {rate: 48000, block: 480, scale: 32768}
inputs:
  - {name: x, type: float32, shape: [1, 480], from: sound}
outputs:
  - {name: y, type: float32, shape: [1, 1], to: labels, labels: [loud]}
`, m)
	var seen []models.Observation
	e := onnxtest.Environment(t, nil)
	e.Observe = func(o models.Observation) { seen = append(seen, o) }
	s := open(t, d, e, d.OpenAudio)
	for k, level := range []float32{0, 0.3, 0.6} {
		in := capture.Sound{Captured: capture.Time(1e9 + k*20e6), Samples: make([]float32, capture.SoundSamples)}
		for i := range in.Samples {
			in.Samples[i] = level
		}
		out, err := s.Process(in, d.Parameters.Defaults())
		if err != nil || &out.Samples[0] != &in.Samples[0] {
			t.Fatalf("it does not return its input: %v", err)
		}
	}
	if len(seen) != 2 || seen[0].Captured != 104e7 || seen[0].Labels[0].Name != "loud" || math.Abs(seen[0].Labels[0].Score-0.36) > 0.001 {
		t.Errorf("observed %+v", seen)
	}
}
