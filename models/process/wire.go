package process

import (
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"math"

	"encoding/json"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models"
)

// version is that of the messages. Parent and child are the same program as a
// rule.
const version = 1

// message is the first byte of each datagram.
type message byte

// Messages of the parent.
const (
	open    message = iota + 1 // opening, as JSON; the first
	slot                       // number, bytes, and with it the memory's file
	drop                       // number of a slot that is no more
	values                     // parameters, as JSON, from the next frame on
	process                    // see request
	grant                      // numbers of the slots that were wanted
)

// Messages of the child.
const (
	ready    message = iota + 65 // the filter is open
	refused                      // why it is not
	observed                     // a models.Observation, as JSON
	want                         // bytes of each slot that the result needs
	result                       // see answer
)

// Limits of a message.
const (
	maxMessage = 128 << 10 // bytes
	maxText    = 4096      // bytes of an error
	maxSlots   = 128
)

// opening is all that a child is told of its filter.
type opening struct {
	Version    int                   `json:"version"`
	Filter     string                `json:"filter"`
	Kind       models.Kind           `json:"kind"`
	Manifest   string                `json:"manifest,omitempty"`
	Parameters json.RawMessage       `json:"parameters"`
	Provider   models.Provider       `json:"provider,omitempty"`
	Weights    map[string]weightFile `json:"weights,omitempty"`
	Rig        *capture.Rig          `json:"rig,omitempty"`
	Level      slog.Level            `json:"level"`
	Memory     int64                 `json:"memory,omitempty"` // bytes
}

// weightFile is what Environment.Weights said.
type weightFile struct {
	Path  string `json:"path,omitempty"`
	Error string `json:"error,omitempty"`
}

// header is what a message says of one frame; its planes are in the slot.
type header struct {
	here     bool // false: the camera did not come, and nothing else is said
	slot     int
	input    bool // of an answer: the slot still holds an input, which is the result; nothing else is said
	camera   int
	sequence uint64
	captured capture.Time
	emitted  capture.Time
	shape    shape
}

func headerOf(f *capture.Frame) header {
	return header{here: true, camera: f.Camera, sequence: f.Sequence, captured: f.Captured, emitted: f.Emitted, shape: shapeOf(f)}
}

// batch is the frames of one call: one of a video filter.
type batch struct {
	sequence uint64 // of the set
	closed   capture.Time
	frames   []header
}

// outcome is what Process returned.
type outcome byte

const (
	failed  outcome = iota // an error: its text follows
	nothing                // nil: it looks ahead
	same                   // its input
	made                   // a batch, or sound, which follows
)

// writer makes a message.
type writer struct{ data []byte }

func (w *writer) begin(m message) *writer { w.data = append(w.data[:0], byte(m)); return w }
func (w *writer) u8(v int) *writer        { w.data = append(w.data, byte(v)); return w }
func (w *writer) u16(v int) *writer {
	w.data = binary.LittleEndian.AppendUint16(w.data, uint16(v))
	return w
}
func (w *writer) u64(v uint64) *writer {
	w.data = binary.LittleEndian.AppendUint64(w.data, v)
	return w
}
func (w *writer) text(s string) *writer { w.data = append(w.data, s...); return w }

func (w *writer) flag(b bool) *writer {
	if b {
		return w.u8(1)
	}
	return w.u8(0)
}

func (w *writer) header(h header) *writer {
	if w.flag(h.here); !h.here {
		return w
	}
	if w.u16(h.slot).flag(h.input); h.input {
		return w
	}
	s := h.shape
	w.u8(h.camera).u64(h.sequence).u64(uint64(h.captured)).u64(uint64(h.emitted))
	w.u8(int(s.format)).u8(int(s.levels))
	for _, side := range [...]int{s.width, s.height, s.depthWidth, s.depthHeight, s.matteWidth, s.matteHeight} {
		w.u16(side)
	}
	return w
}

func (w *writer) batch(b batch) *writer {
	w.u64(b.sequence).u64(uint64(b.closed)).u8(len(b.frames))
	for _, h := range b.frames {
		w.header(h)
	}
	return w
}

func (w *writer) sound(s capture.Sound) *writer {
	w.u64(uint64(s.Captured))
	for _, x := range s.Samples {
		w.data = binary.LittleEndian.AppendUint32(w.data, math.Float32bits(x))
	}
	return w
}

// numbers writes slots or sizes: at most 255.
func (w *writer) numbers(list []int) *writer {
	w.u8(len(list))
	for _, n := range list {
		w.u64(uint64(n))
	}
	return w
}

// errGarbage is wrapped where a message cannot be what it says.
var errGarbage = errors.New("it wrote what is no message")

// reader reads a message that whoever sent it may have made up. After the first
// error everything that it returns is zero.
type reader struct {
	data []byte
	err  error
}

func (r *reader) fail(format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf("%w: %s", errGarbage, fmt.Sprintf(format, args...))
	}
	r.data = nil
}

func (r *reader) take(n int) []byte {
	if len(r.data) < n {
		r.fail("it is too short")
	}
	if r.err != nil {
		return make([]byte, n)
	}
	b := r.data[:n]
	r.data = r.data[n:]
	return b
}

func (r *reader) u8() int     { return int(r.take(1)[0]) }
func (r *reader) u16() int    { return int(binary.LittleEndian.Uint16(r.take(2))) }
func (r *reader) u64() uint64 { return binary.LittleEndian.Uint64(r.take(8)) }

func (r *reader) flag() bool {
	n := r.u8()
	if n > 1 {
		r.fail("a flag is %d", n)
	}
	return n == 1
}

// text reads the rest.
func (r *reader) text() string {
	if len(r.data) > maxText {
		r.fail("a text has %d bytes", len(r.data))
	}
	return string(r.take(len(r.data)))
}

// end says whether the message was as it must be.
func (r *reader) end() error {
	if len(r.data) > 0 {
		r.fail("%d bytes are too many", len(r.data))
	}
	return r.err
}

func (r *reader) header() header {
	h := header{here: r.flag()}
	if !h.here {
		return h
	}
	h.slot, h.input = r.u16(), r.flag()
	if h.input {
		return h
	}
	h.camera, h.sequence, h.captured, h.emitted = r.u8(), r.u64(), capture.Time(r.u64()), capture.Time(r.u64())
	h.shape = shape{format: capture.Format(r.u8()), levels: capture.Range(r.u8())}
	for _, side := range [...]*int{&h.shape.width, &h.shape.height, &h.shape.depthWidth, &h.shape.depthHeight, &h.shape.matteWidth, &h.shape.matteHeight} {
		*side = r.u16()
	}
	if r.err == nil {
		if err := h.shape.validate(); err != nil {
			r.fail("%v", err)
		}
	}
	if h.camera >= capture.MaxCameras {
		r.fail("camera %d", h.camera)
	}
	return h
}

func (r *reader) batch() batch {
	b := batch{sequence: r.u64(), closed: capture.Time(r.u64())}
	n := r.u8()
	if n > capture.MaxCameras {
		r.fail("%d frames", n)
	}
	for range n {
		if r.err != nil {
			break
		}
		b.frames = append(b.frames, r.header())
	}
	return b
}

func (r *reader) sound() capture.Sound {
	s := capture.Sound{Captured: capture.Time(r.u64()), Samples: make([]float32, capture.SoundSamples)}
	for i := range s.Samples {
		s.Samples[i] = math.Float32frombits(binary.LittleEndian.Uint32(r.take(4)))
	}
	return s
}

// numbers reads slots or sizes, each from 0 to limit.
func (r *reader) numbers(atMost, limit int) []int {
	n := r.u8()
	if n > atMost {
		r.fail("a list of %d, at most %d are possible", n, atMost)
	}
	var list []int
	for range n {
		v := r.u64()
		if r.err != nil {
			break
		}
		if v > uint64(limit) {
			r.fail("a number is %d, at most %d is possible", v, limit)
			return nil
		}
		list = append(list, int(v))
	}
	return list
}
