package vpx

// #cgo pkg-config: vpx
// #cgo CFLAGS: -O2
// #include <stdlib.h>
// #include "bridge.h"
import "C"

import (
	"errors"
	"fmt"
	"unsafe"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/session/encode"
)

// Limits of what NewEncoder accepts.
const (
	MaxSide    = 4096        // pixels
	MinBitrate = 10_000      // bits a second
	MaxBitrate = 100_000_000 // bits a second
)

// Encoder is a VP8 encoder. See encode.Encoder for its contract.
type Encoder struct {
	width, height int
	state         *encoderState // C memory; nil when closed
	last          int64         // timestamp of the picture before
	time          int64         // the same on libvpx's clock, which is even
	pace          int64         // from picture to picture, smoothed
	bitrate       int           // bits a second
	layered       bool          // there are two layers
	upper         bool          // the next picture is one of the upper layer
	begun         bool
}

// encoderState lives in C memory, since libvpx keeps pointers into it.
type encoderState struct {
	ctx    C.vpx_codec_ctx_t
	cfg    C.vpx_codec_enc_cfg_t
	packet C.vc_packet
}

var _ encode.Encoder = (*Encoder)(nil)

const (
	// nominalPace is what the rate control assumes of the first picture.
	nominalPace = encode.ClockRate / 30
	// paceWindow is over how many pictures their pace is smoothed.
	paceWindow = 16
	// basePercent of the bitrate go into the base layer, which libvpx takes
	// for half of the pictures; wholePercent where it is all of them.
	basePercent, wholePercent = 100 * encode.BaseShare, 50
)

// NewEncoder opens an encoder for pictures of an even size.
func NewEncoder(width, height, bitsPerSecond int) (*Encoder, error) {
	if width <= 0 || height <= 0 || width > MaxSide || height > MaxSide || width%2 != 0 || height%2 != 0 {
		return nil, fmt.Errorf("open vp8 encoder: size %dx%d: even sides up to %d are possible", width, height, MaxSide)
	}
	if err := checkBitrate(bitsPerSecond); err != nil {
		return nil, fmt.Errorf("open vp8 encoder: %w", err)
	}
	state := (*encoderState)(C.calloc(1, C.size_t(unsafe.Sizeof(encoderState{}))))
	if e := C.vc_encoder_open(&state.ctx, &state.cfg, C.int(width), C.int(height), C.int(bitsPerSecond/1000), wholePercent); e != C.VPX_CODEC_OK {
		C.free(unsafe.Pointer(state))
		return nil, fmt.Errorf("open vp8 encoder: %s", C.GoString(C.vpx_codec_err_to_string(e)))
	}
	return &Encoder{width: width, height: height, state: state, pace: nominalPace, bitrate: bitsPerSecond}, nil
}

func checkBitrate(bitsPerSecond int) error {
	if bitsPerSecond < MinBitrate || bitsPerSecond > MaxBitrate {
		return fmt.Errorf("bitrate %d bit/s is outside %d to %d", bitsPerSecond, MinBitrate, MaxBitrate)
	}
	return nil
}

// Encode implements encode.Encoder. A timestamp that does not increase counts
// as one tick after the one before.
func (e *Encoder) Encode(picture capture.Picture, timestamp int64, key bool) (encode.Packet, error) {
	if e.state == nil {
		return encode.Packet{}, fmt.Errorf("encode vp8: %w", encode.ErrClosed)
	}
	if picture.Format != capture.I420 || picture.Width != e.width || picture.Height != e.height {
		return encode.Packet{}, fmt.Errorf("encode vp8: picture is %v %dx%d, the encoder was opened for I420 %dx%d", picture.Format, picture.Width, picture.Height, e.width, e.height)
	}
	if err := picture.Validate(); err != nil {
		return encode.Packet{}, fmt.Errorf("encode vp8: %w", err)
	}
	if e.begun {
		timestamp = max(timestamp, e.last+1)
		e.follow(timestamp - e.last)
	}
	key = key || !e.begun
	layer := 0
	if e.upper && !key {
		layer = 1
	}
	s := e.state
	status := C.vc_encode(&s.ctx, C.int(e.width), C.int(e.height),
		(*C.uint8_t)(unsafe.SliceData(picture.Planes[0])), (*C.uint8_t)(unsafe.SliceData(picture.Planes[1])), (*C.uint8_t)(unsafe.SliceData(picture.Planes[2])),
		C.int(picture.Strides[0]), C.int(picture.Strides[1]), C.int(picture.Strides[2]),
		C.int64_t(e.time+e.pace), C.ulong(e.pace), C.int(asInt(key)), C.int(layer), &s.packet)
	if status != C.VPX_CODEC_OK {
		return encode.Packet{}, fmt.Errorf("encode vp8: %s", problem(&s.ctx))
	}
	e.last, e.time, e.begun, e.upper = timestamp, e.time+e.pace, true, e.layered && layer == 0
	if s.packet.size == 0 {
		return encode.Packet{}, fmt.Errorf("encode vp8: libvpx gave no frame for timestamp %d", timestamp)
	}
	return encode.Packet{Data: unsafe.Slice((*byte)(s.packet.data), int(s.packet.size)), Key: s.packet.key != 0, Layer: layer}, nil
}

// follow smooths the time from picture to picture over some 16 of them.
// libvpx's rate control takes each change of more than a tenth for another
// rate and starts anew: gaps of one and two frame periods in turn, as where a
// renderer skips a frame set now and then, made it spend up to 1.8 times its
// target. A pause counts as two pictures: the bits that were not spent in it
// must not all go into the picture after it.
func (e *Encoder) follow(gap int64) {
	e.pace = max(1, e.pace+(min(gap, 2*e.pace)-e.pace)/paceWindow)
}

func asInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// problem is libvpx's own words for the last error.
func problem(ctx *C.vpx_codec_ctx_t) string {
	text := C.GoString(C.vpx_codec_error(ctx))
	if detail := C.vpx_codec_error_detail(ctx); detail != nil {
		text += ": " + C.GoString(detail)
	}
	return text
}

// SetBitrate implements encode.Encoder.
func (e *Encoder) SetBitrate(bitsPerSecond int) error {
	if e.state == nil {
		return fmt.Errorf("set vp8 bitrate: %w", encode.ErrClosed)
	}
	if err := checkBitrate(bitsPerSecond); err != nil {
		return fmt.Errorf("set vp8 bitrate: %w", err)
	}
	if err := e.setRates(bitsPerSecond, e.layered); err != nil {
		return fmt.Errorf("set vp8 bitrate: %w", err)
	}
	return nil
}

// SetLayers implements encode.Encoder.
func (e *Encoder) SetLayers(two bool) error {
	if e.state == nil {
		return fmt.Errorf("set vp8 layers: %w", encode.ErrClosed)
	}
	if two == e.layered {
		return nil
	}
	if err := e.setRates(e.bitrate, two); err != nil {
		return fmt.Errorf("set vp8 layers: %w", err)
	}
	e.upper = false // the next picture is of the base either way
	return nil
}

func (e *Encoder) setRates(bitsPerSecond int, layered bool) error {
	percent := C.int(wholePercent)
	if layered {
		percent = basePercent
	}
	if s := C.vc_set_bitrate(&e.state.ctx, &e.state.cfg, C.int(bitsPerSecond/1000), percent); s != C.VPX_CODEC_OK {
		return errors.New(problem(&e.state.ctx))
	}
	e.bitrate, e.layered = bitsPerSecond, layered
	return nil
}

// Close implements encode.Encoder.
func (e *Encoder) Close() error {
	if e.state == nil {
		return nil
	}
	C.vpx_codec_destroy(&e.state.ctx)
	C.free(unsafe.Pointer(e.state))
	e.state = nil
	return nil
}

// Version names the library, for the operator.
func Version() string { return C.GoString(C.vpx_codec_version_str()) }
