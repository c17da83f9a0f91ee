package synthetic

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// gauge counts upwards and tells who waits.
type gauge struct {
	mu      sync.Mutex // guards both
	n       int
	changed chan struct{} // closed at the next change
}

func newGauge() *gauge { return &gauge{changed: make(chan struct{})} }

func (g *gauge) get() (int, <-chan struct{}) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.n, g.changed
}

func (g *gauge) set(n int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if n > g.n {
		g.n = n
		close(g.changed)
		g.changed = make(chan struct{})
	}
}

// lookAgain is how long to wait for another process that fills the cache.
const lookAgain = 50 * time.Millisecond

// fill makes the whole loop playable: it checks what lies in the cache, bakes
// what is missing, or waits for the process that does. Within a source one
// caller at a time works; the others wait.
func (s *Source) fill(ctx context.Context) error {
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return nil
	}
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		intact := s.check(ctx)
		if n, _ := s.ready.get(); n == s.options.Frames || ctx.Err() != nil {
			return nil
		}
		mine, err := s.store.tryFill()
		if err != nil {
			return err
		}
		if mine {
			// Somebody may have filled more between the check and the lock.
			if n, _ := s.ready.get(); intact && s.store.filled() > n {
				err = s.store.endFill()
			} else {
				err = errors.Join(s.bake(ctx), s.store.endFill())
			}
			if err != nil {
				return fmt.Errorf("bake synthetic loop into %s: %w", s.store.path, err)
			}
			continue
		}
		timer.Reset(lookAgain)
		select {
		case <-timer.C:
		case <-ctx.Done():
		}
	}
}

// check makes the sets playable that are in the cache and sound. It returns
// false where it met a damaged one.
func (s *Source) check(ctx context.Context) bool {
	for n, _ := s.ready.get(); n < s.store.filled() && ctx.Err() == nil; n++ {
		if !s.store.sound(n) {
			return false
		}
		s.ready.set(n + 1)
		s.progress(n + 1)
	}
	return true
}

func (s *Source) progress(done int) {
	if s.options.Progress != nil {
		s.options.Progress(done, s.options.Frames)
	}
}

// bake draws the missing sets. One core stays free for the rest of the
// machine where there is more than one. Sets become playable in order.
func (s *Source) bake(ctx context.Context) error {
	first, _ := s.ready.get()
	if err := s.store.setFilled(first); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	st := s.studio()
	type result struct {
		set int
		err error
	}
	workers := min(max(1, runtime.GOMAXPROCS(0)-1), s.options.Frames-first)
	results := make(chan result, workers) // a worker waits while its last result is not taken
	var next atomic.Int64
	next.Store(int64(first))
	var wait sync.WaitGroup
	for range workers {
		wait.Go(func() {
			d := st.drawer(1)
			memory := make([]byte, s.store.setBytes())
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= s.options.Frames {
					return
				}
				select {
				case results <- result{i, s.bakeSet(d, i, memory)}:
				case <-ctx.Done():
				}
			}
		})
	}
	go func() { wait.Wait(); close(results) }() // ends with the workers, before the loop below does
	done := make([]bool, s.options.Frames)
	var failed error
	for r := range results {
		if r.err != nil {
			failed = errors.Join(failed, r.err)
			cancel()
			continue
		}
		done[r.set] = true
		for failed == nil && first < s.options.Frames && done[first] {
			first++
			if failed = s.store.setFilled(first); failed != nil {
				cancel()
				break
			}
			s.ready.set(first)
			s.progress(first)
		}
	}
	return failed
}

// bakeSet draws one set and writes it.
func (s *Source) bakeSet(d *drawer, index int, memory []byte) error {
	for c := range s.rig.Cameras {
		colour, depth := s.store.planes(memory, c)
		if err := d.shot(c, index, s.options.Seed, colour, depth.Millimetres); err != nil {
			return err
		}
	}
	return s.store.write(index, memory)
}
