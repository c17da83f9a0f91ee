package main

import (
	"context"
	"errors"
	"sync"
)

// group runs parts that live and end together: when one ends, with or without
// an error, the context of all ends.
type group struct {
	ctx  context.Context
	stop context.CancelFunc
	wait sync.WaitGroup

	mu   sync.Mutex
	errs []error // in the order of their coming: the first is the cause
}

func newGroup(ctx context.Context) *group {
	g := &group{}
	g.ctx, g.stop = context.WithCancel(ctx)
	return g
}

// run starts a part.
func (g *group) run(part func(context.Context) error) {
	g.wait.Go(func() {
		defer g.stop()
		if err := part(g.ctx); err != nil {
			g.mu.Lock()
			defer g.mu.Unlock()
			g.errs = append(g.errs, err)
		}
	})
}

// end stops all parts, waits for them and returns their errors.
func (g *group) end() error {
	g.stop()
	return g.join()
}

// join waits until all parts have ended and returns their errors.
func (g *group) join() error {
	g.wait.Wait()
	g.stop()
	return errors.Join(g.errs...)
}
