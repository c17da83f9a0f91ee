package batch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models"
)

// stream is the frames of one kind on their way through the filters of theirs.
type stream[T any] struct {
	kind   models.Kind
	medium medium[T]
	read   func() (T, error)
	put    func(T) error // to the clip that is written
	period time.Duration
	links  []*link[T]

	count   int           // frames that were read
	last    T             // that was read; what follows it is made of it
	first   bool          // last is there
	end     capture.Time  // instant of the last that was read
	extra   time.Duration // how much more was given after it
	ended   bool
	pending T // the next result
	ready   bool
	done    int          // results
	stamp   capture.Time // of the last result
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
		s.links = append(s.links, l)
	}
	return nil
}

func (s *stream[T]) lookAhead() (sum time.Duration) {
	for _, l := range s.links {
		sum += l.LookAhead
	}
	return sum
}

// next says of which instant the next result is; ok is false after the last.
func (s *stream[T]) next(ctx context.Context) (at capture.Time, ok bool, err error) {
	for !s.ready {
		if err := ctx.Err(); err != nil {
			return 0, false, err
		}
		in, err := s.feed()
		if errors.Is(err, io.EOF) {
			return 0, false, nil
		}
		if err != nil {
			return 0, false, err
		}
		out := in
		for _, l := range s.links {
			if s.medium.absent(out) {
				break
			}
			if out, err = l.process(out); err != nil {
				return 0, false, err
			}
		}
		if !s.medium.absent(out) {
			s.take(out)
		}
	}
	return s.medium.captured(s.pending), true, nil
}

// feed is the next frame for the first filter: one of the clip's, or what follows
// the last for as long as the filters look ahead.
func (s *stream[T]) feed() (T, error) {
	if !s.ended {
		in, err := s.read()
		if err == nil {
			s.count++
			s.end = s.medium.captured(in)
			s.remember(in)
			return in, nil
		}
		if !errors.Is(err, io.EOF) {
			return in, err
		}
		s.ended = true
	}
	if ahead := s.lookAhead(); !s.first || ahead == 0 || s.extra >= ahead+s.period || s.stamp >= s.end {
		var none T
		return none, io.EOF
	}
	in := s.medium.next(s.last, s.period)
	s.extra += s.period
	s.remember(in)
	return in, nil
}

func (s *stream[T]) remember(in T) {
	if s.lookAhead() == 0 {
		return
	}
	if s.first {
		s.medium.release(s.last)
	}
	s.last, s.first = s.medium.retain(in), true
}

// take keeps a result, unless it is of an instant that the clip does not have.
func (s *stream[T]) take(out T) {
	at := s.medium.captured(out)
	if s.kind != models.KindAudio && (at > s.end || at <= s.stamp) {
		s.medium.release(out)
		return
	}
	s.pending, s.ready, s.stamp = out, true, at
}

// write writes the pending result.
func (s *stream[T]) write() error {
	defer s.medium.release(s.pending)
	s.ready = false
	s.done++
	return s.put(s.pending)
}

func (s *stream[T]) close() error {
	if s.ready {
		s.medium.release(s.pending)
		s.ready = false
	}
	if s.first {
		s.medium.release(s.last)
		s.first = false
	}
	var errs []error
	for _, l := range s.links {
		errs = append(errs, l.close())
	}
	return errors.Join(errs...)
}

func (s *stream[T]) counted() StreamReport {
	return StreamReport{Kind: s.kind, Read: s.count, Written: s.done, Seconds: s.end.Sub(0).Seconds()}
}

// lane is a stream of any kind.
type lane interface {
	open(ctx context.Context, chain []*account, o Options) error
	next(ctx context.Context) (at capture.Time, ok bool, err error)
	write() error
	close() error
	counted() StreamReport
}

var errNone = errors.New("the clip has none")

// lacking says what a chain wants that the clip does not have.
func lacking(a *account, what string) error {
	return fmt.Errorf("%s filters %s, and %w", a.Name, what, errNone)
}
