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
	flicker []*score.Flicker // a method
}

// Flicker renders the same instant under fresh noise again and again, every
// eye by every method from every frame set, and returns the flicker by method
// and view (see score.Flicker). Views whose truth shows nobody are left out.
// The frame sets follow one another in time, and those methods that filter in
// time are shown Preceding more of the same pose beforehand.
func (s Still) Flicker(ctx context.Context, methods []Named, progress func(done, total int)) (map[string]map[string]float64, error) {
	views, err := s.views(len(methods))
	if err != nil {
		return nil, err
	}
	frames, watching := or(s.Frames, StillFrames), observers(methods)
	for i := range Preceding + frames {
		counted := i - Preceding
		if counted < 0 && len(watching) == 0 {
			continue
		}
		set, err := s.again(i)
		if err != nil {
			return nil, fmt.Errorf("measure flicker: frame %d: %w", i, err)
		}
		if counted < 0 {
			err = observe(ctx, watching, set)
		} else {
			err = watch(ctx, methods, views, set)
		}
		set.Release()
		if err != nil {
			return nil, fmt.Errorf("measure flicker: frame %d: %w", i, err)
		}
		if counted >= 0 && progress != nil {
			progress(counted+1, frames)
		}
	}
	levels := map[string]map[string]float64{}
	for i, m := range methods {
		levels[m.Name] = map[string]float64{}
		for _, v := range views {
			levels[m.Name][v.name] = v.flicker[i].Levels()
		}
	}
	return levels, nil
}

// again captures a frame set of the sequence.
func (s Still) again(n int) (*capture.FrameSet, error) {
	frames, err := s.Stage.Again(s.Instant, n)
	if err != nil {
		return nil, err
	}
	set := capture.NewFrameSet(uint64(n), 0, frames)
	defer set.Release()
	return later(set, stillSequence, stillBegins), nil
}

func (s Still) views(methods int) (views []watched, err error) {
	for i, eye := range s.Eyes {
		v := watched{name: eyeName(i), target: TargetAt(eye, or(s.Width, NovelSize), or(s.Height, NovelSize))}
		truth, err := s.Stage.Truth(s.Instant, v.target)
		if err != nil {
			return nil, fmt.Errorf("measure flicker: draw the truth of %s: %w", v.name, err)
		}
		if v.flicker, err = newFlickers(truth.Silhouette, methods); errors.Is(err, score.ErrNoSilhouette) {
			continue
		} else if err != nil {
			return nil, err
		}
		views = append(views, v)
	}
	return views, nil
}

func newFlickers(silhouette score.Mask, n int) (list []*score.Flicker, err error) {
	list = make([]*score.Flicker, n)
	for i := range list {
		if list[i], err = score.NewFlicker(silhouette); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// watch renders every view of one frame set by every method.
func watch(ctx context.Context, methods []Named, views []watched, set *capture.FrameSet) error {
	for _, v := range views {
		for i, m := range methods {
			image, err := picture(ctx, m, set, v.target)
			if err == nil {
				err = v.flicker[i].Add(score.Picture{Width: image.Width, Height: image.Height, RGB: image.RGB}, image.Matte)
			}
			if err != nil {
				return fmt.Errorf("view %q, method %q: %w", v.name, m.Name, err)
			}
		}
	}
	return nil
}
