package network

import "github.com/virtualcube/virtualcube/models/layers"

// Network is the state of one voice. New makes it; one goroutine at a time uses
// it.
type Network struct {
	w *Weights

	// Of the last frames, the newest last.
	bands [3][]float32
	bins  [3][]float32 // real parts, then imaginary ones
	maps  [pathway][]float32

	encoder, erb, df [][]float32 // hidden states, by layer

	wide, wider            []float32 // Bins positions
	half, halved           []float32 // half as many
	e0, e1, e2, e3         []float32 // of the encoder: Bands positions, and halves
	up, sum                []float32 // Bands positions
	embedded, embed, other []float32
	state, a, b            []float32 // of recurrent layers
	seen                   []float32 // by a bin's pathway

	result Result
}

// Result is what the network says of a frame.
type Result struct {
	Gains [Bands]float32 // 0 to 1
	// Filter has each bin's coefficients, from that of Order-1-Ahead frames before
	// to that of Ahead frames after.
	Filter [Bins][Order]complex64
	SNR    float32 // signal to noise at this moment, dB: -15 to 35
}

// New returns the network of a voice that begins.
func (w *Weights) New() *Network {
	floats := func(n int) []float32 { return make([]float32, n) }
	n := &Network{w: w}
	for i := range n.bands {
		n.bands[i], n.bins[i] = floats(Bands), floats(2*Bins)
	}
	for i := range n.maps {
		n.maps[i] = floats(Bins * channels)
	}
	n.encoder = [][]float32{floats(units)}
	n.erb = [][]float32{floats(units), floats(units)}
	n.df = [][]float32{floats(units), floats(units)}
	n.wide, n.wider = floats(Bins*channels), floats(Bins*channels)
	n.half, n.halved = floats(Bins/2*channels), floats(Bins/2*channels)
	n.e0, n.e1 = floats(Bands*channels), floats(Bands/2*channels)
	n.e2, n.e3 = floats(narrow*channels), floats(narrow*channels)
	n.up, n.sum = floats(Bands*channels), floats(Bands*channels)
	n.embedded, n.embed, n.other = floats(embedding), floats(embedding), floats(embedding)
	n.state, n.a, n.b = floats(units), floats(3*units), floats(3*units)
	n.seen = floats(channels * pathway)
	return n
}

// Reset forgets the voice.
func (n *Network) Reset() {
	for _, buffers := range [][][]float32{n.bands[:], n.bins[:], n.maps[:], n.encoder, n.erb, n.df} {
		for _, b := range buffers {
			clear(b)
		}
	}
}

// Frame takes the features of the next frame: of each band, and of each bin. What
// it returns is of the frame Ahead frames before, and valid until the next call.
func (n *Network) Frame(bands []float32, bins []complex64) *Result {
	newest := shift(n.bands[:])
	copy(newest, bands)
	newest = shift(n.bins[:])
	for i, b := range bins {
		newest[i], newest[Bins+i] = real(b), imag(b)
	}
	n.encode()
	n.decodeGains()
	n.decodeFilter()
	return &n.result
}

// shift makes the oldest of the buffers the newest, and returns it.
func shift(buffers [][]float32) []float32 {
	first := buffers[0]
	copy(buffers, buffers[1:])
	buffers[len(buffers)-1] = first
	return first
}

func (n *Network) encode() {
	w := n.w
	w.erb0.apply(n.e0, n.bands[:])
	layers.ReLU(n.e0)
	w.erb1.apply(n.e1, n.e0, n.up[:len(n.e1)])
	w.erb2.apply(n.e2, n.e1, n.up[:len(n.e2)])
	w.erb3.apply(n.e3, n.e2, n.up[:len(n.e3)])

	w.df0.apply(n.wider, n.bins[:])
	c0 := shift(n.maps[:])
	w.df0Point.each(c0, n.wider)
	layers.ReLU(c0)
	w.df1.apply(n.half, c0, n.halved)
	w.dfEmbedding.apply(n.embedded, n.half)
	layers.ReLU(n.embedded)
	layers.Add(n.embedded, n.e3)

	w.encoder.apply(n, n.encoder, n.embedded)
	w.encoderOut.apply(n.embed, n.encoder[0])
	layers.ReLU(n.embed)
	var snr [1]float32
	w.snr.apply(snr[:], n.embed)
	n.result.SNR = 50*layers.Sigmoid(snr[0]) - 15 // dB, the range of lsnr in libDF
}

func (n *Network) decodeGains() {
	w := n.w
	w.erb.apply(n, n.erb, n.embed)
	w.erbOut.apply(n.other, n.erb[1])
	layers.ReLU(n.other)
	// Each step joins what the encoder had at this width.
	sum := n.sum[:len(n.e3)]
	w.skip[3].apply(sum, n.e3)
	layers.Add(sum, n.other)
	up := n.up[:len(n.e3)]
	w.up3.apply(up, sum, n.wide[:len(up)])
	w.skip[2].apply(sum, n.e2)
	layers.Add(sum, up)
	up = n.up[:len(n.e1)]
	w.up2.apply(up, sum, n.wide[:len(up)])
	sum = n.sum[:len(n.e1)]
	w.skip[1].apply(sum, n.e1)
	layers.Add(sum, up)
	up = n.up[:len(n.e0)]
	w.up1.apply(up, sum, n.wide[:len(up)])
	sum = n.sum[:len(n.e0)]
	w.skip[0].apply(sum, n.e0)
	layers.Add(sum, up)
	for f := range n.result.Gains {
		x := w.erbLastBias
		for tap := range 3 {
			if from := f + tap - 1; from >= 0 && from < Bands {
				for c, v := range sum[from*channels:][:channels] {
					x += v * w.erbLast[tap*channels+c]
				}
			}
		}
		n.result.Gains[f] = layers.Sigmoid(x)
	}
}

func (n *Network) decodeFilter() {
	w := n.w
	w.df.apply(n, n.df, n.embed)
	var skip [units]float32
	w.dfSkip.apply(skip[:], n.embed)
	layers.Add(skip[:], n.df[1])
	coefficients := n.wide[:Bins*outputs]
	w.dfOut.apply(coefficients, skip[:])
	var path, point [outputs]float32
	for f := range Bins {
		const group = channels / 2
		for t, m := range n.maps {
			at := m[f*channels:][:channels]
			copy(n.seen[t*group:], at[:group])
			copy(n.seen[(pathway+t)*group:], at[group:])
		}
		w.dfPath.apply(path[:], n.seen)
		w.dfPathPoint.apply(point[:], path[:])
		layers.ReLU(point[:])
		for k := range Order {
			c := coefficients[f*outputs+2*k:]
			n.result.Filter[f][k] = complex(layers.Tanh(c[0])+point[2*k], layers.Tanh(c[1])+point[2*k+1])
		}
	}
}

// apply convolves the last three frames. Channels see one input in turns of equal
// length: the first the first, and so on.
func (k *kernel) apply(y []float32, frames [][]float32) {
	positions := len(frames[0]) / k.inputs
	share := channels / k.inputs
	for f := range positions {
		sum := y[f*channels:][:channels]
		clear(sum)
		copy(sum, k.bias)
		for t, frame := range frames {
			for tap := range 3 {
				from := f + tap - 1
				if from < 0 || from >= positions {
					continue
				}
				w := k.weights[(3*t+tap)*channels:][:channels]
				for input := range k.inputs {
					x := frame[input*positions+from]
					for c := input * share; c < (input+1)*share; c++ {
						sum[c] += w[c] * x
					}
				}
			}
		}
	}
}

// apply leaves its result in y; between has y's length.
func (s *separable) apply(y, x, between []float32) {
	s.along.apply(between, x)
	s.point.each(y, between)
	layers.ReLU(y)
}

// apply takes the hidden states a frame on.
func (r *recurrent) apply(n *Network, hidden [][]float32, x []float32) {
	r.in.apply(n.state, x)
	layers.ReLU(n.state)
	x = n.state
	for i := range r.layers {
		r.layers[i].step(hidden[i], x, n.a, n.b)
		x = hidden[i]
	}
}

func (s *scale) apply(y, x []float32) {
	for i, v := range x {
		c := i % channels
		y[i] = max(v*s.factor[c]+s.offset[c], 0)
	}
}
