package host

import (
	"context"
	"errors"
	"slices"
	"time"
)

const (
	endPatience = 2 * time.Second // to close a filter
	restarts    = 5               // in a row, after which a filter stays away
	healthy     = time.Minute     // after which a filter's restarts are forgotten
	firstRetry  = 500 * time.Millisecond
)

var errWedged = errors.New("it did not return in time")

// check cuts out filters that hang and opens those again that are due.
func (c *Chain[T]) check(ctx context.Context) {
	now := time.Now()
	for _, l := range c.live {
		l.collect()
		switch {
		case l.worker != nil && l.worker.stuck(now) > c.config.Wedged:
			l.stats.Errors++
			l.stats.Error = errWedged.Error()
			l.cutOut(errWedged)
		case l.worker != nil && l.tries > 0 && now.Sub(l.opened) > healthy:
			l.tries = 0
		case l.worker == nil && !l.retry.IsZero() && now.After(l.retry):
			l.stats.Restarts++
			c.open(ctx, l)
		}
	}
}

// cutOut takes a filter out of the way, to be opened again.
func (l *link[T]) cutOut(why error) {
	c, w := l.chain, l.worker
	c.config.Log.Warn("a filter was cut out", "chain", c.config.Name, "filter", l.Name, "link", l.ID, "reason", why)
	l.worker, l.guards = nil, true
	c.parts.Go(func() { c.discard(w) })
	l.again()
}

// again says when a filter that is away is opened again, if it is.
func (l *link[T]) again() {
	if l.tries++; l.tries > restarts {
		l.stats.State = Failed
		l.chain.config.Log.Error("a filter stays away", "chain", l.chain.config.Name, "filter", l.Name, "link", l.ID, "failures", l.tries, "error", l.stats.Error)
		return
	}
	l.stats.State = Opening
	l.retry = time.Now().Add(firstRetry << (l.tries - 1))
}

// drop ends a link that is no longer in the chain.
func (c *Chain[T]) drop(l *link[T]) {
	if l.cancel != nil {
		l.cancel()
	}
	l.forget()
	if !l.dropped {
		t := l.total()
		t.Queue = 0
		c.past, l.dropped = c.past.Add(t), true
	}
	if w := l.worker; w != nil {
		l.worker = nil
		c.parts.Go(func() { c.discard(w) })
	}
}

// discard ends a filter and waits for it; nil is nothing to wait for.
func (c *Chain[T]) discard(w *worker[T]) {
	if w == nil {
		return
	}
	if !w.end(endPatience) {
		c.abandon(w.of)
		c.config.Log.Error("a filter was abandoned: it does not return", "chain", c.config.Name, "filter", w.of.Name)
		return
	}
	if w.closed != nil {
		c.config.Log.Warn("a filter did not close", "chain", c.config.Name, "error", w.closed)
	}
}

// finish ends everything.
func (c *Chain[T]) finish() {
	for _, l := range slices.Concat(c.live, c.next) {
		c.drop(l)
	}
	c.parts.Wait()
	for _, f := range c.raw {
		c.medium.Release(f)
	}
	c.inbox.empty()
	c.publish()
	c.config.Log.Info("a chain ended", "chain", c.config.Name, "in", c.stats.In, "out", c.stats.Out)
}
