package fanout

import (
	"sync"
	"sync/atomic"
)

// maxPayload bounds the VP8 descriptor and data of one packet, in bytes, so
// that RTP header, header extensions, SRTP tag, retransmission prefix, UDP and
// IPv6 stay within the 1280 bytes that every IPv6 path carries.
const maxPayload = 1150

// maxPacket bounds an RTP packet of a publisher, in bytes.
const maxPacket = 1500

// maxFrame bounds one encoded picture, in bytes.
const maxFrame = 4 << 20

// frame is one encoded picture, cut into parts of a packet each. It is
// immutable and shared by the subscribers, who each hold a reference.
type frame struct {
	data      []byte // the access unit
	size      int    // bytes of every part but the last
	key       bool
	layer     int    // temporal
	timestamp uint32 // 1/90000 s, without a subscriber's offset

	references atomic.Int32
	pool       *sync.Pool
}

// newFrame copies an access unit. The caller holds one reference.
func newFrame(pool *sync.Pool, data []byte, key bool, layer int, timestamp uint32) *frame {
	f, _ := pool.Get().(*frame)
	if f == nil {
		f = &frame{pool: pool}
	}
	const room = maxPayload - descriptorSize
	packets := max(1, (len(data)+room-1)/room)
	f.size = (len(data) + packets - 1) / packets // equal parts: no tiny last packet
	f.key, f.layer, f.timestamp = key, layer, timestamp
	f.data = append(f.data[:0], data...)
	f.references.Store(1)
	return f
}

// packets is the number of parts.
func (f *frame) packets() int { return (len(f.data) + f.size - 1) / f.size }

// part returns the data of packet i.
func (f *frame) part(i int) []byte { return f.data[i*f.size : min((i+1)*f.size, len(f.data))] }

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
