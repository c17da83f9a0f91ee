package render

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
)

// Observe takes in a frame set that no view is rendered of, so that surfaces
// are followed through it. The set is borrowed for the call.
func (r *Renderer) Observe(_ context.Context, set *capture.FrameSet) error {
	if err := r.accept(set); err != nil {
		return fmt.Errorf("observe frame set: %w", err)
	}
	r.observe(set, r.everyCamera(set))
	return nil
}

// everyCamera calls a function for each of which a frame came.
func (r *Renderer) everyCamera(set *capture.FrameSet) func(func(camera int, geometry bool)) {
	return func(f func(camera int, geometry bool)) {
		for i := range r.cameras {
			if i < len(set.Frames) && set.Frames[i] != nil {
				f(i, false)
			}
		}
	}
}

// accept refuses frames that do not fit the rig.
func (r *Renderer) accept(set *capture.FrameSet) error {
	for i, c := range r.cameras {
		if i < len(set.Frames) && set.Frames[i] != nil {
			if err := c.accept(set.Frames[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

// observe takes in the depth of some cameras, side by side, and from time to
// time their colours.
func (r *Renderer) observe(set *capture.FrameSet, each func(func(camera int, geometry bool))) {
	look := !r.options.OwnColours && r.harmony.due(set)
	if look {
		each = r.everyCamera(set)
	}
	var side sync.WaitGroup // ends within this call
	each(func(i int, _ bool) {
		side.Go(func() { r.cameras[i].observe(set.Frames[i]) })
	})
	side.Wait()
	if look {
		r.harmony.look(set)
	}
}

// prepare observes the set, chooses the cameras of a view and makes their
// meshes.
func (r *Renderer) prepare(set *capture.FrameSet, eye, person space.Vec3, stages *Stages) (choice, error) {
	start := time.Now()
	defer func() { stages.Clean = time.Since(start) }()
	if err := r.accept(set); err != nil {
		return choice{}, fmt.Errorf("render view: %w", err)
	}
	c := choose(r.rig, set, eye, person, r.options)
	r.observe(set, c.each)
	c.keep(func(i int) bool { return r.cameras[i].somebody })
	if len(c.geometry) == 0 || len(c.colour) == 0 {
		return choice{}, ErrNobody
	}
	var side sync.WaitGroup // ends within this call
	for _, p := range c.geometry {
		side.Go(r.cameras[p.camera].mesh)
	}
	side.Wait()
	return c, nil
}

// paint starts to make what colour needs, while geometry is drawn. The function
// that it returns waits for it and must be called.
func (r *Renderer) paint(set *capture.FrameSet, c choice) (wait func()) {
	var side sync.WaitGroup
	for _, p := range c.colour {
		side.Go(func() { r.cameras[p.camera].paint(set.Frames[p.camera]) })
	}
	return side.Wait
}
