package view

import (
	"context"
	"errors"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/render"
)

// Waits after failures of the renderer in a row: the first is free.
const (
	firstBackoff = 50 * time.Millisecond
	lastBackoff  = 2 * time.Second
)

// sequenceMask is the strip's 12 bits.
const sequenceMask = 1<<12 - 1

// render is the first goroutine: frame sets become views in the mailbox.
func (v *View) render(ctx context.Context) error {
	defer v.drain(ctx)
	var sequence uint16
	backoff := time.Duration(0)
	for {
		if v.ready.Load() {
			if v.config.Ladder.Watched(ctx) != nil {
				return nil
			}
		}
		set, err := v.config.Sets.Next(ctx)
		if err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return err
		}
		err = v.renderSet(ctx, set, sequence)
		set.Release()
		sequence = (sequence + 1) & sequenceMask
		if ctx.Err() != nil {
			return nil
		}
		if err == nil || errors.Is(err, render.ErrNobody) {
			v.ready.Store(true)
			backoff = 0
			continue
		}
		if !pause(ctx, backoff) {
			return nil
		}
		backoff = min(max(2*backoff, firstBackoff), lastBackoff)
	}
}

// renderSet renders one view; its error is counted and logged.
func (v *View) renderSet(ctx context.Context, set *capture.FrameSet, sequence uint16) error {
	eye := v.audience.lead()
	window, near, far, err := v.config.Framing.Frame(set, eye)
	var view *render.View
	if err == nil {
		v.audience.announce(window)
		view, err = v.config.Renderer.Render(ctx, set, render.Request{Eye: eye, Window: window, Near: near, Far: far, Sequence: sequence})
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
	v.log.warn(reason, message, err)
}

// drain takes what the source still hands out, so that it is released.
func (v *View) drain(ctx context.Context) {
	if ctx.Err() == nil {
		return // the source itself ended
	}
	for {
		set, err := v.config.Sets.Next(ctx)
		if err != nil {
			return
		}
		set.Release()
	}
}

// pause waits and says whether the context still holds.
func pause(ctx context.Context, d time.Duration) bool {
	if d == 0 {
		return ctx.Err() == nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
