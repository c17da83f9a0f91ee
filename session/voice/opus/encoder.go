package opus

// #cgo pkg-config: opus
// #cgo CFLAGS: -O2
// #include "bridge.h"
import "C"

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"unsafe"
)

// What is encoded and decoded.
const (
	SampleRate   = 48000            // hertz
	FrameSamples = SampleRate / 50  // of each channel, in a frame of 20 ms
	MaxSamples   = 6 * FrameSamples // of each channel, in the longest packet (RFC 6716 section 3.2.5)
)

// Limits of packets, in bytes.
const (
	MaxFrame  = 1275           // an encoded frame (RFC 6716 section 3.4)
	MaxPacket = 3*MaxFrame + 7 // what Decode takes: three of 20 ms with their lengths
)

// Limits of bitrates, in bits a second.
const (
	MinBitrate = 6_000
	MaxBitrate = 510_000
)

// Errors of both directions, beside those that name a number out of range.
var (
	ErrClosed = errors.New("codec is closed")
	// ErrPacket is wrapped where a packet is no Opus.
	ErrPacket = errors.New("packet is corrupt")
)

// Options say how to encode. Voice and Music are good ones.
type Options struct {
	Channels     int  // 1 or 2
	Bitrate      int  // bits a second; a constrained variable rate
	Complexity   int  // 0 to 10: quality against processor time
	Narrow       bool // nothing above 4 kHz
	Music        bool // tuned for music, else for speech
	FEC          bool // packets repeat the frame before coarsely, where speech and bitrate allow it
	ExpectedLoss int  // percent, 0 to 100: how much of the bitrate FEC may take
}

// Voice is one person's speech: mono, 32 kbit/s, ready for a loss of 5 %.
func Voice() Options {
	return Options{Channels: 1, Bitrate: 32_000, Complexity: 5, FEC: true, ExpectedLoss: 5}
}

// Music is stereo at 96 kbit/s.
func Music() Options { return Options{Channels: 2, Bitrate: 96_000, Complexity: 5, Music: true} }

// Validate checks every range.
func (o Options) Validate() error {
	switch {
	case o.Channels != 1 && o.Channels != 2:
		return fmt.Errorf("%d channels: 1 or 2 are possible", o.Channels)
	case o.Bitrate < MinBitrate || o.Bitrate > MaxBitrate:
		return fmt.Errorf("bitrate %d bit/s is outside %d to %d", o.Bitrate, MinBitrate, MaxBitrate)
	case o.Complexity < 0 || o.Complexity > 10:
		return fmt.Errorf("complexity %d is outside 0 to 10", o.Complexity)
	case o.ExpectedLoss < 0 || o.ExpectedLoss > 100:
		return fmt.Errorf("expected loss %d %% is outside 0 to 100", o.ExpectedLoss)
	}
	return nil
}

// Encoder encodes frames, of 20 ms as a rule. There is no discontinuous
// transmission: every frame becomes a packet.
type Encoder struct {
	options Options
	state   *C.OpusEncoder // nil when closed
	delay   int            // see Delay
	samples []float32      // the longest frame, within range
	packet  [MaxPacket]byte
}

// NewEncoder opens an encoder. Close frees it.
func NewEncoder(o Options) (*Encoder, error) {
	if err := o.Validate(); err != nil {
		return nil, fmt.Errorf("open opus encoder: %w", err)
	}
	var status C.int
	state := C.vc_opus_open(C.int(o.Channels), flag(o.Music), flag(o.Narrow), C.int(o.Bitrate), C.int(o.Complexity), flag(o.FEC), C.int(o.ExpectedLoss), &status)
	if state == nil {
		return nil, fmt.Errorf("open opus encoder: %s", problem(status))
	}
	return &Encoder{options: o, state: state, delay: int(C.vc_opus_delay(state)), samples: make([]float32, MaxSamples*o.Channels)}, nil
}

// frames are the lengths that can be encoded, in samples of each channel.
var frames = []int{120, 240, 480, 960, 1920, 2880, 3840, 4800, 5760}

func flag(b bool) C.int {
	if b {
		return 1
	}
	return 0
}

// Encode encodes FrameSamples of each channel, interleaved, or another frame
// that Opus has: 2.5, 5, 10, 40, 60, 80, 100 or 120 ms. Samples beyond -1 to 1
// are clipped; what is no number counts as 0. The packet belongs to the encoder
// and is valid until the next call: copy what shall live longer.
func (e *Encoder) Encode(samples []float32) ([]byte, error) {
	if e.state == nil {
		return nil, fmt.Errorf("encode opus: %w", ErrClosed)
	}
	n := len(samples) / e.options.Channels
	if n*e.options.Channels != len(samples) || !slices.Contains(frames, n) {
		return nil, fmt.Errorf("encode opus: %d samples of %d channels are no frame; 20 ms have %d of each", len(samples), e.options.Channels, FrameSamples)
	}
	for i, x := range samples {
		if math.IsNaN(float64(x)) {
			x = 0
		}
		e.samples[i] = min(1, max(-1, x))
	}
	size := C.opus_encode_float(e.state, (*C.float)(unsafe.Pointer(&e.samples[0])), C.int(n), (*C.uchar)(&e.packet[0]), MaxPacket)
	if size < 1 {
		return nil, fmt.Errorf("encode opus: %s", problem(size))
	}
	return e.packet[:size], nil
}

// Delay is how many samples later than it went in a sound comes out of the
// decoder: the encoder's look-ahead, 312 (6.5 ms) for speech.
func (e *Encoder) Delay() int { return e.delay }

// SetBitrate changes the bitrate from the next frame on.
func (e *Encoder) SetBitrate(bitsPerSecond int) error {
	o := e.options
	o.Bitrate = bitsPerSecond
	return e.change("bitrate", o, func() C.int { return C.vc_opus_set_bitrate(e.state, C.int(bitsPerSecond)) })
}

// SetExpectedLoss changes the loss that FEC is ready for, from the next frame on.
func (e *Encoder) SetExpectedLoss(percent int) error {
	o := e.options
	o.ExpectedLoss = percent
	return e.change("expected loss", o, func() C.int { return C.vc_opus_set_loss(e.state, C.int(percent)) })
}

func (e *Encoder) change(what string, to Options, set func() C.int) error {
	if e.state == nil {
		return fmt.Errorf("set opus %s: %w", what, ErrClosed)
	}
	if err := to.Validate(); err != nil {
		return fmt.Errorf("set opus %s: %w", what, err)
	}
	if status := set(); status != C.OPUS_OK {
		return fmt.Errorf("set opus %s: %s", what, problem(status))
	}
	e.options = to
	return nil
}

// Close frees the encoder. Closing it again does nothing.
func (e *Encoder) Close() error {
	if e.state != nil {
		C.opus_encoder_destroy(e.state)
		e.state = nil
	}
	return nil
}

// problem is libopus's own words for a status.
func problem(status C.int) string { return C.GoString(C.opus_strerror(status)) }

// Version names the library, for the operator.
func Version() string { return C.GoString(C.opus_get_version_string()) }
