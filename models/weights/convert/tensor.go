package convert

import (
	"fmt"
	"math"
)

// Limits of a model.
const (
	maxRank     = 6
	maxElements = 1 << 28 // of one tensor
)

// tensor is a constant: floats, or ints where they are not nil.
type tensor struct {
	shape  []int
	floats []float32
	ints   []int64
}

// elements is how many elements a shape has; an error if that is none or too many.
func elements(shape []int) (int, error) {
	n := 1
	if len(shape) > maxRank {
		return 0, fmt.Errorf("%w: shape %v has more than %d dimensions", ErrModel, shape, maxRank)
	}
	for _, d := range shape {
		if d <= 0 || d > maxElements || n*d > maxElements {
			return 0, fmt.Errorf("%w: shape %v is not possible", ErrModel, shape)
		}
		n *= d
	}
	return n, nil
}

// transposed returns the tensor whose dimension k is t's dimension axes[k].
func (t tensor) transposed(axes ...int) tensor {
	shape, stride := make([]int, len(axes)), make([]int, len(axes))
	for k, axis := range axes {
		shape[k], stride[k] = t.shape[axis], 1
		for _, d := range t.shape[axis+1:] {
			stride[k] *= d
		}
	}
	floats := make([]float32, len(t.floats))
	index := make([]int, len(axes))
	for to := range floats {
		from := 0
		for k, i := range index {
			from += i * stride[k]
		}
		floats[to] = t.floats[from]
		for k := len(index) - 1; k >= 0; k-- {
			if index[k]++; index[k] < shape[k] {
				break
			}
			index[k] = 0
		}
	}
	return tensor{shape: shape, floats: floats}
}

// planar is a constant of a picture's last dimensions as a planar picture has
// them: of one value it stays as it is, otherwise it gets four dimensions.
func (t tensor) planar() (tensor, error) {
	if len(t.shape) == 0 {
		return t, nil
	}
	if len(t.shape) > 4 {
		return tensor{}, fmt.Errorf("%w: a constant of shape %v beside a picture", ErrModel, t.shape)
	}
	four := append(make([]int, 0, 4), 1, 1, 1, 1)
	copy(four[4-len(t.shape):], t.shape)
	return tensor{shape: four, floats: t.floats}.transposed(0, 3, 1, 2), nil
}

// halfToFloat is an IEEE 754 binary16 as a float32.
func halfToFloat(h uint16) float32 {
	sign, exponent, fraction := uint32(h>>15)<<31, uint32(h>>10)&0x1f, uint32(h)&0x3ff
	switch exponent {
	case 0x1f: // infinite, or not a number
		return math.Float32frombits(sign | 0xff<<23 | fraction<<13)
	case 0: // zero or subnormal: fraction * 2^-24
		return math.Float32frombits(sign | math.Float32bits(float32(fraction)/(1<<24)))
	}
	return math.Float32frombits(sign | (exponent+127-15)<<23 | fraction<<13)
}
