package opus

// #include "bridge.h"
import "C"

import (
	"fmt"
	"unsafe"
)

// Decoder decodes one stream; its state carries over from packet to packet.
type Decoder struct {
	channels int
	state    *C.OpusDecoder // nil when closed
	samples  []float32
}

// NewDecoder opens a decoder that gives 1 or 2 channels, whatever the stream
// has. Close frees it.
func NewDecoder(channels int) (*Decoder, error) {
	if channels != 1 && channels != 2 {
		return nil, fmt.Errorf("open opus decoder: %d channels: 1 or 2 are possible", channels)
	}
	var status C.int
	state := C.opus_decoder_create(SampleRate, C.int(channels), &status)
	if state == nil {
		return nil, fmt.Errorf("open opus decoder: %s", problem(status))
	}
	return &Decoder{channels: channels, state: state, samples: make([]float32, MaxSamples*channels)}, nil
}

// Decode decodes a packet of up to 120 ms. The samples, interleaved, belong to
// the decoder and are valid until the next call. An error leaves the decoder
// usable.
func (d *Decoder) Decode(packet []byte) ([]float32, error) {
	return d.decode(packet, MaxSamples, false)
}

// DecodeFEC decodes what a packet repeats of the one before it, which was
// lost and had so many samples of each channel: a multiple of 120 (2.5 ms), up
// to MaxSamples. Where the packet repeats nothing, it is as DecodePLC. The
// packet itself is decoded after that, by Decode.
func (d *Decoder) DecodeFEC(next []byte, samples int) ([]float32, error) {
	if err := whole(samples); err != nil {
		return nil, err
	}
	return d.decode(next, samples, true)
}

// DecodePLC makes up so many samples of each channel for a packet that was
// lost: a multiple of 120 (2.5 ms), up to MaxSamples.
func (d *Decoder) DecodePLC(samples int) ([]float32, error) {
	if d.state == nil {
		return nil, fmt.Errorf("decode opus: %w", ErrClosed)
	}
	if err := whole(samples); err != nil {
		return nil, err
	}
	return d.taken(C.opus_decode_float(d.state, nil, 0, (*C.float)(unsafe.Pointer(&d.samples[0])), C.int(samples), 0))
}

func whole(samples int) error {
	if samples <= 0 || samples > MaxSamples || samples%(SampleRate/400) != 0 {
		return fmt.Errorf("decode opus: a loss of %d samples: multiples of %d up to %d are possible", samples, SampleRate/400, MaxSamples)
	}
	return nil
}

func (d *Decoder) decode(packet []byte, samples int, fec bool) ([]float32, error) {
	if d.state == nil {
		return nil, fmt.Errorf("decode opus: %w", ErrClosed)
	}
	if len(packet) == 0 || len(packet) > MaxPacket {
		return nil, fmt.Errorf("decode opus: %w: %d bytes, 1 to %d are possible", ErrPacket, len(packet), MaxPacket)
	}
	return d.taken(C.opus_decode_float(d.state, (*C.uchar)(&packet[0]), C.opus_int32(len(packet)),
		(*C.float)(unsafe.Pointer(&d.samples[0])), C.int(samples), flag(fec)))
}

// taken returns what the library has written.
func (d *Decoder) taken(n C.int) ([]float32, error) {
	switch {
	case n == C.OPUS_INVALID_PACKET:
		return nil, fmt.Errorf("decode opus: %w", ErrPacket)
	case n < 0:
		return nil, fmt.Errorf("decode opus: %s", problem(n))
	}
	return d.samples[:int(n)*d.channels], nil
}

// Close frees the decoder. Closing it again does nothing.
func (d *Decoder) Close() error {
	if d.state != nil {
		C.opus_decoder_destroy(d.state)
		d.state = nil
	}
	return nil
}

// Duration is how many samples of each channel a packet holds, told from its
// header alone (RFC 6716 section 3.1).
func Duration(packet []byte) (int, error) {
	if len(packet) == 0 || len(packet) > MaxPacket {
		return 0, fmt.Errorf("measure opus: %w: %d bytes, 1 to %d are possible", ErrPacket, len(packet), MaxPacket)
	}
	n := C.opus_packet_get_nb_samples((*C.uchar)(&packet[0]), C.opus_int32(len(packet)), SampleRate)
	if n < 1 || n > MaxSamples {
		return 0, fmt.Errorf("measure opus: %w", ErrPacket)
	}
	return int(n), nil
}
