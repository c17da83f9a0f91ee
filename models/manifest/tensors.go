package manifest

import (
	"errors"
	"fmt"
	"math"

	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/onnx"
	"github.com/virtualcube/virtualcube/models/tensor"
)

func (s *Shape) check() error {
	if s.Name == "" || len(s.Name) > maxText {
		return fmt.Errorf("name has %d bytes, 1 to %d are needed", len(s.Name), maxText)
	}
	if err := oneOf("type", s.Type, onnx.TypeFloat32, onnx.TypeFloat16, onnx.TypeUint8, onnx.TypeInt8, onnx.TypeInt32, onnx.TypeInt64, onnx.TypeBool); err != nil {
		return err
	}
	if len(s.Shape) > 8 {
		return fmt.Errorf("shape has %d sizes, at most 8 are possible", len(s.Shape))
	}
	n := int64(1)
	for _, size := range s.Shape {
		if size < 1 || size > maxElements || n*size > maxElements {
			return fmt.Errorf("shape: %v: sizes are whole numbers above 0, and there are at most %d elements", s.Shape, maxElements)
		}
		n *= size
	}
	return nil
}

// elements is how many the tensor has.
func (s *Shape) elements() int {
	n := 1
	for _, size := range s.Shape {
		n *= int(size)
	}
	return n
}

// grid is where the pixels are.
func (s *Shape) grid(p *Pixels) (tensor.Grid, error) { return tensor.NewGrid(p.Layout, s.Shape) }

// scale is what range, mean and std come to.
func (p *Pixels) scale() (tensor.Scale, error) {
	var s tensor.Scale
	n := p.Colours.Channels()
	if n == 0 {
		return s, oneOf("colours", p.Colours, tensor.RGB, tensor.BGR, tensor.Grey)
	}
	if len(p.Range) != 2 {
		return s, fmt.Errorf("range: %v is not two numbers, of black and of white", p.Range)
	}
	for _, list := range []struct {
		field string
		is    []float64
	}{{"mean", p.Mean}, {"std", p.Std}} {
		if len(list.is) != 1 && len(list.is) != n {
			return s, fmt.Errorf("%s: %v is neither one number nor one each of %s", list.field, list.is, p.Colours)
		}
	}
	of := func(list []float64, channel int) float64 { return list[min(channel, len(list)-1)] }
	for c := range n {
		at := c // in the model's order; a scale is by red, green and blue
		if p.Colours == tensor.BGR {
			at = n - 1 - c
		}
		gain := (p.Range[1] - p.Range[0]) / of(p.Std, at)
		offset := (p.Range[0] - of(p.Mean, at)) / of(p.Std, at)
		if !(math.Abs(gain) > 1e-9 && math.Abs(gain) < 1e9 && math.Abs(offset) < 1e9) {
			return s, fmt.Errorf("range %v, mean %v and std %v make numbers that are too large, or all the same", p.Range, p.Mean, p.Std)
		}
		s.Gain[c], s.Offset[c] = float32(gain), float32(offset)
	}
	return s, nil
}

func (in *Input) check() error {
	if err := in.Shape.check(); err != nil {
		return err
	}
	if err := oneOf("from", in.From, picture, sound, state, fed, constant); err != nil {
		return err
	}
	switch in.From {
	case picture:
		if err := oneOf("type of a picture", in.Type, onnx.TypeFloat32, onnx.TypeFloat16, onnx.TypeUint8); err != nil {
			return err
		}
		if err := oneOf("resize", in.Resize, tensor.Stretch, tensor.Fit, tensor.Fill); err != nil {
			return err
		}
		_, err := in.reader()
		return err
	case sound:
		return oneOf("type of sound", in.Type, onnx.TypeFloat32, onnx.TypeFloat16)
	case state:
		if in.State == "" {
			return errors.New("state: the name of the output is needed")
		}
	case constant:
		if math.IsNaN(in.Value) || math.IsInf(in.Value, 0) {
			return errors.New("value is not finite")
		}
	}
	return nil
}

// reader is what brings pictures into the input.
func (in *Input) reader() (*tensor.Reader, error) {
	g, err := in.grid(&in.Pixels)
	if err != nil {
		return nil, err
	}
	s, err := in.scale()
	if err != nil {
		return nil, err
	}
	return tensor.NewReader(g, in.Resize, in.Colours, s)
}

func (out *Output) check() error {
	if err := out.Shape.check(); err != nil {
		return err
	}
	if err := oneOf("to", out.To, picture, mask, sound, labels, nothing); err != nil {
		return err
	}
	if t := out.Threshold; t != nil && !(*t >= 0 && *t <= 1) {
		return fmt.Errorf("threshold: %v, 0 to 1 are possible", *t)
	}
	switch out.To {
	case picture:
		return out.checkPicture()
	case mask:
		g, err := out.grid(&out.Pixels)
		if err != nil {
			return err
		}
		if r := out.Range; len(r) != 2 || !(math.Abs(r[1]-r[0]) > 1e-9) {
			return fmt.Errorf("range: %v is not two different numbers, of nothing and of all", r)
		}
		if out.Channel < 0 || out.Channel >= g.Channels && !(out.Activation == argmax && g.Channels == 1 && out.Channel < 256) {
			return fmt.Errorf("channel: %d, there are %d", out.Channel, g.Channels)
		}
		return oneOf("activation", out.Activation, none, sigmoid, softmax, argmax)
	case sound:
		return oneOf("type of sound", out.Type, onnx.TypeFloat32, onnx.TypeFloat16)
	case labels:
		return out.checkLabels()
	}
	return nil
}

func (out *Output) checkPicture() error {
	if err := oneOf("type of a picture", out.Type, onnx.TypeFloat32, onnx.TypeFloat16, onnx.TypeUint8); err != nil {
		return err
	}
	g, err := out.grid(&out.Pixels)
	if err != nil {
		return err
	}
	if out.Colours.Channels() != g.Channels {
		return fmt.Errorf("colours: %s, the tensor has %d channels", out.Colours, g.Channels)
	}
	_, err = out.scale()
	return err
}

func (out *Output) checkLabels() error {
	if n := len(out.Labels); n == 0 || n > maxLabels || n != out.elements() {
		return fmt.Errorf("labels: there are %d for the %d scores of the shape %v, at most %d are possible", n, out.elements(), out.Shape.Shape, maxLabels)
	}
	for _, l := range out.Labels {
		if l == "" || len(l) > maxText {
			return fmt.Errorf("labels: one has %d bytes, 1 to %d are needed", len(l), maxText)
		}
	}
	if out.Top < 1 || out.Top > models.MaxLabels {
		return fmt.Errorf("top: %d, 1 to %d are possible", out.Top, models.MaxLabels)
	}
	if out.Interval < 0 || out.Interval > maxInterval {
		return fmt.Errorf("interval: %v, 0 to %v are possible", out.Interval, maxInterval)
	}
	return oneOf("activation", out.Activation, none, sigmoid, softmax)
}
