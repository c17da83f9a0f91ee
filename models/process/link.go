package process

import (
	"encoding/json"
	"errors"
	"fmt"

	"golang.org/x/sys/unix"

	"github.com/virtualcube/virtualcube/models"
)

// maxObservations is how many a filter may make of one frame.
const maxObservations = 64

// link is what the parent's stages of every kind have: the child, the memory
// that it shares, and the messages. Process is called by one goroutine at a time;
// Kill and Close by any.
type link struct {
	child  *child
	memory memory
	name   string // of the filter
	notice func(models.Observation)

	values models.Values // that the child has
	number uint64        // of the last request
	err    error         // for which nothing is asked any more

	out writer
	in  [maxMessage + 1]byte
}

// Kill implements models.Killer.
func (l *link) Kill() { l.child.kill("killed by the host") }

// Close ends the child, gently at first. Frames that it made stay valid until
// they are released.
func (l *link) Close() error {
	err := l.child.close()
	l.memory.close()
	if err != nil {
		return fmt.Errorf("close filter %s: %w", l.name, err)
	}
	return nil
}

// fatal notes why nothing is asked any more. The child is gone then.
func (l *link) fatal(err error) error {
	if errors.Is(err, errGarbage) {
		err = l.child.died(err.Error())
	}
	l.err = err
	return err
}

// send sends l.out, with a file where there is one.
func (l *link) send(file int) error {
	if len(l.out.data) > maxMessage {
		return fmt.Errorf("a message of %d bytes, at most %d are possible", len(l.out.data), maxMessage)
	}
	var rights []byte
	if file >= 0 {
		rights = unix.UnixRights(file)
	}
	if _, _, err := l.child.conn.WriteMsgUnix(l.out.data, rights, nil); err != nil {
		return l.fatal(l.child.lost())
	}
	return nil
}

// receive waits for a message. Files that a child sends are closed by the
// kernel, as no room is made for them.
func (l *link) receive() (message, *reader, error) {
	n, err := l.child.conn.Read(l.in[:])
	switch {
	case err != nil || n == 0:
		return 0, nil, l.fatal(l.child.lost())
	case n > maxMessage:
		return 0, nil, l.fatal(fmt.Errorf("%w: it has more than %d bytes", errGarbage, maxMessage))
	}
	return message(l.in[0]), &reader{data: l.in[1:n]}, nil
}

// ready waits until the child has opened its filter.
func (l *link) ready() error {
	m, r, err := l.receive()
	switch {
	case err != nil:
		return err
	case m == ready:
		if err := r.end(); err != nil {
			return l.fatal(err)
		}
		return nil
	case m == refused:
		text := r.text()
		if err := r.end(); err != nil {
			return l.fatal(err)
		}
		return errors.New(printable(text))
	}
	return l.fatal(fmt.Errorf("%w: type %d instead of ready", errGarbage, m))
}

// begin says what must be said before a request, and begins it.
func (l *link) begin(v models.Values) (*writer, error) {
	if l.err != nil {
		return nil, l.err
	}
	if !l.values.Equal(v) {
		text, err := json.Marshal(v)
		if err != nil {
			return nil, fmt.Errorf("filter %s: write parameters: %w", l.name, err)
		}
		l.out.begin(values).text(string(text))
		if err := l.send(-1); err != nil {
			return nil, err
		}
		l.values = v
	}
	l.number++
	return &l.out, nil
}

// ask sends the request that begin began, and waits for its answer, of which it
// returns the outcome and the slots that the child returns; r has the rest.
// wanted, which may be nil, provides slots.
func (l *link) ask(wanted func(*reader) error) (how outcome, back []*area, r *reader, err error) {
	if err := l.send(-1); err != nil {
		return 0, nil, nil, err
	}
	for observations := 0; ; {
		m, r, err := l.receive()
		if err != nil {
			return 0, nil, nil, err
		}
		switch {
		case m == observed:
			if observations++; observations > maxObservations {
				r.fail("more than %d observations of one frame", maxObservations)
			}
			err = l.observe(r)
		case m == want && wanted != nil:
			err = wanted(r)
			wanted = nil // once a request
		case m == result:
			how, back, err = l.answer(r)
			return how, back, r, err
		default:
			err = l.fatal(fmt.Errorf("%w: type %d", errGarbage, m))
		}
		if err != nil {
			return 0, nil, nil, err
		}
	}
}

// answer reads the beginning of one.
func (l *link) answer(r *reader) (how outcome, back []*area, err error) {
	if n := r.u64(); n != l.number {
		r.fail("an answer to request %d, which is %d", n, l.number)
	}
	for _, n := range r.numbers(maxSlots, maxSlots-1) {
		a := l.memory.lent(n)
		if a == nil {
			r.fail("slot %d is returned, which it does not have", n)
			break
		}
		back = append(back, a)
	}
	if how = outcome(r.u8()); how > made {
		r.fail("outcome %d", how)
	}
	if r.err != nil {
		return 0, nil, l.fatal(r.err)
	}
	return how, back, nil
}

// failed reads why the filter returned an error. The child lives on.
func (l *link) failed(r *reader) error {
	text := r.text()
	if err := r.end(); err != nil {
		return l.fatal(err)
	}
	return fmt.Errorf("filter %s: %s", l.name, printable(text))
}

func (l *link) observe(r *reader) error {
	if r.err != nil {
		return l.fatal(r.err)
	}
	var o models.Observation
	err := json.Unmarshal(r.data, &o)
	if err == nil {
		err = plausible(o)
	}
	if err != nil {
		return l.fatal(fmt.Errorf("%w: an observation: %w", errGarbage, err))
	}
	if l.notice != nil {
		l.notice(o)
	}
	return nil
}

// printable makes a text of a child one line that may be shown.
func printable(text string) string {
	out := []rune(text)
	for i, r := range out {
		if r < ' ' || r == 0x7f {
			out[i] = ' '
		}
	}
	return string(out)
}
