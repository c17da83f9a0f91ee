package models

import (
	"context"
	"errors"
	"log/slog"

	"github.com/virtualcube/virtualcube/capture"
)

// AudioFilter works on one voice. P is the struct of its parameters. Its methods
// are called by one goroutine at a time.
type AudioFilter[P any] interface {
	// Process takes the next capture.SoundSamples samples and returns as many,
	// whose Captured is in's less the look-ahead. Before it has heard enough, it
	// returns silence, so stamped.
	Process(in capture.Sound, p P) (capture.Sound, error)
	// Close frees what it holds. It may be called twice.
	Close() error
}

// VideoFilter works on the pictures of one webcam or screen: frames whose Colour
// is I420 in limited range, with Depth and Matte where a filter before it made
// them. Its methods are called by one goroutine at a time.
type VideoFilter[P any] interface {
	// Process takes the next frame and returns one of the same size whose
	// Captured is that of the frame that it was made of, or nil where it looks
	// ahead and has none yet. The size may change from frame to frame, as a
	// webcam's does.
	Process(in *capture.Frame, p P) (*capture.Frame, error)
	// Close frees what it holds. It may be called twice.
	Close() error
}

// RGBDFilter works on the frame sets of one rig, before anything is rendered.
// Its methods are called by one goroutine at a time.
type RGBDFilter[P any] interface {
	// Process takes the next set, in which cameras may be missing, and returns
	// one with the same cameras, or nil where it looks ahead and has none yet.
	Process(in *capture.FrameSet, p P) (*capture.FrameSet, error)
	// Close frees what it holds. It may be called twice.
	Close() error
}

// Environment is what a filter is given when it is opened.
type Environment struct {
	// Provider computes its models: one of Description.Providers, "" where it
	// needs none. The filter fails to open where it cannot have it; it never
	// takes another.
	Provider Provider
	// Weights returns the path of verified weights, by a name of
	// Description.Weights. An error says how they can be had.
	Weights func(name string) (path string, err error)
	// Rig is the rig whose sets come; only of KindRGBD.
	Rig capture.Rig
	// Observe takes what the filter sees or hears beside what it returns. It does
	// not block and may be called during Process alone.
	Observe func(Observation)
	Log     *slog.Logger
}

// Stage is an open filter behind its parameters' types: what the host runs.
type Stage[T any] interface {
	Process(in T, v Values) (T, error)
	Close() error
}

// Killer is what a Stage has beside Process and Close where it can be ended from
// outside, as one whose filter runs in a process of its own.
type Killer interface {
	// Kill ends the filter at once. It may be called from any goroutine, also
	// while Process runs, which then returns an error, and as often as one likes.
	// Close is still due.
	Kill()
}

// Opener opens a filter of one kind. It may take long, and must return where the
// context ends.
type Opener[T any] func(ctx context.Context, e Environment, v Values) (Stage[T], error)

// ErrDead is wrapped by the error of a Stage that cannot be used any more, as its
// process has died. The host opens another.
var ErrDead = errors.New("the filter has died")
