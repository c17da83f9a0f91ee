package onnxtest

import (
	"encoding/binary"
	"maps"
	"math"
	"slices"
)

// Type is the type of elements, as TensorProto.DataType numbers them.
type Type uint64

// The types.
const (
	Float32 Type = 1
	Uint8   Type = 2
	Int8    Type = 3
	Int32   Type = 6
	Int64   Type = 7
	Bool    Type = 9
	Float16 Type = 10
)

// Model is a model of one graph.
type Model struct {
	Inputs, Outputs []Value
	Nodes           []Node
	Constants       []Constant
}

// Value is an input or output. In its shape, -1 is a dimension that is left open.
type Value struct {
	Name  string
	Type  Type
	Shape []int64
}

// Node is one operation of operator set 17.
type Node struct {
	Op              string
	Inputs, Outputs []string
	// Attributes are int64, float32, string or []int64.
	Attributes map[string]any
}

// Constant is a tensor of numbers, written as its type.
type Constant struct {
	Name    string
	Type    Type // Float32 or Int64
	Shape   []int64
	Numbers []float64
}

// message is a protobuf message being written.
type message []byte

func (m *message) varint(field int, x uint64) {
	*m = binary.AppendUvarint(*m, uint64(field)<<3)
	*m = binary.AppendUvarint(*m, x)
}

func (m *message) bytes(field int, x []byte) {
	*m = binary.AppendUvarint(*m, uint64(field)<<3|2)
	*m = binary.AppendUvarint(*m, uint64(len(x)))
	*m = append(*m, x...)
}

func (m *message) fixed32(field int, x uint32) {
	*m = binary.AppendUvarint(*m, uint64(field)<<3|5)
	*m = binary.LittleEndian.AppendUint32(*m, x)
}

// Bytes is the model as a file.
func (m Model) Bytes() []byte {
	var graph, operators, file message
	for _, n := range m.Nodes {
		graph.bytes(1, n.encode())
	}
	graph.bytes(2, []byte("test"))
	for _, c := range m.Constants {
		graph.bytes(5, c.encode())
	}
	for _, v := range m.Inputs {
		graph.bytes(11, v.encode())
	}
	for _, v := range m.Outputs {
		graph.bytes(12, v.encode())
	}
	operators.varint(2, 17) // version, of the domain that has no name
	file.varint(1, 8)       // version of the format
	file.bytes(7, graph)
	file.bytes(8, operators)
	return file
}

func (v Value) encode() message {
	var shape, tensor, kind, value message
	for _, n := range v.Shape {
		var dimension message
		if n < 0 {
			dimension.bytes(2, []byte("open"))
		} else {
			dimension.varint(1, uint64(n))
		}
		shape.bytes(1, dimension)
	}
	tensor.varint(1, uint64(v.Type))
	tensor.bytes(2, shape)
	kind.bytes(1, tensor)
	value.bytes(1, []byte(v.Name))
	value.bytes(2, kind)
	return value
}

func (n Node) encode() message {
	var node message
	for _, name := range n.Inputs {
		node.bytes(1, []byte(name))
	}
	for _, name := range n.Outputs {
		node.bytes(2, []byte(name))
	}
	node.bytes(4, []byte(n.Op))
	for _, name := range slices.Sorted(maps.Keys(n.Attributes)) { // the same file each time
		x := n.Attributes[name]
		node.bytes(5, attribute(name, x))
	}
	return node
}

func attribute(name string, x any) message {
	var a message
	a.bytes(1, []byte(name))
	switch x := x.(type) {
	case float32:
		a.fixed32(2, math.Float32bits(x))
		a.varint(20, 1)
	case int64:
		a.varint(3, uint64(x))
		a.varint(20, 2)
	case string:
		a.bytes(4, []byte(x))
		a.varint(20, 3)
	case []int64:
		for _, i := range x {
			a.varint(8, uint64(i))
		}
		a.varint(20, 7)
	default:
		panic("onnxtest: an attribute is int64, float32, string or []int64")
	}
	return a
}

func (c Constant) encode() message {
	var tensor message
	for _, n := range c.Shape {
		tensor.varint(1, uint64(n))
	}
	tensor.varint(2, uint64(c.Type))
	tensor.bytes(8, []byte(c.Name))
	var raw []byte
	for _, x := range c.Numbers {
		if c.Type == Int64 {
			raw = binary.LittleEndian.AppendUint64(raw, uint64(int64(x)))
		} else {
			raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(float32(x)))
		}
	}
	tensor.bytes(9, raw)
	return tensor
}

// Tensor is an input or output.
func Tensor(name string, t Type, shape ...int64) Value {
	return Value{Name: name, Type: t, Shape: shape}
}

// Floats is a constant of float32.
func Floats(name string, shape []int64, numbers ...float64) Constant {
	return Constant{Name: name, Type: Float32, Shape: shape, Numbers: numbers}
}
