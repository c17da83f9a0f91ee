package resample

import (
	"fmt"
	"math"
)

const (
	crossings = 64   // of the sinc, a side
	steps     = 1024 // of the kernel's table, a crossing; between them it is linear
	beta      = 8.5  // of the Kaiser window
	cutoff    = 0.955
)

// Rates that are possible, in Hz.
const (
	MinRate = 1000
	MaxRate = 384000
)

// Resampler changes the rate of one stream. Its methods are called by one
// goroutine at a time.
type Resampler struct {
	from, to int64
	scale    float64   // of the kernel: below 1 where the rate falls
	kernel   []float32 // one side
	reach    int64     // samples that it covers, a side
	input    []float32
	first    int64 // the sample that input begins with
	next     int64 // the sample that is made next, of the new rate
}

// New makes a Resampler of two rates in Hz.
func New(from, to int) (*Resampler, error) {
	for _, rate := range []int{from, to} {
		if rate < MinRate || rate > MaxRate {
			return nil, fmt.Errorf("resample %d Hz to %d: %d to %d are possible", from, to, MinRate, MaxRate)
		}
	}
	r := &Resampler{from: int64(from), to: int64(to), scale: min(1, float64(to)/float64(from))}
	r.reach = int64(math.Ceil(crossings / r.scale))
	r.kernel = make([]float32, crossings*steps+2)
	for i := range crossings * steps {
		t := float64(i) / steps
		r.kernel[i] = float32(r.scale * cutoff * sinc(t*cutoff) * kaiser(t/crossings))
	}
	r.first = -r.reach
	r.input = make([]float32, r.reach) // silence before the beginning
	return r, nil
}

func sinc(x float64) float64 {
	if x == 0 {
		return 1
	}
	return math.Sin(math.Pi*x) / (math.Pi * x)
}

// kaiser is the window at x from 0 to 1.
func kaiser(x float64) float64 { return bessel(beta*math.Sqrt(1-x*x)) / bessel(beta) }

// bessel is the modified Bessel function of the first kind and order 0.
func bessel(x float64) float64 {
	sum, term := 1.0, 1.0
	for k := 1.0; term > sum*1e-12; k++ {
		term *= x * x / (4 * k * k)
		sum += term
	}
	return sum
}

// Push takes samples and returns those that they make possible, which are the
// caller's.
func (r *Resampler) Push(samples []float32) []float32 {
	r.input = append(r.input, samples...)
	end := r.first + int64(len(r.input)) - r.reach // what lies before it can be made
	var made []float32
	for r.next*r.from < end*r.to {
		made = append(made, r.at(r.next))
		r.next++
	}
	keep := r.next*r.from/r.to - r.reach - r.first
	if keep > int64(len(r.input)/2) {
		r.input = append(r.input[:0], r.input[keep:]...)
		r.first += keep
	}
	return made
}

// End returns the last samples. In all there are as many as the time that was
// pushed has, rounded up.
func (r *Resampler) End() []float32 { return r.Push(make([]float32, r.reach)) }

// at makes a sample.
func (r *Resampler) at(n int64) float32 {
	whole := n * r.from / r.to
	rest := float64(n*r.from%r.to) / float64(r.to)
	var sum float32
	for i := whole - r.reach + 1; i <= whole+r.reach; i++ {
		t := math.Abs(float64(i-whole)-rest) * r.scale * steps
		k := int(t)
		if k > crossings*steps {
			continue
		}
		f := float32(t - float64(k))
		sum += r.input[i-r.first] * (r.kernel[k]*(1-f) + r.kernel[k+1]*f)
	}
	return sum
}
