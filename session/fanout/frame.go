package fanout

import (
	"encoding/binary"
	"sync"
	"sync/atomic"
)

// maxPayload bounds the VP8 descriptor and data of one packet, in bytes, so
// that RTP header, header extensions, SRTP tag, retransmission prefix, UDP and
// IPv6 stay within the 1280 bytes that every IPv6 path carries.
const maxPayload = 1150

// descriptorSize is the VP8 payload descriptor with a 15-bit picture id
// (RFC 7741 section 4.2).
const descriptorSize = 4

// maxFrame bounds one encoded picture, in bytes.
const maxFrame = 4 << 20

// frame is one encoded picture, cut into RTP payloads. It is immutable and
// shared by the subscribers, who each hold a reference.
type frame struct {
	buffer    []byte // the payloads, one after the other
	size      int    // bytes of every payload but the last
	key       bool
	timestamp uint32 // 1/90000 s, without a subscriber's offset

	references atomic.Int32
	pool       *sync.Pool
}

// newFrame copies an access unit, the only copy on its way to the transport,
// and leaves room for the descriptor of each packet. The caller holds one
// reference.
func newFrame(pool *sync.Pool, data []byte, key bool, timestamp uint32, pictureID uint16) *frame {
	f, _ := pool.Get().(*frame)
	if f == nil {
		f = &frame{pool: pool}
	}
	const room = maxPayload - descriptorSize
	packets := max(1, (len(data)+room-1)/room)
	part := (len(data) + packets - 1) / packets // equal parts: no tiny last packet
	f.key, f.timestamp, f.size = key, timestamp, part+descriptorSize
	f.buffer = f.buffer[:0]
	for i := 0; i < len(data); i += part {
		// X and I set; S on the first packet of the frame; PID 0.
		first := byte(0x80)
		if i == 0 {
			first |= 0x10
		}
		f.buffer = append(f.buffer, first, 0x80)
		f.buffer = binary.BigEndian.AppendUint16(f.buffer, 0x8000|pictureID&0x7fff)
		f.buffer = append(f.buffer, data[i:min(i+part, len(data))]...)
	}
	f.references.Store(1)
	return f
}

// packets is the number of payloads.
func (f *frame) packets() int { return (len(f.buffer) + f.size - 1) / f.size }

// payload returns payload i.
func (f *frame) payload(i int) []byte {
	return f.buffer[i*f.size : min((i+1)*f.size, len(f.buffer))]
}

func (f *frame) retain() *frame {
	f.references.Add(1)
	return f
}

func (f *frame) release() {
	switch n := f.references.Add(-1); {
	case n < 0:
		panic("fanout: frame released more often than retained")
	case n == 0:
		f.pool.Put(f)
	}
}
