package onnx_test

import (
	"math"
	"testing"

	"github.com/virtualcube/virtualcube/models/onnx"
)

func TestFloat16(t *testing.T) {
	for _, c := range []struct {
		x    float32
		bits onnx.Float16
	}{
		{0, 0}, {1, 0x3c00}, {-2, 0xc000}, {65504, 0x7bff}, {65519, 0x7bff}, {65520, 0x7c00}, {1e9, 0x7c00},
		{float32(math.Inf(-1)), 0xfc00}, {0x1p-14, 0x0400}, {0x1p-24, 1}, {0x1p-25, 0}, {0x1.8p-25, 1}, {0x1.ffep-15, 0x0400},
		{1 + 0x1p-11, 0x3c00}, {1 + 0x3p-11, 0x3c02}, {0.1, 0x2e66},
	} {
		if got := onnx.ToFloat16(c.x); got != c.bits {
			t.Errorf("%v is %#04x, want %#04x", c.x, got, c.bits)
		}
	}
	for bits := range 1 << 16 {
		h := onnx.Float16(bits)
		x := h.Float32()
		if again := onnx.ToFloat16(x); again != h && x == x {
			t.Fatalf("%#04x is %v, which is %#04x", bits, x, again)
		}
		if nan := bits&0x7c00 == 0x7c00 && bits&0x3ff != 0; nan != (x != x) {
			t.Fatalf("%#04x is %v", bits, x)
		}
	}
	if x := onnx.ToFloat16(float32(math.NaN())).Float32(); x == x {
		t.Errorf("not a number became %v", x)
	}
}

func TestFinite(t *testing.T) {
	for n := range 11 {
		x := make([]float32, n)
		if !onnx.Finite(x) {
			t.Errorf("%d zeros are not finite", n)
		}
		for i := range x {
			for _, bad := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
				x[i] = float32(bad)
				if onnx.Finite(x) {
					t.Errorf("%v is finite", x)
				}
			}
			x[i] = -math.MaxFloat32
			if !onnx.Finite(x) {
				t.Errorf("%v is not finite", x)
			}
		}
	}
}
