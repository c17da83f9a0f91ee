package batch

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models"
)

// medium is what must be known of one kind of frames.
type medium[T any] struct {
	open     func(ctx context.Context, b models.Bound, observe func(models.Observation)) (models.Stage[T], error)
	captured func(T) capture.Time
	absent   func(T) bool
	retain   func(T) T
	release  func(T)
	check    func(in, out T) error
	// held is a frame once more, at another instant.
	held func(last T, at capture.Time) T
	// skipped stands for a frame that is left out.
	skipped func(at capture.Time) T
	// pick finds the content of an instant among frames, the newest last; the
	// frame is the caller's.
	pick func(from []T, at capture.Time) T
	// next is what comes after the last frame, where more is needed.
	next func(last T, period time.Duration) T
}

var errSize = errors.New("what the filter returned")

func voice(o Opener) medium[capture.Sound] {
	return medium[capture.Sound]{
		open: func(ctx context.Context, b models.Bound, observe func(models.Observation)) (models.Stage[capture.Sound], error) {
			return o.Audio(ctx, b, observe)
		},
		captured: func(s capture.Sound) capture.Time { return s.Captured },
		absent:   func(s capture.Sound) bool { return s.Samples == nil },
		retain:   func(s capture.Sound) capture.Sound { return s },
		release:  func(capture.Sound) {},
		check:    func(_, out capture.Sound) error { return out.Validate() },
		held: func(last capture.Sound, at capture.Time) capture.Sound { // fading: repeated for longer it is a buzz
			out := silence(at)
			for i := range min(len(last.Samples), len(out.Samples)) {
				out.Samples[i] = last.Samples[i] * float32(len(out.Samples)-i) / float32(2*len(out.Samples))
			}
			return out
		},
		skipped: silence,
		pick:    cut,
		next: func(last capture.Sound, _ time.Duration) capture.Sound {
			return silence(last.Captured.Add(capture.SoundLength))
		},
	}
}

func silence(at capture.Time) capture.Sound {
	return capture.Sound{Captured: at, Samples: make([]float32, capture.SoundSamples)}
}

// cut takes a stretch that begins at any instant out of those that came.
func cut(from []capture.Sound, at capture.Time) capture.Sound {
	out := silence(at)
	for _, s := range from {
		first := samples(s.Captured.Sub(at))
		for i := max(0, -first); i < len(s.Samples) && first+i < len(out.Samples); i++ {
			out.Samples[first+i] = s.Samples[i]
		}
	}
	return out
}

// samples is a duration in samples, rounded.
func samples(d time.Duration) int { return int(math.Round(d.Seconds() * capture.SampleRate)) }

func pictures(o Opener) medium[*capture.Frame] {
	m := medium[*capture.Frame]{
		open: func(ctx context.Context, b models.Bound, observe func(models.Observation)) (models.Stage[*capture.Frame], error) {
			return o.Video(ctx, b, observe)
		},
		captured: func(f *capture.Frame) capture.Time { return f.Captured },
		absent:   func(f *capture.Frame) bool { return f == nil },
		retain:   (*capture.Frame).Retain,
		release:  (*capture.Frame).Release,
		check:    checkFrame,
		held:     func(last *capture.Frame, at capture.Time) *capture.Frame { return again(last, at, last.Sequence+1) },
		skipped:  func(capture.Time) *capture.Frame { return nil },
		next: func(last *capture.Frame, period time.Duration) *capture.Frame {
			return again(last, last.Captured.Add(period), last.Sequence+1)
		},
	}
	m.pick = func(from []*capture.Frame, at capture.Time) *capture.Frame {
		if i := nearest(from, at, m.captured); i >= 0 {
			return from[i].Retain()
		}
		return nil
	}
	return m
}

// again is a frame once more, with another stamp.
func again(of *capture.Frame, at capture.Time, sequence uint64) *capture.Frame {
	of.Retain()
	f := capture.NewFrame(func(*capture.Frame) { of.Release() })
	f.Camera, f.Sequence, f.Captured, f.Emitted = of.Camera, sequence, at, at
	f.Colour, f.Depth, f.Matte = of.Colour, of.Depth, of.Matte
	return f
}

func checkFrame(in, out *capture.Frame) error {
	if err := out.Colour.Validate(); err != nil {
		return fmt.Errorf("%w: %w", errSize, err)
	}
	if out.Colour.Width != in.Colour.Width || out.Colour.Height != in.Colour.Height {
		return fmt.Errorf("%w is %dx%d, it was given %dx%d", errSize, out.Colour.Width, out.Colour.Height, in.Colour.Width, in.Colour.Height)
	}
	if !out.Depth.Empty() {
		if err := out.Depth.Validate(); err != nil {
			return fmt.Errorf("%w: %w", errSize, err)
		}
	}
	if out.Matte.Empty() {
		return nil
	}
	if err := out.Matte.Validate(); err != nil {
		return fmt.Errorf("%w: %w", errSize, err)
	}
	return nil
}

func sets(o Opener, rig capture.Rig) medium[*capture.FrameSet] {
	m := medium[*capture.FrameSet]{
		open: func(ctx context.Context, b models.Bound, observe func(models.Observation)) (models.Stage[*capture.FrameSet], error) {
			return o.RGBD(ctx, rig, b, observe)
		},
		captured: func(s *capture.FrameSet) capture.Time { return s.Captured },
		absent:   func(s *capture.FrameSet) bool { return s == nil },
		retain:   (*capture.FrameSet).Retain,
		release:  (*capture.FrameSet).Release,
		check:    checkSet,
		held: func(last *capture.FrameSet, at capture.Time) *capture.FrameSet {
			return setAgain(last, at, last.Sequence+1)
		},
		skipped: func(capture.Time) *capture.FrameSet { return nil },
		next: func(last *capture.FrameSet, period time.Duration) *capture.FrameSet {
			return setAgain(last, last.Captured.Add(period), last.Sequence+1)
		},
	}
	m.pick = func(from []*capture.FrameSet, at capture.Time) *capture.FrameSet {
		if i := nearest(from, at, m.captured); i >= 0 {
			return from[i].Retain()
		}
		return nil
	}
	return m
}

// setAgain is a set once more, with another stamp.
func setAgain(of *capture.FrameSet, at capture.Time, sequence uint64) *capture.FrameSet {
	frames := slices.Clone(of.Frames)
	for i, f := range frames {
		if f != nil {
			frames[i] = again(f, at, sequence)
		}
	}
	s := capture.NewFrameSet(sequence, at, frames)
	s.Captured = at
	return s
}

func checkSet(in, out *capture.FrameSet) error {
	if len(out.Frames) != len(in.Frames) {
		return fmt.Errorf("%w has %d cameras, it was given %d", errSize, len(out.Frames), len(in.Frames))
	}
	for i, f := range out.Frames {
		if f == nil {
			continue
		}
		like := in.Frames[i]
		if like == nil {
			like = f // it was there when what comes out was taken
		}
		if err := checkFrame(like, f); err != nil {
			return fmt.Errorf("camera %d: %w", i, err)
		}
	}
	return nil
}

// nearest is the index of the frame whose instant is the nearest, -1 of none.
func nearest[T any](list []T, at capture.Time, captured func(T) capture.Time) int {
	best := -1
	for i, x := range list {
		if best < 0 || captured(x).Sub(at).Abs() < captured(list[best]).Sub(at).Abs() {
			best = i
		}
	}
	return best
}
