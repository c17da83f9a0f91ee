package layers

import (
	"encoding/binary"
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"
)

func TestProductsOfEveryShape(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, shape := range [][2]int{{1, 8}, {3, 16}, {4, 64}, {5, 160}, {60, 16}, {10, 10}, {7, 1}, {768, 256}} {
		w, x := make([]float32, shape[0]*shape[1]), make([]float32, shape[1])
		for i := range w {
			w[i] = float32(random.NormFloat64())
		}
		for i := range x {
			x[i] = float32(random.NormFloat64())
		}
		got, plain := make([]float32, shape[0]+1), make([]float32, shape[0])
		Product(got[:shape[0]], w, x)
		portable(plain, w, x)
		for o := range plain {
			want := 0.0
			for i, v := range x {
				want += float64(v) * float64(w[o*shape[1]+i])
			}
			if math.Abs(float64(got[o])-want) > 1e-3 || math.Abs(float64(plain[o])-want) > 1e-3 {
				t.Errorf("%v: row %d is %v, in plain Go %v, want %v", shape, o, got[o], plain[o], want)
			}
		}
		if got[shape[0]] != 0 {
			t.Errorf("%v: written beyond the end", shape)
		}
	}
}

// model writes an ONNX file of one tensor.
func model(name string, dims []uint64, kind uint64, raw []byte) []byte {
	part := func(m []byte, number protowire.Number, content []byte) []byte {
		return protowire.AppendBytes(protowire.AppendTag(m, number, protowire.BytesType), content)
	}
	var tensor []byte
	for _, d := range dims {
		tensor = protowire.AppendVarint(protowire.AppendTag(tensor, tensorDims, protowire.VarintType), d)
	}
	tensor = protowire.AppendVarint(protowire.AppendTag(tensor, tensorType, protowire.VarintType), kind)
	tensor = part(part(tensor, tensorName, []byte(name)), tensorRaw, raw)
	return part(nil, modelGraph, part(nil, graphInitializer, tensor))
}

// nested is a file with a tensor in branches of branches.
func nested(deep int) []byte {
	part := func(number protowire.Number, content []byte) []byte {
		return protowire.AppendBytes(protowire.AppendTag(nil, number, protowire.BytesType), content)
	}
	_, _, n := protowire.ConsumeTag(model("a", []uint64{1}, typeFloat, floats(1)))
	graph, _ := protowire.ConsumeBytes(model("a", []uint64{1}, typeFloat, floats(1))[n:])
	for range deep {
		graph = part(graphNode, part(nodeAttribute, part(attributeGraph, graph)))
	}
	return part(modelGraph, graph)
}

func floats(values ...float32) (raw []byte) {
	for _, v := range values {
		raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(v))
	}
	return raw
}

// files are by name what a file of weights may be; ok says whether it is read.
func files() map[string]struct {
	data []byte
	ok   bool
} {
	return map[string]struct {
		data []byte
		ok   bool
	}{
		"one tensor":      {model("a", []uint64{2, 1}, typeFloat, floats(1, 2)), true},
		"another type":    {model("a", []uint64{2}, 7, make([]byte, 16)), true},
		"nothing":         {nil, true},
		"text":            {[]byte("no such model\n"), false},
		"cut off":         {model("a", []uint64{2}, typeFloat, floats(1, 2))[:10], false},
		"too few bytes":   {model("a", []uint64{3}, typeFloat, floats(1, 2)), false},
		"a huge shape":    {model("a", []uint64{1 << 20, 1 << 20}, typeFloat, nil), false},
		"a shape over 63": {model("a", []uint64{1 << 63}, typeFloat, nil), false},
		"in a branch":     {nested(1), true},
		"deep branches":   {nested(100), false},
		"no number":       {model("a", []uint64{1}, typeFloat, floats(float32(math.NaN()))), false},
	}
}

func TestTensors(t *testing.T) {
	for name, f := range files() {
		if _, err := parseTensors(f.data); (err == nil) != f.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzTensors(f *testing.F) {
	for _, file := range files() {
		f.Add(file.data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		all, err := parseTensors(data)
		if err != nil {
			return
		}
		for name, tensor := range all {
			size := 1
			for _, n := range tensor.Shape {
				size *= n
			}
			if size != len(tensor.Values) {
				t.Errorf("%q is %v with %d values", name, tensor.Shape, len(tensor.Values))
			}
		}
	})
}

func TestGet(t *testing.T) {
	for deep, file := range [][]byte{model("a", []uint64{2, 1}, typeFloat, floats(1, 2)), nested(2)} {
		all, err := parseTensors(file)
		if err != nil {
			t.Fatal(err)
		}
		shape := []int{2, 1}[deep:]
		if x, err := all.Get("a", shape...); err != nil || x[0] != 1 {
			t.Errorf("file %d: %v, %v", deep, x, err)
		}
		for name, shape := range map[string][]int{"a": {7}, "b": {2, 1}} {
			if _, err := all.Get(name, shape...); !errors.Is(err, ErrWeights) {
				t.Errorf("file %d, %s of %v: %v", deep, name, shape, err)
			}
		}
	}
}
