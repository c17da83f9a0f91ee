package manifest

import (
	"math"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/tensor"
)

// cut makes the matte of what the model gave, and shows it.
func (i *image) cut(m *Manifest) (func(*capture.Frame, tensor.Mapping, models.Values) (*capture.Frame, error), error) {
	out := m.output(mask)
	g, err := out.grid(&out.Pixels)
	if err != nil {
		return nil, err
	}
	values, fetch, err := output(i.session, &out.Shape)
	if err != nil {
		return nil, err
	}
	coverage := make([]float32, g.Width*g.Height)
	writer, level, shown := tensor.NewWriter(g.Width, g.Height), m.use(threshold), m.use(show)
	return func(in *capture.Frame, at tensor.Mapping, v models.Values) (*capture.Frame, error) {
		made, err := i.copied(in, true)
		if err != nil {
			return nil, err
		}
		fetch()
		out.channel(values, g, coverage)
		if out.Threshold != nil || level != "" {
			otherwise := 0.0
			if out.Threshold != nil {
				otherwise = *out.Threshold
			}
			decide(coverage, ratio(v, level, otherwise))
		}
		for k, x := range coverage {
			if out.Invert {
				x = 1 - x
			}
			coverage[k] = 255 * max(0, min(x, 1))
		}
		if at.Width < made.Matte.Width || at.Height < made.Matte.Height {
			clear(made.Matte.Coverage)
		}
		writer.Plane(coverage, at, i.grid, false, made.Matte.Coverage, made.Matte.Width, 1)
		switch v.Get(shown) {
		case showMask:
			paintMask(made)
		case showRemove:
			remove(made)
		}
		return made, nil
	}, nil
}

// decide makes 1 of what is at least a level and 0 of the rest.
func decide(coverage []float32, level float32) {
	for i, x := range coverage {
		coverage[i] = 0
		if x >= level {
			coverage[i] = 1
		}
	}
}

// channel is the output's channel after its activation.
func (out *Output) channel(values []float32, g tensor.Grid, to []float32) {
	low, gain := float32(out.Range[0]), float32(1/(out.Range[1]-out.Range[0]))
	i := 0
	for y := range g.Height {
		for x := range g.Width {
			v := g.At(values, x, y, min(out.Channel, g.Channels-1))
			switch out.Activation {
			case none:
				v = (v - low) * gain
			case sigmoid:
				v = logistic(v)
			case softmax:
				v = share(values, g, x, y, v)
			case argmax:
				v = best(values, g, x, y, out.Channel, v)
			}
			to[i] = v
			i++
		}
	}
}

func logistic(x float32) float32 { return float32(1 / (1 + math.Exp(-float64(x)))) }

// share is the part of a channel, whose value is v, by softmax.
func share(values []float32, g tensor.Grid, x, y int, v float32) float32 {
	sum := 0.0
	for c := range g.Channels {
		sum += math.Exp(float64(g.At(values, x, y, c) - v))
	}
	return float32(1 / sum)
}

// best is 1 where no channel is above v, or, of one channel, where v is the number
// of the class.
func best(values []float32, g tensor.Grid, x, y, channel int, v float32) float32 {
	if g.Channels == 1 {
		if v == float32(channel) {
			return 1
		}
		return 0
	}
	for c := range g.Channels {
		if g.At(values, x, y, c) > v {
			return 0
		}
	}
	return 1
}

// paintMask shows the matte in place of the picture.
func paintMask(f *capture.Frame) {
	c := f.Colour
	for y := range c.Height {
		row, matte := c.Planes[0][y*c.Strides[0]:], f.Matte.Coverage[y*c.Width:][:c.Width]
		for x, m := range matte {
			row[x] = byte(16 + (int(m)*219+127)/255)
		}
	}
	for k := 1; k < 3; k++ {
		for i := range c.Planes[k] {
			c.Planes[k][i] = 128
		}
	}
}

// remove makes black what is not the person.
func remove(f *capture.Frame) {
	c := f.Colour
	for y := range c.Height {
		row, matte := c.Planes[0][y*c.Strides[0]:], f.Matte.Coverage[y*c.Width:][:c.Width]
		for x, m := range matte {
			row[x] = byte(16 + ((int(row[x])-16)*int(m)+127)/255)
		}
	}
	for k := 1; k < 3; k++ {
		for y := range c.Height / 2 {
			row := c.Planes[k][y*c.Strides[k]:]
			above, below := f.Matte.Coverage[2*y*c.Width:], f.Matte.Coverage[(2*y+1)*c.Width:]
			for x := range c.Width / 2 {
				m := int(above[2*x]) + int(above[2*x+1]) + int(below[2*x]) + int(below[2*x+1])
				row[x] = byte(128 + (int(row[x])-128)*m/(4*255))
			}
		}
	}
}
