package process

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/virtualcube/virtualcube/capture"
)

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
	b := batch{sequence: r.u64(), closed: capture.Time(r.u64()), captured: capture.Time(r.u64()), emitted: capture.Time(r.u64())}
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
