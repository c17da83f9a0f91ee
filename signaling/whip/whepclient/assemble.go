package whepclient

import (
	"github.com/pion/rtp"
	"github.com/pion/rtp/codecs"
)

// AccessUnit is one encoded picture.
type AccessUnit struct {
	Data      []byte // VP8; valid during the callback
	Timestamp uint32 // 90 kHz
	Key       bool
	Layer     int // temporal: 1 may be left out
}

// maxAccessUnit bounds an access unit, in bytes; a longer one is lost.
const maxAccessUnit = 4 << 20

// assembler puts the packets of VP8 access units together (RFC 7741).
type assembler struct {
	started  bool // a packet was seen
	sequence uint16
	filling  bool // Data holds the beginning of an access unit
	broken   bool // wait for a key frame
	unit     AccessUnit
	lost     uint64 // packets
}

// outcome is what a packet did.
type outcome int

const (
	partial  outcome = iota // wait for more
	complete                // unit is whole
	gap                     // something is missing: ask for a key frame
)

// add takes the next packet. Duplicates and packets that come late are
// ignored; they were counted as lost.
func (a *assembler) add(p *rtp.Packet) outcome {
	step := p.SequenceNumber - a.sequence
	switch {
	case !a.started:
		a.started, a.broken = true, true // until the first key frame
	case step == 0 || step >= 1<<15:
		return partial
	case step > 1:
		a.lost += uint64(step - 1)
		a.filling, a.broken = false, true
	}
	a.sequence = p.SequenceNumber
	if len(p.Payload) == 0 {
		return partial // padding
	}
	var vp8 codecs.VP8Packet
	data, err := vp8.Unmarshal(p.Payload)
	if err != nil || len(data) == 0 {
		a.filling, a.broken = false, true
		return gap
	}
	if vp8.S == 1 && vp8.PID == 0 {
		key := data[0]&1 == 0 // RFC 6386 section 9.1: P bit of the frame tag
		if a.broken && !key {
			return a.ask(p)
		}
		a.filling, a.broken = true, false
		a.unit = AccessUnit{Data: a.unit.Data[:0], Timestamp: p.Timestamp, Key: key, Layer: int(vp8.TID)}
	}
	if !a.filling || p.Timestamp != a.unit.Timestamp || len(a.unit.Data)+len(data) > maxAccessUnit {
		a.filling, a.broken = false, true
		return a.ask(p)
	}
	a.unit.Data = append(a.unit.Data, data...)
	if !p.Marker {
		return partial
	}
	a.filling = false
	return complete
}

// ask reports the gap once an access unit, not once a packet.
func (a *assembler) ask(p *rtp.Packet) outcome {
	if p.Marker {
		return gap
	}
	return partial
}
