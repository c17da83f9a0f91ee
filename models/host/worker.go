package host

import (
	"fmt"
	"runtime/debug"
	"time"

	"github.com/virtualcube/virtualcube/models"
)

// worker is an open filter and the goroutine that it works in.
type worker[T any] struct {
	of      models.Description
	stage   models.Stage[T]
	medium  stream[T]
	jobs    chan job[T]
	results chan result[T] // has room for every job: the goroutine never waits
	ended   chan struct{}
	closed  error // Close's, after ended
	waiting []job[T]
}

// job is a frame on its way through a filter; its number counts them.
type job[T any] struct {
	number uint64
	in     T
	values models.Values
	since  time.Time
}

type result[T any] struct {
	number uint64
	out    T
	err    error
	took   time.Duration
}

// panicError is what a filter panicked with: it is not used again.
type panicError struct {
	value any
	stack []byte
}

func (e *panicError) Error() string { return fmt.Sprintf("panic: %v", e.value) }

// newWorker starts the goroutine; end or abandon ends it. depth is how many jobs
// may wait.
func newWorker[T any](of models.Description, s models.Stage[T], m stream[T], depth int) *worker[T] {
	w := &worker[T]{
		of: of, stage: s, medium: m, jobs: make(chan job[T], depth), results: make(chan result[T], depth+1), ended: make(chan struct{}),
	}
	go w.work()
	return w
}

func (w *worker[T]) work() {
	defer close(w.ended)
	for j := range w.jobs {
		w.results <- w.process(j)
	}
	w.closed = closeStage(w.stage)
}

func (w *worker[T]) process(j job[T]) (r result[T]) {
	r.number = j.number
	began := time.Now()
	defer func() {
		if v := recover(); v != nil {
			r.err = &panicError{value: v, stack: debug.Stack()}
		}
		r.took = time.Since(began)
		w.medium.Release(j.in)
	}()
	r.out, r.err = w.stage.Process(j.in, j.values)
	if r.err != nil || w.medium.Absent(r.out) {
		return r
	}
	if err := w.medium.Check(j.in, r.out); err != nil {
		w.medium.Release(r.out)
		r.err = fmt.Errorf("returned what is no frame: %w", err)
	}
	return r
}

func closeStage[T any](s models.Stage[T]) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &panicError{value: v, stack: debug.Stack()}
		}
	}()
	return s.Close()
}

// give hands a job over; ok is false, and nothing happens, where as many wait as
// may. The worker holds a reference of its own.
func (w *worker[T]) give(j job[T]) (ok bool) {
	if len(w.waiting) >= cap(w.jobs) {
		return false
	}
	j.in = w.medium.Retain(j.in)
	j.since = time.Now()
	w.waiting = append(w.waiting, j)
	w.jobs <- j
	return true
}

// took notes that a result came.
func (w *worker[T]) took() { w.waiting = w.waiting[1:] }

// stuck is for how long the oldest job has been waited for.
func (w *worker[T]) stuck(now time.Time) time.Duration {
	if len(w.waiting) == 0 {
		return 0
	}
	return now.Sub(w.waiting[0].since)
}

// end lets the filter finish what it has, closes it and throws its results away.
// It waits at most patience; then the filter is killed, or, where it cannot be,
// abandoned: false.
func (w *worker[T]) end(patience time.Duration) (gone bool) {
	close(w.jobs)
	timer := time.NewTimer(patience)
	defer timer.Stop()
	for range 2 {
		select {
		case <-w.ended:
			w.drain()
			return true
		case <-timer.C:
		}
		k, can := w.stage.(models.Killer)
		if !can {
			return false
		}
		k.Kill()
		timer.Reset(patience)
	}
	return false
}

func (w *worker[T]) drain() {
	for {
		select {
		case r := <-w.results:
			if r.err == nil && !w.medium.Absent(r.out) {
				w.medium.Release(r.out)
			}
		default:
			return
		}
	}
}
