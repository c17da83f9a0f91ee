package convert

import (
	"errors"
	"fmt"
	"slices"
)

// ErrModel is wrapped by every error about a model.
var ErrModel = errors.New("the model cannot be converted")

// maxNodes is how many operations a model may have.
const maxNodes = 10_000

// value is a tensor that is computed. Its shape is as the source has it, with
// channels last; if it has four dimensions, the ONNX holds it planar, as ONNX's
// convolutions want it.
type value struct {
	name  string
	shape []int
}

func (v value) picture() bool { return len(v.shape) == 4 }

// builder collects the operations of the ONNX.
type builder struct {
	inputs, outputs []value
	nodes           []node
	initial         map[string]tensor // constants of the ONNX
	used            []string          // their names in order
	taken           map[string]bool   // names of values and constants
}

func newBuilder() *builder {
	return &builder{initial: map[string]tensor{}, taken: map[string]bool{}}
}

// add adds an operation, whose result is called name.
func (b *builder) add(op, name string, shape []int, inputs []string, attributes ...attribute) (value, error) {
	if b.taken[name] || name == "" {
		return value{}, fmt.Errorf("%w: two tensors are called %q", ErrModel, name)
	}
	if len(b.nodes) >= maxNodes {
		return value{}, fmt.Errorf("%w: it has more than %d operations", ErrModel, maxNodes)
	}
	if _, err := elements(shape); err != nil {
		return value{}, fmt.Errorf("%s: %w", name, err)
	}
	b.taken[name] = true
	b.nodes = append(b.nodes, node{op: op, inputs: inputs, output: name, attributes: attributes})
	return value{name, shape}, nil
}

// constant adds a constant under a name of its own.
func (b *builder) constant(name string, t tensor) string {
	for k := 0; b.taken[name]; k++ {
		name = fmt.Sprintf("%s/%d", name, k)
	}
	b.taken[name] = true
	b.initial[name] = t
	b.used = append(b.used, name)
	return name
}

func (b *builder) integers(name string, values ...int) string {
	t := tensor{shape: []int{len(values)}, ints: make([]int64, len(values))}
	for k, v := range values {
		t.ints[k] = int64(v)
	}
	return b.constant(name, t)
}

// input adds an input, which a caller gives with channels last.
func (b *builder) input(name string, shape []int) (value, error) {
	if _, err := elements(shape); err != nil || b.taken[name] {
		return value{}, errors.Join(fmt.Errorf("%w: input %s of shape %v", ErrModel, name, shape), err)
	}
	b.taken[name] = true
	v := value{name, shape}
	b.inputs = append(b.inputs, v)
	if !v.picture() {
		return v, nil
	}
	return b.add("Transpose", name+"/planar", shape, []string{name}, attribute{"perm", []int{0, 3, 1, 2}})
}

// output gives a value to the caller under a name, with channels last.
func (b *builder) output(name string, v value) error {
	var err error
	if v.picture() {
		v, err = b.add("Transpose", name, v.shape, []string{v.name}, attribute{"perm", []int{0, 2, 3, 1}})
	} else {
		v, err = b.add("Identity", name, v.shape, []string{v.name})
	}
	b.outputs = append(b.outputs, v)
	return err
}

// unary applies an operation to each element.
func (b *builder) unary(op, name string, in value) (value, error) {
	if op == "Relu6" {
		return b.add("Clip", name, in.shape, []string{in.name, b.constant(name+"/min", tensor{floats: []float32{0}}), b.constant(name+"/max", tensor{floats: []float32{6}})})
	}
	return b.add(op, name, in.shape, []string{in.name})
}

// binary applies an operation to each pair of elements, of values of one shape.
func (b *builder) binary(op, name string, left, right value) (value, error) {
	shape, err := broadcast(left.shape, right.shape)
	if err != nil || len(left.shape) != len(right.shape) {
		return value{}, errors.Join(fmt.Errorf("%w: %s: values of shapes %v and %v", ErrModel, name, left.shape, right.shape), err)
	}
	return b.add(op, name, shape, []string{left.name, right.name})
}

// beside applies an operation to each element and a constant's.
func (b *builder) beside(op, name string, in value, constant tensor) (value, error) {
	shape, err := broadcast(in.shape, constant.shape)
	if err != nil || !slices.Equal(shape, in.shape) {
		return value{}, errors.Join(fmt.Errorf("%w: %s: a constant of shape %v beside %v", ErrModel, name, constant.shape, in.shape), err)
	}
	if in.picture() {
		if constant, err = constant.planar(); err != nil {
			return value{}, fmt.Errorf("%s: %w", name, err)
		}
	}
	return b.add(op, name, in.shape, []string{in.name, b.constant(name+"/constant", constant)})
}

// broadcast is the shape of an operation on two, as numpy has it.
func broadcast(left, right []int) ([]int, error) {
	if len(left) < len(right) {
		left, right = right, left
	}
	shape := slices.Clone(left)
	for k, r := range right {
		l := &shape[len(left)-len(right)+k]
		if *l != r && *l != 1 && r != 1 {
			return nil, fmt.Errorf("%w: shapes %v and %v do not fit", ErrModel, left, right)
		}
		*l = max(*l, r)
	}
	return shape, nil
}

// pad adds zeros around a value: before and after each dimension, channels last.
func (b *builder) pad(name string, in value, paddings []int) (value, error) {
	if !in.picture() || len(paddings) != 8 {
		return value{}, fmt.Errorf("%w: %s pads %v by %v", ErrModel, name, in.shape, paddings)
	}
	shape := slices.Clone(in.shape)
	planar := make([]int, 8) // all befores, then all afters
	for axis, to := range []int{0, 2, 3, 1} {
		before, after := paddings[2*axis], paddings[2*axis+1]
		if before < 0 || after < 0 || before > maxElements || after > maxElements {
			return value{}, fmt.Errorf("%w: %s pads by %v", ErrModel, name, paddings)
		}
		planar[to], planar[4+to] = before, after
		shape[axis] += before + after
	}
	return b.add("Pad", name, shape, []string{in.name, b.integers(name+"/pads", planar...)})
}

// reshape gives a value another shape, of which one dimension may be -1.
func (b *builder) reshape(name string, in value, shape []int) (value, error) {
	total, err := elements(in.shape)
	if err != nil {
		return value{}, err
	}
	shape = slices.Clone(shape)
	if open := slices.Index(shape, -1); open >= 0 {
		shape[open] = 1
		rest, err := elements(shape)
		if err != nil {
			return value{}, fmt.Errorf("%s: %w", name, err)
		}
		shape[open] = total / rest
	}
	if n, err := elements(shape); err != nil || n != total {
		return value{}, errors.Join(fmt.Errorf("%w: %s makes %v of %v", ErrModel, name, shape, in.shape), err)
	}
	if in.picture() {
		if in, err = b.add("Transpose", name+"/last", in.shape, []string{in.name}, attribute{"perm", []int{0, 2, 3, 1}}); err != nil {
			return value{}, err
		}
	}
	made := name
	if len(shape) == 4 {
		made += "/last"
	}
	out, err := b.add("Reshape", made, shape, []string{in.name, b.integers(name+"/shape", shape...)})
	if err != nil || len(shape) != 4 {
		return out, err
	}
	return b.add("Transpose", name, shape, []string{made}, attribute{"perm", []int{0, 3, 1, 2}})
}

// concat joins values along an axis.
func (b *builder) concat(name string, axis int, in ...value) (value, error) {
	shape := slices.Clone(in[0].shape)
	if axis < 0 {
		axis += len(shape)
	}
	if axis < 0 || axis >= len(shape) {
		return value{}, fmt.Errorf("%w: %s joins %v along axis %d", ErrModel, name, shape, axis)
	}
	names := []string{in[0].name}
	for _, v := range in[1:] {
		for k := range max(len(v.shape), len(shape)) {
			if len(v.shape) != len(shape) || k != axis && v.shape[k] != shape[k] {
				return value{}, fmt.Errorf("%w: %s joins %v and %v along axis %d", ErrModel, name, shape, v.shape, axis)
			}
		}
		shape[axis] += v.shape[axis]
		names = append(names, v.name)
	}
	if len(shape) == 4 {
		axis = [4]int{0, 2, 3, 1}[axis]
	}
	return b.add("Concat", name, shape, names, attribute{"axis", axis})
}

// resize stretches a picture linearly; mode is ONNX's transformation of coordinates.
func (b *builder) resize(name string, in value, height, width int, mode string) (value, error) {
	if !in.picture() {
		return value{}, fmt.Errorf("%w: %s resizes %v", ErrModel, name, in.shape)
	}
	shape := []int{in.shape[0], height, width, in.shape[3]}
	return b.add("Resize", name, shape, []string{in.name, "", "", b.integers(name+"/sizes", shape[0], shape[3], height, width)},
		attribute{"coordinate_transformation_mode", mode}, attribute{"mode", "linear"})
}
