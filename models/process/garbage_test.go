package process

import (
	"bytes"
	"encoding/binary"
	"errors"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models"
)

func say(m message, with func(*writer)) []byte {
	var w writer
	w.begin(m)
	if with != nil {
		with(&w)
	}
	return w.data
}

// reply is an answer to the first request, that returns slots.
func reply(how outcome, back []int, with func(*writer)) []byte {
	return say(result, func(w *writer) {
		if w.u64(1).numbers(back).u8(int(how)); with != nil {
			with(w)
		}
	})
}

var (
	small = shape{format: capture.I420, width: 32, height: 16, depthWidth: 4, depthHeight: 2}
	// fresh is a frame that the child made, in the first slot that it was offered.
	fresh  = header{here: true, slot: 2, camera: 1, captured: 5, emitted: 5, shape: small}
	input0 = header{here: true, slot: 0, input: true}
)

// frames is a set of two cameras.
func frames(change func(*header)) func(*writer) {
	second := fresh
	if change != nil {
		change(&second)
	}
	return func(w *writer) { w.batch(batch{sequence: 1, closed: 6, frames: []header{input0, second}}) }
}

// replies are what a child says to a set of two cameras, whose frames are in the
// slots 0 and 1 and which offers it 2 and 3: what the error must hold, or that
// there is none.
var replies = []struct {
	name     string
	refused  string
	messages [][]byte
}{
	{"its input", "", [][]byte{reply(same, []int{0, 1}, nil)}},
	{"nothing yet", "", [][]byte{reply(nothing, nil, nil)}},
	{"a frame of its own", "", [][]byte{reply(made, []int{0, 1}, frames(nil))}},
	{"more slots", "", [][]byte{say(want, func(w *writer) { w.numbers([]int{2048}) }), reply(made, []int{0, 1}, frames(nil))}},
	{"an observation", "", [][]byte{say(observed, func(w *writer) { w.text(`{"captured":3,"voice":{"probability":0.5}}`) }), reply(same, []int{0, 1}, nil)}},
	{"an error", "filter test: no  luck", [][]byte{reply(failed, []int{0, 1}, func(w *writer) { w.text("no\r\nluck") })}},

	{"silence", "died", nil},
	{"an empty message", "died", [][]byte{{}}},
	{"no type", "no message: type 0", [][]byte{{0}}},
	{"a type of the parent", "type 5", [][]byte{{byte(process)}}},
	{"ready again", "type 65", [][]byte{{byte(ready)}}},
	{"a long message", "more than 131072 bytes", [][]byte{append([]byte{byte(result)}, make([]byte, maxMessage)...)}},
	{"half an answer", "too short", [][]byte{reply(made, nil, frames(nil))[:40]}},
	{"more than an answer", "1 bytes are too many", [][]byte{append(reply(same, nil, nil), 7)}},
	{"an old answer", "request 0, which is 1", [][]byte{say(result, func(w *writer) { w.u64(0).numbers(nil).u8(int(same)) })}},
	{"an unknown outcome", "outcome 9", [][]byte{reply(9, nil, nil)}},
	{"a slot that is not lent", "slot 2 is returned", [][]byte{reply(same, []int{2}, nil)}},
	{"a slot that is not there", "slot 77 is returned", [][]byte{reply(same, []int{77}, nil)}},
	{"a slot beyond all", "a number is 128", [][]byte{reply(same, []int{128}, nil)}},
	{"a slot below all", "a number is 18446744073709551615", [][]byte{reply(same, []int{-1}, nil)}},
	{"too many slots", "a list of 200", [][]byte{reply(same, make([]int, 200), nil)}},
	{"a flag of 2", "a flag is 2", [][]byte{reply(made, nil, func(w *writer) { w.u64(0).u64(0).u64(0).u64(0).u8(2).u8(2) })}},
	{"nine frames", "9 frames", [][]byte{reply(made, nil, func(w *writer) { w.batch(batch{frames: make([]header, 9)}) })}},
	{"one frame", "1 frames, want 2", [][]byte{reply(made, nil, func(w *writer) { w.batch(batch{frames: make([]header, 1)}) })}},
	{"a frame in no slot", "slot 9, which it was not given", [][]byte{reply(made, nil, frames(func(h *header) { h.slot = 9 }))}},
	{"a frame in an input", "slot 1, which it was not given", [][]byte{reply(made, nil, frames(func(h *header) { h.slot = 1 }))}},
	{"an input in an offer", "slot 3, which it was not given", [][]byte{reply(made, nil, frames(func(h *header) { h.slot, h.input = 3, true }))}},
	{"the input of another camera", "camera 0 in place of camera 1", [][]byte{reply(made, nil, frames(func(h *header) { h.slot, h.input = 0, true }))}},
	{"another camera", "camera 2 in place of camera 1", [][]byte{reply(made, nil, frames(func(h *header) { h.camera = 2 }))}},
	{"a camera beyond all", "camera 8", [][]byte{reply(made, nil, frames(func(h *header) { h.camera = 8 }))}},
	{"the future", "captured at 6", [][]byte{reply(made, nil, frames(func(h *header) { h.captured = 6 }))}},
	{"no instant", "captured at 0", [][]byte{reply(made, nil, frames(func(h *header) { h.captured = 0 }))}},
	{"before all time", "captured at -1", [][]byte{reply(made, nil, frames(func(h *header) { h.captured = -1 }))}},
	{"emitted later", "emitted at 6", [][]byte{reply(made, nil, frames(func(h *header) { h.emitted = 6 }))}},
	{"closed later", "a set closed at 7", [][]byte{reply(made, nil, func(w *writer) { w.batch(batch{closed: 7, frames: make([]header, 2)}) })}},
	{"a set of the future", "a set captured at 7", [][]byte{reply(made, nil, func(w *writer) { w.batch(batch{captured: 7, frames: make([]header, 2)}) })}},
	{"a set emitted later", "emitted at 7", [][]byte{reply(made, nil, func(w *writer) { w.batch(batch{emitted: 7, frames: make([]header, 2)}) })}},
	{"a picture that is too wide", "8194x16", [][]byte{reply(made, nil, frames(func(h *header) { h.shape.width = 8194 }))}},
	{"a picture without height", "32x0", [][]byte{reply(made, nil, frames(func(h *header) { h.shape.height = 0 }))}},
	{"no picture", "without a picture", [][]byte{reply(made, nil, frames(func(h *header) { h.shape = shape{} }))}},
	{"an odd picture", "odd size 31x16", [][]byte{reply(made, nil, frames(func(h *header) { h.shape.width = 31 }))}},
	{"an unknown format", "format Format(9)", [][]byte{reply(made, nil, frames(func(h *header) { h.shape.format = 9 }))}},
	{"an unknown range", "range 2", [][]byte{reply(made, nil, frames(func(h *header) { h.shape.levels = 2 }))}},
	{"more pixels than bytes", "bytes is in a slot of 65536", [][]byte{reply(made, nil, frames(func(h *header) { h.shape.matteWidth, h.shape.matteHeight = 8192, 8192 }))}},
	{"slots twice", "type 68", [][]byte{say(want, func(w *writer) { w.numbers([]int{1}) }), say(want, func(w *writer) { w.numbers([]int{1}) })}},
	{"nine slots", "a list of 9", [][]byte{say(want, func(w *writer) { w.numbers(make([]int, 9)) })}},
	{"a slot of a gigabyte", "a number is 1073741824", [][]byte{say(want, func(w *writer) { w.numbers([]int{1 << 30}) })}},
	{"no observation", "an observation", [][]byte{say(observed, func(w *writer) { w.text("[") })}},
	{"an empty observation", "of 0 things", [][]byte{say(observed, func(w *writer) { w.text(`{"captured":1}`) })}},
	{"a probability of 2", "a probability of 2", [][]byte{say(observed, func(w *writer) { w.text(`{"captured":1,"voice":{"probability":2}}`) })}},
	{"many observations", "more than 64 observations", bytes.Split(bytes.Repeat(append(say(observed, func(w *writer) { w.text(`{"captured":1,"labels":[{"name":"x","score":1}]}`) }), '\n'), 65), []byte("\n"))[:65]},
	{"a long error", "a text has 5000 bytes", [][]byte{reply(failed, nil, func(w *writer) { w.text(strings.Repeat("x", 5000)) })}},
}

// told is an rgbd stage whose child has said all that it will ever say.
func told(t testing.TB, messages [][]byte) *sets {
	t.Helper()
	ours, theirs, err := connect()
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range messages {
		if _, err := unix.Write(int(theirs.Fd()), m); err != nil {
			t.Fatal(err)
		}
	}
	if err := unix.Shutdown(int(theirs.Fd()), unix.SHUT_WR); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = theirs.Close() })
	c := &child{conn: ours, command: &exec.Cmd{ProcessState: &os.ProcessState{}}, output: &output{}, done: make(chan struct{}), why: "killed"}
	close(c.done)
	s := &sets{exchange{link: link{child: c, name: "test", memory: memory{limit: 8 << 20}}}}
	s.needs = []int{small.layout().size, small.layout().size}
	return s
}

// asked is a set of two cameras.
func asked(t testing.TB) *capture.FrameSet {
	t.Helper()
	pool := capture.NewFramePool(2)
	list := make([]*capture.Frame, 2)
	for i := range list {
		f, err := pool.Frame(capture.FrameShape{Format: capture.I420, Width: 32, Height: 16})
		if err != nil {
			t.Fatal(err)
		}
		f.Camera, f.Captured, f.Emitted = i, 5, 5
		list[i] = f
	}
	return capture.NewFrameSet(1, 6, list)
}

// judge runs a stage on what its child says, and holds it to what must be so
// whatever that is.
func judge(t *testing.T, messages [][]byte) error {
	t.Helper()
	s, in := told(t, messages), asked(t)
	out, err := s.Process(in, models.Values{})
	if out != nil {
		for _, f := range out.Frames {
			if f == nil {
				continue
			}
			if err := validate(f); err != nil || f.Captured <= 0 || f.Captured > 5 {
				t.Errorf("%+v is handed on: %v", f, err)
			}
			for _, p := range append(f.Colour.Planes[:], f.Matte.Coverage) {
				_ = bytes.Count(p, []byte{1}) // of memory that is there
			}
		}
		out.Release()
	}
	if errors.Is(err, errGarbage) {
		t.Errorf("the child is not told off: %v", err)
	}
	for _, a := range s.memory.areas {
		if a != nil && a.holders != 0 {
			t.Errorf("slot %d is held %d times", a.number, a.holders)
		}
	}
	_ = s.Close()
	for _, a := range s.memory.areas {
		if a != nil {
			t.Errorf("slot %d is left", a.number)
		}
	}
	in.Release()
	return err
}

func TestReplies(t *testing.T) {
	for _, c := range replies {
		t.Run(c.name, func(t *testing.T) {
			// The stage itself says why, where the child is killed for it.
			s := told(t, c.messages)
			s.child.why = ""
			in := asked(t)
			out, err := s.Process(in, models.Values{})
			switch {
			case c.refused == "" && err != nil:
				t.Error(err)
			case c.refused != "" && (err == nil || !strings.Contains(err.Error(), c.refused)):
				t.Errorf("%v, does not say %q", err, c.refused)
			}
			if err != nil && !strings.HasPrefix(err.Error(), "filter test:") && !errors.Is(err, ErrDied) {
				t.Errorf("it does not say that the process died: %v", err)
			}
			if out != nil {
				out.Release()
			}
			in.Release()
			_ = s.Close()
			_ = judge(t, c.messages)
		})
	}
}

func FuzzReplies(f *testing.F) {
	for _, c := range replies {
		var all []byte
		for _, m := range c.messages {
			all = binary.LittleEndian.AppendUint16(all, uint16(min(len(m), 60000)))
			all = append(all, m[:min(len(m), 60000)]...)
		}
		f.Add(all)
	}
	f.Fuzz(func(t *testing.T, all []byte) {
		var messages [][]byte
		for len(all) >= 2 && len(messages) < 8 {
			n := min(int(binary.LittleEndian.Uint16(all)), len(all)-2)
			messages = append(messages, all[2:2+n])
			all = all[2+n:]
		}
		_ = judge(t, messages)
	})
}

// TestSealed is that a child cannot take memory from under its parent.
func TestSealed(t *testing.T) {
	m := memory{limit: 1 << 20}
	a, c, err := m.take(1000)
	if err != nil {
		t.Fatal(err)
	}
	fd := int(c.made.Fd())
	for _, size := range []int64{0, 1 << 20} {
		if err := unix.Ftruncate(fd, size); err != unix.EPERM {
			t.Errorf("the file becomes %d bytes: %v", size, err)
		}
	}
	if err := c.made.Close(); err != nil {
		t.Fatal(err)
	}
	m.release(a)
	m.close()
}

func TestOutput(t *testing.T) {
	for _, c := range []struct{ written, said string }{
		{"", ""},
		{"one\n\ntwo", "one | two"},
		{strings.Repeat("x\n", 50) + "last", "x | x | x | x | x | last"},
		{"noise\npanic: it\n\ngoroutine 1\n" + strings.Repeat("stack\n", 50), "panic: it | goroutine 1 | stack | stack | stack | stack"},
		{strings.Repeat("y", 5000), strings.Repeat("y", maxSaid) + "..."},
		{"\xff\n" + `{"level":"INFO","msg":"not plain"}` + "\n{\n", "? | {"},
	} {
		o := newOutput(slog.New(slog.DiscardHandler))
		for b := []byte(c.written); len(b) > 0; b = b[min(3, len(b)):] {
			if _, err := o.Write(b[:min(3, len(b))]); err != nil {
				t.Fatal(err)
			}
		}
		o.flush()
		if said := o.said(); said != c.said {
			t.Errorf("%.40q is kept as %q, want %q", c.written, said, c.said)
		}
	}
}
