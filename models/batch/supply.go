package batch

import (
	"errors"
	"io"
	"time"

	"github.com/virtualcube/virtualcube/capture"
)

// supply is the frames of one stream of a clip, and what follows the last of them
// for as long as the filters look ahead.
type supply[T any] struct {
	medium media[T]
	read   func() (T, error)
	period time.Duration
	ahead  time.Duration

	count int          // frames that were read
	end   capture.Time // instant of the last of them
	ended bool
	last  T             // that was given; absent: none is kept
	extra time.Duration // how much more was given after the end
}

// next is the next frame for the first filter, the caller's, or io.EOF. enough
// says that no more is needed after the end.
func (s *supply[T]) next(enough bool) (in T, err error) {
	if !s.ended {
		if in, err = s.read(); err == nil {
			s.count++
			s.end = s.medium.Captured(in)
			s.keep(in)
			return in, nil
		}
		if !errors.Is(err, io.EOF) {
			return in, err
		}
		s.ended = true
	}
	if enough || s.medium.Absent(s.last) || s.extra >= s.ahead+s.period {
		return in, io.EOF
	}
	in = s.medium.next(s.last, s.period)
	s.extra += s.period
	s.keep(in)
	return in, nil
}

// keep remembers a frame, where something may have to follow it.
func (s *supply[T]) keep(in T) {
	if s.ahead > 0 {
		s.forget()
		s.last = s.medium.Retain(in)
	}
}

func (s *supply[T]) forget() {
	if !s.medium.Absent(s.last) {
		s.medium.Release(s.last)
	}
	var none T
	s.last = none
}
