package network

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"

	"google.golang.org/protobuf/encoding/protowire"
)

// ErrWeights is wrapped where a file does not hold the weights that it should.
var ErrWeights = errors.New("invalid weights of DeepFilterNet3")

// maxFile bounds a file of weights, in bytes. They have 2 to 3.4 MB.
const maxFile = 16 << 20

// tensors are the constants of an ONNX graph, by name.
type tensors map[string]tensor

type tensor struct {
	shape  []int
	values []float32
}

// readTensors reads the initialisers of an ONNX file and the values of its
// Constant nodes, as far as they are of float32.
func readTensors(path string) (tensors, error) {
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
	tensorDims       = 1
	tensorType       = 2
	tensorName       = 8
	tensorRaw        = 9

	typeFloat = 1
)

// parseTensors reads a ModelProto.
func parseTensors(model []byte) (tensors, error) {
	all := tensors{}
	err := fields(model, func(number protowire.Number, _ uint64, graph []byte) error {
		if number != modelGraph {
			return nil
		}
		return fields(graph, func(number protowire.Number, _ uint64, part []byte) error {
			switch number {
			case graphInitializer:
				_, err := all.add("", part)
				return err
			case graphNode:
				return all.addConstant(part)
			}
			return nil
		})
	})
	return all, err
}

// addConstant adds the tensor of a NodeProto, where it has one, under the name of
// its output.
func (all tensors) addConstant(node []byte) error {
	var output string
	var value []byte
	err := fields(node, func(number protowire.Number, _ uint64, content []byte) error {
		switch number {
		case nodeOutput:
			output = string(content)
		case nodeAttribute:
			return fields(content, func(number protowire.Number, _ uint64, content []byte) error {
				if number == attributeTensor {
					value = content
				}
				return nil
			})
		}
		return nil
	})
	if err == nil && value != nil {
		_, err = all.add(output, value)
	}
	return err
}

// add adds a TensorProto. Those of other types are passed over.
func (all tensors) add(name string, proto []byte) (added bool, err error) {
	var t tensor
	var kind uint64
	var raw []byte
	size := 1
	err = fields(proto, func(number protowire.Number, value uint64, content []byte) error {
		switch number {
		case tensorDims:
			if value == 0 || value > maxFile || len(t.shape) >= 8 || size*int(value) > maxFile {
				return errors.New("a tensor is larger than the file may be")
			}
			size *= int(value)
			t.shape = append(t.shape, int(value))
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
		return false, err
	}
	if len(raw) != 4*size {
		return false, fmt.Errorf("tensor %q has %d bytes, its shape %v wants %d", name, len(raw), t.shape, 4*size)
	}
	t.values = make([]float32, size)
	for i := range t.values {
		v := math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:]))
		if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
			return false, fmt.Errorf("tensor %q has a value that is no number", name)
		}
		t.values[i] = v
	}
	all[name] = t
	return true, nil
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
