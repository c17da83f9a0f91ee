package fanout

import (
	"math/rand/v2"

	"github.com/pion/interceptor"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
)

// binding is what was negotiated. It does not change after bound is closed.
type binding struct {
	writer      webrtc.TrackLocalWriter
	feedback    interceptor.RTCPReader
	ssrc        uint32
	payloadType uint8
	profile     uint16 // header extension profile; 0 without extensions
	playout     uint8  // id of the playout-delay extension; 0 where not negotiated
}

func newBinding(c webrtc.TrackLocalContext, codec webrtc.RTPCodecParameters) binding {
	b := binding{
		writer: c.WriteStream(), feedback: c.RTCPReader(),
		ssrc: uint32(c.SSRC()), payloadType: uint8(codec.PayloadType),
	}
	for _, e := range c.HeaderExtensions() {
		if e.URI != playoutDelayURI && e.URI != transportCCURI {
			continue
		}
		// RFC 8285 section 4.2: one-byte headers hold ids 1 to 14 only.
		if b.profile == 0 {
			b.profile = rtp.ExtensionProfileOneByte
		}
		if e.ID > 14 {
			b.profile = rtp.ExtensionProfileTwoByte
		}
		if e.URI == playoutDelayURI {
			b.playout = uint8(e.ID)
		}
	}
	return b
}

// writer turns frames into one peer's packets.
type writer struct {
	binding
	sequence uint16
	begun    bool
	last     uint32 // timestamp of the last frame
	offset   uint32 // RFC 3550 section 5.1: timestamps start at random
	header   rtp.Header
	delay    []byte // payload of the playout-delay extension: 0, 0
}

func newWriter(b binding) *writer {
	return &writer{binding: b, sequence: uint16(rand.Uint32()), offset: rand.Uint32(), delay: make([]byte, 3)}
}

// write sends the packets of a frame. It goes on after a packet that the
// transport refused and returns the first error.
func (w *writer) write(f *frame) (packets, bytes int, first error) {
	last := f.packets() - 1
	// Two views of one instant have the same timestamp, or the second may be a
	// little behind: a receiver needs them to grow.
	if w.begun && int32(f.timestamp-w.last) <= 0 {
		w.last++
	} else {
		w.begun, w.last = true, f.timestamp
	}
	for i := 0; i <= last; i++ {
		payload := f.payload(i)
		if _, err := w.writer.WriteRTP(w.fresh(i == last), payload); err != nil && first == nil {
			first = err
		}
		packets++
		bytes += len(payload)
	}
	return packets, bytes, first
}

// fresh makes the header of the next packet. Interceptors add to it; it is
// this peer's alone and its extensions begin empty every time.
func (w *writer) fresh(last bool) *rtp.Header {
	extensions := w.header.Extensions[:0]
	w.header = rtp.Header{
		Version: 2, Marker: last, PayloadType: w.payloadType, SequenceNumber: w.sequence,
		Timestamp: w.last + w.offset, SSRC: w.ssrc,
		Extension: w.profile != 0, ExtensionProfile: w.profile, Extensions: extensions,
	}
	w.sequence++
	if w.playout != 0 {
		// Both 0: show every picture as soon as it is decoded.
		_ = w.header.SetExtension(w.playout, w.delay) // cannot fail: three bytes, id checked
	}
	return &w.header
}
