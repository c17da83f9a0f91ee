package denoise

import (
	"fmt"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models/denoise/network"
)

// lookAhead is a hop for the overlap of frames, and those that the network sees
// ahead.
const lookAhead = (1 + network.Ahead) * hop * time.Second / capture.SampleRate

// Of gaps in the stamps.
const (
	tolerance = capture.SoundLength / 2 // of a stamp: below it nothing is missing
	forgotten = 2 * time.Second         // a longer gap begins anew
)

// idle is how many hops of digital silence fill every buffer with it.
const idle = network.Order + 2

// filter cleans one voice.
type filter struct {
	transform *transform
	features  features
	network   *network.Network
	guard     guard

	noisy  [network.Order]spectrum // the last frames, the newest last
	output spectrum
	silent int // hops of digital silence that came last

	next capture.Time // when the next samples should be captured; 0: none came
}

func newFilter(w *network.Weights) *filter {
	f := &filter{transform: newTransform(), network: w.New()}
	f.forget()
	return f
}

// forget begins anew.
func (f *filter) forget() {
	f.clear()
	f.features.reset()
	f.network.Reset()
	f.guard.reset()
}

// clear drops the sound that is on its way.
func (f *filter) clear() {
	f.transform.reset()
	clear(f.noisy[:])
	f.silent = 0
}

// Process cleans the next 20 ms; what it returns is 30 ms older. Where stamps say
// that sound is missing, what was on its way is replaced by silence; after a
// longer gap, or a step back, it begins anew.
func (f *filter) Process(in capture.Sound, p Parameters) (capture.Sound, error) {
	if err := in.Validate(); err != nil {
		return capture.Sound{}, fmt.Errorf("denoise: %w", err)
	}
	if gap := in.Captured.Sub(f.next); f.next != 0 && gap.Abs() > tolerance {
		f.clear()
		if gap < 0 || gap > forgotten {
			f.forget()
		}
	}
	f.next = in.Captured.Add(capture.SoundLength)
	out := capture.Sound{Captured: in.Captured.Add(-lookAhead), Samples: make([]float32, capture.SoundSamples)}
	for at := 0; at < capture.SoundSamples; at += hop {
		f.hop(out.Samples[at:at+hop], in.Samples[at:at+hop], p)
	}
	return out, nil
}

// Close does nothing: there is nothing to free.
func (f *filter) Close() error { return nil }

// hop cleans the next 10 ms.
func (f *filter) hop(out, in []float32, p Parameters) {
	f.silent++
	for _, x := range in {
		if x != 0 {
			f.silent = 0
			break
		}
	}
	if f.silent > idle {
		clear(out)
		return
	}
	copy(f.noisy[:], f.noisy[1:])
	newest := &f.noisy[len(f.noisy)-1]
	f.transform.analyse(newest, in)
	f.features.take(newest)
	f.clean(f.network.Frame(f.features.bands[:], f.features.bins[:]), p)
	f.transform.synthesise(out, &f.output)
	for i, x := range out {
		out[i] = max(-1, min(1, x))
	}
}

// clean makes the output of the frame that the result is about.
func (f *filter) clean(r *network.Result, p Parameters) {
	noisy := &f.noisy[len(f.noisy)-1-network.Ahead]
	k := 0
	for i, n := range widths() {
		for range n {
			f.output[k] = noisy[k] * complex(float64(r.Gains[i]), 0)
			k++
		}
	}
	// Deep filtering: a bin is made of itself in the frames round it.
	for k := range network.Bins {
		sum := complex128(0)
		for t, c := range r.Filter[k] {
			sum += f.noisy[t][k] * complex128(c)
		}
		f.output[k] = sum
	}
	var taken spectrum
	for k := range taken {
		taken[k] = noisy[k] - f.output[k]
	}
	came, cleaned, difference := bandPowers(noisy), bandPowers(&f.output), bandPowers(&taken)
	back := f.guard.spare(&came, &cleaned, &difference, r.SNR)
	k = 0
	for i, n := range widths() {
		share := back[i]
		if !p.Spare {
			share = 0
		}
		share = 1 - p.Strength*(1-share)
		for range n {
			f.output[k] += taken[k] * complex(share, 0)
			k++
		}
	}
}
