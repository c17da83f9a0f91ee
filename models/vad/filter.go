package vad

import (
	"errors"
	"fmt"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/onnx"
)

// Of the model.
const (
	rate   = 16000 // Hz
	window = 512   // samples that it judges
	before = 64    // samples before them that it sees too

	windowLength = window * time.Second / rate
)

// Of gaps in the stamps.
const (
	tolerance = capture.SoundLength / 2 // of a stamp: below it nothing is missing
	forgotten = 2 * time.Second         // a longer gap begins anew
)

// filter listens to one voice.
type filter struct {
	session *onnx.Session
	input   []float32
	output  []float32
	observe func(models.Observation)

	third   *third
	pending []float32    // of 16 kHz, less than a window between calls
	began   capture.Time // when the first of them was captured
	next    capture.Time // when the next samples should be captured; 0: none came
	spoke   capture.Time // the end of the last window with speech; 0: there was none
}

// newFilter makes a filter of a session, which it owns.
func newFilter(s *onnx.Session, observe func(models.Observation)) (*filter, error) {
	f := &filter{session: s, observe: observe, third: newThird()}
	var err error
	if f.input, err = onnx.Input[float32](s, "input"); err != nil {
		return nil, err
	}
	if f.output, err = onnx.Output[float32](s, "output"); err != nil {
		return nil, err
	}
	frequency, err := onnx.Input[int64](s, "sr")
	if err != nil {
		return nil, err
	}
	frequency[0] = rate
	return f, nil
}

// Process listens to the next 20 ms and returns them. Where stamps say that sound
// is missing, the window begins anew, and after a longer gap, or a step back, the
// model too.
func (f *filter) Process(in capture.Sound, p Parameters) (capture.Sound, error) {
	if f.session == nil {
		return capture.Sound{}, fmt.Errorf("vad: %w", errClosed)
	}
	if err := in.Validate(); err != nil {
		return capture.Sound{}, fmt.Errorf("vad: %w", err)
	}
	if gap := in.Captured.Sub(f.next); f.next == 0 || gap.Abs() > tolerance {
		f.third.reset()
		clear(f.input)
		f.pending, f.began = f.pending[:0], in.Captured
		if gap < 0 || gap > forgotten {
			f.session.Reset()
			f.spoke = 0
		}
	}
	f.next = in.Captured.Add(capture.SoundLength)
	f.pending = f.third.push(f.pending, in.Samples)
	for len(f.pending) >= window {
		if err := f.judge(p); err != nil {
			return capture.Sound{}, fmt.Errorf("vad: %w", err)
		}
	}
	return in, nil
}

// judge has the model judge a window and reports it.
func (f *filter) judge(p Parameters) error {
	copy(f.input, f.input[window:]) // the end of the last window
	copy(f.input[before:], f.pending[:window])
	f.pending = f.pending[:copy(f.pending, f.pending[window:])]
	at := f.began
	f.began = at.Add(windowLength)
	if err := f.session.Run(); err != nil {
		clear(f.input)
		return err
	}
	probability := max(0, min(1, float64(f.output[0])))
	if probability >= p.Threshold {
		f.spoke = f.began
	}
	hangover := time.Duration(p.Hangover * float64(time.Second))
	speaks := f.spoke != 0 && f.began.Sub(f.spoke) <= hangover
	if f.observe != nil {
		f.observe(models.Observation{Captured: at, Voice: &models.Voice{Probability: probability, Speaks: speaks}})
	}
	return nil
}

var errClosed = errors.New("the filter is closed")

// Close frees the model.
func (f *filter) Close() error {
	if f.session == nil {
		return nil
	}
	err := f.session.Close()
	f.session = nil
	return err
}
