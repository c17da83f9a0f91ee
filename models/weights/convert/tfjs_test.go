package convert

import (
	"encoding/base64"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
)

// smallTFJS has one of each operation; strings in 'quotes' stand for base64.
const smallTFJS = `{"format": "graph-model",
"signature": {"outputs": {"mask:0": {"name": "soft:0"}}}, "userDefinedMetadata": {"signature": {"outputs": {"list": {"name": "flat:0"}}}},
"modelTopology": {"node": [
 {"name": "in", "op": "Placeholder", "attr": {"shape": {"shape": {"dim": [{"size": "-1"}, {"size": "4"}, {"size": "4"}, {"size": "2"}]}}}},
 {"name": "w", "op": "Const"}, {"name": "b", "op": "Const"}, {"name": "a", "op": "Const"}, {"name": "d", "op": "Const"}, {"name": "t", "op": "Const"},
 {"name": "grown", "op": "Const"}, {"name": "size", "op": "Const"}, {"name": "axis", "op": "Const"}, {"name": "shape", "op": "Const"}, {"name": "pads", "op": "Const"},
 {"name": "conv", "op": "_FusedConv2D", "input": ["in", "w", "b", "a"], "attr": {"data_format": {"s": 'NHWC'}, "padding": {"s": 'SAME'}, "strides": {"list": {"i": ["1", "2", "2", "1"]}}, "fused_ops": {"list": {"s": ['BiasAdd', 'Prelu']}}}},
 {"name": "each", "op": "DepthwiseConv2dNative", "input": ["conv:0", "d"], "attr": {"padding": {"s": 'SAME'}, "strides": {"list": {"i": ["1", "1", "1", "1"]}}, "dilations": {"list": {"i": ["1", "1", "1", "1"]}}}},
 {"name": "six", "op": "Relu6", "input": ["each", "^conv"]},
 {"name": "more", "op": "AddV2", "input": ["b", "six"]},
 {"name": "max", "op": "MaxPool", "input": ["more"], "attr": {"padding": {"s": 'VALID'}, "ksize": {"list": {"i": ["1", "2", "2", "1"]}}, "strides": {"list": {"i": ["1", "2", "2", "1"]}}}},
 {"name": "wide", "op": "ResizeBilinear", "input": ["max", "size"], "attr": {"half_pixel_centers": {"b": true}}},
 {"name": "times", "op": "Mul", "input": ["more", "wide"]},
 {"name": "sum", "op": "AddN", "input": ["times", "wide", "more"]},
 {"name": "both", "op": "ConcatV2", "input": ["sum", "times", "axis"]},
 {"name": "padded", "op": "Pad", "input": ["both", "pads"]},
 {"name": "back", "op": "Conv2DBackpropInput", "input": ["grown", "t", "sum"], "attr": {"padding": {"s": 'SAME'}, "strides": {"list": {"i": ["1", "2", "2", "1"]}}}},
 {"name": "soft", "op": "Sigmoid", "input": ["back"]},
 {"name": "flat", "op": "Reshape", "input": ["padded", "shape"]}
]},
"weightsManifest": [{"paths": ["one.bin", "two.bin"], "weights": [
 {"name": "w", "shape": [1, 1, 2, 2], "dtype": "float32", "quantization": {"dtype": "uint8", "scale": 0.5, "min": -1}},
 {"name": "b", "shape": [2], "dtype": "float32", "quantization": {"dtype": "float16"}},
 {"name": "a", "shape": [1, 1, 2], "dtype": "float32", "quantization": {"dtype": "uint16", "scale": 0.25, "min": 1}},
 {"name": "d", "shape": [1, 1, 2, 1], "dtype": "float32"},
 {"name": "t", "shape": [2, 2, 1, 2], "dtype": "float32", "quantization": {"dtype": "uint8", "scale": 1, "min": 0}},
 {"name": "grown", "shape": [4], "dtype": "int32"}, {"name": "size", "shape": [2], "dtype": "int32"}, {"name": "axis", "shape": [], "dtype": "int32"},
 {"name": "shape", "shape": [2], "dtype": "int32"}, {"name": "pads", "shape": [4, 2], "dtype": "int32"}]}]}`

// smallWeights are its two files.
func smallWeights() map[string][]byte {
	one := []byte{0, 1, 2, 3, 0x00, 0x3c, 0x00, 0xc0, 0, 0, 4, 0, 0, 0, 0x80, 0x3f, 0, 0}
	two := []byte{0, 0x40, 1, 2, 3, 4, 5, 6, 7, 8}
	for _, v := range []int32{1, 4, 4, 1, 2, 2, -1, 1, -1, 0, 0, 0, 0, 0, 0, 0, 1} {
		two = append(two, byte(v), byte(v>>8), byte(v>>16), byte(v>>24))
	}
	return map[string][]byte{"one.bin": one, "two.bin": two}
}

// model puts base64 in the place of 'quotes'.
func model(text string) []byte {
	return regexp.MustCompile(`'[^']*'`).ReplaceAllFunc([]byte(text), func(quoted []byte) []byte {
		return fmt.Appendf(nil, "%q", base64.StdEncoding.EncodeToString(quoted[1:len(quoted)-1]))
	})
}

// smallONNX is what it must become: by hand, channels second.
const smallONNX = `in in 1 4 4 2
in/planar = Transpose(in) perm=0,3,1,2
conv/linear = Conv(in/planar, [2 2 1 1]{-1 0 -0.5 0.5}, [2]{1 -2}) kernel_shape=1,1 strides=2,2 dilations=1,1 pads=0,0,0,0 group=1
conv = PRelu(conv/linear, [1 2 1 1]{1 2})
each = Conv(conv, [2 1 1 1]{1 2}) kernel_shape=1,1 strides=1,1 dilations=1,1 pads=0,0,0,0 group=2
six = Clip(each, []{0}, []{6})
more = Add(six, [1 2 1 1]{1 -2})
max = MaxPool(more) kernel_shape=2,2 strides=2,2 pads=0,0,0,0
wide = Resize(max, , , [4]{1 2 2 2}) coordinate_transformation_mode=half_pixel mode=linear
times = Mul(more, wide)
sum = Sum(times, wide, more)
both = Concat(sum, times) axis=1
padded = Pad(both, [8]{0 0 0 0 0 1 0 0})
back = ConvTranspose(sum, [2 1 2 2]{1 3 5 7 2 4 6 8}) kernel_shape=2,2 strides=2,2 dilations=1,1 pads=0,0,0,0
soft/value = Sigmoid(back)
mask = Transpose(soft/value) perm=0,2,3,1
flat/value/last = Transpose(padded) perm=0,2,3,1
flat/value = Reshape(flat/value/last, [2]{1 20})
list = Identity(flat/value)
out mask 1 4 4 1
out list 1 20`

func TestTFJS(t *testing.T) {
	onnx, err := TFJS(model(smallTFJS), smallWeights())
	if err != nil {
		t.Fatal(err)
	}
	if got := dump(t, onnx); got != smallONNX {
		t.Errorf("made\n%s\nwant\n%s", got, smallONNX)
	}
	for range 20 { // in whatever order maps are
		if again, err := TFJS(model(smallTFJS), smallWeights()); err != nil || string(again) != string(onnx) {
			t.Fatalf("it is not always the same: %v", err)
		}
	}
}

// badTFJS are changes of the small model, and what is said of each.
var badTFJS = []struct{ from, to, says string }{
	{`"graph-model"`, `"layers-model"`, "layers-model"},
	{`{"format"`, `["format"`, "cannot be converted"},
	{`"op": "Relu6"`, `"op": "Erf"`, "Erf six: the model cannot be converted: this operation is not known"},
	{`'NHWC'`, `'NCHW'`, "NCHW"},
	{`'SAME'`, `'EXPLICIT'`, "EXPLICIT"},
	{`'Prelu'`, `'Elu'`, "Elu"},
	{`["1", "2", "2", "1"]`, `["1", "2", "2"]`, "strides"},
	{`["1", "2", "2", "1"]`, `["1", "0", "2", "1"]`, "moves by [0 2]"},
	{`["each", "^conv"]`, `["nothing"]`, "nothing is not computed"},
	{`["in", "w", "b", "a"]`, `["in", "w", "size", "a"]`, "fused"},
	{`["in", "w", "b", "a"]`, `["in"]`, "1 inputs"},
	{`"size": "4"`, `"size": "-1"`, "not possible"},
	{`"size": "4"`, `"size": "99999999999"`, "not possible"},
	{`"size": "4"`, `"size": "four"`, "four"},
	{`"size": "2"}`, `"size": "3"}`, "convolves [1 4 4 3]"},
	{`"b": true`, `"b": false`, "half pixels"},
	{`"soft:0"`, `"gone:0"`, "computes 1 of its 2 outputs"},
	{`"name": "six"`, `"name": "conv"`, "two tensors"},
	{`"op": "Const"}, {"name": "b"`, `"op": "Const"}, {"name": "c"`, "its value is missing"},
	{`"two.bin"`, `"three.bin"`, "three.bin"},
	{`["one.bin", "two.bin"]`, `["one.bin"]`, "are left"},
	{`["one.bin", "two.bin"]`, `["one.bin", "two.bin", "two.bin"]`, "left over"},
	{`"dtype": "float16"`, `"dtype": "bfloat16"`, "bfloat16"},
	{`"shape": [4, 2]`, `"shape": [4, -2]`, "not possible"},
	{`"shape": [4, 2]`, `"shape": [4, 1]`, "left over"},
}

func TestTFJSRefuses(t *testing.T) {
	for _, bad := range badTFJS {
		text := strings.Replace(smallTFJS, bad.from, bad.to, 1)
		if _, err := TFJS(model(text), smallWeights()); text == smallTFJS || !errors.Is(err, ErrModel) || !strings.Contains(err.Error(), bad.says) {
			t.Errorf("%s: error %v, want %q", bad.to, err, bad.says)
		}
	}
}

func FuzzTFJS(f *testing.F) {
	files := smallWeights()
	f.Add(model(smallTFJS), files["one.bin"], files["two.bin"])
	for _, bad := range badTFJS {
		f.Add(model(strings.Replace(smallTFJS, bad.from, bad.to, 1)), files["one.bin"], files["two.bin"])
	}
	f.Fuzz(func(t *testing.T, data, one, two []byte) {
		onnx, err := TFJS(data, map[string][]byte{"one.bin": one, "two.bin": two})
		if (err == nil) != (len(onnx) > 0) || err != nil && !errors.Is(err, ErrModel) {
			t.Errorf("%d bytes, %v", len(onnx), err)
		}
	})
}
