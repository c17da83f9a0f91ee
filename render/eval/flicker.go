package eval

import (
	"context"
	"errors"
	"fmt"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/render/score"
)

// Defaults of Still.
const (
	StillEyes   = 4  // eyes
	StillFrames = 30 // frames, a second of the usual rig
)

// Still is a person who does not move before sensors that go on making noise.
type Still struct {
	Stage         Stage
	Eyes          []space.Vec3 // those of Novel, or the first few of them
	Instant       int          // the pose
	Frames        int          // StillFrames where 0
	Width, Height int          // 512 x 512 where 0
}

// watched is one eye of Still.
type watched struct {
	name    string
	target  space.Camera
	flicker *score.Flicker
}

// Flicker renders the same instant under fresh noise again and again, every
// eye from every frame set, and returns the flicker by view (see
// score.Flicker). Views whose truth shows nobody are left out. The frame sets
// follow one another in time, so that a renderer that filters in time does so.
func (s Still) Flicker(ctx context.Context, r Renderer, progress func(done, total int)) (map[string]float64, error) {
	views, err := s.views()
	if err != nil {
		return nil, err
	}
	frames := or(s.Frames, StillFrames)
	for i := range frames {
		if err := s.watch(ctx, r, views, i); err != nil {
			return nil, fmt.Errorf("measure flicker: frame %d: %w", i, err)
		}
		if progress != nil {
			progress(i+1, frames)
		}
	}
	levels := map[string]float64{}
	for _, v := range views {
		levels[v.name] = v.flicker.Levels()
	}
	return levels, nil
}

func (s Still) views() (views []watched, err error) {
	for i, eye := range s.Eyes {
		v := watched{name: eyeName(i), target: TargetAt(eye, or(s.Width, NovelSize), or(s.Height, NovelSize))}
		truth, err := s.Stage.Truth(s.Instant, v.target)
		if err != nil {
			return nil, fmt.Errorf("measure flicker: draw the truth of %s: %w", v.name, err)
		}
		switch v.flicker, err = score.NewFlicker(truth.Silhouette); {
		case errors.Is(err, score.ErrNoSilhouette):
		case err != nil:
			return nil, err
		default:
			views = append(views, v)
		}
	}
	return views, nil
}

// watch renders every view of one frame set.
func (s Still) watch(ctx context.Context, r Renderer, views []watched, frame int) error {
	frames, err := s.Stage.Again(s.Instant, frame)
	if err != nil {
		return err
	}
	set := capture.NewFrameSet(uint64(frame), 0, frames)
	defer set.Release()
	for _, v := range views {
		image, err := picture(ctx, r, set, v.target)
		if err != nil {
			return fmt.Errorf("view %q: %w", v.name, err)
		}
		if err := v.flicker.Add(score.Picture{Width: image.Width, Height: image.Height, RGB: image.RGB}, image.Matte); err != nil {
			return fmt.Errorf("view %q: %w", v.name, err)
		}
	}
	return nil
}

// AddFlicker puts the flicker by view into the report, and their mean.
func (r *Report) AddFlicker(levels map[string]float64) {
	sum, n := 0.0, 0
	for i := range r.Views {
		if level, ok := levels[r.Views[i].Camera]; ok {
			r.Views[i].Flicker = &level
			sum += level
			n++
		}
	}
	if n > 0 {
		sum /= float64(n)
		r.Mean.Flicker = &sum
	}
}
