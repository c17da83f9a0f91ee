package onnx_test

import (
	"path/filepath"
	"testing"
	"time"

	ort "github.com/yalue/onnxruntime_go"

	"github.com/virtualcube/virtualcube/models/onnx"
	"github.com/virtualcube/virtualcube/models/onnx/onnxtest"
)

// convolution is some work: a picture of 128 x 128, twice eight channels of 3 x 3.
func convolution() onnxtest.Model {
	weights := make([]float64, 8*8*9)
	for i := range weights {
		weights[i] = float64(i%7) - 3
	}
	same := map[string]any{"pads": []int64{1, 1, 1, 1}}
	return onnxtest.Model{
		Inputs:    []onnxtest.Value{onnxtest.Tensor("x", onnxtest.Float32, 1, 8, 128, 128)},
		Outputs:   []onnxtest.Value{onnxtest.Tensor("y", onnxtest.Float32, 1, 8, 128, 128)},
		Constants: []onnxtest.Constant{onnxtest.Floats("w", []int64{8, 8, 3, 3}, weights...)},
		Nodes: []onnxtest.Node{
			{Op: "Conv", Inputs: []string{"x", "w"}, Outputs: []string{"h"}, Attributes: same},
			{Op: "Conv", Inputs: []string{"h", "w"}, Outputs: []string{"y"}, Attributes: same},
		},
	}
}

// bare is the binding's own session over a model of one input x and one output y.
func bare(t testing.TB, m onnxtest.Model) *ort.AdvancedSession {
	t.Helper()
	fail := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	x, err := ort.NewEmptyTensor[float32](ort.NewShape(m.Inputs[0].Shape...))
	fail(err)
	y, err := ort.NewEmptyTensor[float32](ort.NewShape(m.Outputs[0].Shape...))
	fail(err)
	o, err := ort.NewSessionOptions()
	fail(err)
	fail(o.SetIntraOpNumThreads(1))
	path := onnxtest.Write(t, filepath.Join(t.TempDir(), "bare.onnx"), m)
	s, err := ort.NewAdvancedSession(path, []string{"x"}, []string{"y"}, []ort.Value{x, y}[:1], []ort.Value{x, y}[1:], o)
	fail(err)
	t.Cleanup(func() {
		fail(s.Destroy())
		fail(x.Destroy())
		fail(y.Destroy())
		fail(o.Destroy())
	})
	return s
}

// BenchmarkRun compares a Session with the bare binding, in turns, on a model that
// does next to nothing and on one that works.
func BenchmarkRun(b *testing.B) {
	for _, c := range []struct {
		name  string
		model onnxtest.Model
	}{{"nothing", scale}, {"convolution", convolution()}} {
		b.Run(c.name, func(b *testing.B) {
			ours := session(b, c.model, onnx.Options{})
			theirs := bare(b, c.model)
			var took [2]time.Duration
			b.ReportAllocs()
			for b.Loop() {
				begin := time.Now()
				run(b, ours)
				middle := time.Now()
				if err := theirs.Run(); err != nil {
					b.Fatal(err)
				}
				took[0] += middle.Sub(begin)
				took[1] += time.Since(middle)
			}
			b.ReportMetric(float64(took[0])/float64(b.N), "ours-ns")
			b.ReportMetric(float64(took[1])/float64(b.N), "bare-ns")
		})
	}
}

// TestOverhead holds a Session to the bare binding, in turns, on a model that works:
// the quickest of many, as a busy machine slows either down.
func TestOverhead(t *testing.T) {
	ours := session(t, convolution(), onnx.Options{})
	theirs := bare(t, convolution())
	best := [2]time.Duration{time.Hour, time.Hour}
	for range 100 {
		begin := time.Now()
		run(t, ours)
		middle := time.Now()
		if err := theirs.Run(); err != nil {
			t.Fatal(err)
		}
		best[0] = min(best[0], middle.Sub(begin))
		best[1] = min(best[1], time.Since(middle))
	}
	t.Logf("a session takes %v, the bare binding %v", best[0], best[1])
	if best[0] > best[1]+best[1]/4+100*time.Microsecond {
		t.Errorf("a session takes %v where the bare binding takes %v", best[0], best[1])
	}
}
