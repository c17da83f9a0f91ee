package multiview

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/render"
	"github.com/virtualcube/virtualcube/session/vantage"
)

// Waits after failures of the renderer in a row: the first is free.
const (
	firstBackoff = 50 * time.Millisecond
	lastBackoff  = 2 * time.Second
)

// sequenceMask is the strip's 12 bits.
const sequenceMask = 1<<12 - 1

// staleAfter is the age, in periods, of a frame set that no further view is
// rendered from. Below it, views that share what was done for the frame set
// cost less than each of the newest.
const staleAfter = 2

// render takes frame sets until the context or they end.
func (v *Views) render(ctx context.Context, fail context.CancelFunc) error {
	defer v.drain(ctx)
	backoff := time.Duration(0)
	for {
		if v.ready.Load() && !v.watched() {
			v.plan(ctx, fail)
			if !v.idle(ctx) {
				return nil
			}
			continue
		}
		set, err := v.config.Sets.Next(ctx)
		if err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return err
		}
		v.plan(ctx, fail)
		err = v.renderSet(ctx, set)
		set.Release()
		v.sequence = (v.sequence + 1) & sequenceMask
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

func (v *Views) watched() bool {
	for i := range v.slots {
		if v.slots[i].watched() {
			return true
		}
	}
	return false
}

// idle waits until somebody subscribes, comes or leaves; false means that the
// context ended.
func (v *Views) idle(ctx context.Context) bool {
	waiting, cancel := context.WithCancel(ctx)
	defer cancel()
	watched := make(chan struct{}, len(v.slots))
	var waits sync.WaitGroup // end within this call
	defer waits.Wait()
	defer cancel()
	for i := range v.slots {
		waits.Go(func() {
			if v.slots[i].ladder.Watched(waiting) == nil {
				watched <- struct{}{}
			}
		})
	}
	select {
	case <-watched:
	case <-v.audience.came:
	case <-ctx.Done():
		return false
	}
	return true
}

// plan gives every viewer its view, and opens and closes views accordingly.
func (v *Views) plan(ctx context.Context, fail context.CancelFunc) {
	now := time.Now()
	a := &v.audience
	v.eyes, v.who = a.eyes(v.eyes[:0], v.who[:0])
	points := v.planner.Update(now.Sub(v.planned).Seconds(), v.eyes)
	a.assign(v.eyes, v.who, points, v.needed, v.looked)
	v.planned = now
	open := 0
	for i := range v.slots {
		if v.needed[i] && !v.slots[i].open {
			v.openView(ctx, fail, i)
		}
		if v.slots[i].open {
			open++
		}
	}
	for i := range v.slots {
		s := &v.slots[i]
		if s.open && !v.needed[i] && open > 1 && !s.watched() {
			v.closeView(i)
			open--
		}
	}
	v.aim(points)
	a.mu.Lock()
	for i := range v.slots {
		a.open[i] = v.slots[i].open
	}
	a.mu.Unlock()
}

// aim sets the eyes of the views: a point's, and without one, while those who
// moved on wait for another view, the last.
func (v *Views) aim(points []vantage.Point) {
	for i := range v.slots {
		if !v.looked[i] {
			v.slots[i].eye = frontEye(v.audience.center)
		}
	}
	for _, p := range points {
		v.slots[p.Slot].eye = clampEye(p.At, v.audience.center)
	}
}

// renderSet renders the views that somebody watches, each once: the one after
// the last first. Without any, one is rendered as long as none ever was.
func (v *Views) renderSet(ctx context.Context, set *capture.FrameSet) error {
	begin, n := v.last+1, 0
	for i := range v.slots {
		k := (begin + i) % len(v.slots)
		s := &v.slots[k]
		if !s.open || v.ready.Load() && !s.watched() {
			continue
		}
		if n > 0 && v.config.Clock.Now().Sub(set.Closed) > staleAfter*v.period {
			return nil // its turn comes with the next frame set
		}
		n++
		v.last = k
		if err := s.view.Render(ctx, set, s.eye, v.sequence); err != nil {
			return err
		}
	}
	return nil
}

// drain takes what the source still hands out, so that it is released.
func (v *Views) drain(ctx context.Context) {
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
