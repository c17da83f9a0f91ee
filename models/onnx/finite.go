package onnx

import (
	"errors"
	"fmt"
)

// ErrNotFinite is wrapped where a model gave numbers that are none, or infinite
// ones.
var ErrNotFinite = errors.New("not finite")

// Finite says whether every number is one, and none is infinite.
func Finite(x []float32) bool {
	// Zero times anything finite is zero. Four sums, as one would wait for itself.
	var a, b, c, d float32
	for ; len(x) >= 4; x = x[4:] {
		a += x[0] * 0
		b += x[1] * 0
		c += x[2] * 0
		d += x[3] * 0
	}
	for _, v := range x {
		a += v * 0
	}
	return a+b+c+d == 0
}

// finite checks what an output holds.
func (b *buffer) finite(output string) error {
	good := true
	switch b.Type {
	case TypeFloat32:
		good = Finite(view[float32](b))
	case TypeFloat16:
		for _, h := range view[Float16](b) {
			good = good && h&0x7c00 != 0x7c00
		}
	}
	if !good {
		return fmt.Errorf("its output %s is %w", output, ErrNotFinite)
	}
	return nil
}
