package convert

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
)

// TFLite converts a model of TensorFlow Lite whose weights are floats. Inputs and
// outputs are called as in the model.
func TFLite(model []byte) ([]byte, error) {
	f := &flat{data: model}
	if len(model) < 8 || string(model[4:8]) != "TFL3" {
		return nil, fmt.Errorf("%w: it is no model of TensorFlow Lite", ErrModel)
	}
	root := f.root()
	codes, graphs := f.tables(root, 1), f.tables(root, 2)
	if f.err != nil || len(graphs) != 1 {
		return nil, errors.Join(fmt.Errorf("%w: it has %d graphs, one is possible", ErrModel, len(graphs)), f.err)
	}
	g := &tfliteGraph{builder: newBuilder(), flat: f, tensors: f.tables(graphs[0], 0), buffers: f.tables(root, 4), values: map[int]value{}, constants: map[int]tensor{}}
	for _, k := range f.ints(graphs[0], 1) {
		if err := g.begin(k); err != nil {
			return nil, err
		}
	}
	for _, o := range f.tables(graphs[0], 3) {
		if f.err != nil {
			return nil, f.err
		}
		op := tfliteOperator{inputs: f.ints(o, 1), options: f.table(o, 4), custom: f.bytes(o, 5)}
		outputs, index := f.ints(o, 2), f.int(o, 0, 0)
		if len(outputs) != 1 || index < 0 || index >= len(codes) {
			return nil, fmt.Errorf("%w: an operator has %d outputs and the code %d", ErrModel, len(outputs), index)
		}
		op.output, op.name = outputs[0], fmt.Sprintf("value%d", outputs[0])
		// Codes above 127 are in a later field alone.
		op.code = max(f.byte(codes[index], 0), f.int(codes[index], 3, 0))
		if op.code == tfliteCustom {
			op.extra = string(f.bytes(codes[index], 1))
		}
		if err := g.add(op); err != nil {
			return nil, fmt.Errorf("operator %d%s: %w", op.code, op.extra, err)
		}
	}
	for _, k := range f.ints(graphs[0], 2) {
		v, found := g.values[k]
		if !found {
			return nil, fmt.Errorf("%w: its output %d is not computed", ErrModel, k)
		}
		if err := g.output(g.name(k), v); err != nil {
			return nil, err
		}
	}
	if f.err != nil || len(g.inputs) == 0 || len(g.outputs) == 0 {
		return nil, errors.Join(fmt.Errorf("%w: it has %d inputs and %d outputs", ErrModel, len(g.inputs), len(g.outputs)), f.err)
	}
	return g.encode(), nil
}

// Codes of operators (BuiltinOperator in tensorflow/lite/schema/schema.fbs).
const (
	tfliteAdd            = 0
	tfliteAveragePool    = 1
	tfliteConv           = 3
	tfliteDepthwiseConv  = 4
	tfliteDequantize     = 6
	tfliteLogistic       = 14
	tfliteMul            = 18
	tfliteRelu           = 19
	tfliteResizeBilinear = 23
	tfliteCustom         = 32
	tfliteMean           = 40
	tfliteHardSwish      = 117
)

// tfliteOperator is one operation.
type tfliteOperator struct {
	code    int
	extra   string // the name of a custom one
	inputs  []int
	output  int
	name    string // of the output
	options table
	custom  []byte
}

// tfliteGraph is a graph on its way to ONNX.
type tfliteGraph struct {
	*builder
	*flat
	tensors, buffers []table
	values           map[int]value
	constants        map[int]tensor // those that were dequantised
}

// tensor is the k-th tensor's table.
func (g *tfliteGraph) tensor(k int) (table, error) {
	if k < 0 || k >= len(g.tensors) {
		return 0, fmt.Errorf("%w: it has no tensor %d", ErrModel, k)
	}
	return g.tensors[k], nil
}

func (g *tfliteGraph) name(k int) string { return string(g.bytes(g.tensors[k], 3)) }

func (g *tfliteGraph) begin(k int) error {
	t, err := g.tensor(k)
	if err != nil {
		return err
	}
	v, err := g.input(g.name(k), g.ints(t, 0))
	g.values[k] = v
	return err
}

// value is a computed input of an operator.
func (g *tfliteGraph) value(op tfliteOperator, k int) (value, error) {
	if k < len(op.inputs) {
		if v, found := g.values[op.inputs[k]]; found {
			return v, nil
		}
	}
	return value{}, fmt.Errorf("%w: its input %d is not computed", ErrModel, k)
}

// tensor types (TensorType in schema.fbs).
const (
	tfliteFloat32 = 0
	tfliteFloat16 = 1
	tfliteInt32   = 2
)

// constant is a constant input of an operator.
func (g *tfliteGraph) constant(op tfliteOperator, k int) (tensor, error) {
	if k >= len(op.inputs) {
		return tensor{}, fmt.Errorf("%w: it has %d inputs", ErrModel, len(op.inputs))
	}
	if t, found := g.constants[op.inputs[k]]; found {
		return t, nil
	}
	at, err := g.tensor(op.inputs[k])
	if err != nil {
		return tensor{}, err
	}
	shape, buffer := g.ints(at, 0), g.int(at, 2, 0)
	n, err := elements(shape)
	if err != nil || buffer <= 0 || buffer >= len(g.buffers) {
		return tensor{}, errors.Join(fmt.Errorf("%w: its input %d is no constant", ErrModel, k), err)
	}
	data, kind := g.bytes(g.buffers[buffer], 0), g.byte(at, 1)
	size := map[int]int{tfliteFloat32: 4, tfliteFloat16: 2, tfliteInt32: 4}[kind]
	if size == 0 || len(data) != n*size {
		return tensor{}, fmt.Errorf("%w: its input %d is of type %d and %d bytes", ErrModel, k, kind, len(data))
	}
	t := tensor{shape: shape}
	for i := range n {
		switch kind {
		case tfliteFloat32:
			t.floats = append(t.floats, math.Float32frombits(binary.LittleEndian.Uint32(data[4*i:])))
		case tfliteFloat16:
			t.floats = append(t.floats, halfToFloat(binary.LittleEndian.Uint16(data[2*i:])))
		case tfliteInt32:
			t.ints = append(t.ints, int64(int32(binary.LittleEndian.Uint32(data[4*i:]))))
		}
	}
	return t, nil
}

// floats is a constant input of floats.
func (g *tfliteGraph) floats(op tfliteOperator, k, rank int) (tensor, error) {
	t, err := g.constant(op, k)
	if err == nil && (t.ints != nil || len(t.shape) != rank) {
		err = fmt.Errorf("%w: its input %d has the shape %v", ErrModel, k, t.shape)
	}
	return t, err
}

// integers is a constant input of integers.
func (g *tfliteGraph) integers(op tfliteOperator, k int) ([]int, error) {
	t, err := g.constant(op, k)
	if err == nil && t.ints == nil {
		err = fmt.Errorf("%w: its input %d is not of integers", ErrModel, k)
	}
	var list []int
	for _, v := range t.ints {
		list = append(list, int(v))
	}
	return slices.Clip(list), err
}
