package process

import (
	"errors"
	"fmt"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models"
)

// soundFilter serves an audio filter.
type soundFilter struct{ models.Stage[capture.Sound] }

func (f soundFilter) process(s *server, r *reader) error {
	number, in := r.u64(), r.sound()
	if err := r.end(); err != nil {
		return err
	}
	out, err := f.Process(in, s.values)
	if err == nil && len(out.Samples) != capture.SoundSamples {
		err = fmt.Errorf("it returned %d samples instead of %d", len(out.Samples), capture.SoundSamples)
	}
	if err == nil && out.Captured > in.Captured {
		err = fmt.Errorf("it returned sound captured at %d, after its input at %d", out.Captured, in.Captured)
	}
	if err != nil {
		return s.fail(number, err)
	}
	return s.send(s.begin(number, made).sound(out))
}

// pictureFilter serves a video filter.
type pictureFilter struct{ models.Stage[*capture.Frame] }

func (f pictureFilter) process(s *server, r *reader) error {
	return s.frames(r, func(_ batch, in []*capture.Frame) (answer, error) {
		out, err := f.Process(in[0], s.values)
		if err != nil || out == nil {
			return answer{}, err
		}
		return answer{frames: []*capture.Frame{out}, same: out == in[0], release: out.Release}, nil
	})
}

// setFilter serves an rgbd filter.
type setFilter struct {
	models.Stage[*capture.FrameSet]
}

func (f setFilter) process(s *server, r *reader) error {
	return s.frames(r, func(b batch, in []*capture.Frame) (answer, error) {
		for _, f := range in {
			if f != nil {
				f.Retain() // for the set
			}
		}
		set := capture.NewFrameSet(b.sequence, b.closed, in)
		set.Captured, set.Emitted = b.captured, b.emitted
		defer set.Release()
		out, err := f.Process(set, s.values)
		if err != nil || out == nil {
			return answer{}, err
		}
		of := batch{sequence: out.Sequence, closed: out.Closed, captured: out.Captured, emitted: out.Emitted}
		return answer{of: of, frames: out.Frames, same: out == set, release: out.Release}, nil
	})
}

// answer is what a filter returned.
type answer struct {
	of      batch            // the set that the frames are
	frames  []*capture.Frame // none: it has none yet
	same    bool             // it is the input
	release func()
}

// frames works on a request of frames.
func (s *server) frames(r *reader, work func(batch, []*capture.Frame) (answer, error)) error {
	number, b := r.u64(), r.batch()
	offered := r.numbers(capture.MaxCameras, maxSlots-1)
	if err := r.end(); err != nil {
		return err
	}
	in := make([]*capture.Frame, len(b.frames))
	release := func() {
		for _, f := range in {
			if f != nil {
				f.Release()
			}
		}
	}
	for i, h := range b.frames {
		if !h.here {
			continue
		}
		f, err := s.shared.input(h)
		if err != nil {
			return err
		}
		in[i] = f
		s.newest, s.emitted = max(s.newest, h.captured), max(s.emitted, h.emitted)
	}
	s.closed, s.newest, s.emitted = max(s.closed, b.closed), max(s.newest, b.captured), max(s.emitted, b.emitted)
	out, err := work(b, in)
	if err != nil || out.frames == nil || out.same {
		if out.release != nil {
			out.release()
		}
		release() // before the answer, which says what was released
		switch {
		case err != nil:
			return s.fail(number, err)
		case out.same:
			return s.send(s.begin(number, same))
		}
		return s.send(s.begin(number, nothing))
	}
	made, err := s.write(out, in, offered)
	out.release()
	release()
	if err != nil && !errors.Is(err, errFrame) {
		return err
	}
	return s.answer(number, made, err)
}

func (s *server) answer(number uint64, b batch, err error) error {
	if err != nil {
		return s.fail(number, err)
	}
	return s.send(s.begin(number, made).batch(b))
}

// errFrame is wrapped where the filter returned what cannot be handed on: it
// costs a frame.
var errFrame = errors.New("it returned what is no frame")

// write writes what the filter made into slots, and describes it.
func (s *server) write(out answer, in []*capture.Frame, offered []int) (batch, error) {
	b := out.of
	b.frames = make([]header, len(out.frames))
	if len(out.frames) != len(in) {
		return b, fmt.Errorf("%w: %d frames instead of %d", errFrame, len(out.frames), len(in))
	}
	if b.closed < 0 || b.closed > s.closed {
		return b, fmt.Errorf("%w: a set closed at %d, its newest input at %d", errFrame, b.closed, s.closed)
	}
	if b.captured < 0 || b.captured > s.newest || b.emitted < 0 || b.emitted > s.emitted {
		return b, fmt.Errorf("%w: a set captured at %d and emitted at %d, its newest input at %d and %d", errFrame, b.captured, b.emitted, s.newest, s.emitted)
	}
	var sizes []int
	for i, f := range out.frames {
		if f == nil {
			continue
		}
		if err := s.check(f, i, in[i]); err != nil {
			return b, fmt.Errorf("%w: camera %d: %w", errFrame, i, err)
		}
		if number, is := s.shared.of(f); is {
			b.frames[i] = header{here: true, slot: number, input: true}
		} else {
			sizes = append(sizes, shapeOf(f).layout().size)
		}
	}
	if !s.shared.fits(offered, sizes) {
		var err error
		if offered, err = s.want(sizes); err != nil {
			return b, err
		}
	}
	for i, f := range out.frames {
		if f == nil || b.frames[i].here {
			continue
		}
		var err error
		if b.frames[i], err = s.shared.output(f, offered[0]); err != nil {
			return b, err
		}
		offered = offered[1:]
	}
	return b, nil
}

// check refuses what the parent would.
func (s *server) check(f *capture.Frame, camera int, in *capture.Frame) error {
	if in != nil {
		camera = in.Camera
	}
	switch {
	case f.Camera != camera:
		return fmt.Errorf("it is of camera %d", f.Camera)
	case f.Captured <= 0 || f.Captured > s.newest || f.Emitted < 0 || f.Emitted > s.emitted:
		return fmt.Errorf("it is captured at %d and emitted at %d, its newest input at %d and %d", f.Captured, f.Emitted, s.newest, s.emitted)
	}
	return validate(f)
}

// want asks for slots, and waits for them.
func (s *server) want(sizes []int) ([]int, error) {
	if err := s.send(s.out.begin(want).numbers(sizes)); err != nil {
		return nil, err
	}
	m, r, err := s.receive()
	if err != nil {
		return nil, err
	}
	if m != grant {
		return nil, fmt.Errorf("%w: type %d instead of slots", errGarbage, m)
	}
	slots := r.numbers(capture.MaxCameras, maxSlots-1)
	if err := r.end(); err != nil {
		return nil, err
	}
	if !s.shared.fits(slots, sizes) {
		return nil, fmt.Errorf("%w: there is no room for it", errFrame)
	}
	return slots, nil
}
