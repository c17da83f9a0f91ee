package convert

import (
	"fmt"
	"slices"
	"strings"
)

// tfjsGraph is a graph on its way to ONNX.
type tfjsGraph struct {
	*builder
	constants map[string]tensor
	values    map[string]value // by the name of the node that computes it
}

// add adds one operation, and gives its result to the caller where it is called
// output.
func (g *tfjsGraph) add(n tfjsNode, output string) error {
	if n.Op == "Const" {
		if _, found := g.constants[n.Name]; !found {
			return fmt.Errorf("%w: its value is missing", ErrModel)
		}
		return nil
	}
	name := n.Name
	if output != "" {
		n.Name += "/value" // an output may be called as the node is
	}
	v, err := g.operation(n)
	if err != nil {
		return err
	}
	g.values[name] = v
	if output == "" {
		return nil
	}
	return g.output(output, v)
}

// value is a computed input of a node.
func (g *tfjsGraph) value(n tfjsNode, k int) (value, error) {
	if k >= len(n.Inputs) {
		return value{}, fmt.Errorf("%w: it has %d inputs", ErrModel, len(n.Inputs))
	}
	v, found := g.values[strings.TrimSuffix(n.Inputs[k], ":0")]
	if !found {
		return value{}, fmt.Errorf("%w: its input %s is not computed", ErrModel, n.Inputs[k])
	}
	return v, nil
}

// constant is a constant input of a node: floats, or integers.
func (g *tfjsGraph) constant(n tfjsNode, k int, integers bool) (tensor, error) {
	if k >= len(n.Inputs) {
		return tensor{}, fmt.Errorf("%w: it has %d inputs", ErrModel, len(n.Inputs))
	}
	t, found := g.constants[strings.TrimSuffix(n.Inputs[k], ":0")]
	if !found || (t.ints != nil) != integers {
		return tensor{}, fmt.Errorf("%w: its input %s is no constant of its type", ErrModel, n.Inputs[k])
	}
	return t, nil
}

// integers is a constant input of small integers.
func (g *tfjsGraph) integers(n tfjsNode, k int) ([]int, error) {
	t, err := g.constant(n, k, true)
	list := make([]int, len(t.ints))
	for i, v := range t.ints {
		list[i] = int(v)
	}
	return list, err
}

// operation adds what computes a node's result.
func (g *tfjsGraph) operation(n tfjsNode) (value, error) {
	switch n.Op {
	case "Placeholder":
		shape, err := n.shape()
		if err != nil {
			return value{}, err
		}
		return g.input(n.Name, shape)
	case "Identity":
		return g.value(n, 0)
	case "Add", "AddV2", "BiasAdd":
		return g.pairwise("Add", n)
	case "Mul":
		return g.pairwise("Mul", n)
	case "AddN":
		return g.sum(n)
	case "ConcatV2":
		return g.concatenation(n)
	case "Conv2D", "_FusedConv2D", "DepthwiseConv2dNative", "FusedDepthwiseConv2dNative":
		return g.convolution(n)
	case "Conv2DBackpropInput":
		return g.spread(n)
	}
	in, err := g.value(n, 0)
	if err != nil {
		return value{}, err
	}
	switch n.Op {
	case "Relu", "Relu6", "Sigmoid":
		return g.unary(n.Op, n.Name, in)
	case "Prelu":
		return g.prelu(n, 1, n.Name, in)
	case "MaxPool", "AvgPool":
		w, err := n.window()
		if err != nil {
			return value{}, err
		}
		return g.pool(map[string]string{"MaxPool": "MaxPool", "AvgPool": "AveragePool"}[n.Op], n.Name, in, w)
	case "Pad", "Reshape", "ResizeBilinear":
		sizes, err := g.integers(n, 1)
		if err != nil {
			return value{}, err
		}
		return g.sized(n, in, sizes)
	}
	return value{}, fmt.Errorf("%w: this operation is not known", ErrModel)
}

// sized adds an operation that a list of sizes says.
func (g *tfjsGraph) sized(n tfjsNode, in value, sizes []int) (value, error) {
	switch {
	case n.Op == "Pad":
		return g.pad(n.Name, in, sizes)
	case n.Op == "Reshape":
		return g.reshape(n.Name, in, sizes)
	case len(sizes) != 2 || !n.Attrs["half_pixel_centers"].B || n.Attrs["align_corners"].B:
		return value{}, fmt.Errorf("%w: it resizes to %v, and not by half pixels", ErrModel, sizes)
	}
	return g.resize(n.Name, in, sizes[0], sizes[1], "half_pixel")
}

func (g *tfjsGraph) pairwise(op string, n tfjsNode) (value, error) {
	for k := range 2 {
		if t, err := g.constant(n, k, false); err == nil {
			in, err := g.value(n, 1-k)
			if err != nil {
				return value{}, err
			}
			return g.beside(op, n.Name, in, t)
		}
	}
	left, err := g.value(n, 0)
	if err != nil {
		return value{}, err
	}
	right, err := g.value(n, 1)
	if err != nil {
		return value{}, err
	}
	return g.binary(op, n.Name, left, right)
}

func (g *tfjsGraph) sum(n tfjsNode) (value, error) {
	var names []string
	var first value
	for k := range n.Inputs {
		in, err := g.value(n, k)
		if err != nil {
			return value{}, err
		}
		if k == 0 {
			first = in
		}
		if !slices.Equal(in.shape, first.shape) {
			return value{}, fmt.Errorf("%w: it adds %v and %v", ErrModel, first.shape, in.shape)
		}
		names = append(names, in.name)
	}
	if len(names) == 0 {
		return value{}, fmt.Errorf("%w: it adds nothing", ErrModel)
	}
	return g.builder.add("Sum", n.Name, first.shape, names)
}

func (g *tfjsGraph) concatenation(n tfjsNode) (value, error) {
	last := len(n.Inputs) - 1
	axis, err := g.integers(n, max(last, 0))
	if err != nil {
		return value{}, err
	}
	var parts []value
	for k := range last {
		in, err := g.value(n, k)
		if err != nil {
			return value{}, err
		}
		parts = append(parts, in)
	}
	if len(axis) != 1 || len(parts) == 0 {
		return value{}, fmt.Errorf("%w: it joins %d values along %v", ErrModel, len(parts), axis)
	}
	return g.concat(n.Name, axis[0], parts...)
}

func (g *tfjsGraph) prelu(n tfjsNode, k int, name string, in value) (value, error) {
	slope, err := g.constant(n, k, false)
	if err != nil {
		return value{}, err
	}
	return g.beside("PRelu", name, in, slope)
}

// convolution adds a convolution, and what is fused with it.
func (g *tfjsGraph) convolution(n tfjsNode) (value, error) {
	in, err := g.value(n, 0)
	if err != nil {
		return value{}, err
	}
	filter, err := g.constant(n, 1, false)
	if err != nil {
		return value{}, err
	}
	w, err := n.window()
	if err != nil {
		return value{}, err
	}
	fused, bias := n.fused(), (*tensor)(nil)
	if len(fused) > 0 {
		t, err := g.constant(n, 2, false)
		if err != nil || fused[0] != "BiasAdd" {
			return value{}, fmt.Errorf("%w: %v is fused with it", ErrModel, fused)
		}
		bias, fused = &t, fused[1:]
	}
	name := n.Name
	if len(fused) > 0 {
		name += "/linear"
	}
	add := g.conv
	if strings.Contains(n.Op, "Depthwise") {
		add = g.depthwise
	}
	v, err := add(name, in, filter, w, bias)
	switch {
	case err != nil || len(fused) == 0:
		return v, err
	case len(fused) == 1 && (fused[0] == "Relu" || fused[0] == "Relu6"):
		return g.unary(fused[0], n.Name, v)
	case len(fused) == 1 && fused[0] == "Prelu":
		return g.prelu(n, 3, n.Name, v)
	}
	return value{}, fmt.Errorf("%w: %v is fused with it", ErrModel, fused)
}

// spread adds a transposed convolution.
func (g *tfjsGraph) spread(n tfjsNode) (value, error) {
	sizes, err := g.integers(n, 0)
	if err != nil {
		return value{}, err
	}
	filter, err := g.constant(n, 1, false)
	if err != nil {
		return value{}, err
	}
	in, err := g.value(n, 2)
	if err != nil {
		return value{}, err
	}
	w, err := n.window()
	if err != nil {
		return value{}, err
	}
	if len(sizes) != 4 {
		return value{}, fmt.Errorf("%w: it spreads to %v", ErrModel, sizes)
	}
	return g.transposeConv(n.Name, in, filter, w, sizes[1], sizes[2], nil)
}
