package fanout

import "time"

const (
	// maxOpus bounds an Opus packet of one frame, in bytes (RFC 6716 section
	// 3.4, R2), and is far more than a publisher's packet of several takes.
	maxOpus = 1275
	// maxOpusTime bounds the sound in a packet (RFC 6716 section 3.4, R5).
	maxOpusTime = 120 * time.Millisecond
)

// opusFrame is the duration of the frames of an Opus packet, by the upper five
// bits of its first byte (RFC 6716 section 3.1).
func opusFrame(toc byte) time.Duration {
	config := toc >> 3
	switch {
	case config < 12: // SILK
		return [...]time.Duration{10e6, 20e6, 40e6, 60e6}[config&3]
	case config < 16: // hybrid
		return 10 * time.Millisecond << (config & 1)
	default: // CELT
		return 2500 * time.Microsecond << (config & 3)
	}
}

// plausibleOpus says whether a payload can be an Opus packet, by the rules of
// RFC 6716 section 3.4 that need no decoding.
func plausibleOpus(payload []byte) bool {
	if len(payload) == 0 || len(payload) > maxOpus {
		return false
	}
	size, frames := len(payload)-1, 1
	switch payload[0] & 3 {
	case 1:
		if size%2 != 0 { // R3
			return false
		}
		frames = 2
	case 2:
		if size < 1 { // R4
			return false
		}
		frames = 2
	case 3:
		if size < 1 { // R6
			return false
		}
		frames = int(payload[1] & 0x3f)
	}
	return frames > 0 && time.Duration(frames)*opusFrame(payload[0]) <= maxOpusTime
}
