package tensor

import "math"

// Between 48 and 16 kHz: a low-pass of linear phase, flat to 7 kHz and 60 dB down
// at 8 kHz, delays each way by half its length: 2 ms.
const (
	third  = 3
	length = 193 // of the low-pass, samples at 48 kHz
)

// lowPass is a windowed sinc with a sum of 1 (Kaiser's window for 60 dB).
func lowPass() []float32 {
	const cutoff, beta = 7550.0 / 48000, 5.65
	h := make([]float64, length)
	sum := 0.0
	for i := range h {
		t := float64(i - length/2)
		sinc := 2 * cutoff
		if t != 0 {
			sinc = math.Sin(2*math.Pi*cutoff*t) / (math.Pi * t)
		}
		r := 2*float64(i)/(length-1) - 1
		h[i] = sinc * bessel(beta*math.Sqrt(1-r*r))
		sum += h[i]
	}
	made := make([]float32, length)
	for i := range h {
		made[i] = float32(h[i] / sum)
	}
	return made
}

// bessel is the modified one of order 0, by its series.
func bessel(x float64) float64 {
	sum, term := 1.0, 1.0
	for k := 1.0; term > 1e-12*sum; k++ {
		term *= x / 2 / k * (x / 2 / k)
		sum += term
	}
	return sum
}

// decimator takes sound to a third of its rate.
type decimator struct {
	h, past []float32 // past ends with the newest
}

func newDecimator() *decimator {
	return &decimator{h: lowPass(), past: make([]float32, length-1)}
}

// add appends a third as many samples as it is given, of which there are three
// times a whole number.
func (d *decimator) add(to, from []float32) []float32 {
	d.past = append(d.past, from...)
	for i := 0; i < len(from); i += third {
		var sum float32
		for k, x := range d.past[i:][:length] { // symmetric: the order is the same both ways
			sum += d.h[k] * x
		}
		to = append(to, sum)
	}
	d.past = d.past[:copy(d.past, d.past[len(from):])]
	return to
}

// interpolator takes sound to three times its rate.
type interpolator struct {
	phases [third][]float32 // of the low-pass, the oldest sample's first
	past   []float32
}

func newInterpolator() *interpolator {
	n := (length + third - 1) / third
	made := &interpolator{past: make([]float32, n-1)}
	h := lowPass()
	for p := range made.phases {
		phase := make([]float32, n)
		for j := range n {
			if k := p + third*j; k < length {
				phase[n-1-j] = third * h[k]
			}
		}
		made.phases[p] = phase
	}
	return made
}

// add appends three samples for each.
func (u *interpolator) add(to, from []float32) []float32 {
	n := len(u.past) + 1
	u.past = append(u.past, from...)
	for i := range from {
		window := u.past[i:][:n]
		for _, phase := range u.phases {
			var sum float32
			for k, x := range window {
				sum += phase[k] * x
			}
			to = append(to, sum)
		}
	}
	u.past = u.past[:copy(u.past, u.past[len(from):])]
	return to
}
