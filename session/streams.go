package session

// streams are those that a participant is to get: a view of everybody who has a
// rig and is no listener, unless a host blocked their camera, else their webcam;
// their voice by the rules of side discussions; and their screen.
func (t *table) streams(p *person) []Stream {
	if !p.grants.Receive {
		return nil
	}
	list := make([]Stream, 0, 2*len(t.people))
	mine := t.cube(p)
	for _, q := range t.sorted() {
		if q == p || !q.Present {
			continue
		}
		if q.Microphone == On {
			if hears, murmur := t.hears(p, q); hears {
				list = append(list, Stream{Person: q.ID, Source: Microphone, Cube: q.rigCube(), Murmur: murmur})
			}
		}
		switch {
		case t.seen(p, q):
			list = append(list, Stream{Person: q.ID, Source: View, Cube: q.Cube, ToCube: t.cube(q).Inverse().Mul(mine)})
		case q.Camera == On:
			list = append(list, Stream{Person: q.ID, Source: Camera})
		}
		if q.Screen == On {
			list = append(list, Stream{Person: q.ID, Source: Screen})
		}
	}
	return list
}

// seen says whether a participant sees another by views: of a rig, or of a webcam
// that was lifted, which other software gets as it is.
func (t *table) seen(p, q *person) bool {
	lifted := q.Cube != "" && t.rig(q.Cube).Cube == ""
	return q.Cube != "" && q.Role != Listener && q.Camera != Blocked && !(lifted && (p.Program || q.Camera != On))
}

// rigCube is the cube whose rig has the microphone: of who is nobody.
func (p *person) rigCube() string {
	if p.rig {
		return p.Cube
	}
	return ""
}

// hears says whether a participant hears another, and whether as a murmur:
// what is said in a side discussion, its members alone hear.
func (t *table) hears(p, q *person) (hears, murmur bool) {
	if q.Aside == "" || q.Aside == p.Aside {
		return true, false
	}
	return t.info.Murmur, t.info.Murmur
}
