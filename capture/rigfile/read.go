package rigfile

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"time"

	"github.com/virtualcube/virtualcube/capture"
)

// reading is a source that is read out of time, and its next instant.
type reading struct {
	source capture.Recording
	shift  time.Duration // of its beginning
	at     time.Duration
	frames []*capture.Frame // nil: nothing is left
}

// Next reads all sources out of time, see capture.Recording. They begin together,
// each with its offset; what lies within half a period of the earliest is one
// instant. All sources must be recordings.
func (s *Source) Next(ctx context.Context) (time.Duration, []*capture.Frame, error) {
	if s.reading == nil {
		if err := s.begin(ctx); err != nil {
			return 0, nil, err
		}
	}
	earliest := time.Duration(math.MaxInt64)
	for _, r := range s.reading {
		if r.frames != nil {
			earliest = min(earliest, r.at)
		}
	}
	if earliest == math.MaxInt64 {
		return 0, nil, io.EOF
	}
	half := time.Duration(float64(time.Second) / s.rig.Rate / 2)
	var frames []*capture.Frame
	for i := range s.reading {
		r := &s.reading[i]
		if r.frames == nil || r.at >= earliest+half {
			continue
		}
		frames = append(frames, s.children[i].numbered(r.frames)...)
		if err := r.next(ctx); err != nil {
			release(frames)
			return 0, nil, fmt.Errorf("read %s: %w", s.children[i].address, err)
		}
	}
	return earliest, frames, nil
}

// begin reads the first instant of every source.
func (s *Source) begin(ctx context.Context) error {
	least := math.Inf(1)
	for _, m := range s.children {
		least = min(least, m.offset)
	}
	readings := make([]reading, len(s.children))
	for i, m := range s.children {
		source, ok := m.source.(capture.Recording)
		if !ok {
			return fmt.Errorf("read %s: %s is no recording: it plays in real time alone", s.name, m.address)
		}
		readings[i] = reading{source: source, shift: time.Duration((m.offset - least) * float64(time.Second))}
		if err := readings[i].next(ctx); err != nil {
			return fmt.Errorf("read %s: %w", m.address, err)
		}
	}
	s.reading = readings
	return nil
}

// next goes on to the source's next instant; at its end frames is nil.
func (r *reading) next(ctx context.Context) error {
	at, frames, err := r.source.Next(ctx)
	if errors.Is(err, io.EOF) {
		at, frames, err = 0, nil, nil
	}
	for _, f := range frames {
		f.Captured = f.Captured.Add(r.shift)
	}
	r.at, r.frames = at+r.shift, frames
	return err
}

// numbered gives frames the rig's numbers of their cameras, and releases those of
// cameras that the rig does not use.
func (m *child) numbered(frames []*capture.Frame) (used []*capture.Frame) {
	for _, f := range frames {
		if k := m.cameras[f.Camera]; k >= 0 {
			f.Camera = k
			used = append(used, f)
		} else {
			f.Release()
		}
	}
	return used
}

func release(frames []*capture.Frame) {
	for _, f := range frames {
		f.Release()
	}
}
