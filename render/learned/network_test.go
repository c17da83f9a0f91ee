package learned

import (
	"encoding/binary"
	"errors"
	"math"
	"strings"
	"testing"
)

// weights are those of a network of two layers: every value is its place.
func weights(change func(head []uint32, values []float32)) []byte {
	head := []uint32{2, 9, Features, 4, 1, 4, Outputs}
	values := make([]float32, 9*Features*4+4+4*Outputs+Outputs)
	for i := range values {
		values[i] = float32(i) / 100
	}
	if change != nil {
		change(head, values)
	}
	data := []byte(magic)
	for _, v := range head {
		data = binary.LittleEndian.AppendUint32(data, v)
	}
	for _, v := range values {
		data = binary.LittleEndian.AppendUint32(data, math.Float32bits(v))
	}
	return data
}

// broken are the cases of the table test and the seeds of the fuzz test.
var broken = map[string]struct {
	data []byte
	says string
}{
	"empty":       {nil, "begin"},
	"another":     {[]byte("vcblend0\x02\x00\x00\x00"), "begin"},
	"no layers":   {weights(func(h []uint32, _ []float32) { h[0] = 1 }), "1 layers"},
	"many layers": {weights(func(h []uint32, _ []float32) { h[0] = 1 << 31 }), "layers"},
	"no taps":     {weights(func(h []uint32, _ []float32) { h[1] = 25 }), "25 taps"},
	"width":       {weights(func(h []uint32, _ []float32) { h[3], h[5] = 6, 6 }), "6 outputs"},
	"too wide":    {weights(func(h []uint32, _ []float32) { h[3], h[5] = 1<<30, 1<<30 }), "outputs"},
	"gap":         {weights(func(h []uint32, _ []float32) { h[5] = 8 }), "8 inputs"},
	"not finite":  {weights(func(_ []uint32, v []float32) { v[7] = float32(math.NaN()) }), "value 7"},
	"too large":   {weights(func(_ []uint32, v []float32) { v[7] = 1e6 }), "value 7"},
	"short":       {weights(nil)[:900], "ends after"},
	"long":        {append(weights(nil), 0), "1 bytes follow"},
}

func TestParse(t *testing.T) {
	for name, c := range broken {
		if _, err := Parse(c.data); !errors.Is(err, ErrFormat) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %q", name, err, c.says)
		}
	}
	n, err := Parse(weights(nil))
	if err != nil {
		t.Fatal(err)
	}
	first := &n.Layers[0]
	if n.Width() != 4 || first.Taps != 9 || first.Offset(3) != float32(9*Features*4+3)/100 {
		t.Errorf("width %d, %d taps, offset %g", n.Width(), first.Taps, first.Offset(3))
	}
	// Matrix 4 of tap 1 holds its inputs 16 to 19; a column is one input.
	if got, want := first.Weight(1, 18, 3), float32(16*(8+4)+4*2+3)/100; got != want {
		t.Errorf("weight %g, want %g", got, want)
	}
}

func TestShipped(t *testing.T) {
	n, err := Shipped()
	if err != nil {
		t.Fatal(err)
	}
	for i, l := range n.Layers {
		if len(l.Values) > 64<<10/4 {
			t.Errorf("layer %d has %d values: a uniform block of 64 KiB holds fewer", i+1, len(l.Values))
		}
	}
	if _, err := verified(weights(nil), checksum); err == nil {
		t.Error("weights of another checksum are taken")
	}
}

func FuzzParse(f *testing.F) {
	f.Add(weights(nil))
	for _, c := range broken {
		f.Add(c.data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		n, err := Parse(data)
		if err == nil && (len(n.Layers) < 2 || n.Width() < 4) {
			t.Errorf("%d layers, %d wide", len(n.Layers), n.Width())
		}
	})
}
