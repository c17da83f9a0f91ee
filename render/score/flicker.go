package score

import (
	"fmt"
	"math"
)

// Flicker gathers how much a picture changes where the truth does not. It is
// not safe for concurrent use.
type Flicker struct {
	inside     Mask
	n          float64
	mean, sums []float64 // a pixel: mean luma, sum of squared deviations from it
}

// NewFlicker returns an empty measurement over the inside of the true
// silhouette: what is left of it after erosion by 2 px. It returns
// ErrNoSilhouette where that is nothing.
func NewFlicker(silhouette Mask) (*Flicker, error) {
	inside := silhouette.Erode(insideErosion)
	if inside.Count() == 0 {
		return nil, fmt.Errorf("measure flicker: %w", ErrNoSilhouette)
	}
	n := len(inside.Set)
	return &Flicker{inside: inside, mean: make([]float64, n), sums: make([]float64, n)}, nil
}

// Add takes the next picture of the sequence, composited on grey by its matte.
func (f *Flicker) Add(result Picture, matte []uint8) error {
	if err := result.validate(); err != nil {
		return fmt.Errorf("measure flicker: %w", err)
	}
	if result.Width != f.inside.Width || result.Height != f.inside.Height || len(matte) != len(f.inside.Set) {
		return fmt.Errorf("measure flicker: %w: result %dx%d with a matte of %d pixels, silhouette %dx%d",
			ErrPicture, result.Width, result.Height, len(matte), f.inside.Width, f.inside.Height)
	}
	f.n++
	// Welford, "Note on a method for calculating corrected sums of squares and
	// products", 1962: a still picture gives zero, not rounding.
	for i, y := range luma(result.Over(matte)) {
		d := y - f.mean[i]
		f.mean[i] += d / f.n
		f.sums[i] += d * (y - f.mean[i])
	}
	return nil
}

// Levels returns the mean over the pixels of the standard deviation of luma
// over time (of the population, divisor n), in 8-bit levels.
func (f *Flicker) Levels() float64 {
	if f.n == 0 {
		return 0
	}
	sum, pixels := 0.0, 0
	for i, s := range f.inside.Set {
		if s {
			sum += math.Sqrt(f.sums[i] / f.n)
			pixels++
		}
	}
	return sum / float64(pixels)
}
