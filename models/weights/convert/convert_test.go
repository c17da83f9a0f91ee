package convert

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"
)

// field is one field of a protobuf message.
type field struct {
	number protowire.Number
	varint uint64
	bytes  []byte
}

func fields(t *testing.T, data []byte) (all []field) {
	t.Helper()
	for len(data) > 0 {
		number, kind, n := protowire.ConsumeTag(data)
		if n < 0 {
			t.Fatal(protowire.ParseError(n))
		}
		data = data[n:]
		f := field{number: number}
		switch kind {
		case protowire.VarintType:
			f.varint, n = protowire.ConsumeVarint(data)
		case protowire.Fixed32Type:
			var bits uint32
			bits, n = protowire.ConsumeFixed32(data)
			f.varint = uint64(bits)
		case protowire.BytesType:
			f.bytes, n = protowire.ConsumeBytes(data)
		default:
			t.Fatalf("field %d is of wire type %d", number, kind)
		}
		if n < 0 {
			t.Fatal(protowire.ParseError(n))
		}
		all = append(all, f)
		data = data[n:]
	}
	return all
}

// dump writes an ONNX as text: its inputs, its operations and its outputs, with
// the values of short constants where they are used.
func dump(t *testing.T, onnx []byte) string {
	t.Helper()
	var lines []string
	for _, f := range fields(t, onnx) {
		if f.number != 7 {
			continue
		}
		graph := fields(t, f.bytes)
		constants := map[string]string{}
		for _, g := range graph {
			if g.number == 5 {
				name, text := dumpTensor(t, g.bytes)
				constants[name] = text
			}
		}
		for _, wanted := range []protowire.Number{11, 1, 12} {
			for _, g := range graph {
				switch {
				case g.number != wanted:
				case wanted == 1:
					lines = append(lines, dumpNode(t, g.bytes, constants))
				default:
					lines = append(lines, map[protowire.Number]string{11: "in ", 12: "out "}[wanted]+dumpValue(t, g.bytes))
				}
			}
		}
	}
	return strings.Join(lines, "\n")
}

func dumpTensor(t *testing.T, data []byte) (name, text string) {
	var shape []uint64
	var values []string
	integers := false
	for _, f := range fields(t, data) {
		switch f.number {
		case 1:
			shape = append(shape, f.varint)
		case 2:
			integers = f.varint == typeInt64
		case 8:
			name = string(f.bytes)
		case 9:
			for raw := f.bytes; len(raw) > 0; {
				if integers {
					v, n := protowire.ConsumeFixed64(raw)
					values, raw = append(values, fmt.Sprint(int64(v))), raw[n:]
				} else {
					v, n := protowire.ConsumeFixed32(raw)
					values, raw = append(values, fmt.Sprint(math.Float32frombits(v))), raw[n:]
				}
			}
		}
	}
	return name, fmt.Sprintf("%v{%s}", shape, strings.Join(values, " "))
}

func dumpNode(t *testing.T, data []byte, constants map[string]string) string {
	var inputs, attributes []string
	var output, op string
	for _, f := range fields(t, data) {
		switch f.number {
		case 1:
			name := string(f.bytes)
			if text, found := constants[name]; found {
				name = text
			}
			inputs = append(inputs, name)
		case 2:
			output = string(f.bytes)
		case 4:
			op = string(f.bytes)
		case 5:
			attributes = append(attributes, " "+dumpAttribute(t, f.bytes))
		}
	}
	return output + " = " + op + "(" + strings.Join(inputs, ", ") + ")" + strings.Join(attributes, "")
}

func dumpAttribute(t *testing.T, data []byte) string {
	var name string
	var values []string
	for _, f := range fields(t, data) {
		switch f.number {
		case 1:
			name = string(f.bytes)
		case 2:
			values = append(values, fmt.Sprint(math.Float32frombits(uint32(f.varint))))
		case 3, 8:
			values = append(values, fmt.Sprint(f.varint))
		case 4:
			values = append(values, string(f.bytes))
		}
	}
	return name + "=" + strings.Join(values, ",")
}

func dumpValue(t *testing.T, data []byte) string {
	var text string
	for _, f := range fields(t, data) {
		if f.number == 1 {
			text += string(f.bytes)
			continue
		}
		for _, kind := range fields(t, f.bytes) { // TypeProto: a tensor
			for _, tensor := range fields(t, kind.bytes) {
				if tensor.number != 2 {
					continue
				}
				for _, dim := range fields(t, tensor.bytes) {
					text += fmt.Sprint(" ", fields(t, dim.bytes)[0].varint)
				}
			}
		}
	}
	return text
}

// TestPads holds TensorFlow's padding: SAME divides by the stride, upwards, and
// puts the odd row or column behind.
func TestPads(t *testing.T) {
	for _, test := range []struct {
		kernel, stride, dilation, size int
		same                           bool
		before, after, out             int
	}{
		{3, 1, 1, 5, true, 1, 1, 5},
		{3, 2, 1, 5, true, 1, 1, 3},
		{3, 2, 1, 6, true, 0, 1, 3},
		{2, 2, 1, 5, true, 0, 1, 3},
		{1, 2, 1, 5, true, 0, 0, 3},
		{3, 1, 2, 5, true, 2, 2, 5},
		{3, 1, 1, 5, false, 0, 0, 3},
		{3, 2, 1, 6, false, 0, 0, 2},
		{3, 1, 2, 5, false, 0, 0, 1},
		{5, 1, 1, 5, false, 0, 0, 1},
		{6, 1, 1, 5, false, 0, 0, -1},
		{3, 0, 1, 5, true, 0, 0, -1},
	} {
		w := window{kernel: [2]int{test.kernel, 1}, stride: [2]int{test.stride, 1}, dilation: [2]int{test.dilation, 1}, same: test.same}
		pads, out, err := w.pads(value{shape: []int{1, test.size, 7, 3}})
		if (err != nil) != (test.out < 0) {
			t.Errorf("%+v: error %v", test, err)
		}
		if err == nil && (!slices.Equal(pads, []int{test.before, 0, test.after, 0}) || out != [2]int{test.out, 7}) {
			t.Errorf("%+v: pads %v, out %v", test, pads, out)
		}
	}
}

func TestTransposed(t *testing.T) {
	in := tensor{shape: []int{2, 3}, floats: []float32{1, 2, 3, 4, 5, 6}}
	if got := in.transposed(1, 0); !slices.Equal(got.shape, []int{3, 2}) || !slices.Equal(got.floats, []float32{1, 4, 2, 5, 3, 6}) {
		t.Errorf("%v", got)
	}
	last := tensor{shape: []int{2, 2, 1, 3}}
	for k := range 12 {
		last.floats = append(last.floats, float32(k))
	}
	if got := last.transposed(3, 2, 0, 1); !slices.Equal(got.shape, []int{3, 1, 2, 2}) || !slices.Equal(got.floats, []float32{0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11}) {
		t.Errorf("%v", got)
	}
	channels, err := tensor{shape: []int{1, 1, 3}, floats: []float32{1, 2, 3}}.planar()
	if err != nil || !slices.Equal(channels.shape, []int{1, 3, 1, 1}) {
		t.Errorf("%v, %v", channels, err)
	}
}

// TestHalfToFloat holds IEEE 754-2008, table 3.5.
func TestHalfToFloat(t *testing.T) {
	for bits, want := range map[uint16]float64{
		0x0000: 0, 0x3c00: 1, 0xc000: -2, 0x3555: 0.333251953125, 0x7bff: 65504,
		0x0001: math.Ldexp(1, -24), 0x03ff: math.Ldexp(1023, -24), 0x0400: math.Ldexp(1, -14), 0x7c00: math.Inf(1), 0xfc00: math.Inf(-1),
	} {
		if got := halfToFloat(bits); float64(got) != want {
			t.Errorf("%#04x is %v, want %v", bits, got, want)
		}
	}
	if got := halfToFloat(0x8000); got != 0 || !math.Signbit(float64(got)) {
		t.Errorf("minus zero is %v", got)
	}
	if got := halfToFloat(0x7e00); !math.IsNaN(float64(got)) {
		t.Errorf("not a number is %v", got)
	}
}
