package models

import (
	"context"
	"fmt"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/models/parameter"
)

// Values are the parameters of a filter at one frame.
type Values = parameter.Values

// Definition is a filter that can be opened. Of the three openers it has the one
// of its kind.
type Definition struct {
	Description
	Parameters parameter.Schema

	// Camera is set for a filter of videos whose frames come with a matte and with
	// depth: it is the camera that sees a picture of a size, in pixels, in the cube
	// of the person.
	Camera func(width, height int, v Values) space.Camera

	// Period is set for a filter that observes and need not look at every frame: the
	// time that is to lie between those that it gets of a live stream. Over recordings
	// it gets them all.
	Period func(v Values) time.Duration

	OpenAudio Opener[capture.Sound]
	OpenVideo Opener[*capture.Frame]
	OpenRGBD  Opener[*capture.FrameSet]
}

// Audio defines an audio filter: its description, the defaults of its parameters,
// and how it is opened.
func Audio[P any](d Description, defaults P, open func(context.Context, Environment, P) (AudioFilter[P], error)) (Definition, error) {
	d.Kind = KindAudio
	made, err := define(d, defaults)
	made.OpenAudio = func(ctx context.Context, e Environment, v Values) (Stage[capture.Sound], error) {
		f, err := open(ctx, e, parameter.To[P](v))
		return stage[capture.Sound, P]{f}, err
	}
	return made, err
}

// Video defines a video filter.
func Video[P any](d Description, defaults P, open func(context.Context, Environment, P) (VideoFilter[P], error)) (Definition, error) {
	d.Kind = KindVideo
	made, err := define(d, defaults)
	made.OpenVideo = func(ctx context.Context, e Environment, v Values) (Stage[*capture.Frame], error) {
		f, err := open(ctx, e, parameter.To[P](v))
		return stage[*capture.Frame, P]{f}, err
	}
	return made, err
}

// RGBD defines a filter of frame sets.
func RGBD[P any](d Description, defaults P, open func(context.Context, Environment, P) (RGBDFilter[P], error)) (Definition, error) {
	d.Kind = KindRGBD
	made, err := define(d, defaults)
	made.OpenRGBD = func(ctx context.Context, e Environment, v Values) (Stage[*capture.FrameSet], error) {
		f, err := open(ctx, e, parameter.To[P](v))
		return stage[*capture.FrameSet, P]{f}, err
	}
	return made, err
}

func define(d Description, defaults any) (Definition, error) {
	made := Definition{Description: d}
	err := d.Validate()
	if err == nil {
		made.Parameters, err = parameter.Of(defaults)
	}
	if err != nil {
		return made, fmt.Errorf("define filter %s: %w", d.Name, err)
	}
	return made, nil
}

// typed is any of the three kinds.
type typed[T, P any] interface {
	Process(in T, p P) (T, error)
	Close() error
}

// stage gives a filter its parameters as it wants them.
type stage[T, P any] struct{ typed[T, P] }

func (s stage[T, P]) Process(in T, v Values) (T, error) {
	return s.typed.Process(in, parameter.To[P](v))
}
