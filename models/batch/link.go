package batch

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync/atomic"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models"
)

// link is one filter of a chain at work.
type link[T any] struct {
	models.Bound
	medium  media[T]
	stage   models.Stage[T]
	account *account
	last    T   // what it returned last; for Hold
	came    []T // what it was given, for as long as it looks ahead; for Pass
}

// account is what is counted of one filter.
type account struct {
	models.Bound
	took         []time.Duration // a frame
	errors       int
	first        error // of them
	firstAt      capture.Time
	observations atomic.Int64
}

func (a *account) observed() { a.observations.Add(1) }

// newLink opens a filter.
func newLink[T any](ctx context.Context, b models.Bound, m media[T], o Options, a *account) (*link[T], error) {
	stage, err := m.open(ctx, b, func(x models.Observation) {
		a.observed()
		if o.Observe != nil {
			o.Observe(b.Name, x)
		}
	})
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", b.Name, err)
	}
	return &link[T]{Bound: b, medium: m, stage: stage, account: a}, nil
}

// process takes a frame over and returns what becomes of it; absent: nothing yet.
func (l *link[T]) process(in T) (T, error) {
	defer l.medium.Release(in)
	if !l.Private && l.Failing == models.Pass {
		l.keep(in)
	}
	began := time.Now()
	out, err := l.call(in)
	l.account.took = append(l.account.took, time.Since(began))
	if panicked := (*panicError)(nil); errors.As(err, &panicked) {
		return out, fmt.Errorf("filter %s at %.3f s: %w\n%s", l.Name, seconds(l.medium.Captured(in)), err, panicked.stack)
	}
	if err == nil && !l.medium.Absent(out) {
		if invalid := l.medium.Check(in, out); invalid != nil {
			l.medium.Release(out)
			err = fmt.Errorf("returned what is no frame: %w", invalid)
		}
	}
	if err != nil {
		l.account.fail(err, l.medium.Captured(in))
		return l.instead(in), nil
	}
	if l.Failing == models.Hold && !l.medium.Absent(out) {
		l.forget()
		l.last = l.medium.Retain(out)
	}
	return out, nil
}

// panicError is what a filter panicked with.
type panicError struct {
	value any
	stack []byte
}

func (e *panicError) Error() string { return fmt.Sprintf("panic: %v", e.value) }

func (l *link[T]) call(in T) (out T, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &panicError{v, debug.Stack()}
		}
	}()
	return l.stage.Process(in, l.Values)
}

func (a *account) fail(err error, at capture.Time) {
	if a.errors++; a.first == nil {
		a.first, a.firstAt = err, at
	}
}

// instead is what stands for the content that a filter failed at.
func (l *link[T]) instead(in T) T {
	m, at := l.medium, l.medium.Captured(in).Add(-l.LookAhead)
	var out T // absent, where nothing stands for it
	switch {
	case l.Failing == models.Pass:
		out, _ = m.At(l.came, at)
	case l.Failing == models.Hold && !m.Absent(l.last):
		out = m.Held(l.last, in, at)
	default:
		out, _ = m.Skipped(in, at)
	}
	return out
}

// keep remembers what came, for as long as the filter looks ahead.
func (l *link[T]) keep(in T) {
	l.came = append(l.came, l.medium.Retain(in))
	old := l.medium.Captured(in).Add(-l.LookAhead - 2*capture.SoundLength)
	for len(l.came) > 1 && l.medium.Captured(l.came[1]) <= old {
		l.medium.Release(l.came[0])
		l.came = l.came[1:]
	}
}

func (l *link[T]) forget() {
	if !l.medium.Absent(l.last) {
		l.medium.Release(l.last)
	}
	var none T
	l.last = none
}

func (l *link[T]) close() error {
	l.forget()
	for _, x := range l.came {
		l.medium.Release(x)
	}
	l.came = nil
	if err := l.stage.Close(); err != nil {
		return fmt.Errorf("close %s: %w", l.Name, err)
	}
	return nil
}
