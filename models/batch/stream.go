package batch

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models"
)

// stream is the frames of one kind on their way through the filters of theirs.
type stream[T any] struct {
	supply[T]
	kind  models.Kind
	put   func(T) error // to the clip that is written
	links []*link[T]

	pending T // the next result
	ready   bool
	done    int          // results that were written
	stamp   capture.Time // of the last result
}

func newStream[T any](k models.Kind, m media[T], read func() (T, error), put func(T) error, period time.Duration) *stream[T] {
	return &stream[T]{kind: k, put: put, supply: supply[T]{medium: m, read: read, period: period}}
}

// open opens the filters of the stream's kind.
func (s *stream[T]) open(ctx context.Context, chain []*account, o Options) error {
	for _, a := range chain {
		if a.Kind != s.kind {
			continue
		}
		l, err := newLink(ctx, a.Bound, s.medium, o, a)
		if err != nil {
			return err
		}
		s.ahead += l.LookAhead
		s.links = append(s.links, l)
	}
	return nil
}

// next says of which instant the next result is; ok is false after the last.
func (s *stream[T]) next(ctx context.Context) (at capture.Time, ok bool, err error) {
	for !s.ready {
		if err := ctx.Err(); err != nil {
			return 0, false, err
		}
		out, err := s.supply.next(s.stamp >= s.end)
		if errors.Is(err, io.EOF) {
			return 0, false, nil
		}
		for i := 0; err == nil && i < len(s.links) && !s.medium.Absent(out); i++ {
			out, err = s.links[i].process(out)
		}
		if err != nil {
			return 0, false, err
		}
		if !s.medium.Absent(out) {
			s.take(out)
		}
	}
	return s.medium.Captured(s.pending), true, nil
}

// take keeps a result, unless it is of an instant that the clip does not have.
func (s *stream[T]) take(out T) {
	at := s.medium.Captured(out)
	if s.kind != models.KindAudio && (at > s.end || at <= s.stamp) {
		s.medium.Release(out)
		return
	}
	s.pending, s.ready, s.stamp = out, true, at
}

// write writes the pending result.
func (s *stream[T]) write() error {
	defer s.medium.Release(s.pending)
	s.ready = false
	s.done++
	return s.put(s.pending)
}

func (s *stream[T]) close() error {
	if s.ready {
		s.medium.Release(s.pending)
		s.ready = false
	}
	s.forget()
	var errs []error
	for _, l := range s.links {
		errs = append(errs, l.close())
	}
	return errors.Join(errs...)
}

func (s *stream[T]) counted() StreamReport {
	r := StreamReport{Kind: s.kind, Read: s.count, Written: s.done}
	if s.count > 0 {
		r.Seconds = seconds(s.end.Add(s.period))
	}
	return r
}

// lane is a stream of any kind.
type lane interface {
	open(ctx context.Context, chain []*account, o Options) error
	next(ctx context.Context) (at capture.Time, ok bool, err error)
	write() error
	close() error
	counted() StreamReport
}
