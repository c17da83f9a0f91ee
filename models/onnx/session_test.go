package onnx_test

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/onnx"
	"github.com/virtualcube/virtualcube/models/onnx/onnxtest"
)

// scale multiplies, twice as large as x: y = 2x.
var scale = onnxtest.Model{
	Inputs:    []onnxtest.Value{onnxtest.Tensor("x", onnxtest.Float32, 1, 4)},
	Outputs:   []onnxtest.Value{onnxtest.Tensor("y", onnxtest.Float32, 1, 4)},
	Constants: []onnxtest.Constant{onnxtest.Floats("two", []int64{1}, 2)},
	Nodes:     []onnxtest.Node{{Op: "Mul", Inputs: []string{"x", "two"}, Outputs: []string{"y"}}},
}

// sum adds up what it is given: total' = total + x, mean = total' / 2.
var sum = onnxtest.Model{
	Inputs:    []onnxtest.Value{onnxtest.Tensor("x", onnxtest.Float32, 2), onnxtest.Tensor("total", onnxtest.Float32, 2)},
	Outputs:   []onnxtest.Value{onnxtest.Tensor("next", onnxtest.Float32, 2), onnxtest.Tensor("half", onnxtest.Float32, 2)},
	Constants: []onnxtest.Constant{onnxtest.Floats("two", []int64{1}, 2)},
	Nodes: []onnxtest.Node{
		{Op: "Add", Inputs: []string{"x", "total"}, Outputs: []string{"next"}},
		{Op: "Div", Inputs: []string{"next", "two"}, Outputs: []string{"half"}},
	},
}

// root is not finite of what is below zero.
var root = onnxtest.Model{
	Inputs:  []onnxtest.Value{onnxtest.Tensor("x", onnxtest.Float32, 5)},
	Outputs: []onnxtest.Value{onnxtest.Tensor("y", onnxtest.Float32, 5)},
	Nodes:   []onnxtest.Node{{Op: "Sqrt", Inputs: []string{"x"}, Outputs: []string{"y"}}},
}

// open leaves its size to the caller.
var open = onnxtest.Model{
	Inputs:  []onnxtest.Value{onnxtest.Tensor("x", onnxtest.Float32, 1, -1)},
	Outputs: []onnxtest.Value{onnxtest.Tensor("y", onnxtest.Float32, 1, -1)},
	Nodes:   []onnxtest.Node{{Op: "Neg", Inputs: []string{"x"}, Outputs: []string{"y"}}},
}

// casts has one output a type, of the same numbers, and scalars.
var casts = onnxtest.Model{
	Inputs: []onnxtest.Value{onnxtest.Tensor("x", onnxtest.Float32, 3), onnxtest.Tensor("offset", onnxtest.Int64)},
	Outputs: []onnxtest.Value{
		onnxtest.Tensor("u8", onnxtest.Uint8, 3), onnxtest.Tensor("i8", onnxtest.Int8, 3), onnxtest.Tensor("i32", onnxtest.Int32, 3),
		onnxtest.Tensor("i64", onnxtest.Int64, 3), onnxtest.Tensor("flag", onnxtest.Bool, 3), onnxtest.Tensor("f16", onnxtest.Float16, 3),
		onnxtest.Tensor("doubled", onnxtest.Int64),
	},
	Nodes: []onnxtest.Node{
		{Op: "Cast", Inputs: []string{"offset"}, Outputs: []string{"o"}, Attributes: map[string]any{"to": int64(onnxtest.Float32)}},
		{Op: "Add", Inputs: []string{"x", "o"}, Outputs: []string{"s"}},
		{Op: "Cast", Inputs: []string{"s"}, Outputs: []string{"u8"}, Attributes: map[string]any{"to": int64(onnxtest.Uint8)}},
		{Op: "Cast", Inputs: []string{"s"}, Outputs: []string{"i8"}, Attributes: map[string]any{"to": int64(onnxtest.Int8)}},
		{Op: "Cast", Inputs: []string{"s"}, Outputs: []string{"i32"}, Attributes: map[string]any{"to": int64(onnxtest.Int32)}},
		{Op: "Cast", Inputs: []string{"s"}, Outputs: []string{"i64"}, Attributes: map[string]any{"to": int64(onnxtest.Int64)}},
		{Op: "Cast", Inputs: []string{"s"}, Outputs: []string{"flag"}, Attributes: map[string]any{"to": int64(onnxtest.Bool)}},
		{Op: "Cast", Inputs: []string{"s"}, Outputs: []string{"f16"}, Attributes: map[string]any{"to": int64(onnxtest.Float16)}},
		{Op: "Add", Inputs: []string{"offset", "offset"}, Outputs: []string{"doubled"}},
	},
}

func session(t testing.TB, m onnxtest.Model, o onnx.Options) *onnx.Session {
	t.Helper()
	s, err := onnx.Open(onnxtest.Environment(t, map[string]onnxtest.Model{"model": m}), "model", o)
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

func input[T onnx.Element](t testing.TB, s *onnx.Session, name string) []T {
	t.Helper()
	x, err := onnx.Input[T](s, name)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func output[T onnx.Element](t testing.TB, s *onnx.Session, name string) []T {
	t.Helper()
	x, err := onnx.Output[T](s, name)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func run(t testing.TB, s *onnx.Session) {
	t.Helper()
	if err := s.Run(); err != nil {
		t.Fatal(err)
	}
}

func TestRun(t *testing.T) {
	s := session(t, scale, onnx.Options{})
	x, y := input[float32](t, s, "x"), output[float32](t, s, "y")
	for i := range 3 {
		copy(x, []float32{1, -2, 3, float32(i)})
		run(t, s)
		if want := []float32{2, -4, 6, 2 * float32(i)}; !slices.Equal(y, want) {
			t.Errorf("run %d gave %v, want %v", i, y, want)
		}
	}
	if n := testing.AllocsPerRun(100, func() { run(t, s) }); n != 0 {
		t.Errorf("a run allocates %v times", n)
	}
	if in := s.Inputs(); len(in) != 1 || in[0].String() != "x float32[1 4]" {
		t.Errorf("the inputs are %v", in)
	}
	if s.Provider() != models.CPU || !strings.HasPrefix(onnx.Version(), "1.") {
		t.Errorf("%s computes, version %q", s.Provider(), onnx.Version())
	}
}

func TestTypesAndScalars(t *testing.T) {
	s := session(t, casts, onnx.Options{})
	copy(input[float32](t, s, "x"), []float32{0, 1.5, 90})
	for _, offset := range []int64{0, 0, 3, -3} { // a scalar that is changed, and one that is not
		input[int64](t, s, "offset")[0] = offset
		run(t, s)
		if got, want := output[int64](t, s, "i64"), []int64{offset, int64(1.5 + float64(offset)), 90 + offset}; !slices.Equal(got, want) {
			t.Errorf("offset %d: int64 %v, want %v", offset, got, want)
		}
		if got := output[int64](t, s, "doubled")[0]; got != 2*offset {
			t.Errorf("offset %d: the scalar is %d", offset, got)
		}
	}
	input[int64](t, s, "offset")[0] = 0
	run(t, s)
	if got := output[uint8](t, s, "u8"); !slices.Equal(got, []uint8{0, 1, 90}) {
		t.Errorf("uint8 %v", got)
	}
	if got := output[int8](t, s, "i8"); !slices.Equal(got, []int8{0, 1, 90}) {
		t.Errorf("int8 %v", got)
	}
	if got := output[int32](t, s, "i32"); !slices.Equal(got, []int32{0, 1, 90}) {
		t.Errorf("int32 %v", got)
	}
	if got := output[bool](t, s, "flag"); !slices.Equal(got, []bool{false, true, true}) {
		t.Errorf("bool %v", got)
	}
	if got := output[onnx.Float16](t, s, "f16"); got[1].Float32() != 1.5 || got[2].Float32() != 90 {
		t.Errorf("float16 %v", got)
	}
	if n := testing.AllocsPerRun(100, func() { run(t, s) }); n != 0 {
		t.Errorf("a run allocates %v times", n)
	}
}

func TestStates(t *testing.T) {
	s := session(t, sum, onnx.Options{States: map[string]string{"next": "total"}})
	x, half := input[float32](t, s, "x"), output[float32](t, s, "half")
	for round := range 2 {
		for i := range 5 {
			copy(x, []float32{2, 4})
			run(t, s)
			if n := float32(i + 1); half[0] != n || half[1] != 2*n {
				t.Errorf("round %d: after %v runs the halves are %v", round, n, half)
			}
		}
		s.Reset()
	}
	if n := testing.AllocsPerRun(100, func() { run(t, s) }); n != 0 {
		t.Errorf("a run allocates %v times", n)
	}
	if _, err := onnx.Input[float32](s, "total"); !errors.Is(err, onnx.ErrTensor) || !strings.Contains(err.Error(), "is a state") {
		t.Errorf("the state is given away: %v", err)
	}
}

// TestForgotten: who does not close a session, as an abandoned filter does not,
// costs memory and not the process.
func TestForgotten(t *testing.T) {
	e := onnxtest.Environment(t, map[string]onnxtest.Model{"model": sum})
	for range 3 {
		s, err := onnx.Open(e, "model", onnx.Options{States: map[string]string{"next": "total"}})
		if err != nil {
			t.Fatal(err)
		}
		run(t, s)
		runtime.GC()
	}
	runtime.GC()
}

func TestNotFinite(t *testing.T) {
	s := session(t, root, onnx.Options{Finite: true})
	x := input[float32](t, s, "x")
	for i := range x {
		clear(x)
		run(t, s)
		x[i] = -1
		if err := s.Run(); !errors.Is(err, onnx.ErrNotFinite) || !strings.Contains(err.Error(), "output y") {
			t.Errorf("a root of -1 at %d: %v", i, err)
		}
	}
	clear(x)
	run(t, s)

	poisoned := session(t, sum, onnx.Options{Finite: true, States: map[string]string{"next": "total"}})
	y := input[float32](t, poisoned, "x")
	copy(y, []float32{3e38, 1})
	run(t, poisoned)
	if err := poisoned.Run(); !errors.Is(err, onnx.ErrNotFinite) {
		t.Errorf("a state above the largest number: %v", err)
	}
	copy(y, []float32{2, 2})
	run(t, poisoned)
	if half := output[float32](t, poisoned, "half"); half[0] != 1 {
		t.Errorf("the state did not begin anew: %v", half)
	}
}

func TestReshape(t *testing.T) {
	s := session(t, open, onnx.Options{Shapes: map[string][]int64{"x": {1, 2}, "y": {1, 2}}})
	for _, n := range []int64{2, 5, 1} {
		if err := s.Reshape(map[string][]int64{"x": {1, n}, "y": {1, n}}); err != nil {
			t.Fatal(err)
		}
		x := input[float32](t, s, "x")
		x[n-1] = 7
		run(t, s)
		if y := output[float32](t, s, "y"); int64(len(y)) != n || y[n-1] != -7 {
			t.Errorf("of %d: %v", n, y)
		}
	}
	if err := s.Reshape(map[string][]int64{"x": {1, 2}, "y": {1, 3}}); err != nil {
		t.Fatal(err)
	}
	if err := s.Run(); err == nil {
		t.Error("an output of the wrong size is given")
	}
	if err := s.Reshape(map[string][]int64{"x": {1, 2}}); !errors.Is(err, onnx.ErrTensor) {
		t.Errorf("a shape is missing: %v", err)
	}
	if err := s.Run(); !errors.Is(err, onnx.ErrClosed) {
		t.Errorf("run after close: %v", err)
	}
	if _, err := onnx.Input[float32](s, "x"); !errors.Is(err, onnx.ErrClosed) {
		t.Errorf("input after close: %v", err)
	}
}

func TestRefuses(t *testing.T) {
	e := onnxtest.Environment(t, map[string]onnxtest.Model{"scale": scale, "sum": sum, "open": open})
	folder := t.TempDir()
	text := filepath.Join(folder, "text.onnx")
	empty := filepath.Join(folder, "empty.onnx")
	broken := onnxtest.Write(t, filepath.Join(folder, "broken.onnx"), onnxtest.Model{
		Inputs: scale.Inputs, Outputs: scale.Outputs,
		Nodes: []onnxtest.Node{{Op: "Nonsense", Inputs: []string{"x"}, Outputs: []string{"y"}}},
	})
	if err := errors.Join(os.WriteFile(text, []byte("a page that says the file is not here"), 0o644), os.WriteFile(empty, nil, 0o644)); err != nil {
		t.Fatal(err)
	}
	weights := func(name string) string {
		path, err := e.Weights(name)
		if err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, c := range []struct {
		name, path string
		provider   models.Provider
		options    onnx.Options
		is         error
		says       string
	}{
		{"missing", filepath.Join(folder, "none.onnx"), models.CPU, onnx.Options{}, onnx.ErrModel, "none.onnx"},
		{"a folder", folder, models.CPU, onnx.Options{}, onnx.ErrModel, "is not a file"},
		{"empty", empty, models.CPU, onnx.Options{}, onnx.ErrModel, "0 bytes"},
		{"no ONNX", text, models.CPU, onnx.Options{}, onnx.ErrModel, "text.onnx is no ONNX model"},
		{"no such operator", broken, models.CPU, onnx.Options{}, onnx.ErrModel, "Nonsense"},
		{"checksum", weights("scale"), models.CPU, onnx.Options{SHA256: strings.Repeat("0", 64)}, onnx.ErrModel, "is another file, or damaged"},
		{"no provider", weights("scale"), "", onnx.Options{}, onnx.ErrProvider, "there are [cpu"},
		{"unknown provider", weights("scale"), "tpu", onnx.Options{}, onnx.ErrProvider, `"tpu"`},
		{"CUDA", weights("scale"), models.CUDA, onnx.Options{}, onnx.ErrProvider, "NVIDIA GPU"},
		{"TensorRT", weights("scale"), models.TensorRT, onnx.Options{}, onnx.ErrProvider, "TensorRT 10"},
		{"OpenVINO", weights("scale"), models.OpenVINO, onnx.Options{}, onnx.ErrProvider, "needs OpenVINO"},
		{"OpenVINO, mixed", weights("scale"), models.OpenVINO, onnx.Options{Mixed: true}, onnx.ErrProvider, "needs OpenVINO"},
		{"no shape", weights("open"), models.CPU, onnx.Options{}, onnx.ErrTensor, "x float32[1 ?]"},
		{"wrong shape", weights("scale"), models.CPU, onnx.Options{Shapes: map[string][]int64{"x": {1, 5}}}, onnx.ErrTensor, "x float32[1 4]"},
		{"wrong rank", weights("open"), models.CPU, onnx.Options{Shapes: map[string][]int64{"x": {1, 5, 1}}}, onnx.ErrTensor, "[1 5 1]"},
		{"huge", weights("open"), models.CPU, onnx.Options{Shapes: map[string][]int64{"x": {1, 1 << 40}}}, onnx.ErrTensor, "at most"},
		{"overflow", weights("open"), models.CPU, onnx.Options{Shapes: map[string][]int64{"x": {1, 1 << 62}}}, onnx.ErrTensor, "at most"},
		{"nothing", weights("open"), models.CPU, onnx.Options{Shapes: map[string][]int64{"x": {1, 0}}}, onnx.ErrTensor, "begin at 1"},
		{"shape of nothing", weights("scale"), models.CPU, onnx.Options{Shapes: map[string][]int64{"z": {1}}}, onnx.ErrTensor, "y float32[1 4]"},
		{"state of no output", weights("sum"), models.CPU, onnx.Options{States: map[string]string{"z": "total"}}, onnx.ErrTensor, "no output \"z\""},
		{"state of no input", weights("sum"), models.CPU, onnx.Options{States: map[string]string{"next": "z"}}, onnx.ErrTensor, "no input \"z\""},
		{"two of a state", weights("sum"), models.CPU, onnx.Options{States: map[string]string{"next": "total", "half": "total"}}, onnx.ErrTensor, "two outputs"},
	} {
		at := e
		at.Provider = c.provider
		s, err := onnx.OpenFile(at, c.path, c.options)
		if err == nil {
			t.Errorf("%s: opened, %v", c.name, s.Close())
		} else if !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, is not %v or does not say %q", c.name, err, c.is, c.says)
		}
	}
}

func TestTensorsByName(t *testing.T) {
	s := session(t, scale, onnx.Options{})
	for _, c := range []struct {
		err  error
		says string
	}{
		{second(onnx.Input[float32](s, "y")), `no input "y", the model has x float32[1 4]`},
		{second(onnx.Output[float32](s, "x")), `no output "x", the model has y float32[1 4]`},
		{second(onnx.Input[uint8](s, "x")), "x float32[1 4] was asked for as uint8"},
		{second(onnx.Output[onnx.Float16](s, "y")), "was asked for as float16"},
	} {
		if !errors.Is(c.err, onnx.ErrTensor) || !strings.Contains(c.err.Error(), c.says) {
			t.Errorf("%v does not say %q", c.err, c.says)
		}
	}
}

func second[T any](_ T, err error) error { return err }
