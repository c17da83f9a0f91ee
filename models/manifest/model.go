package manifest

import (
	"errors"
	"fmt"
	"slices"

	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/onnx"
)

// model is an open model whose tensors are those of the manifest.
type model struct {
	session *onnx.Session
	fed     []feed
}

// feed is an input that has the value of a parameter.
type feed struct {
	parameter *Parameter
	values    []float32
	flush     func()
}

func openModel(m *Manifest, e models.Environment, path string) (*model, error) {
	o := onnx.Options{Shapes: map[string][]int64{}, States: map[string]string{}, Finite: true, Mixed: m.Mixed, SHA256: m.SHA256}
	for _, in := range m.Inputs {
		o.Shapes[in.Name] = in.Shape.Shape
		if in.From == state {
			o.States[in.State] = in.Name
			o.Shapes[in.State] = in.Shape.Shape
		}
	}
	for _, out := range m.Outputs {
		o.Shapes[out.Name] = out.Shape.Shape
	}
	s, err := onnx.OpenFile(e, path, o)
	if err != nil {
		return nil, err
	}
	opened := &model{session: s}
	if err := opened.match(m); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return opened, nil
}

// match holds the file's tensors to the manifest, whose shapes Open has checked,
// and fills those that the manifest knows the values of.
func (o *model) match(m *Manifest) error {
	for _, t := range o.session.Inputs() {
		if !slices.ContainsFunc(m.Inputs, func(in Input) bool { return in.Name == t.Name }) {
			return fmt.Errorf("%w: the model also takes %v, which the manifest does not have", onnx.ErrTensor, t)
		}
	}
	for i := range m.Inputs {
		in := &m.Inputs[i]
		if err := same(&in.Shape, o.session.Inputs()); err != nil {
			return err
		}
		if in.From != constant && in.From != fed {
			continue
		}
		values, flush, err := input(o.session, &in.Shape)
		if err != nil {
			return err
		}
		if in.From == constant {
			fill(values, float32(in.Value))
			flush()
			continue
		}
		at := slices.IndexFunc(m.Parameters, func(p Parameter) bool { return p.Name == in.Parameter })
		o.fed = append(o.fed, feed{&m.Parameters[at], values, flush})
	}
	for i := range m.Outputs {
		if err := same(&m.Outputs[i].Shape, o.session.Outputs()); err != nil {
			return err
		}
	}
	return nil
}

// same holds the type of a tensor to the file's.
func same(s *Shape, has []onnx.Tensor) error {
	for _, t := range has {
		if t.Name == s.Name && t.Type != s.Type {
			return fmt.Errorf("%w: the manifest has %s of %s, the model has %v", onnx.ErrTensor, s.Name, s.Type, t)
		}
	}
	return nil
}

func fill(values []float32, x float32) {
	for i := range values {
		values[i] = x
	}
}

// run computes the outputs with the parameters of a frame.
func (o *model) run(v models.Values) error {
	for _, f := range o.fed {
		fill(f.values, f.parameter.figure(v))
		f.flush()
	}
	return o.session.Run()
}

func (o *model) Close() error { return o.session.Close() }

// input is an input as numbers: flush has the model see them.
func input(s *onnx.Session, t *Shape) (values []float32, flush func(), err error) {
	whole := func(low, high float32) func(x float32) float32 {
		return func(x float32) float32 { return max(low, min(x, high)) }
	}
	switch t.Type {
	case onnx.TypeFloat32:
		values, err = onnx.Input[float32](s, t.Name)
		return values, func() {}, err
	case onnx.TypeFloat16:
		return into(s, t.Name, onnx.ToFloat16)
	case onnx.TypeUint8:
		limit := whole(0, 255)
		return into(s, t.Name, func(x float32) uint8 { return uint8(limit(x) + 0.5) })
	case onnx.TypeInt8:
		limit := whole(-128, 127)
		return into(s, t.Name, func(x float32) int8 { return int8(limit(x)) })
	case onnx.TypeInt32:
		limit := whole(-1<<30, 1<<30)
		return into(s, t.Name, func(x float32) int32 { return int32(limit(x)) })
	case onnx.TypeInt64:
		limit := whole(-1<<62, 1<<62)
		return into(s, t.Name, func(x float32) int64 { return int64(limit(x)) })
	default:
		return into(s, t.Name, func(x float32) bool { return x != 0 })
	}
}

func into[T onnx.Element](s *onnx.Session, name string, convert func(float32) T) ([]float32, func(), error) {
	to, err := onnx.Input[T](s, name)
	values := make([]float32, len(to))
	return values, func() {
		for i, x := range values {
			to[i] = convert(x)
		}
	}, err
}

// output is an output as numbers: fetch brings them up to date.
func output(s *onnx.Session, t *Shape) (values []float32, fetch func(), err error) {
	switch t.Type {
	case onnx.TypeFloat32:
		values, err = onnx.Output[float32](s, t.Name)
		return values, func() {}, err
	case onnx.TypeFloat16:
		return from(s, t.Name, onnx.Float16.Float32)
	case onnx.TypeUint8:
		return from(s, t.Name, func(x uint8) float32 { return float32(x) })
	case onnx.TypeInt8:
		return from(s, t.Name, func(x int8) float32 { return float32(x) })
	case onnx.TypeInt32:
		return from(s, t.Name, func(x int32) float32 { return float32(x) })
	case onnx.TypeInt64:
		return from(s, t.Name, func(x int64) float32 { return float32(x) })
	default:
		return from(s, t.Name, func(x bool) float32 {
			if x {
				return 1
			}
			return 0
		})
	}
}

func from[T onnx.Element](s *onnx.Session, name string, convert func(T) float32) ([]float32, func(), error) {
	of, err := onnx.Output[T](s, name)
	values := make([]float32, len(of))
	return values, func() {
		for i, x := range of {
			values[i] = convert(x)
		}
	}, err
}
