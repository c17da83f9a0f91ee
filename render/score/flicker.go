package score

import (
	"fmt"
	"math"
)

// Flicker gathers how much a picture changes where the truth does not. It is
// not safe for concurrent use.
type Flicker struct {
	width, height int
	inside        []int // indices of the pixels that count
	n             float64
	mean, sums    []float64 // a pixel inside: mean luma, sum of squared deviations from it
}

// NewFlicker returns an empty measurement over the inside of the true
// silhouette: what is left of it after erosion by 2 px. It returns
// ErrNoSilhouette where that is nothing.
func NewFlicker(silhouette Mask) (*Flicker, error) {
	f := &Flicker{width: silhouette.Width, height: silhouette.Height}
	for i, inside := range silhouette.Erode(insideErosion).Set {
		if inside {
			f.inside = append(f.inside, i)
		}
	}
	if len(f.inside) == 0 {
		return nil, fmt.Errorf("measure flicker: %w", ErrNoSilhouette)
	}
	f.mean, f.sums = make([]float64, len(f.inside)), make([]float64, len(f.inside))
	return f, nil
}

// Add takes the next picture of the sequence, composited on grey by its matte.
func (f *Flicker) Add(result Picture, matte []uint8) error {
	if err := result.validate(); err != nil {
		return fmt.Errorf("measure flicker: %w", err)
	}
	if result.Width != f.width || result.Height != f.height || len(matte) != f.width*f.height {
		return fmt.Errorf("measure flicker: %w: result %dx%d with a matte of %d pixels, silhouette %dx%d",
			ErrPicture, result.Width, result.Height, len(matte), f.width, f.height)
	}
	f.n++
	// Welford, "Note on a method for calculating corrected sums of squares and
	// products", 1962: a still picture gives zero, not rounding.
	for k, i := range f.inside {
		y := lumaOf(over(result.RGB[3*i:3*i+3], matte[i]))
		d := y - f.mean[k]
		f.mean[k] += d / f.n
		f.sums[k] += d * (y - f.mean[k])
	}
	return nil
}

// Levels returns the mean over the pixels of the standard deviation of luma
// over time (of the population, divisor n), in 8-bit levels.
func (f *Flicker) Levels() float64 {
	if f.n == 0 {
		return 0
	}
	sum := 0.0
	for _, squares := range f.sums {
		sum += math.Sqrt(squares / f.n)
	}
	return sum / float64(len(f.sums))
}
