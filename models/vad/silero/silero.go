package silero

import (
	"fmt"
	"math"

	"github.com/virtualcube/virtualcube/models/layers"
)

// Of what the network judges, in samples at 16 kHz.
const (
	Window  = 512
	Context = 64 // before the window, which it sees too
)

const (
	frame   = 256 // samples of a spectrum
	step    = 128
	frames  = 4 // of a window
	bins    = frame/2 + 1
	padded  = (bins + 7) / 8 * 8 // so that products of three frames are fast
	units   = 128
	reflect = 64 // samples that are mirrored at the end
)

// Weights are those of the network, to be shared by any number of voices.
type Weights struct {
	basis    []float32 // a row a bin: the real parts, then the imaginary ones
	encoder  [4]convolution
	input    []float32 // of the LSTM: input, forget, candidate, output
	hidden   []float32
	bias     []float32
	last     []float32
	lastBias float32
}

// convolution covers three frames, with one of zeros at either end.
type convolution struct {
	in, out, step int
	weights, bias []float32 // by output, frame, input
}

// prefix is of the names of the branch for 16 kHz.
const prefix = "If_0_then_branch__Inline_0__"

// Read reads the weights from the ONNX file.
func Read(path string) (*Weights, error) {
	all, err := layers.ReadTensors(path)
	if err != nil {
		return nil, fmt.Errorf("read weights: %w", err)
	}
	get := func(name string, shape ...int) []float32 {
		if err != nil {
			return nil
		}
		var values []float32
		values, err = all.Get(prefix+name, shape...)
		return values
	}
	w := &Weights{
		basis:  get("stft.forward_basis_buffer", 2*bins, 1, frame),
		input:  get("decoder.rnn.weight_ih", 4*units, units),
		hidden: get("decoder.rnn.weight_hh", 4*units, units),
		last:   get("decoder.decoder.2.weight", 1, units, 1),
	}
	biases := [][]float32{get("decoder.rnn.bias_ih", 4*units), get("decoder.rnn.bias_hh", 4*units)}
	lastBias := get("decoder.decoder.2.bias", 1)
	var kernels [4][]float32
	for i, c := range [4]convolution{{in: bins, out: 128, step: 1}, {in: 128, out: 64, step: 2}, {in: 64, out: 64, step: 2}, {in: 64, out: 128, step: 1}} {
		name := fmt.Sprintf("encoder.%d.reparam_conv.", i)
		kernels[i] = get(name+"weight", c.out, c.in, 3)
		c.bias = get(name+"bias", c.out)
		w.encoder[i] = c
	}
	if err != nil {
		return nil, fmt.Errorf("read weights: %s: %w", path, err)
	}
	for i := range w.encoder {
		w.encoder[i].arrange(kernels[i])
	}
	w.bias = make([]float32, 4*units)
	for _, b := range biases {
		layers.Add(w.bias, b)
	}
	w.lastBias = lastBias[0]
	return w, nil
}

// arrange orders weights by output, input and frame as products want them.
func (c *convolution) arrange(weights []float32) {
	from := c.in
	c.in = (c.in + 7) / 8 * 8
	c.weights = make([]float32, 3*c.in*c.out)
	for o := range c.out {
		for i := range from {
			for t := range 3 {
				c.weights[(o*3+t)*c.in+i] = weights[(o*from+i)*3+t]
			}
		}
	}
}

// Network is the state of one voice. New makes it; one goroutine at a time uses
// it.
type Network struct {
	w *Weights

	hidden, cell []float32

	samples    []float32 // with what is mirrored
	spectrum   []float32
	a, b       []float32 // frames, with one of zeros at either end
	gates, add []float32
}

// New returns the network of a voice that begins.
func (w *Weights) New() *Network {
	floats := func(n int) []float32 { return make([]float32, n) }
	return &Network{
		w: w, hidden: floats(units), cell: floats(units),
		samples: floats(Context + Window + reflect), spectrum: floats(2 * bins),
		a: floats((frames + 2) * padded), b: floats((frames + 2) * padded),
		gates: floats(4 * units), add: floats(4 * units),
	}
}

// Reset forgets the voice.
func (n *Network) Reset() {
	clear(n.hidden)
	clear(n.cell)
}

// Judge takes the next window, after its context, and returns the probability that
// it holds speech, 0 to 1.
func (n *Network) Judge(samples *[Context + Window]float32) float64 {
	last := copy(n.samples, samples[:]) - 1
	for i := 1; i <= reflect; i++ {
		n.samples[last+i] = n.samples[last-i]
	}
	from, to := n.a, n.b
	clear(from)
	for t := range frames {
		layers.Product(n.spectrum, n.w.basis, n.samples[t*step:][:frame])
		magnitudes := from[(t+1)*padded:][:bins]
		for k := range magnitudes {
			re, im := n.spectrum[k], n.spectrum[bins+k]
			magnitudes[k] = float32(math.Sqrt(float64(re*re + im*im)))
		}
	}
	count := frames
	for i := range n.w.encoder {
		count = n.w.encoder[i].apply(to, from, count)
		from, to = to, from
	}
	n.remember(from[units:][:units]) // after the frame of zeros
	sum := n.w.lastBias
	for i, h := range n.hidden {
		sum += max(h, 0) * n.w.last[i]
	}
	return float64(layers.Sigmoid(sum))
}

// apply makes frames of frames, of which it returns how many.
func (c *convolution) apply(to, from []float32, count int) int {
	clear(to)
	made := (count-1)/c.step + 1
	for t := range made {
		y := to[(t+1)*c.out:][:c.out]
		layers.Product(y, c.weights, from[t*c.step*c.in:][:3*c.in])
		layers.Add(y, c.bias)
		layers.ReLU(y)
	}
	return made
}

// remember takes the state of the LSTM on.
func (n *Network) remember(x []float32) {
	layers.Product(n.gates, n.w.input, x)
	layers.Product(n.add, n.w.hidden, n.hidden)
	layers.Add(n.gates, n.add)
	layers.Add(n.gates, n.w.bias)
	for i := range n.hidden {
		in, forget := layers.Sigmoid(n.gates[i]), layers.Sigmoid(n.gates[units+i])
		candidate, out := layers.Tanh(n.gates[2*units+i]), layers.Sigmoid(n.gates[3*units+i])
		n.cell[i] = forget*n.cell[i] + in*candidate
		n.hidden[i] = out * layers.Tanh(n.cell[i])
	}
}
