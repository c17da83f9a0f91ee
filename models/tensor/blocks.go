package tensor

import (
	"errors"
	"fmt"

	"github.com/virtualcube/virtualcube/capture"
)

// Rates of sound that models may want, in Hz.
const (
	Rate48 = capture.SampleRate
	Rate16 = capture.SampleRate / third
)

// MaxBlock bounds the sound that a model is given at once, in samples.
const MaxBlock = 10 * capture.SampleRate

const maxOverlap = 128 // hops a block

// ErrBlocks is wrapped where no model can have such blocks.
var ErrBlocks = errors.New("blocks of sound are not possible")

// Blocks cuts sound into the blocks that a model wants.
type Blocks struct {
	hop    int
	down   *decimator // nil at 48 kHz
	low    []float32  // what came last, at the model's rate
	window []float32
	fresh  int // samples that have come since the last block
}

// NewBlocks cuts blocks of some samples at a rate; each begins hop samples after
// the one before. The first ones begin with silence.
func NewBlocks(rate, block, hop int) (*Blocks, error) {
	switch {
	case rate != Rate48 && rate != Rate16:
		return nil, fmt.Errorf("%w: a rate of %d Hz, %d and %d are", ErrBlocks, rate, Rate16, Rate48)
	case block < 1 || block > MaxBlock:
		return nil, fmt.Errorf("%w: of %d samples, 1 to %d are", ErrBlocks, block, MaxBlock)
	case hop < 1 || hop > block:
		return nil, fmt.Errorf("%w: a hop of %d samples, 1 to the block's %d are", ErrBlocks, hop, block)
	case block > maxOverlap*hop:
		return nil, fmt.Errorf("%w: %d samples with a hop of %d, at most %d hops are", ErrBlocks, block, hop, maxOverlap)
	}
	b := &Blocks{hop: hop, window: make([]float32, block)}
	if rate == Rate16 {
		b.down = newDecimator()
	}
	return b, nil
}

// Add takes sound at 48 kHz and calls each with every block that is full, which is
// borrowed until it returns. It returns the sound at the model's rate, borrowed
// until the next call, and joins the errors.
func (b *Blocks) Add(sound []float32, each func(block []float32) error) ([]float32, error) {
	b.low = b.low[:0]
	if b.down != nil {
		b.low = b.down.add(b.low, sound)
	} else {
		b.low = append(b.low, sound...)
	}
	var errs error
	for rest := b.low; len(rest) > 0; {
		n := min(b.hop-b.fresh, len(rest))
		copy(b.window, b.window[n:])
		copy(b.window[len(b.window)-n:], rest)
		rest = rest[n:]
		if b.fresh += n; b.fresh == b.hop {
			b.fresh = 0
			errs = errors.Join(errs, each(b.window))
		}
	}
	return b.low, errs
}
