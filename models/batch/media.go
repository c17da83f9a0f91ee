package batch

import (
	"context"
	"slices"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/medium"
)

// media is what must be known of one kind of frames.
type media[T any] interface {
	medium.Of[T]
	open(ctx context.Context, b models.Bound, observe func(models.Observation)) (models.Stage[T], error)
	// next is what comes after the last frame, where more is needed.
	next(last T, period time.Duration) T
}

type voice struct {
	medium.Sounds
	opener Opener
}

func (v voice) open(ctx context.Context, b models.Bound, observe func(models.Observation)) (models.Stage[capture.Sound], error) {
	return v.opener.Audio(ctx, b, observe)
}

func (voice) next(last capture.Sound, period time.Duration) capture.Sound {
	return medium.Silence(last.Captured.Add(period))
}

type pictures struct {
	medium.Frames
	opener Opener
}

func (p pictures) open(ctx context.Context, b models.Bound, observe func(models.Observation)) (models.Stage[*capture.Frame], error) {
	return p.opener.Video(ctx, b, observe)
}

func (pictures) next(last *capture.Frame, period time.Duration) *capture.Frame {
	return again(last, last.Captured.Add(period))
}

// again is the frame after one, which shows the same.
func again(of *capture.Frame, at capture.Time) *capture.Frame {
	f := medium.Frames{}.Held(of, of, at)
	f.Sequence, f.Emitted = of.Sequence+1, at
	return f
}

type sets struct {
	medium.Sets
	opener Opener
	rig    capture.Rig
}

func (s sets) open(ctx context.Context, b models.Bound, observe func(models.Observation)) (models.Stage[*capture.FrameSet], error) {
	return s.opener.RGBD(ctx, s.rig, b, observe)
}

func (sets) next(last *capture.FrameSet, period time.Duration) *capture.FrameSet {
	return setAgain(last, last.Captured.Add(period))
}

// Held has new instants in all its frames: a filter in a process of its own knows
// a set's from them alone, and one of an instant that was written is left out.
func (sets) Held(last, _ *capture.FrameSet, due capture.Time) *capture.FrameSet {
	return setAgain(last, due)
}

// setAgain is the set after one, which shows the same.
func setAgain(of *capture.FrameSet, at capture.Time) *capture.FrameSet {
	frames := slices.Clone(of.Frames)
	for i, f := range frames {
		if f != nil {
			frames[i] = again(f, at)
		}
	}
	s := capture.NewFrameSet(of.Sequence+1, at, frames)
	s.Captured = at
	return s
}
