package host

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/virtualcube/virtualcube/models"
)

// openPatience is how long a filter may take to open and to warm up.
const openPatience = time.Minute

var errStuck = errors.New("it did not open in time")

// opening is a filter that was opened and warmed up, or why not.
type opening[T any] struct {
	link   *link[T]
	worker *worker[T]
	err    error
}

// arrange begins to make the chain what is wanted.
func (c *Chain[T]) arrange(ctx context.Context) {
	c.mu.Lock()
	wanted, reloads := c.wanted, c.reloads
	c.reloads = nil
	c.mu.Unlock()
	before := c.next
	next := make([]*link[T], 0, len(wanted))
	for _, w := range wanted {
		l := same(c.next, w)
		if l == nil {
			l = same(c.live, w)
		}
		if l == nil || slices.Contains(reloads, w.ID) {
			l = newLink(c, w)
			c.open(ctx, l)
		}
		l.Values = w.Values // live ones, from the next frame on
		next = append(next, l)
	}
	c.next = next
	for _, l := range before { // that nobody wants any more
		if !slices.Contains(c.next, l) && !slices.Contains(c.live, l) {
			c.drop(l)
		}
	}
	c.settle()
}

// same finds a link that can become what is wanted by live parameters alone.
func same[T any](list []*link[T], w Link) *link[T] {
	for _, l := range list {
		if l.ID == w.ID && l.Name == w.Name && !l.Values.Restarts(w.Values) && l.stats.State != Failed {
			return l
		}
	}
	return nil
}

// settle makes the next arrangement the live one, if all of it is open.
func (c *Chain[T]) settle() {
	if c.next == nil {
		return
	}
	for _, l := range c.next {
		if l.stats.State == Opening && !slices.Contains(c.live, l) {
			return
		}
	}
	old := c.live
	c.live, c.next = c.next, nil
	for _, l := range c.live {
		l.guards = l.guards || !c.begun || l.worker != nil
		c.hides = c.hides || l.Private
	}
	c.begun = true
	for _, l := range old {
		if !slices.Contains(c.live, l) {
			c.drop(l)
		}
	}
}

// open opens a link's filter and warms it up, beside whatever works.
func (c *Chain[T]) open(ctx context.Context, l *link[T]) {
	ctx, cancel := context.WithTimeout(ctx, openPatience)
	l.cancel = cancel
	l.retry = time.Time{}
	l.stats.State = Opening
	warm := make([]T, 0, len(c.raw))
	for _, f := range c.raw {
		warm = append(warm, c.medium.Retain(f))
	}
	values, bound := l.Values, l.Bound
	observe := func(models.Observation) {}
	if report := c.config.Observe; report != nil {
		id := l.ID
		observe = func(o models.Observation) { report(id, o) }
	}
	c.parts.Go(func() {
		defer cancel()
		w, err := c.ready(ctx, bound, values, warm, observe)
		for _, f := range warm {
			c.medium.Release(f)
		}
		select {
		case c.opened <- opening[T]{link: l, worker: w, err: err}:
		case <-ctx.Done():
			c.discard(w)
		}
	})
}

// ready opens a filter and has it work on some frames.
func (c *Chain[T]) ready(ctx context.Context, b models.Bound, v models.Values, warm []T, observe func(models.Observation)) (*worker[T], error) {
	type made struct {
		stage models.Stage[T]
		err   error
	}
	done := make(chan made, 1)
	go func() { // ends with Open, which may never return
		defer func() {
			if p := recover(); p != nil {
				done <- made{err: fmt.Errorf("panic: %v", p)}
			}
		}()
		s, err := c.config.Open(ctx, b, observe)
		done <- made{s, err}
	}()
	var m made
	select {
	case m = <-done:
	case <-ctx.Done():
		timer := time.NewTimer(endPatience)
		defer timer.Stop()
		select {
		case m = <-done:
			if m.err == nil {
				return nil, errors.Join(context.Cause(ctx), closeStage(m.stage))
			}
		case <-timer.C:
			c.abandon(b.Description)
			m.err = errStuck
		}
	}
	if m.err != nil {
		return nil, m.err
	}
	_, depth := c.medium.depth()
	w := newWorker(b.Description, m.stage, c.medium, depth)
	if err := c.warm(ctx, w, v, warm); err != nil {
		c.discard(w)
		return nil, fmt.Errorf("warm up: %w", err)
	}
	return w, nil
}

// warm gives a filter frames whose results nobody sees.
func (c *Chain[T]) warm(ctx context.Context, w *worker[T], v models.Values, frames []T) error {
	if len(frames) == 0 {
		blank, err := c.medium.blank()
		if err != nil {
			return err
		}
		defer c.medium.Release(blank)
		frames = []T{blank}
	}
	for _, f := range frames {
		w.give(job[T]{in: f, values: v})
		select {
		case r := <-w.results:
			w.took()
			if r.err != nil {
				return r.err
			}
			if !c.medium.Absent(r.out) {
				c.medium.Release(r.out)
			}
		case <-ctx.Done():
			return errStuck
		}
	}
	return nil
}

// arrived puts a filter that was opened into its place.
func (c *Chain[T]) arrived(o opening[T]) {
	l := o.link
	if !slices.Contains(c.live, l) && !slices.Contains(c.next, l) || l.worker != nil {
		c.parts.Go(func() { c.discard(o.worker) }) // it was dropped meanwhile
		return
	}
	l.cancel()
	if o.err != nil {
		c.config.Log.Warn("a filter could not be opened", "chain", c.config.Name, "filter", l.Name, "link", l.ID, "error", o.err)
		l.stats.Error = o.err.Error()
		if slices.Contains(c.live, l) {
			l.again()
		} else {
			c.replaceFailed(l)
		}
		c.settle()
		return
	}
	l.worker, l.opened, l.stats.State = o.worker, time.Now(), Running
	c.config.Log.Info("a filter works", "chain", c.config.Name, "filter", l.Name, "link", l.ID)
	c.settle()
}

// replaceFailed leaves what worked in its place, where a link of the same id did.
func (c *Chain[T]) replaceFailed(l *link[T]) {
	l.stats.State = Failed
	for _, old := range c.live {
		if old.ID == l.ID && old.worker != nil {
			old.stats.Error = l.stats.Error
			c.next[slices.Index(c.next, l)] = old
			return
		}
	}
}
