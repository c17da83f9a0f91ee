package view

import (
	"context"
	"errors"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/render"
)

// Render renders the view of an eye, in metres in the cube, from a frame set,
// which it borrows, and leaves it to Run. sequence is what the strip says: 12
// bits. An error is counted and logged.
func (v *View) Render(ctx context.Context, set *capture.FrameSet, eye space.Vec3, sequence uint16) error {
	window, near, far, err := v.config.Framing.Frame(set, eye)
	var view *render.View
	if err == nil {
		if window != v.framed {
			v.framed, v.announced = window, v.config.Announce(window)
		}
		view, err = v.config.Renderer.Render(ctx, set, render.Request{Eye: eye, Window: v.announced, Near: near, Far: far, Sequence: sequence})
	}
	if err != nil {
		if ctx.Err() == nil {
			v.drop(reason(err), "view not rendered", err)
		}
		return err
	}
	v.tally.rendered()
	at := instants{captured: set.Captured, emitted: set.Emitted, closed: set.Closed}
	if old, replaced := v.rendered.put(rendered{view: view, instants: at}); replaced {
		old.view.Release()
		v.tally.dropped(DropOverrun)
	}
	return nil
}

func reason(err error) string {
	switch {
	case errors.Is(err, render.ErrNobody):
		return DropNobody
	case errors.Is(err, render.ErrContextLost):
		return DropLost
	}
	return DropRender
}

func (v *View) drop(reason, message string, err error) {
	v.tally.dropped(reason)
	v.log.Warn(reason, message, "reason", reason, "error", err)
}
