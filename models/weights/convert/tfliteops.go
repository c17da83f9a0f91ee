package convert

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
)

// add adds one operation.
func (g *tfliteGraph) add(op tfliteOperator) error {
	if op.code == tfliteDequantize {
		t, err := g.constant(op, 0)
		g.constants[op.output] = t
		return err
	}
	v, err := g.operation(op)
	if err == nil {
		g.values[op.output] = v
	}
	return err
}

// operation adds what computes an operator's result.
func (g *tfliteGraph) operation(op tfliteOperator) (value, error) {
	in, err := g.value(op, 0)
	if err != nil {
		return value{}, err
	}
	switch op.code {
	case tfliteConv:
		return g.convolution(op, in)
	case tfliteDepthwiseConv:
		return g.depthwiseConvolution(op, in)
	case tfliteAdd, tfliteMul:
		return g.pairwise(op, in)
	case tfliteRelu:
		return g.unary("Relu", op.name, in)
	case tfliteLogistic:
		return g.unary("Sigmoid", op.name, in)
	case tfliteHardSwish:
		return g.hardSwish(op.name, in)
	case tfliteAveragePool:
		w, err := g.window(op.options, 0, 1, 2)
		if err != nil {
			return value{}, err
		}
		w.kernel = [2]int{g.int(op.options, 4, 0), g.int(op.options, 3, 0)}
		return g.activated(op.name, g.byte(op.options, 5), func(name string) (value, error) { return g.pool("AveragePool", name, in, w) })
	case tfliteResizeBilinear:
		return g.resized(op, in)
	case tfliteMean:
		return g.mean(op, in)
	case tfliteCustom:
		if op.extra == "Convolution2DTransposeBias" {
			return g.spread(op, in)
		}
	}
	return value{}, fmt.Errorf("%w: this operation is not known", ErrModel)
}

// window reads padding and strides of an operator's options.
func (g *tfliteGraph) window(options table, padding, width, height int) (window, error) {
	w := window{stride: [2]int{g.int(options, height, 0), g.int(options, width, 0)}, dilation: [2]int{1, 1}}
	switch g.byte(options, padding) { // Padding in schema.fbs
	case 0:
		w.same = true
	case 1:
	default:
		return w, fmt.Errorf("%w: its padding is not known", ErrModel)
	}
	return w, nil
}

// activated adds an operation, and the activation that is fused with it.
func (g *tfliteGraph) activated(name string, activation int, add func(name string) (value, error)) (value, error) {
	op := map[int]string{0: "", 1: "Relu", 3: "Relu6"} // ActivationFunctionType in schema.fbs
	next, known := op[activation]
	switch {
	case !known:
		return value{}, fmt.Errorf("%w: the activation %d is fused with it", ErrModel, activation)
	case next == "":
		return add(name)
	}
	v, err := add(name + "/linear")
	if err != nil {
		return value{}, err
	}
	return g.unary(next, name, v)
}

// convolution has a filter of shape out, height, width, in.
func (g *tfliteGraph) convolution(op tfliteOperator, in value) (value, error) {
	filter, err := g.floats(op, 1, 4)
	if err != nil {
		return value{}, err
	}
	bias, err := g.floats(op, 2, 1)
	if err != nil {
		return value{}, err
	}
	w, err := g.window(op.options, 0, 1, 2)
	if err != nil {
		return value{}, err
	}
	w.dilation = [2]int{g.int(op.options, 5, 1), g.int(op.options, 4, 1)}
	return g.activated(op.name, g.byte(op.options, 3), func(name string) (value, error) {
		return g.conv(name, in, filter.transposed(1, 2, 3, 0), w, &bias)
	})
}

// depthwiseConvolution has a filter of shape 1, height, width, channels.
func (g *tfliteGraph) depthwiseConvolution(op tfliteOperator, in value) (value, error) {
	filter, err := g.floats(op, 1, 4)
	if err != nil {
		return value{}, err
	}
	bias, err := g.floats(op, 2, 1)
	if err != nil {
		return value{}, err
	}
	w, err := g.window(op.options, 0, 1, 2)
	if err != nil {
		return value{}, err
	}
	w.dilation = [2]int{g.int(op.options, 6, 1), g.int(op.options, 5, 1)}
	if filter.shape[0] != 1 || g.int(op.options, 3, 0) != 1 {
		return value{}, fmt.Errorf("%w: it has filters of shape %v", ErrModel, filter.shape)
	}
	return g.activated(op.name, g.byte(op.options, 4), func(name string) (value, error) {
		return g.depthwise(name, in, filter.transposed(1, 2, 3, 0), w, &bias)
	})
}

// pairwise adds or multiplies two values, or a value and a constant.
func (g *tfliteGraph) pairwise(op tfliteOperator, in value) (value, error) {
	kind := map[int]string{tfliteAdd: "Add", tfliteMul: "Mul"}[op.code]
	return g.activated(op.name, g.byte(op.options, 0), func(name string) (value, error) {
		if right, err := g.value(op, 1); err == nil {
			return g.binary(kind, name, in, right)
		}
		t, err := g.constant(op, 1)
		if err != nil || t.ints != nil {
			return value{}, errors.Join(fmt.Errorf("%w: its second input is neither computed nor constant floats", ErrModel), err)
		}
		return g.beside(kind, name, in, t)
	})
}

// hardSwish is x * max(0, min(1, x/6 + 1/2)).
func (g *tfliteGraph) hardSwish(name string, in value) (value, error) {
	gate, err := g.builder.add("HardSigmoid", name+"/gate", in.shape, []string{in.name}, attribute{"alpha", float32(1) / 6}, attribute{"beta", float32(0.5)})
	if err != nil {
		return value{}, err
	}
	return g.binary("Mul", name, in, gate)
}

func (g *tfliteGraph) resized(op tfliteOperator, in value) (value, error) {
	size, err := g.integers(op, 1)
	if err != nil {
		return value{}, err
	}
	if len(size) != 2 || g.byte(op.options, 2) != 0 || g.byte(op.options, 3) == 0 {
		return value{}, fmt.Errorf("%w: it resizes to %v, and not by half pixels", ErrModel, size)
	}
	return g.resize(op.name, in, size[0], size[1], "half_pixel")
}

// mean is that of a picture's height and width.
func (g *tfliteGraph) mean(op tfliteOperator, in value) (value, error) {
	axes, err := g.integers(op, 1)
	if err != nil {
		return value{}, err
	}
	if !in.picture() || !slices.Equal(axes, []int{1, 2}) || g.byte(op.options, 0) == 0 {
		return value{}, fmt.Errorf("%w: it takes the mean of %v along %v", ErrModel, in.shape, axes)
	}
	return g.builder.add("GlobalAveragePool", op.name, []int{in.shape[0], 1, 1, in.shape[3]}, []string{in.name})
}

// spread is MediaPipe's transposed convolution with a bias, whose filter has the
// shape out, height, width, in (mediapipe/util/tflite/operations/transpose_conv_bias.cc).
// Its options are a TfLiteTransposeConvParams: padding, stride of width, of height.
func (g *tfliteGraph) spread(op tfliteOperator, in value) (value, error) {
	filter, err := g.floats(op, 1, 4)
	if err != nil {
		return value{}, err
	}
	bias, err := g.floats(op, 2, 1)
	if err != nil {
		return value{}, err
	}
	if len(op.custom) < 12 || binary.LittleEndian.Uint32(op.custom) != 1 || !in.picture() {
		return value{}, fmt.Errorf("%w: its padding is not SAME", ErrModel)
	}
	w := window{same: true, dilation: [2]int{1, 1}, stride: [2]int{
		int(binary.LittleEndian.Uint32(op.custom[8:])), int(binary.LittleEndian.Uint32(op.custom[4:]))}}
	if w.stride[0] > 16 || w.stride[1] > 16 {
		return value{}, fmt.Errorf("%w: it moves by %v", ErrModel, w.stride)
	}
	return g.transposeConv(op.name, in, filter.transposed(1, 2, 0, 3), w, in.shape[1]*w.stride[0], in.shape[2]*w.stride[1], &bias)
}
