package fanout

// descriptor is a VP8 payload descriptor (RFC 7741 section 4.2), and what the
// first packet of a frame says of it.
type descriptor struct {
	start        bool   // of a frame: S, with PID 0
	begins       bool   // S: of a partition
	partition    uint8  // PID
	nonReference bool   // N
	picture      uint16 // 15 bits
	base         uint8  // TL0PICIDX
	layer        uint8  // TID
	sync         bool   // Y
	key          bool   // a key frame starts
}

// indices says which of a descriptor's numbers were there.
type indices struct {
	picture bool
	long    bool // 15 bits, not 7
	base    bool
}

// maxSide bounds a picture, in pixels.
const maxSide = 4096

// parseVP8 reads a descriptor. ok is false for what is no VP8: a descriptor
// that is cut off or sets reserved bits, or a frame that starts with another
// header than RFC 6386 section 9.1 describes, as an encrypted one may.
func parseVP8(payload []byte) (d descriptor, has indices, data []byte, ok bool) {
	next := func() (b byte) {
		if ok = ok && len(payload) > 0; ok {
			b, payload = payload[0], payload[1:]
		}
		return b
	}
	ok = true
	first := next()
	if first&0x40 != 0 || first&0x08 != 0 { // R
		return d, has, nil, false
	}
	d.begins, d.partition, d.nonReference = first&startOfFrame != 0, first&0x07, first&nonReference != 0
	d.start = d.begins && d.partition == 0
	var flags byte
	if first&extended != 0 {
		flags = next()
	}
	if flags&0x80 != 0 { // I
		id := next()
		d.picture, has.picture = uint16(id&0x7f), true
		if id&0x80 != 0 {
			d.picture, has.long = d.picture<<8|uint16(next()), true
		}
	}
	if flags&0x40 != 0 { // L
		d.base, has.base = next(), true
	}
	if flags&0x30 != 0 { // T or K
		if b := next(); flags&0x20 != 0 {
			d.layer, d.sync = b>>6, b&layerSync != 0
		}
	}
	if !ok || len(payload) == 0 {
		return d, has, nil, false
	}
	if d.start {
		if d.key, ok = parseFrameTag(payload); !ok {
			return d, has, nil, false
		}
	}
	return d, has, payload, true
}

// parseFrameTag reads the uncompressed data chunk (RFC 6386 section 9.1).
func parseFrameTag(data []byte) (key, ok bool) {
	if len(data) < 3 || data[0]>>1&7 > 3 { // version
		return false, false
	}
	if data[0]&1 != 0 {
		return false, true
	}
	if len(data) < 10 || data[3] != 0x9d || data[4] != 0x01 || data[5] != 0x2a {
		return false, false
	}
	width, height := int(data[6])|int(data[7]&0x3f)<<8, int(data[8])|int(data[9]&0x3f)<<8
	return true, width > 0 && height > 0 && width <= maxSide && height <= maxSide
}

// append writes the descriptor with all its numbers.
func (d descriptor) append(to []byte) []byte {
	first, tid := byte(extended)|d.partition, d.layer<<6
	if d.begins {
		first |= startOfFrame
	}
	if d.nonReference {
		first |= nonReference
	}
	if d.sync {
		tid |= layerSync
	}
	id := longID | d.picture
	return append(to, first, allIndices, byte(id>>8), byte(id), d.base, tid)
}

// numberer gives pictures numbers where the publisher did not, or short ones.
// It belongs to the relay's goroutine.
type numberer struct {
	begun     bool
	sequence  uint16 // of the newest packet
	timestamp uint32
	picture   uint16
	base      uint8
}

// number completes a packet's descriptor. It returns false for a packet that
// came late whose picture can no longer be told.
func (n *numberer) number(p *packet, has indices) bool {
	d := &p.vp8
	late := n.begun && int16(p.sequence-n.sequence) <= 0
	switch {
	case has.long:
	case has.picture: // the nearest of those that end so
		d.picture = (n.picture + uint16(int16((d.picture-n.picture)<<9)>>9)) & 0x7fff
	case late && p.timestamp != n.timestamp:
		return false
	case n.begun && p.timestamp == n.timestamp:
		d.picture = n.picture
	default:
		// A gap may have held a picture: let the decoder take it for one.
		d.picture = (n.picture + 1) & 0x7fff
		if n.begun && p.sequence != n.sequence+1 {
			d.picture = (n.picture + 2) & 0x7fff
		}
	}
	if !has.base {
		d.base = n.base + uint8(d.picture-n.picture)
	}
	if !late {
		*n = numberer{begun: true, sequence: p.sequence, timestamp: p.timestamp, picture: d.picture, base: d.base}
	}
	return true
}
