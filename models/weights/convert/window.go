package convert

import "fmt"

// window is how a convolution or a pool moves over a picture; pairs are of
// height and width.
type window struct {
	kernel, stride, dilation [2]int
	same                     bool // padded to ceil(size/stride), otherwise not at all
}

// pads are the rows and columns before and after, as TensorFlow's SAME has them,
// and the size of the result.
func (w window) pads(in value) (pads []int, out [2]int, err error) {
	pads = make([]int, 4) // top, left, bottom, right
	if !in.picture() {
		return nil, out, fmt.Errorf("%w: a window moves over %v", ErrModel, in.shape)
	}
	for k := range 2 {
		if w.kernel[k] < 1 || w.stride[k] < 1 || w.dilation[k] < 1 || w.kernel[k] > 1<<12 || w.stride[k] > 1<<12 || w.dilation[k] > 1<<12 {
			return nil, out, fmt.Errorf("%w: a window %v moves by %v, dilated by %v", ErrModel, w.kernel, w.stride, w.dilation)
		}
		size, reach := in.shape[1+k], (w.kernel[k]-1)*w.dilation[k]+1
		if !w.same {
			if out[k] = (size-reach)/w.stride[k] + 1; size < reach {
				return nil, out, fmt.Errorf("%w: a window of %d moves over %v", ErrModel, reach, in.shape)
			}
			continue
		}
		out[k] = (size + w.stride[k] - 1) / w.stride[k]
		total := max((out[k]-1)*w.stride[k]+reach-size, 0)
		pads[k], pads[2+k] = total/2, total-total/2
	}
	return pads, out, nil
}

func (w window) attributes(pads []int) []attribute {
	return []attribute{{"kernel_shape", w.kernel[:]}, {"strides", w.stride[:]}, {"dilations", w.dilation[:]}, {"pads", pads}}
}

// conv convolves with a filter of shape height, width, in, out.
func (b *builder) conv(name string, in value, filter tensor, w window, bias *tensor) (value, error) {
	if len(filter.shape) != 4 || !in.picture() || filter.shape[2] != in.shape[3] {
		return value{}, fmt.Errorf("%w: %s convolves %v with %v", ErrModel, name, in.shape, filter.shape)
	}
	return b.filtered(name, in, filter.transposed(3, 2, 0, 1), w, bias, 1)
}

// depthwise convolves each channel with filters of its own, of shape height,
// width, channels, filters a channel.
func (b *builder) depthwise(name string, in value, filter tensor, w window, bias *tensor) (value, error) {
	if len(filter.shape) != 4 || !in.picture() || filter.shape[2] != in.shape[3] {
		return value{}, fmt.Errorf("%w: %s convolves each channel of %v with %v", ErrModel, name, in.shape, filter.shape)
	}
	planar := filter.transposed(2, 3, 0, 1)
	planar.shape = []int{planar.shape[0] * planar.shape[1], 1, planar.shape[2], planar.shape[3]}
	return b.filtered(name, in, planar, w, bias, in.shape[3])
}

// filtered convolves with a filter of shape out, in, height, width.
func (b *builder) filtered(name string, in value, filter tensor, w window, bias *tensor, group int) (value, error) {
	w.kernel = [2]int{filter.shape[2], filter.shape[3]}
	pads, out, err := w.pads(in)
	if err != nil {
		return value{}, fmt.Errorf("%s: %w", name, err)
	}
	inputs := []string{in.name, b.constant(name+"/filter", filter)}
	if bias != nil {
		if len(bias.floats) != filter.shape[0] {
			return value{}, fmt.Errorf("%w: %s has a bias of shape %v", ErrModel, name, bias.shape)
		}
		inputs = append(inputs, b.constant(name+"/bias", tensor{shape: []int{filter.shape[0]}, floats: bias.floats}))
	}
	return b.add("Conv", name, []int{in.shape[0], out[0], out[1], filter.shape[0]}, inputs,
		append(w.attributes(pads), attribute{"group", group})...)
}

// transposeConv spreads with a filter of shape height, width, out, in.
func (b *builder) transposeConv(name string, in value, filter tensor, w window, height, width int, bias *tensor) (value, error) {
	if len(filter.shape) != 4 || !in.picture() || filter.shape[3] != in.shape[3] || w.dilation != [2]int{1, 1} {
		return value{}, fmt.Errorf("%w: %s spreads %v with %v", ErrModel, name, in.shape, filter.shape)
	}
	w.kernel = [2]int{filter.shape[0], filter.shape[1]}
	out := value{shape: []int{in.shape[0], height, width, filter.shape[2]}}
	pads, back, err := w.pads(out)
	if err != nil || back != [2]int{in.shape[1], in.shape[2]} {
		return value{}, fmt.Errorf("%w: %s spreads %v to %v", ErrModel, name, in.shape, out.shape)
	}
	for k := range 2 {
		if (back[k]-1)*w.stride[k]+w.kernel[k]-pads[k]-pads[2+k] != out.shape[1+k] {
			return value{}, fmt.Errorf("%w: %s spreads %v to %v", ErrModel, name, in.shape, out.shape)
		}
	}
	inputs := []string{in.name, b.constant(name+"/filter", filter.transposed(3, 2, 0, 1))}
	if bias != nil {
		if len(bias.floats) != filter.shape[2] {
			return value{}, fmt.Errorf("%w: %s has a bias of shape %v", ErrModel, name, bias.shape)
		}
		inputs = append(inputs, b.constant(name+"/bias", tensor{shape: []int{filter.shape[2]}, floats: bias.floats}))
	}
	return b.add("ConvTranspose", name, out.shape, inputs, w.attributes(pads)...)
}

// pool is MaxPool or AveragePool.
func (b *builder) pool(op, name string, in value, w window) (value, error) {
	w.dilation = [2]int{1, 1}
	pads, out, err := w.pads(in)
	if err != nil {
		return value{}, fmt.Errorf("%s: %w", name, err)
	}
	return b.add(op, name, []int{in.shape[0], out[0], out[1], in.shape[3]}, []string{in.name},
		attribute{"kernel_shape", w.kernel[:]}, attribute{"strides", w.stride[:]}, attribute{"pads", pads})
}
