package denoise

import (
	"math"
	"math/cmplx"
)

// fourier is a transform of a fixed length, which the radices multiply to.
type fourier struct {
	n       int
	radices []int
	roots   []complex128 // exp(-2 pi i k/n)
}

func newFourier(radices ...int) *fourier {
	f := &fourier{n: 1, radices: radices}
	for _, r := range radices {
		f.n *= r
	}
	f.roots = make([]complex128, f.n)
	for k := range f.roots {
		f.roots[k] = cmplx.Rect(1, -2*math.Pi*float64(k)/float64(f.n))
	}
	return f
}

// transform is out[k] = sum of in[j] exp(-2 pi i jk/n), by decimation in time.
func (f *fourier) transform(out, in []complex128) { f.part(out, in, 1, f.radices) }

// part transforms every step-th of in.
func (f *fourier) part(out, in []complex128, step int, radices []int) {
	if len(radices) == 0 {
		out[0] = in[0]
		return
	}
	r := radices[0]
	m := f.n / step / r
	for q := range r {
		f.part(out[q*m:(q+1)*m], in[q*step:], step*r, radices[1:])
	}
	var t [8]complex128 // of a radix
	for k := range m {
		for q := range r {
			t[q] = out[q*m+k] * f.roots[q*k*step]
		}
		butterfly(out[k:], t[:r], m, f.roots, f.n/r)
	}
}

// butterfly transforms a few values to every m-th of out.
func butterfly(out, t []complex128, m int, roots []complex128, turn int) {
	if len(t) == 4 {
		a, b, c, d := t[0]+t[2], t[0]-t[2], t[1]+t[3], t[1]-t[3]
		d = complex(imag(d), -real(d)) // by -i
		out[0], out[m], out[2*m], out[3*m] = a+c, b+d, a-c, b-d
		return
	}
	for p := range t {
		sum := t[0]
		for q := 1; q < len(t); q++ {
			sum += t[q] * roots[p*q%len(t)*turn]
		}
		out[p*m] = sum
	}
}
