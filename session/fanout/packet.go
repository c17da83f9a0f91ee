package fanout

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// packet is one of a publisher's RTP packets, without header and VP8
// descriptor. It is immutable and shared by the outlets, who each hold a
// reference.
type packet struct {
	data      []byte
	sequence  uint16
	timestamp uint32
	marker    bool
	empty     bool // nothing to forward: padding, or garbage; it leaves no gap
	arrived   time.Time

	level    uint8 // RFC 6464 section 3: the voice bit, and 0 to 127 as -dBov
	hasLevel bool

	vp8 descriptor

	references atomic.Int32
	pool       *sync.Pool
}

// newPacket takes an empty packet from a pool. The caller holds one reference.
func newPacket(pool *sync.Pool) *packet {
	p, _ := pool.Get().(*packet)
	if p == nil {
		p = new(packet)
	}
	data := p.data[:0]
	*p = packet{data: data, pool: pool}
	p.references.Store(1)
	return p
}

// hold copies the payload.
func (p *packet) hold(payload []byte) {
	p.data = append(slices.Grow(p.data[:0], maxPacket), payload...)
}

func (p *packet) retain() *packet {
	p.references.Add(1)
	return p
}

func (p *packet) release() {
	switch n := p.references.Add(-1); {
	case n < 0:
		panic("fanout: packet released more often than retained")
	case n == 0:
		p.pool.Put(p)
	}
}
