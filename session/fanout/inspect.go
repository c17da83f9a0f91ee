package fanout

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/pion/rtp"
	"golang.org/x/time/rate"
)

// Limits bound what a publisher may send in a second; as much may come at once.
type Limits struct {
	Packets int
	Bits    int
}

// MicrophoneLimits are far above Opus at its best.
func MicrophoneLimits() Limits { return Limits{Packets: 200, Bits: 512_000} }

// CameraLimits are right for 720 lines at 30 a second.
func CameraLimits() Limits { return Limits{Packets: 1000, Bits: 4_000_000} }

// ScreenLimits are right for a large screen with small text.
func ScreenLimits() Limits { return Limits{Packets: 2000, Bits: 8_000_000} }

const (
	// A publisher may send garbageRate packets a second that are not forwarded
	// and garbageBurst at once, as where its rate is too high for a moment.
	garbageRate  = 50
	garbageBurst = 1000
	// maxGap of sequence numbers counts as loss; beyond it the publisher began
	// again (RFC 3550 appendix A.1).
	maxGap = 3000
)

// GarbageError says that a publisher sent too much that cannot be forwarded.
type GarbageError struct {
	Reason  string            // of the last packet
	Dropped map[string]uint64 // packets, by reason
}

// Error implements error.
func (e *GarbageError) Error() string {
	return fmt.Sprintf("the publisher sends what cannot be forwarded (%s)", e.Reason)
}

// dropReason is why a packet was not forwarded.
type dropReason int

const (
	droppedNothing dropReason = iota
	droppedPadding            // no garbage: browsers probe with it
	droppedOversize
	droppedMalformed
	droppedSSRC
	droppedType
	droppedPayload
	droppedRate
	droppedLate     // no garbage either
	droppedOverflow // of a queue of the node
)

// String returns the reason as the counts name it.
func (r dropReason) String() string {
	return [...]string{"", "padding", "oversize", "malformed", "ssrc", "payload-type", "payload", "rate", "late", "overflow"}[r]
}

func (r dropReason) garbage() bool { return r >= droppedOversize && r <= droppedRate }

// numbered says that the outlets must know of the packet's sequence number.
func (r dropReason) numbered() bool {
	switch r {
	case droppedNothing, droppedPadding, droppedPayload, droppedRate:
		return true
	}
	return false
}

// readFailure tells a packet that the stack could not read from the track's
// end, which is none, as is no error.
func readFailure(err error) dropReason {
	switch {
	case errors.Is(err, io.ErrShortBuffer):
		return droppedOversize
	case err == nil, errors.Is(err, io.EOF), errors.Is(err, io.ErrClosedPipe), errors.Is(err, os.ErrDeadlineExceeded):
		return droppedNothing
	}
	return droppedMalformed // of another payload type, for one: each such error took a packet
}

// inspector says what a publisher's packets are. It belongs to the relay's
// goroutine.
type inspector struct {
	config        RelayConfig
	video         bool
	packets, bits *rate.Limiter
	garbage       *rate.Limiter
	numberer      numberer
	begun         bool
	highest       uint16
	lost          uint64 // packets
}

func newInspector(c RelayConfig) inspector {
	return inspector{
		config: c, video: c.Kind.String() == "video",
		packets: rate.NewLimiter(rate.Limit(c.Limits.Packets), c.Limits.Packets),
		bits:    rate.NewLimiter(rate.Limit(c.Limits.Bits), c.Limits.Bits),
		garbage: rate.NewLimiter(garbageRate, garbageBurst),
	}
}

// tolerates takes note of garbage and says whether the relay may go on.
func (i *inspector) tolerates(now time.Time) bool { return i.garbage.AllowN(now, 1) }

// packet fills p from an RTP packet.
func (i *inspector) packet(now time.Time, data []byte, raw *rtp.Packet, p *packet) dropReason {
	if len(data) > maxPacket {
		return droppedOversize
	}
	if err := raw.Unmarshal(data); err != nil {
		return droppedMalformed
	}
	h := &raw.Header
	switch {
	case h.SSRC != i.config.SSRC:
		return droppedSSRC
	case h.PayloadType != i.config.PayloadType:
		return droppedType
	}
	p.sequence, p.timestamp, p.marker = h.SequenceNumber, h.Timestamp, h.Marker
	i.count(h.SequenceNumber)
	if id := i.config.LevelID; id != 0 {
		if level := h.GetExtension(id); len(level) == 1 {
			p.level, p.hasLevel = level[0], true
		}
	}
	p.empty = true
	switch {
	case !i.packets.AllowN(now, 1) || !i.bits.AllowN(now, 8*len(data)):
		return droppedRate
	case len(raw.Payload) == 0:
		return droppedPadding
	}
	reason := i.payload(raw.Payload, p)
	p.empty = reason != droppedNothing
	return reason
}

// payload fills p from a payload.
func (i *inspector) payload(payload []byte, p *packet) dropReason {
	if !i.video {
		if !plausibleOpus(payload) {
			return droppedPayload
		}
		p.hold(payload)
		return droppedNothing
	}
	d, has, data, ok := parseVP8(payload)
	if !ok || len(data) > maxPacket-descriptorSize {
		return droppedPayload
	}
	p.vp8 = d
	if !i.numberer.number(p, has) {
		return droppedLate
	}
	p.hold(data)
	return droppedNothing
}

// count adds up what was lost; what comes late was not.
func (i *inspector) count(sequence uint16) {
	ahead := int16(sequence - i.highest)
	switch {
	case !i.begun:
		i.begun = true
	case ahead <= 0:
		if ahead < 0 && ahead > -maxGap && i.lost > 0 {
			i.lost--
		}
		return
	case ahead < maxGap:
		i.lost += uint64(ahead - 1)
	}
	i.highest = sequence
}
