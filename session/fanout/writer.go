package fanout

import (
	"math/rand/v2"
	"time"

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
	clock       uint32 // timestamps a second
	profile     uint16 // header extension profile; 0 without extensions
	playout     uint8  // id of the playout-delay extension; 0 where not negotiated
	level       uint8  // id of the audio-level extension; 0 where not negotiated
	reports     bool   // the peer reports what arrives
}

func newBinding(c webrtc.TrackLocalContext, codec webrtc.RTPCodecParameters) binding {
	b := binding{
		writer: c.WriteStream(), feedback: c.RTCPReader(),
		ssrc: uint32(c.SSRC()), payloadType: uint8(codec.PayloadType), clock: codec.ClockRate,
	}
	for _, e := range c.HeaderExtensions() {
		switch e.URI {
		case playoutDelayURI:
			b.playout = uint8(e.ID)
		case audioLevelURI:
			b.level = uint8(e.ID)
		case transportCCURI:
			b.reports = true
		default:
			continue
		}
		// RFC 8285 section 4.2: one-byte headers hold ids 1 to 14 only.
		if b.profile == 0 {
			b.profile = rtp.ExtensionProfileOneByte
		}
		if e.ID > 14 {
			b.profile = rtp.ExtensionProfileTwoByte
		}
	}
	return b
}

// descriptorSize is that of the VP8 payload descriptor with a 15-bit picture
// id, TL0PICIDX and TID (RFC 7741 section 4.2).
const descriptorSize = 6

// Bits of the descriptor.
const (
	extended     = 0x80 // X
	nonReference = 0x20 // N
	startOfFrame = 0x10 // S, with PID 0
	allIndices   = 0xe0 // I, L and T
	longID       = 0x8000
	layerSync    = 0x20 // Y: refers to the base layer's last picture alone
)

// writer turns frames into one peer's packets. All that counts, it counts
// itself: a frame that this peer is not sent leaves no gap that a decoder or
// jitter buffer would take for loss, and one of another rung or source goes on
// where the one before ended.
type writer struct {
	binding
	sequence uint16    // of the next packet
	picture  uint16    // 15 bits; of the last frame
	base     uint8     // TL0PICIDX of the last frame
	offset   uint32    // RFC 3550 section 5.1: timestamps start at random
	last     uint32    // timestamp of the last frame, without offset
	at       time.Time // when the last packet was made
	begun    bool
	other    bool // the next frame is of another source
	header   rtp.Header
	payload  [maxPacket]byte
	delay    []byte // payload of the playout-delay extension: 0, 0
	loudness []byte // payload of the audio-level extension
}

func newWriter(b binding) *writer {
	return &writer{
		binding: b, sequence: uint16(rand.Uint32()), picture: uint16(rand.Uint32()), base: uint8(rand.Uint32()),
		offset: rand.Uint32(), delay: make([]byte, 3), loudness: make([]byte, 1),
	}
}

// begin says that another source follows, whose timestamps have another origin.
func (w *writer) begin() { w.other = w.begun }

// write sends the packets of a frame. It goes on after a packet that the
// transport refused and returns the first error.
func (w *writer) write(f *frame) (packets, bytes int, first error) {
	w.count(f)
	last := f.packets() - 1
	for i := 0; i <= last; i++ {
		payload := w.describe(f, i)
		h := w.fresh(i == last, w.sequence, w.last)
		w.sequence++
		if _, err := w.writer.WriteRTP(h, payload); err != nil && first == nil {
			first = err
		}
		packets++
		bytes += len(payload)
	}
	return packets, bytes, first
}

// count gives the frame its numbers. A timestamp that does not grow, as where
// the same view comes from another rung, becomes a tick more than the last:
// receivers take packets of one timestamp for one picture.
func (w *writer) count(f *frame) {
	timestamp := f.timestamp
	w.join(timestamp)
	if w.begun && int32(timestamp-w.last) <= 0 {
		timestamp = w.last + 1
	}
	w.last, w.begun = timestamp, true
	w.picture++
	if f.layer == 0 {
		w.base++
	}
}

// join lets the timestamps of another source go on after the last packet's, by
// as much as time went on.
func (w *writer) join(timestamp uint32) {
	if !w.other {
		return
	}
	passed := uint32(max(1, time.Since(w.at).Seconds()*float64(w.clock)))
	w.offset += w.last + passed - timestamp
	w.other, w.begun = false, false
}

// describe puts descriptor and data of packet i into the payload. What is
// written with it must copy it.
func (w *writer) describe(f *frame, i int) []byte {
	first, tid := byte(extended), byte(f.layer)<<6
	if i == 0 {
		first |= startOfFrame
	}
	if f.layer > 0 {
		first |= nonReference
		tid |= layerSync
	}
	id := longID | w.picture
	n := copy(w.payload[:], []byte{first, allIndices, byte(id >> 8), byte(id), w.base, tid})
	return w.payload[:n+copy(w.payload[n:], f.part(i))]
}

// fresh makes the header of a packet; the timestamp is without offset.
// Interceptors add to it; it is this peer's alone and its extensions begin
// empty every time.
func (w *writer) fresh(last bool, sequence uint16, timestamp uint32) *rtp.Header {
	extensions := w.header.Extensions[:0]
	w.at = time.Now()
	w.header = rtp.Header{
		Version: 2, Marker: last, PayloadType: w.payloadType, SequenceNumber: sequence,
		Timestamp: timestamp + w.offset, SSRC: w.ssrc,
		Extension: w.profile != 0, ExtensionProfile: w.profile, Extensions: extensions,
	}
	if w.playout != 0 {
		// Both 0: show every picture as soon as it is decoded.
		_ = w.header.SetExtension(w.playout, w.delay) // cannot fail: three bytes, id checked
	}
	return &w.header
}
