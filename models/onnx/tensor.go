package onnx

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	ort "github.com/yalue/onnxruntime_go"
)

// Type is the type of a tensor's elements.
type Type string

// The types that models may take and give.
const (
	TypeFloat32 Type = "float32"
	TypeFloat16 Type = "float16"
	TypeUint8   Type = "uint8"
	TypeInt8    Type = "int8"
	TypeInt32   Type = "int32"
	TypeInt64   Type = "int64"
	TypeBool    Type = "bool"
)

// Element is one element of a tensor in Go.
type Element interface {
	float32 | Float16 | uint8 | int8 | int32 | int64 | bool
}

// types are the types as the binding numbers them, with bytes an element.
var types = map[ort.TensorElementDataType]struct {
	Type
	size int64
}{
	ort.TensorElementDataTypeFloat:   {TypeFloat32, 4},
	ort.TensorElementDataTypeFloat16: {TypeFloat16, 2},
	ort.TensorElementDataTypeUint8:   {TypeUint8, 1},
	ort.TensorElementDataTypeInt8:    {TypeInt8, 1},
	ort.TensorElementDataTypeInt32:   {TypeInt32, 4},
	ort.TensorElementDataTypeInt64:   {TypeInt64, 8},
	ort.TensorElementDataTypeBool:    {TypeBool, 1},
}

// typeOf is the Type of an Element.
func typeOf[T Element]() Type {
	switch any(*new(T)).(type) {
	case float32:
		return TypeFloat32
	case Float16:
		return TypeFloat16
	case uint8:
		return TypeUint8
	case int8:
		return TypeInt8
	case int32:
		return TypeInt32
	case int64:
		return TypeInt64
	}
	return TypeBool
}

// Tensor is an input or output of a model.
type Tensor struct {
	Name string
	Type Type
	// Shape is its size by dimension, empty of a scalar. In what a model declares,
	// -1 is a dimension that it leaves open.
	Shape []int64
}

func (t Tensor) String() string {
	sizes := make([]string, len(t.Shape))
	for i, n := range t.Shape {
		if sizes[i] = strconv.FormatInt(n, 10); n < 0 {
			sizes[i] = "?"
		}
	}
	return fmt.Sprintf("%s %s[%s]", t.Name, t.Type, strings.Join(sizes, " "))
}

// Limits of a model.
const (
	maxFile    = 1 << 30 // bytes of a model
	maxTensors = 256     // inputs and outputs, each
	maxRank    = 8
	maxBytes   = 512 << 20 // of one tensor
)

// ErrTensor is wrapped where an input or output is not what was asked for.
var ErrTensor = errors.New("tensor does not fit")

// resolved is the tensor with a shape in place of the dimensions that are open.
func (t Tensor) resolved(shape []int64) (Tensor, error) {
	switch {
	case shape == nil && slices.Contains(t.Shape, -1):
		return t, fmt.Errorf("%w: the model leaves dimensions of %v open, and no shape was given for it", ErrTensor, t)
	case shape == nil:
		return t, nil
	}
	fits := len(shape) == len(t.Shape) || len(t.Shape) == 0 // which may be none, or one that is not stated
	for i := 0; fits && i < len(t.Shape); i++ {
		fits = t.Shape[i] == shape[i] || t.Shape[i] == -1
	}
	if !fits {
		return t, fmt.Errorf("%w: the model has %v, the shape %v was given", ErrTensor, t, shape)
	}
	t.Shape = slices.Clone(shape)
	return t, nil
}

// bytes is how many the tensor takes, or why it may not.
func (t Tensor) bytes(element int64) (int64, error) {
	if len(t.Shape) > maxRank {
		return 0, fmt.Errorf("%w: %v has %d dimensions, at most %d are possible", ErrTensor, t, len(t.Shape), maxRank)
	}
	n := element
	for _, size := range t.Shape {
		if size < 1 || size > maxBytes || n*size > maxBytes {
			return 0, fmt.Errorf("%w: %v: sizes begin at 1, and a tensor has at most %d bytes", ErrTensor, t, maxBytes)
		}
		n *= size
	}
	return n, nil
}
