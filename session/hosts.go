package session

import "slices"

// lead makes sure that a room with people has a host, once it had one: where
// none is left, not even one whose seat is kept, the one who is there longest
// leads, until a host by token comes. Hosts whom they appointed stay.
func (t *table) lead() {
	var acting []*person
	byToken, found := false, false
	for _, p := range t.sorted() {
		if p.Role != Host {
			continue
		}
		found = true
		byToken = byToken || p.given == Host
		if p.given != Host && !p.appointed {
			acting = append(acting, p)
		}
	}
	t.led = t.led || found || t.config.Open
	if byToken {
		for _, p := range acting {
			t.appoint(p, p.given)
		}
	}
	if found || !t.led {
		return
	}
	people := slices.DeleteFunc(t.sorted(), func(p *person) bool { return p.rig || p.Program || !p.Present || p.Role == Listener })
	if len(people) > 0 {
		t.appoint(people[0], Host)
		t.log.Info("participant leads", "participant", people[0].ID, "reason", "no host is left")
	}
}

// appoint gives a role. Who becomes a host is told of the guests, and who is
// none any more forgets them: with all the rest. A listener is no longer heard
// or seen, and in no side discussion.
func (t *table) appoint(p *person, role Role) {
	if p.Role == role {
		return
	}
	if p.Role == Host || role == Host {
		p.anew = t.changed()
	}
	p.Role = role
	t.seat(p)
	if role == Listener {
		p.Seat, p.Microphone, p.Camera, p.Screen = -1, Off, Off, Off
		p.muted()
		t.part(p)
		t.unpoint(p.ID)
		t.unshare(p)
	}
	t.touch(p)
}

func (t *table) hosts() (n int) {
	for _, p := range t.people {
		if p.Role == Host {
			n++
		}
	}
	return n
}
