package convert

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"path"
	"slices"
	"strconv"
	"strings"
)

// tfjsModel is a model.json.
type tfjsModel struct {
	Format    string        `json:"format"`
	Signature tfjsSignature `json:"signature"`
	User      struct {
		Signature tfjsSignature `json:"signature"`
	} `json:"userDefinedMetadata"`
	Topology struct {
		Nodes []tfjsNode `json:"node"`
	} `json:"modelTopology"`
	Manifest []tfjsGroup `json:"weightsManifest"`
}

// tfjsSignature names what goes in and comes out.
type tfjsSignature struct {
	Outputs map[string]struct {
		Name string `json:"name"` // "node:0"
	} `json:"outputs"`
}

// tfjsNode is one operation, after those whose results it takes.
type tfjsNode struct {
	Name   string              `json:"name"`
	Op     string              `json:"op"`
	Inputs []string            `json:"input"`
	Attrs  map[string]tfjsAttr `json:"attr"`
}

// tfjsAttr is a property of an operation. Numbers are strings, and strings base64.
type tfjsAttr struct {
	S    []byte `json:"s"`
	B    bool   `json:"b"`
	List struct {
		I []string `json:"i"`
		S [][]byte `json:"s"`
	} `json:"list"`
	Shape struct {
		Dim []struct {
			Size string `json:"size"`
		} `json:"dim"`
	} `json:"shape"`
}

// tfjsGroup are weights that lie one after another in files.
type tfjsGroup struct {
	Paths   []string     `json:"paths"`
	Weights []tfjsWeight `json:"weights"`
}

// tfjsWeight is one constant.
type tfjsWeight struct {
	Name         string `json:"name"`
	Shape        []int  `json:"shape"`
	Type         string `json:"dtype"`
	Quantization *struct {
		Type  string  `json:"dtype"`
		Scale float64 `json:"scale"`
		Min   float64 `json:"min"`
	} `json:"quantization"`
}

// TFJS converts a graph model of TensorFlow.js: its model.json and the files
// that it names, by their names. Inputs are called as in the model, outputs as in
// its signature, in the order in which they are computed.
func TFJS(model []byte, files map[string][]byte) ([]byte, error) {
	var m tfjsModel
	if err := json.Unmarshal(model, &m); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrModel, err)
	}
	if m.Format != "graph-model" {
		return nil, fmt.Errorf("%w: it is a %q, not a graph-model of TensorFlow.js", ErrModel, m.Format)
	}
	constants := map[string]tensor{}
	for _, group := range m.Manifest {
		if err := group.read(files, constants); err != nil {
			return nil, err
		}
	}
	outputs := map[string]string{} // the signature's name of a node's result
	for _, signature := range []tfjsSignature{m.Signature, m.User.Signature} {
		for name, o := range signature.Outputs {
			node, name := strings.TrimSuffix(o.Name, ":0"), strings.TrimSuffix(name, ":0")
			if other, found := outputs[node]; !found || name < other {
				outputs[node] = name
			}
		}
	}
	g := tfjsGraph{builder: newBuilder(), constants: constants, values: map[string]value{}}
	for _, n := range m.Topology.Nodes {
		if err := g.add(n, outputs[n.Name]); err != nil {
			return nil, fmt.Errorf("%s %s: %w", n.Op, n.Name, err)
		}
	}
	if len(g.inputs) == 0 || len(outputs) == 0 || len(g.outputs) != len(outputs) {
		return nil, fmt.Errorf("%w: it has %d inputs, and computes %d of its %d outputs", ErrModel, len(g.inputs), len(g.outputs), len(outputs))
	}
	return g.encode(), nil
}

// read reads the constants of a group.
func (g tfjsGroup) read(files map[string][]byte, constants map[string]tensor) error {
	var data []byte
	for _, name := range g.Paths {
		content, found := files[path.Base(name)]
		if !found {
			return fmt.Errorf("%w: its file %q is missing", ErrModel, name)
		}
		data = append(data, content...)
	}
	for _, w := range g.Weights {
		t, rest, err := w.read(data)
		if err != nil {
			return fmt.Errorf("constant %q: %w", w.Name, err)
		}
		constants[w.Name], data = t, rest
	}
	if len(data) > 0 {
		return fmt.Errorf("%w: %d bytes are left over in %v", ErrModel, len(data), g.Paths)
	}
	return nil
}

// read reads one constant from the beginning of data.
func (w tfjsWeight) read(data []byte) (t tensor, rest []byte, err error) {
	n, err := elements(w.Shape)
	if err != nil {
		return t, nil, err
	}
	stored, scale, minimum := w.Type, 1.0, 0.0
	if w.Quantization != nil {
		stored, scale, minimum = w.Quantization.Type, w.Quantization.Scale, w.Quantization.Min
	}
	size := map[string]int{"float32": 4, "int32": 4, "float16": 2, "uint16": 2, "uint8": 1}[stored]
	if size == 0 || w.Type != "float32" && stored != "int32" {
		return t, nil, fmt.Errorf("%w: it is %s stored as %s", ErrModel, w.Type, stored)
	}
	if n*size > len(data) {
		return t, nil, fmt.Errorf("%w: it needs %d bytes, %d are left", ErrModel, n*size, len(data))
	}
	t.shape = w.Shape
	if w.Type == "int32" {
		t.ints = make([]int64, n)
		for k := range t.ints {
			t.ints[k] = int64(int32(binary.LittleEndian.Uint32(data[4*k:])))
		}
		return t, data[n*size:], nil
	}
	t.floats = make([]float32, n)
	for k := range t.floats {
		switch at := data[k*size:]; stored {
		case "float32":
			t.floats[k] = math.Float32frombits(binary.LittleEndian.Uint32(at))
		case "float16":
			t.floats[k] = halfToFloat(binary.LittleEndian.Uint16(at))
		case "uint16":
			t.floats[k] = float32(float64(binary.LittleEndian.Uint16(at))*scale + minimum)
		case "uint8":
			t.floats[k] = float32(float64(at[0])*scale + minimum)
		}
	}
	return t, data[n*size:], nil
}

// pair are the height's and the width's of a list for all four dimensions.
func (n tfjsNode) pair(name string) ([2]int, error) {
	list := n.Attrs[name].List.I
	if len(list) == 0 && name == "dilations" {
		return [2]int{1, 1}, nil
	}
	if len(list) != 4 || list[0] != "1" || list[3] != "1" {
		return [2]int{}, fmt.Errorf("%w: its %s are %v", ErrModel, name, list)
	}
	height, errHeight := strconv.Atoi(list[1])
	width, errWidth := strconv.Atoi(list[2])
	if errHeight != nil || errWidth != nil {
		return [2]int{}, fmt.Errorf("%w: its %s are %v", ErrModel, name, list)
	}
	return [2]int{height, width}, nil
}

// window reads how a convolution or a pool moves.
func (n tfjsNode) window() (w window, err error) {
	if format := n.Attrs["data_format"].S; len(format) > 0 && string(format) != "NHWC" {
		return w, fmt.Errorf("%w: its data format is %q", ErrModel, format)
	}
	padding := string(n.Attrs["padding"].S)
	if padding != "SAME" && padding != "VALID" {
		return w, fmt.Errorf("%w: its padding is %q", ErrModel, padding)
	}
	w.same = padding == "SAME"
	if w.stride, err = n.pair("strides"); err != nil {
		return w, err
	}
	if _, found := n.Attrs["ksize"]; found {
		w.kernel, err = n.pair("ksize")
		return w, err
	}
	w.dilation, err = n.pair("dilations")
	return w, err
}

// fused are the operations that follow in one step.
func (n tfjsNode) fused() []string {
	var ops []string
	for _, op := range n.Attrs["fused_ops"].List.S {
		ops = append(ops, string(op))
	}
	return ops
}

// shape reads an input's shape, with a batch of one.
func (n tfjsNode) shape() ([]int, error) {
	var shape []int
	for _, d := range n.Attrs["shape"].Shape.Dim {
		size, err := strconv.Atoi(d.Size)
		if err != nil {
			return nil, fmt.Errorf("%w: its shape has a dimension of %q", ErrModel, d.Size)
		}
		if size == -1 && len(shape) == 0 {
			size = 1
		}
		shape = append(shape, size)
	}
	return slices.Clip(shape), nil
}
