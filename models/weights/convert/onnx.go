package convert

import (
	"math"

	"google.golang.org/protobuf/encoding/protowire"
)

// What is written, as onnx.proto of ONNX 1.8 has it (github.com/onnx/onnx).
const (
	irVersion    = 7
	opsetVersion = 13

	typeFloat = 1 // TensorProto.DataType
	typeInt64 = 7

	attributeFloat  = 1 // AttributeProto.AttributeType
	attributeInt    = 2
	attributeString = 3
	attributeInts   = 7
)

// message is a protobuf message that is being written.
type message []byte

func (m *message) varint(field protowire.Number, v int64) {
	*m = protowire.AppendVarint(protowire.AppendTag(*m, field, protowire.VarintType), uint64(v))
}

func (m *message) bytes(field protowire.Number, v []byte) {
	*m = protowire.AppendBytes(protowire.AppendTag(*m, field, protowire.BytesType), v)
}

func (m *message) text(field protowire.Number, v string) { m.bytes(field, []byte(v)) }

// attribute is a property of a node: an int, a float32, a string or ints.
type attribute struct {
	name  string
	value any
}

func (a attribute) encode() []byte {
	var m message
	m.text(1, a.name)
	switch v := a.value.(type) {
	case float32:
		m = protowire.AppendFixed32(protowire.AppendTag(m, 2, protowire.Fixed32Type), math.Float32bits(v))
		m.varint(20, attributeFloat)
	case int:
		m.varint(3, int64(v))
		m.varint(20, attributeInt)
	case string:
		m.text(4, v)
		m.varint(20, attributeString)
	case []int:
		for _, i := range v {
			m.varint(8, int64(i))
		}
		m.varint(20, attributeInts)
	}
	return m
}

// node is one operation of the model.
type node struct {
	op         string
	inputs     []string
	output     string
	attributes []attribute
}

func (n node) encode() []byte {
	var m message
	for _, name := range n.inputs {
		m.text(1, name)
	}
	m.text(2, n.output)
	m.text(3, n.output)
	m.text(4, n.op)
	for _, a := range n.attributes {
		m.bytes(5, a.encode())
	}
	return m
}

// encodeTensor writes a constant; float32 unless it has integers.
func encodeTensor(name string, t tensor) []byte {
	var m message
	for _, d := range t.shape {
		m.varint(1, int64(d))
	}
	var raw []byte
	if t.ints != nil {
		m.varint(2, typeInt64)
		for _, v := range t.ints {
			raw = protowire.AppendFixed64(raw, uint64(v))
		}
	} else {
		m.varint(2, typeFloat)
		for _, v := range t.floats {
			raw = protowire.AppendFixed32(raw, math.Float32bits(v))
		}
	}
	m.text(8, name)
	m.bytes(9, raw)
	return m
}

// encodeValue writes the name and the shape of an input or an output.
func encodeValue(name string, shape []int) []byte {
	var dims message
	for _, d := range shape {
		var dim message
		dim.varint(1, int64(d))
		dims.bytes(1, dim)
	}
	var kind, value, m message
	kind.varint(1, typeFloat)
	kind.bytes(2, dims)
	value.bytes(1, kind)
	m.text(1, name)
	m.bytes(2, value)
	return m
}

// encode writes the model.
func (b *builder) encode() []byte {
	var graph message
	for _, n := range b.nodes {
		graph.bytes(1, n.encode())
	}
	graph.text(2, "converted")
	for _, name := range b.used {
		graph.bytes(5, encodeTensor(name, b.initial[name]))
	}
	for _, v := range b.inputs {
		graph.bytes(11, encodeValue(v.name, v.shape))
	}
	for _, v := range b.outputs {
		graph.bytes(12, encodeValue(v.name, v.shape))
	}
	var opset, model message
	opset.text(1, "")
	opset.varint(2, opsetVersion)
	model.varint(1, irVersion)
	model.text(2, "virtualcube")
	model.bytes(7, graph)
	model.bytes(8, opset)
	return model
}
