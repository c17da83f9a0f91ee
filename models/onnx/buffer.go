package onnx

import (
	"bytes"
	"errors"
	"fmt"
	"unsafe"

	ort "github.com/yalue/onnxruntime_go"
)

// alignment of a buffer, in bytes: what the runtime's own have.
const alignment = 64

// buffer is the memory of one tensor, which Go owns and the runtime uses where it
// is. It relies, as the binding does, on memory of Go staying in its place; a
// runtime.Pinner would end the process where a session is forgotten.
type buffer struct {
	Tensor
	kind ort.TensorElementDataType
	data []byte

	value ort.Value
	// A scalar of the binding cannot be written to, so that its value is replaced
	// where data differs from held, and read by fetch.
	held  []byte
	fetch func()
}

// newBuffer makes the memory of a tensor whose shape is known.
func newBuffer(t Tensor, kind ort.TensorElementDataType) (*buffer, error) {
	n, err := t.bytes(types[kind].size)
	if err != nil {
		return nil, err
	}
	memory := make([]byte, n+alignment)
	skip := -uintptr(unsafe.Pointer(&memory[0])) % alignment
	b := &buffer{Tensor: t, kind: kind, data: memory[skip : skip+uintptr(n)]}
	if len(t.Shape) == 0 {
		err = b.setScalar()
	} else {
		b.value, err = ort.NewCustomDataTensor(t.Shape, b.data, kind)
	}
	if err != nil {
		return nil, fmt.Errorf("make tensor %v: %w", t, err)
	}
	return b, nil
}

func (b *buffer) close() error {
	if b.value == nil {
		return nil
	}
	err := b.value.Destroy()
	b.value = nil
	return err
}

// view is the buffer's elements.
func view[T Element](b *buffer) []T {
	first := (*T)(unsafe.Pointer(&b.data[0]))
	return unsafe.Slice(first, len(b.data)/int(unsafe.Sizeof(*first)))
}

// setScalar makes the value of a scalar what data says.
func (b *buffer) setScalar() error {
	var made ort.Value
	var err error
	switch b.Type {
	case TypeFloat32:
		made, b.fetch, err = newScalar(view[float32](b))
	case TypeUint8:
		made, b.fetch, err = newScalar(view[uint8](b))
	case TypeInt8:
		made, b.fetch, err = newScalar(view[int8](b))
	case TypeInt32:
		made, b.fetch, err = newScalar(view[int32](b))
	case TypeInt64:
		made, b.fetch, err = newScalar(view[int64](b))
	case TypeBool:
		made, b.fetch, err = newScalar(view[bool](b))
	default:
		err = errors.New("scalars of this type are not supported")
	}
	if err != nil {
		return err
	}
	if b.value != nil {
		err = b.value.Destroy()
	}
	b.value, b.held = made, bytes.Clone(b.data)
	return err
}

func newScalar[T ort.TensorData](at []T) (ort.Value, func(), error) {
	s, err := ort.NewScalar(at[0])
	return s, func() { at[0] = s.GetData() }, err
}
