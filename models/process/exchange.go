package process

import (
	"fmt"
	"os"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models"
)

// exchange is what the stages of frames have: the slots of the call under way.
type exchange struct {
	link
	observes bool // the filter returns its input whatever it says

	// newest are the latest instants that the child was given.
	captured, emitted, closed capture.Time

	sent   []*area // by camera, nil where it did not come
	offers []*area // for the result
	needs  []int   // bytes of what the last result took
	short  error   // for which the child got fewer slots than it wanted
}

// ask has the child work on frames, of which some may be nil, and returns what
// it made of them: as many, which belong to the caller. of says what set they are.
func (e *exchange) ask(in []*capture.Frame, of batch, v models.Values) (outcome, []*capture.Frame, batch, error) {
	if len(in) == 0 || len(in) > capture.MaxCameras {
		return 0, nil, batch{}, fmt.Errorf("filter %s: %d frames, 1 to %d are possible", e.name, len(in), capture.MaxCameras)
	}
	if _, err := e.begin(v); err != nil {
		return 0, nil, batch{}, err
	}
	defer e.release()
	b, err := e.fill(in)
	if err == nil {
		err = e.offer(e.needs)
	}
	if err != nil {
		return 0, nil, batch{}, err
	}
	of.frames = b.frames
	b = of
	e.closed, e.captured, e.emitted = max(e.closed, b.closed), max(e.captured, b.captured), max(e.emitted, b.emitted)
	for i, a := range e.sent {
		if a != nil {
			e.memory.lend(a, b.frames[i])
		}
	}
	e.out.begin(process).u64(e.number).batch(b).numbers(numbersOf(e.offers))
	how, back, r, err := e.link.ask(e.provide)
	if err != nil {
		return 0, nil, batch{}, err
	}
	return e.finish(in, how, back, r)
}

// fill writes the frames into slots.
func (e *exchange) fill(in []*capture.Frame) (batch, error) {
	b := batch{frames: make([]header, len(in))}
	e.sent = append(e.sent[:0], make([]*area, len(in))...)
	for i, f := range in {
		if f == nil {
			continue
		}
		if err := validate(f); err != nil {
			return b, fmt.Errorf("filter %s: frame of camera %d: %w", e.name, i, err)
		}
		h := headerOf(f)
		l := h.shape.layout()
		a, err := e.slot(l.size)
		if err != nil {
			return b, err
		}
		e.sent[i] = a
		l.write(a.data, f)
		h.slot = a.number
		b.frames[i] = h
		e.captured, e.emitted = max(e.captured, f.Captured), max(e.emitted, f.Emitted)
	}
	return b, nil
}

// offer takes slots of at least so many bytes, in whose place are all offers.
func (e *exchange) offer(sizes []int) error {
	e.offers = e.offers[:0]
	for _, size := range sizes {
		a, err := e.slot(size)
		if err != nil {
			return err
		}
		e.offers = append(e.offers, a)
	}
	return nil
}

// provide gives the child the slots that its result needs.
func (e *exchange) provide(r *reader) error {
	sizes := r.numbers(capture.MaxCameras, maxFrame)
	if err := r.end(); err != nil {
		return e.fatal(err)
	}
	for _, a := range e.offers {
		e.memory.release(a)
	}
	err := e.offer(sizes)
	switch {
	case e.err != nil:
		return e.err
	case err != nil: // costs this frame: the child says so when it is granted too few
		e.short = err
	default:
		e.needs = sizes
	}
	e.out.begin(grant).numbers(numbersOf(e.offers))
	return e.send(-1)
}

// slot takes a slot, and tells the child of changes.
func (e *exchange) slot(size int) (*area, error) {
	a, c, err := e.memory.take(size)
	for _, number := range c.dropped {
		e.out.begin(drop).u16(number)
		if sent := e.send(-1); sent != nil {
			return nil, e.giveUp(a, c.made, sent)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("filter %s: %w", e.name, err)
	}
	if c.made == nil {
		return a, nil
	}
	e.out.begin(slot).u16(a.number).u64(uint64(len(a.data)))
	if err := e.send(int(c.made.Fd())); err != nil {
		return nil, e.giveUp(a, c.made, err)
	}
	if err := c.made.Close(); err != nil {
		return nil, e.giveUp(a, nil, err)
	}
	return a, nil
}

func (e *exchange) giveUp(a *area, made *os.File, why error) error {
	if a != nil {
		e.memory.release(a)
	}
	if made != nil {
		_ = made.Close() // of a stage that has failed
	}
	return why
}

// release gives up the slots of the call; frames that were made of them hold
// them on.
func (e *exchange) release() {
	for _, list := range [][]*area{e.sent, e.offers} {
		for _, a := range list {
			if a != nil {
				e.memory.release(a)
			}
		}
	}
	e.sent, e.offers, e.short = e.sent[:0], e.offers[:0], nil
}

// finish reads the rest of an answer.
func (e *exchange) finish(in []*capture.Frame, how outcome, back []*area, r *reader) (outcome, []*capture.Frame, batch, error) {
	var b batch
	var areas []*area
	switch how {
	case failed:
		for _, a := range back {
			e.memory.returned(a)
		}
		if err := e.failed(r); e.short == nil || e.err != nil {
			return how, nil, b, err
		}
		return how, nil, b, e.short
	case made:
		b = r.batch()
		areas = e.check(b, in, r)
	}
	if err := r.end(); err != nil {
		return how, nil, b, e.fatal(err)
	}
	out := make([]*capture.Frame, len(areas))
	if e.observes {
		how, out, areas = same, nil, nil
	}
	for i, a := range areas {
		switch h := b.frames[i]; {
		case a == nil:
		case h.input && a == e.sent[i]:
			out[i] = in[i].Retain()
		case h.input:
			out[i] = e.memory.frame(a, a.input)
		default:
			out[i] = e.memory.frame(a, h)
		}
	}
	for _, a := range back {
		e.memory.returned(a)
	}
	return how, out, b, nil
}

// check returns the area of each frame of an answer, nil where there is none.
// What cannot be makes r fail.
func (e *exchange) check(b batch, in []*capture.Frame, r *reader) []*area {
	if len(b.frames) != len(in) {
		r.fail("%d frames, want %d", len(b.frames), len(in))
		return nil
	}
	if b.closed < 0 || b.closed > e.closed {
		r.fail("a set closed at %d", b.closed)
	}
	if b.captured < 0 || b.captured > e.captured || b.emitted < 0 || b.emitted > e.emitted {
		r.fail("a set captured at %d and emitted at %d", b.captured, b.emitted)
	}
	areas := make([]*area, len(b.frames))
	for i, h := range b.frames {
		if !h.here {
			continue
		}
		if h.input {
			areas[i] = e.memory.lent(h.slot)
		} else {
			areas[i] = e.offered(h.slot)
		}
		a := areas[i]
		if a == nil {
			r.fail("a frame is in slot %d, which it was not given", h.slot)
			return nil
		}
		if h.input {
			h = a.input
		}
		camera := i
		if in[i] != nil {
			camera = in[i].Camera
		}
		switch {
		case h.camera != camera:
			r.fail("a frame of camera %d in place of camera %d", h.camera, camera)
		case h.captured <= 0 || h.captured > e.captured || h.emitted < 0 || h.emitted > e.emitted:
			r.fail("a frame captured at %d and emitted at %d", h.captured, h.emitted)
		case h.shape.layout().size > len(a.data):
			r.fail("a frame of %d bytes is in a slot of %d", h.shape.layout().size, len(a.data))
		}
	}
	return areas
}

func (e *exchange) offered(number int) *area {
	for _, a := range e.offers {
		if a.number == number {
			return a
		}
	}
	return nil
}

func numbersOf(areas []*area) []int {
	list := make([]int, len(areas))
	for i, a := range areas {
		list[i] = a.number
	}
	return list
}
