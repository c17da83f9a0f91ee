package tensor

import (
	"fmt"
	"math"

	"github.com/virtualcube/virtualcube/capture"
)

// Above says what becomes of what a model of 16 kHz cannot hear: the band above
// 7 to 8 kHz.
type Above string

// The ways.
const (
	Drop   Above = "drop"   // it is left out
	Keep   Above = "keep"   // it stays as it came
	Follow Above = "follow" // it is turned down as the model turns down what is below
)

// Join says what becomes of a model's results that are longer than the hop.
type Join string

// The ways.
const (
	Last Join = "last" // the newest hop of each is taken
	Add  Join = "add"  // they are added up where they overlap
)

// StreamOptions say how a model wants its sound.
type StreamOptions struct {
	Rate       int   // Hz, Rate16 or Rate48
	Block, Hop int   // samples at that rate
	Result     int   // samples that the model gives: Hop, or Block
	Join       Join  // where Result is not Hop
	Delay      int   // samples by which the model's result is older than the newest that it was given
	Above      Above // of Rate16
}

// Stream runs a model on sound that comes in stretches of capture.SoundSamples.
type Stream struct {
	options StreamOptions
	blocks  *Blocks
	up, dry *interpolator // of what the model gave, and of what it was given
	delay   int           // samples at 48 kHz

	sum     []float32 // of results that overlap
	wetLow  []float32 // what the model gave, at its rate; begins with the silence that it waits for
	dryLow  []float32 // what it was given, as late
	dryHigh []float32 // what came, as late
	wet     []float32 // of this stretch, at 48 kHz
	base    []float32
	gain    float32 // of the band above, at the end of the last stretch
}

// NewStream makes one.
func NewStream(o StreamOptions) (*Stream, error) {
	blocks, err := NewBlocks(o.Rate, o.Block, o.Hop)
	switch {
	case err != nil:
		return nil, err
	case o.Result != o.Hop && o.Result != o.Block:
		return nil, fmt.Errorf("%w: results of %d samples, the hop's %d and the block's %d are", ErrBlocks, o.Result, o.Hop, o.Block)
	case o.Delay < 0 || o.Delay > MaxBlock:
		return nil, fmt.Errorf("%w: a delay of %d samples, 0 to %d are", ErrBlocks, o.Delay, MaxBlock)
	}
	s := &Stream{options: o, blocks: blocks, gain: 1, sum: make([]float32, o.Block)}
	stretch, ratio := capture.SoundSamples, 1
	if o.Rate == Rate16 {
		s.up, s.dry = newInterpolator(), newInterpolator()
		stretch, ratio = stretch/third, third
	}
	// After n stretches the model has given what is full of n*stretch samples; the
	// most that can be open then is what waits.
	wait := o.Hop - divisor(stretch, o.Hop)
	late := wait + o.Delay
	if o.Join == Add && o.Result > o.Hop {
		late += o.Block - o.Hop // a sample is done when the last result has added to it
	}
	s.delay = late * ratio
	if s.up != nil {
		s.delay += length - 1
	}
	s.wetLow = make([]float32, wait)
	s.dryLow = make([]float32, late)
	s.dryHigh = make([]float32, s.delay)
	return s, nil
}

func divisor(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// Delay is by how much what Process returns is older than what it was given, in
// samples at 48 kHz.
func (s *Stream) Delay() int { return s.delay }

// Process takes the next stretch and returns one, new, in which mix is the model's
// part: 0 returns what came, as late. run computes a block. Where it fails, silence
// takes the place of its result; the error is returned beside the stretch.
func (s *Stream) Process(in []float32, mix float32, run func(block []float32) ([]float32, error)) ([]float32, error) {
	low, err := s.blocks.Add(in, func(block []float32) error {
		result, err := run(block)
		if err == nil && len(result) != s.options.Result {
			err = fmt.Errorf("%w: the model gave %d samples, not %d", ErrBlocks, len(result), s.options.Result)
		}
		s.join(result, err == nil)
		return err
	})
	n := len(low)
	s.dryLow, s.dryHigh = append(s.dryLow, low...), append(s.dryHigh, in...)
	wet := s.wetLow[:n]
	if s.up != nil {
		s.wet = s.up.add(s.wet[:0], wet)
		wet = s.wet
		if s.options.Above != Drop {
			s.addAbove(wet, s.wetLow[:n], s.dryLow[:n])
		}
	}
	out := make([]float32, len(in))
	for i := range out {
		x := s.dryHigh[i]
		out[i] = max(-1, min(x+(wet[i]-x)*mix, 1))
	}
	s.wetLow = s.wetLow[:copy(s.wetLow, s.wetLow[n:])]
	s.dryLow = s.dryLow[:copy(s.dryLow, s.dryLow[n:])]
	s.dryHigh = s.dryHigh[:copy(s.dryHigh, s.dryHigh[len(in):])]
	return out, err
}

// join takes the next hop of results.
func (s *Stream) join(result []float32, good bool) {
	hop := s.options.Hop
	switch {
	case s.options.Join == Add && s.options.Result > hop:
		for i := range s.sum {
			if good {
				s.sum[i] += result[i]
			}
		}
		s.wetLow = append(s.wetLow, s.sum[:hop]...)
		clear(s.sum[copy(s.sum, s.sum[hop:]):])
	case good:
		s.wetLow = append(s.wetLow, result[len(result)-hop:]...)
	default:
		for range hop {
			s.wetLow = append(s.wetLow, 0)
		}
	}
}

// addAbove adds the band that the model did not hear: what came less what it was
// given.
func (s *Stream) addAbove(wet, wetLow, dryLow []float32) {
	s.base = s.dry.add(s.base[:0], dryLow)
	from, to := s.gain, float32(1)
	if s.options.Above == Follow {
		var gave, given float64
		for i := range wetLow {
			gave += float64(wetLow[i]) * float64(wetLow[i])
			given += float64(dryLow[i]) * float64(dryLow[i])
		}
		to = float32(min(1, math.Sqrt(gave/max(given, 1e-9))))
	}
	s.gain = to
	for i := range wet {
		g := from + (to-from)*float32(i)/float32(len(wet))
		wet[i] += g * (s.dryHigh[i] - s.base[i])
	}
}
