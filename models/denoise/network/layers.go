package network

import "github.com/virtualcube/virtualcube/models/layers"

// affine is y = Wx + b, optionally in groups that each take their part of x to
// their part of y.
type affine struct {
	in, out, groups int
	weights         []float32 // by output, then by input of its group
	bias            []float32 // nil: none
}

func (a *affine) apply(y, x []float32) {
	in, out := a.in/a.groups, a.out/a.groups
	for g := range a.groups {
		layers.Product(y[g*out:(g+1)*out], a.weights[g*in*out:(g+1)*in*out], x[g*in:(g+1)*in])
	}
	for i, b := range a.bias {
		y[i] += b
	}
}

// each applies it to every position of a map.
func (a *affine) each(y, x []float32) {
	for f := range len(x) / a.in {
		a.apply(y[f*a.out:(f+1)*a.out], x[f*a.in:(f+1)*a.in])
	}
}

// depthwise is a convolution of three taps along the frequencies, each channel by
// itself, with a zero beyond either end.
type depthwise struct {
	channels int
	step     int       // 1 or 2 positions; with up, of the output
	up       bool      // transposed: twice as many positions come out
	weights  []float32 // by tap, then by channel
}

func (d *depthwise) apply(y, x []float32) {
	n, c := len(x)/d.channels, d.channels
	clear(y)
	for to := range len(y) / c {
		for tap := range 3 {
			from := to*d.step + tap - 1
			if d.up {
				// The transposed tap reaches 2*from+tap-1, of which to is one.
				if from = to + 1 - tap; from&1 != 0 {
					continue
				}
				from /= 2
			}
			if from < 0 || from >= n {
				continue
			}
			sum, in, w := y[to*c:(to+1)*c], x[from*c:(from+1)*c], d.weights[tap*c:(tap+1)*c]
			for i := range sum {
				sum[i] += w[i] * in[i]
			}
		}
	}
}

// gru is a gated recurrent unit with the reset after the product, as ONNX's
// linear_before_reset.
type gru struct {
	units     int
	input     affine // to update, reset and candidate
	recurrent affine
}

// step takes the state h a frame on. a and b have room for 3*units.
func (g *gru) step(h, x, a, b []float32) {
	g.input.apply(a, x)
	g.recurrent.apply(b, h)
	n := g.units
	for i := range n {
		z := layers.Sigmoid(a[i] + b[i])
		r := layers.Sigmoid(a[n+i] + b[n+i])
		c := layers.Tanh(a[2*n+i] + r*b[2*n+i])
		h[i] = (1-z)*c + z*h[i]
	}
}
