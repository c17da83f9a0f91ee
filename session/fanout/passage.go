package fanout

// memory is how many packets back a late one finds its number; a power of 2.
const memory = 256

// passage maps the numbers of one relay to those of one outlet: what is left
// out on purpose leaves no gap, what was lost on its way does, so that it can
// come late into it.
type passage struct {
	begun   bool
	highest uint16 // sequence number of the relay
	offset  offset
	base    uint8 // of TL0PICIDX
	past    [memory]struct {
		offset
		done bool // sent or left out
	}

	begunFrame bool
	frame      uint16 // picture id of the newest packet
	skips      bool   // that frame
	upper      bool   // upper temporal layers are sent
}

// offset is what is added to a relay's numbers.
type offset struct{ sequence, picture uint16 }

// begin lets a packet have the first numbers after those of the writer.
func (s *passage) begin(w *writer, p *packet) {
	*s = passage{begun: true, highest: p.sequence - 1, upper: true}
	s.offset = offset{sequence: w.sequence - p.sequence, picture: w.picture + 1 - p.vp8.picture}
	s.base = w.base + 1 - p.vp8.base
	for i := range s.past {
		s.past[i].done = true // nothing before it is sent
	}
}

// place says where a packet belongs: late is that it came after its turn,
// known is false for one that came too late or twice. A jump further than the
// memory begins again.
func (s *passage) place(sequence uint16) (late, known bool) {
	ahead := int16(sequence - s.highest)
	switch {
	case ahead <= -memory:
		return true, false
	case ahead <= 0:
		return true, !s.past[sequence%memory].done
	case ahead > memory:
		s.offset.sequence = s.highest + s.offset.sequence + 1 - sequence
		s.highest = sequence - 1
		for i := range s.past {
			s.past[i].done = true
		}
	}
	for s.highest != sequence {
		s.highest++
		s.past[s.highest%memory].offset, s.past[s.highest%memory].done = s.offset, false
	}
	return false, true
}

// pass returns the numbers of a packet, or false where it is not sent. thin
// leaves the upper temporal layers out; they come back with a frame of the
// second one that refers to the base alone, or with a key frame.
func (s *passage) pass(p *packet, thin bool) (o offset, ok bool) {
	late, known := s.place(p.sequence)
	if !known {
		return offset{}, false
	}
	entry := &s.past[p.sequence%memory]
	entry.done = true
	d := p.vp8
	if late {
		return entry.offset, !p.empty && (d.layer == 0 || s.upper && !thin)
	}
	if !p.empty && (!s.begunFrame || d.picture != s.frame) {
		s.begunFrame, s.frame = true, d.picture
		switch {
		case thin:
			s.upper = false
		case d.key || d.layer == 1 && d.sync:
			s.upper = true
		}
		if s.skips = d.layer > 0 && !s.upper; s.skips {
			s.offset.picture--
		}
	}
	if p.empty || s.skips {
		s.offset.sequence--
		return offset{}, false
	}
	entry.offset = s.offset
	return entry.offset, true
}

// forward writes a packet of a relay under the numbers that it passes with.
func (w *writer) forward(p *packet, s *passage, o offset, video bool) (bytes int, err error) {
	sequence := p.sequence + o.sequence
	payload := p.data
	if video {
		d := p.vp8
		d.picture, d.base = (d.picture+o.picture)&0x7fff, d.base+s.base
		payload = append(d.append(w.payload[:0]), p.data...)
		if int16(d.picture<<1-w.picture<<1) > 0 {
			w.picture, w.base = d.picture, d.base
		}
	}
	if int16(sequence-w.sequence) >= 0 {
		w.sequence = sequence + 1
	}
	if !w.begun || int32(p.timestamp-w.last) > 0 {
		w.last, w.begun = p.timestamp, true
	}
	h := w.fresh(p.marker, sequence, p.timestamp)
	if w.level != 0 && p.hasLevel {
		w.loudness[0] = p.level
		_ = h.SetExtension(w.level, w.loudness) // cannot fail: one byte, id checked
	}
	_, err = w.writer.WriteRTP(h, payload)
	return len(payload), err
}
