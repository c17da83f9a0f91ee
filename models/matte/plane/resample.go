package plane

import "math"

// Taps are the weights by which a line of pixels becomes another, shorter or
// longer: a triangle as wide as the coarser of the two, so that nothing aliases.
type Taps struct {
	first   []int     // per output pixel: the first input pixel
	weights []float32 // per output pixel: count of them
	count   int
}

// NewTaps makes the taps from the part lo to hi, in pixels and at least one long,
// of a line of n pixels to out pixels. Beyond the line's ends its last pixels
// count.
func NewTaps(n int, lo, hi float64, out int) Taps {
	step := (hi - lo) / float64(out)
	reach := max(step, 1)
	t := Taps{count: min(n, int(math.Ceil(2*reach))+1)}
	t.first, t.weights = make([]int, out), make([]float32, out*t.count)
	for i := range out {
		centre := lo + (float64(i)+0.5)*step - 0.5
		begin := min(max(int(math.Ceil(centre-reach)), 0), n-t.count)
		t.first[i] = begin
		weights := t.weights[i*t.count : (i+1)*t.count]
		sum := float32(0)
		for k := range weights {
			weights[k] = float32(max(0, 1-math.Abs(float64(begin+k)-centre)/reach))
			sum += weights[k]
		}
		if sum == 0 { // wholly beyond an end
			weights[(t.count-1)*min(1, max(0, int(centre)))], sum = 1, 1
		}
		for k := range weights {
			weights[k] /= sum
		}
	}
	return t
}

// Resampler scales parts of pictures. It holds what it computes with and is used
// by one goroutine.
type Resampler struct{ lines Plane }

// Bytes scales 8-bit pixels into dst, whose size is that of the taps.
func (r *Resampler) Bytes(dst *Plane, src []byte, stride int, across, down Taps) {
	resample(r, dst, src, stride, across, down)
}

// Plane scales numbers into dst, whose size is that of the taps.
func (r *Resampler) Plane(dst, src *Plane, across, down Taps) {
	resample(r, dst, src.V, src.Width, across, down)
}

func resample[T byte | float32](r *Resampler, dst *Plane, src []T, stride int, across, down Taps) {
	begin := down.first[0]
	end := down.first[len(down.first)-1] + down.count
	r.lines.Resize(len(across.first), end-begin)
	for y := begin; y < end; y++ {
		line(r.lines.Row(y-begin), src[y*stride:], across)
	}
	for y, first := range down.first {
		row := dst.Row(y)
		clear(row)
		for k, weight := range down.weights[y*down.count : (y+1)*down.count] {
			if weight != 0 {
				addScaled(row, r.lines.Row(first-begin+k), weight)
			}
		}
	}
}

func addScaled(dst, src []float32, by float32) {
	src = src[:len(dst)]
	for x := range dst {
		dst[x] += by * src[x]
	}
}

func line[T byte | float32](dst []float32, src []T, t Taps) {
	n := t.count
	for x, first := range t.first {
		pixels, weights := src[first:first+n], t.weights[x*n:(x+1)*n]
		sum := float32(0)
		for k, p := range pixels {
			sum += weights[k] * float32(p)
		}
		dst[x] = sum
	}
}
