package vad

import (
	"fmt"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/vad/silero"
)

// windowLength is how long the network listens before it judges.
const windowLength = silero.Window * time.Second / (capture.SampleRate / 3)

// Of gaps in the stamps.
const (
	tolerance = capture.SoundLength / 2 // of a stamp: below it nothing is missing
	forgotten = 2 * time.Second         // a longer gap begins anew
)

// filter listens to one voice.
type filter struct {
	network *silero.Network
	heard   [silero.Context + silero.Window]float32
	observe func(models.Observation)

	third   *third
	pending []float32    // of 16 kHz, less than a window between calls
	began   capture.Time // when the first of them was captured
	next    capture.Time // when the next samples should be captured; 0: none came
	spoke   capture.Time // the end of the last window with speech; 0: there was none
}

func newFilter(w *silero.Weights, observe func(models.Observation)) *filter {
	return &filter{network: w.New(), observe: observe, third: newThird()}
}

// Process listens to the next 20 ms and returns them. Where stamps say that sound
// is missing, the window begins anew, and after a longer gap, or a step back, the
// network too.
func (f *filter) Process(in capture.Sound, p Parameters) (capture.Sound, error) {
	if err := in.Validate(); err != nil {
		return capture.Sound{}, fmt.Errorf("vad: %w", err)
	}
	if gap := in.Captured.Sub(f.next); f.next == 0 || gap.Abs() > tolerance {
		f.third.reset()
		clear(f.heard[:])
		f.pending, f.began = f.pending[:0], in.Captured
		if gap < 0 || gap > forgotten {
			f.network.Reset()
			f.spoke = 0
		}
	}
	f.next = in.Captured.Add(capture.SoundLength)
	f.pending = f.third.push(f.pending, in.Samples)
	for len(f.pending) >= silero.Window {
		f.judge(p)
	}
	return in, nil
}

// judge has the network judge a window and reports it.
func (f *filter) judge(p Parameters) {
	copy(f.heard[:], f.heard[silero.Window:]) // the end of the last window
	copy(f.heard[silero.Context:], f.pending)
	f.pending = f.pending[:copy(f.pending, f.pending[silero.Window:])]
	at := f.began
	f.began = at.Add(windowLength)
	probability := f.network.Judge(&f.heard)
	if probability >= p.Threshold {
		f.spoke = f.began
	}
	hangover := time.Duration(p.Hangover * float64(time.Second))
	speaks := f.spoke != 0 && f.began.Sub(f.spoke) <= hangover
	if f.observe != nil {
		f.observe(models.Observation{Captured: at, Voice: &models.Voice{Probability: probability, Speaks: speaks}})
	}
}

// Close does nothing: there is nothing to free.
func (f *filter) Close() error { return nil }
