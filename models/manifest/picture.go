package manifest

import (
	"errors"
	"fmt"
	"slices"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/tensor"
)

// spare is how many frames a filter keeps for those that come.
const spare = 4

// image is a filter of pictures.
type image struct {
	*model
	reader *tensor.Reader
	grid   tensor.Grid // of the input
	values []float32   // of the input
	flush  func()
	pool   *capture.FramePool
	// answer makes of the outputs, and of where the input came from, what the
	// filter returns.
	answer func(in *capture.Frame, at tensor.Mapping, v models.Values) (*capture.Frame, error)
	// due says whether the model is run for a frame; otherwise the frame goes on.
	due func(capture.Time) bool
}

func openPicture(m *Manifest, e models.Environment, opened *model) (models.Stage[*capture.Frame], error) {
	in := m.input(picture)
	i := &image{model: opened, pool: capture.NewFramePool(spare), due: func(capture.Time) bool { return true }}
	var err error
	if i.grid, err = in.grid(&in.Pixels); err != nil {
		return nil, err
	}
	if i.reader, err = in.reader(); err != nil {
		return nil, err
	}
	if i.values, i.flush, err = input(opened.session, &in.Shape); err != nil {
		return nil, err
	}
	switch m.Kind {
	case ImageToImage:
		i.answer, err = i.repaint(m)
	case ImageToMask:
		i.answer, err = i.cut(m)
	default:
		var c *classifier
		if c, err = newClassifier(m, e, opened); err == nil {
			i.due = c.due
			i.answer = func(in *capture.Frame, _ tensor.Mapping, v models.Values) (*capture.Frame, error) {
				c.observe(in.Captured, v)
				return in.Retain(), nil
			}
		}
	}
	return i, err
}

// Process runs the model on a picture.
func (i *image) Process(in *capture.Frame, v models.Values) (*capture.Frame, error) {
	if !i.due(in.Captured) {
		return in.Retain(), nil
	}
	at, err := i.reader.Read(in.Colour, i.values)
	if err != nil {
		return nil, err
	}
	i.flush()
	if err := i.run(v); err != nil {
		return nil, err
	}
	return i.answer(in, at, v)
}

// copied is a frame like another, of the filter's own memory, with a matte where
// that is wanted or the other has one.
func (i *image) copied(in *capture.Frame, matte bool) (*capture.Frame, error) {
	c, d := in.Colour, in.Depth
	if c.Format != capture.I420 || c.Range != capture.Limited {
		return nil, errors.New("a picture of I420 in limited range is needed")
	}
	old := !in.Matte.Empty() && in.Matte.Width == c.Width && in.Matte.Height == c.Height
	pooled := d.Width == c.Width && d.Height == c.Height
	out, err := i.pool.Frame(capture.FrameShape{Format: c.Format, Width: c.Width, Height: c.Height, Depth: pooled, Matte: matte || old})
	if err != nil {
		return nil, fmt.Errorf("copy frame: %w", err)
	}
	out.Camera, out.Sequence, out.Captured, out.Emitted = in.Camera, in.Sequence, in.Captured, in.Emitted
	for k, plane := range out.Colour.Planes {
		width, height := c.Width>>min(k, 1), c.Height>>min(k, 1)
		for y := range height {
			copy(plane[y*out.Colour.Strides[k]:][:width], c.Planes[k][y*c.Strides[k]:])
		}
	}
	switch {
	case pooled:
		copy(out.Depth.Millimetres, d.Millimetres)
	case !d.Empty():
		out.Depth = capture.DepthPicture{Width: d.Width, Height: d.Height, Millimetres: slices.Clone(d.Millimetres)}
	default:
		out.Depth = capture.DepthPicture{} // one that was used before may have had some
	}
	if old && !matte {
		copy(out.Matte.Coverage, in.Matte.Coverage)
	}
	return out, nil
}

// repaint mixes the model's picture into the one that came.
func (i *image) repaint(m *Manifest) (func(*capture.Frame, tensor.Mapping, models.Values) (*capture.Frame, error), error) {
	out := m.output(picture)
	g, err := out.grid(&out.Pixels)
	if err != nil {
		return nil, err
	}
	scale, err := out.scale()
	if err != nil {
		return nil, err
	}
	values, fetch, err := output(i.session, &out.Shape)
	if err != nil {
		return nil, err
	}
	writer, part := tensor.NewWriter(g.Width, g.Height), m.use(mix)
	return func(in *capture.Frame, at tensor.Mapping, v models.Values) (*capture.Frame, error) {
		made, err := i.copied(in, false)
		if err != nil {
			return nil, err
		}
		fetch()
		writer.Colour(values, g, out.Colours, scale, at, i.grid, made.Colour, ratio(v, part, 1))
		return made, nil
	}, nil
}
