package process

import (
	"encoding/binary"
	"encoding/json"
	"log/slog"
	"math"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models"
)

// version is that of the messages. Parent and child are the same program as a
// rule.
const version = 2

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
	sequence uint64 // of the set, as the three below
	closed   capture.Time
	captured capture.Time
	emitted  capture.Time
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
	w.u64(b.sequence).u64(uint64(b.closed)).u64(uint64(b.captured)).u64(uint64(b.emitted)).u8(len(b.frames))
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
