package layers

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"
)

// ErrWeights is wrapped where a file does not hold the weights that it should.
var ErrWeights = errors.New("invalid weights")

// Limits of a file.
const (
	maxFile = 64 << 20 // bytes
	maxDeep = 4        // graphs within graphs
)

// Tensors are the constants of an ONNX file, by name.
type Tensors map[string]Tensor

// Tensor is an array, row after row.
type Tensor struct {
	Shape  []int
	Values []float32
}

// Get returns the values of a tensor, which must be of the shape.
func (all Tensors) Get(name string, shape ...int) ([]float32, error) {
	t, found := all[name]
	switch {
	case !found:
		return nil, fmt.Errorf("%w: tensor %q is missing", ErrWeights, name)
	case !slices.Equal(t.Shape, shape):
		return nil, fmt.Errorf("%w: tensor %q is %v, it should be %v", ErrWeights, name, t.Shape, shape)
	}
	return t.Values, nil
}

// ReadTensors reads the initialisers of an ONNX file and the values of its Constant
// nodes, also in the branches of conditions, as far as they are of float32.
func ReadTensors(path string) (Tensors, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Size() > maxFile {
		return nil, fmt.Errorf("%w: %s has %d bytes, at most %d are read", ErrWeights, path, info.Size(), maxFile)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	all, err := parseTensors(data)
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrWeights, path, err)
	}
	return all, nil
}

// Numbers of fields in onnx.proto (github.com/onnx/onnx).
const (
	modelGraph       = 7
	graphNode        = 1
	graphInitializer = 5
	nodeOutput       = 2
	nodeAttribute    = 5
	attributeTensor  = 5
	attributeGraph   = 6
	tensorDims       = 1
	tensorType       = 2
	tensorName       = 8
	tensorRaw        = 9

	typeFloat = 1
)

// parseTensors reads a ModelProto.
func parseTensors(model []byte) (Tensors, error) {
	all := Tensors{}
	err := fields(model, func(number protowire.Number, _ uint64, graph []byte) error {
		if number != modelGraph {
			return nil
		}
		return all.addGraph(graph, 0)
	})
	return all, err
}

// addGraph adds the tensors of a GraphProto.
func (all Tensors) addGraph(graph []byte, deep int) error {
	if deep > maxDeep {
		return errors.New("its graphs are nested too deeply")
	}
	return fields(graph, func(number protowire.Number, _ uint64, part []byte) error {
		switch number {
		case graphInitializer:
			return all.add("", part)
		case graphNode:
			return all.addNode(part, deep)
		}
		return nil
	})
}

// addNode adds the tensor of a NodeProto, where it has one, under the name of its
// output, and those of its branches.
func (all Tensors) addNode(node []byte, deep int) error {
	var output string
	var value []byte
	err := fields(node, func(number protowire.Number, _ uint64, content []byte) error {
		switch number {
		case nodeOutput:
			output = string(content)
		case nodeAttribute:
			return fields(content, func(number protowire.Number, _ uint64, content []byte) error {
				switch number {
				case attributeTensor:
					value = content
				case attributeGraph:
					return all.addGraph(content, deep+1)
				}
				return nil
			})
		}
		return nil
	})
	if err == nil && value != nil {
		err = all.add(output, value)
	}
	return err
}

// add adds a TensorProto. Those of other types are passed over.
func (all Tensors) add(name string, proto []byte) error {
	var t Tensor
	var kind uint64
	var raw []byte
	size := 1
	err := fields(proto, func(number protowire.Number, value uint64, content []byte) error {
		switch number {
		case tensorDims:
			if value == 0 || value > maxFile || len(t.Shape) >= 8 || size*int(value) > maxFile {
				return errors.New("a tensor is larger than the file may be")
			}
			size *= int(value)
			t.Shape = append(t.Shape, int(value))
		case tensorType:
			kind = value
		case tensorName:
			if name == "" {
				name = string(content)
			}
		case tensorRaw:
			raw = content
		}
		return nil
	})
	if err != nil || kind != typeFloat {
		return err
	}
	if len(raw) != 4*size {
		return fmt.Errorf("tensor %q has %d bytes, its shape %v wants %d", name, len(raw), t.Shape, 4*size)
	}
	t.Values = make([]float32, size)
	for i := range t.Values {
		v := math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:]))
		if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
			return fmt.Errorf("tensor %q has a value that is no number", name)
		}
		t.Values[i] = v
	}
	all[name] = t
	return nil
}

// fields gives each field of a message to take: a varint as value, bytes as
// content. Packed dims do not occur in ONNX of version 2 of protobuf.
func fields(message []byte, take func(number protowire.Number, value uint64, content []byte) error) error {
	for len(message) > 0 {
		number, kind, n := protowire.ConsumeTag(message)
		if n < 0 {
			return fmt.Errorf("it is no ONNX: %w", protowire.ParseError(n))
		}
		message = message[n:]
		var value uint64
		var content []byte
		switch kind {
		case protowire.VarintType:
			value, n = protowire.ConsumeVarint(message)
		case protowire.BytesType:
			content, n = protowire.ConsumeBytes(message)
		default:
			n = protowire.ConsumeFieldValue(number, kind, message)
		}
		if n < 0 {
			return fmt.Errorf("it is no ONNX: %w", protowire.ParseError(n))
		}
		message = message[n:]
		if kind == protowire.VarintType || kind == protowire.BytesType {
			if err := take(number, value, content); err != nil {
				return err
			}
		}
	}
	return nil
}
