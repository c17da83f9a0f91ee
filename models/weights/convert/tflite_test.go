package convert

import (
	"encoding/binary"
	"errors"
	"math"
	"strings"
	"testing"
)

// flatTable is a table of a FlatBuffer by its fields: nil is an absent one, a
// byte or an int a scalar, a flatTable a table, the rest are vectors.
type flatTable []any

// write appends a table, its vtable before it and what it refers to behind it, and
// returns its position.
func (t flatTable) write(data []byte) ([]byte, int) {
	vtable := len(data)
	data = binary.LittleEndian.AppendUint16(data, uint16(4+2*len(t)))
	data = binary.LittleEndian.AppendUint16(data, uint16(4+4*len(t)))
	for k, field := range t {
		offset := 0
		if field != nil {
			offset = 4 + 4*k
		}
		data = binary.LittleEndian.AppendUint16(data, uint16(offset))
	}
	position := len(data)
	data = binary.LittleEndian.AppendUint32(data, uint32(position-vtable))
	data = append(data, make([]byte, 4*len(t))...)
	for k, field := range t {
		at, to := position+4+4*k, 0
		switch v := field.(type) {
		case nil:
			continue
		case byte:
			data[at] = v
			continue
		case int:
			binary.LittleEndian.PutUint32(data[at:], uint32(int32(v)))
			continue
		case flatTable:
			data, to = v.write(data)
		case string:
			data, to = appendVector(data, len(v)), len(data)
			data = append(data, v...)
		case []int:
			data, to = appendVector(data, len(v)), len(data)
			for _, i := range v {
				data = binary.LittleEndian.AppendUint32(data, uint32(int32(i)))
			}
		case []flatTable:
			data, to = appendVector(data, len(v)), len(data)
			first := len(data)
			data = append(data, make([]byte, 4*len(v))...)
			for i, child := range v {
				var where int
				data, where = child.write(data)
				binary.LittleEndian.PutUint32(data[first+4*i:], uint32(where-first-4*i))
			}
		}
		binary.LittleEndian.PutUint32(data[at:], uint32(to-at))
	}
	return data, position
}

func appendVector(data []byte, n int) []byte {
	return binary.LittleEndian.AppendUint32(data, uint32(n))
}

// file is a FlatBuffer with TensorFlow Lite's identifier.
func (t flatTable) file() []byte {
	data, root := t.write([]byte("....TFL3"))
	binary.LittleEndian.PutUint32(data, uint32(root))
	return data
}

func littleFloats(values ...float32) string {
	var data []byte
	for _, v := range values {
		data = binary.LittleEndian.AppendUint32(data, math.Float32bits(v))
	}
	return string(data)
}

func littleInts(values ...uint32) string {
	var data []byte
	for _, v := range values {
		data = binary.LittleEndian.AppendUint32(data, v)
	}
	return string(data)
}

// smallTFLite has one of each operation, as fields of schema.fbs, for tests to
// change.
type smallTFLite struct {
	codes, tensors, operators, buffers []flatTable
	outputs                            []int
}

func newSmallTFLite() *smallTFLite {
	m := &smallTFLite{outputs: []int{14}, buffers: []flatTable{{}}}
	for _, code := range []byte{tfliteDequantize, tfliteConv, tfliteDepthwiseConv, tfliteMean, tfliteLogistic, tfliteMul, tfliteAveragePool, tfliteResizeBilinear, tfliteAdd, tfliteRelu} {
		m.codes = append(m.codes, flatTable{code})
	}
	m.codes = append(m.codes, flatTable{byte(tfliteHardSwish), nil, 1, tfliteHardSwish}, flatTable{byte(tfliteCustom), "Convolution2DTransposeBias"})
	m.tensor("in", []int{1, 4, 4, 2}, tfliteFloat32, "")
	m.tensor("half", []int{2, 1, 1, 2}, tfliteFloat16, "\x00\x3c\x00\x40\x00\x42\x00\x44")
	m.tensor("w", []int{2, 1, 1, 2}, tfliteFloat32, "")
	m.tensor("b", []int{2}, tfliteFloat32, littleFloats(1, -1))
	m.tensor("d", []int{1, 3, 3, 2}, tfliteFloat32, littleFloats(1, 10, 2, 20, 3, 30, 4, 40, 5, 50, 6, 60, 7, 70, 8, 80, 9, 90))
	m.tensor("axes", []int{2}, tfliteInt32, littleInts(1, 2))
	m.tensor("size", []int{2}, tfliteInt32, littleInts(4, 4))
	m.tensor("t", []int{1, 2, 2, 2}, tfliteFloat32, littleFloats(1, 2, 3, 4, 5, 6, 7, 8))
	m.tensor("tb", []int{1}, tfliteFloat32, littleFloats(0.5))
	for _, name := range []string{"conv", "each", "mean", "swish", "up", "mask"} {
		m.tensor(name, nil, tfliteFloat32, "")
	}
	m.operator(0, []int{1}, 2, nil)
	m.operator(1, []int{0, 2, 3}, 9, flatTable{byte(1), 1, 1, byte(1)})
	m.operator(2, []int{9, 4, 3}, 10, flatTable{byte(0), 2, 2, 1, byte(0)})
	m.operator(3, []int{10, 5}, 11, flatTable{byte(1)})
	m.operator(4, []int{11}, 16, nil)
	m.operator(5, []int{10, 16}, 17, flatTable{byte(3)})
	m.operator(10, []int{17}, 12, nil)
	m.operator(6, []int{12}, 18, flatTable{byte(1), 1, 1, 2, 1})
	m.operator(7, []int{12, 6}, 13, flatTable{nil, nil, byte(0), byte(1)})
	m.operator(8, []int{13, 3}, 19, flatTable{byte(0)})
	m.operator(9, []int{19}, 20, nil)
	m.operators = append(m.operators, flatTable{11, []int{20, 7, 8}, []int{14}, byte(0), nil, littleInts(1, 2, 2)})
	m.outputs = append(m.outputs, 18)
	for len(m.tensors) < 21 {
		m.tensor("more"+string(rune('a'+len(m.tensors))), nil, tfliteFloat32, "")
	}
	return m
}

func (m *smallTFLite) tensor(name string, shape []int, kind byte, data string) {
	buffer := 0
	if data != "" {
		buffer = len(m.buffers)
		m.buffers = append(m.buffers, flatTable{data})
	}
	m.tensors = append(m.tensors, flatTable{shape, kind, buffer, name})
}

func (m *smallTFLite) operator(code int, inputs []int, output int, options flatTable) {
	m.operators = append(m.operators, flatTable{code, inputs, []int{output}, byte(1), options})
	if options == nil {
		m.operators[len(m.operators)-1][4] = nil
	}
}

func (m *smallTFLite) file() []byte {
	graph := flatTable{m.tensors, []int{0}, m.outputs, m.operators}
	return flatTable{3, m.codes, []flatTable{graph}, "small", m.buffers}.file()
}

const smallTFLiteONNX = `in in 1 4 4 2
in/planar = Transpose(in) perm=0,3,1,2
value9/linear = Conv(in/planar, [2 2 1 1]{1 2 3 4}, [2]{1 -1}) kernel_shape=1,1 strides=1,1 dilations=1,1 pads=0,0,0,0 group=1
value9 = Relu(value9/linear)
value10 = Conv(value9, [2 1 3 3]{1 2 3 4 5 6 7 8 9 10 20 30 40 50 60 70 80 90}, [2]{1 -1}) kernel_shape=3,3 strides=2,2 dilations=1,1 pads=0,0,1,1 group=2
value11 = GlobalAveragePool(value10)
value16 = Sigmoid(value11)
value17/linear = Mul(value10, value16)
value17 = Clip(value17/linear, []{0}, []{6})
value12/gate = HardSigmoid(value17) alpha=0.16666667 beta=0.5
value12 = Mul(value17, value12/gate)
value18 = AveragePool(value12) kernel_shape=1,2 strides=1,1 pads=0,0,0,0
value13 = Resize(value12, , , [4]{1 2 4 4}) coordinate_transformation_mode=half_pixel mode=linear
value19 = Add(value13, [1 2 1 1]{1 -1})
value20 = Relu(value19)
value14 = ConvTranspose(value20, [2 1 2 2]{1 3 5 7 2 4 6 8}, [1]{0.5}) kernel_shape=2,2 strides=2,2 dilations=1,1 pads=0,0,0,0
mask = Transpose(value14) perm=0,2,3,1
mores = Transpose(value18) perm=0,2,3,1
out mask 1 8 8 1
out mores 1 2 1 2`

func TestTFLite(t *testing.T) {
	onnx, err := TFLite(newSmallTFLite().file())
	if err != nil {
		t.Fatal(err)
	}
	if got := dump(t, onnx); got != smallTFLiteONNX {
		t.Errorf("made\n%s\nwant\n%s", got, smallTFLiteONNX)
	}
}

// badTFLite are changes of the small model, and what is said of each.
var badTFLite = []struct {
	name   string
	change func(m *smallTFLite)
	says   string
}{
	{"an unknown operation", func(m *smallTFLite) { m.codes[4] = flatTable{byte(99)} }, "operator 99"},
	{"an unknown custom operation", func(m *smallTFLite) { m.codes[11] = flatTable{byte(tfliteCustom), "Mine"} }, "Mine"},
	{"a code that is not there", func(m *smallTFLite) { m.operators[1][0] = 12 }, "code 12"},
	{"two outputs", func(m *smallTFLite) { m.operators[1][2] = []int{9, 10} }, "2 outputs"},
	{"an input that is not computed", func(m *smallTFLite) { m.operators[1][1] = []int{10, 2, 3} }, "is not computed"},
	{"no inputs", func(m *smallTFLite) { m.operators[1][1] = []int{} }, "is not computed"},
	{"no bias", func(m *smallTFLite) { m.operators[1][1] = []int{0, 2} }, "2 inputs"},
	{"a tensor that is not there", func(m *smallTFLite) { m.operators[1][1] = []int{0, 2, 99} }, "no tensor 99"},
	{"an activation that is not known", func(m *smallTFLite) { m.operators[1][4] = flatTable{byte(1), 1, 1, byte(4)} }, "activation 4"},
	{"a padding that is not known", func(m *smallTFLite) { m.operators[1][4] = flatTable{byte(2), 1, 1} }, "padding"},
	{"no stride", func(m *smallTFLite) { m.operators[1][4] = flatTable{byte(1)} }, "moves by [0 0]"},
	{"two filters a channel", func(m *smallTFLite) { m.operators[2][4] = flatTable{byte(0), 2, 2, 2} }, "filters of shape"},
	{"a mean of other axes", func(m *smallTFLite) { m.buffers[4] = flatTable{littleInts(1, 3)} }, "along [1 3]"},
	{"corners that are aligned", func(m *smallTFLite) { m.operators[8][4] = flatTable{nil, nil, byte(1), byte(1)} }, "half pixels"},
	{"a constant of another size", func(m *smallTFLite) { m.buffers[2] = flatTable{littleFloats(1)} }, "4 bytes"},
	{"a constant of another type", func(m *smallTFLite) { m.tensors[3][1] = byte(9) }, "type 9"},
	{"integers for floats", func(m *smallTFLite) { m.tensors[3][1] = byte(tfliteInt32) }, "has the shape [2]"},
	{"a transposed convolution without padding", func(m *smallTFLite) { m.operators[11][5] = littleInts(2, 2, 2) }, "SAME"},
	{"an output that is not computed", func(m *smallTFLite) { m.outputs = []int{15} }, "output 15"},
	{"no output", func(m *smallTFLite) { m.outputs = nil }, "0 outputs"},
	{"an input of no size", func(m *smallTFLite) { m.tensors[0][0] = []int{1, 4, -1, 2} }, "not possible"},
}

func TestTFLiteRefuses(t *testing.T) {
	for _, bad := range badTFLite {
		m := newSmallTFLite()
		bad.change(m)
		if _, err := TFLite(m.file()); !errors.Is(err, ErrModel) || !strings.Contains(err.Error(), bad.says) {
			t.Errorf("%s: error %v, want %q", bad.name, err, bad.says)
		}
	}
	whole := newSmallTFLite().file()
	for n := range whole {
		if _, err := TFLite(whole[:n]); !errors.Is(err, ErrModel) {
			t.Errorf("the first %d bytes: error %v", n, err)
		}
	}
}

func FuzzTFLite(f *testing.F) {
	f.Add(newSmallTFLite().file())
	for _, bad := range badTFLite {
		m := newSmallTFLite()
		bad.change(m)
		f.Add(m.file())
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		onnx, err := TFLite(data)
		if (err == nil) != (len(onnx) > 0) || err != nil && !errors.Is(err, ErrModel) {
			t.Errorf("%d bytes, %v", len(onnx), err)
		}
	})
}
