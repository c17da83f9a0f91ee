package session

// wait puts somebody into the lobby, once an identity.
func (t *table) wait(e Entry, m *Member) error {
	for _, g := range t.guests {
		if e.Identity != "" && g.entry.Identity == e.Identity {
			t.dropGuest(g)
			g.member.end(refuse(ErrReplaced, "You came to this lobby a second time, elsewhere; that one goes on."))
		}
	}
	if len(t.guests) >= maxGuests {
		return refuse(ErrFull, "%d people wait for this room already. Try again later.", maxGuests)
	}
	g := &guest{entry: e, member: m, at: t.changed()}
	g.Guest = Guest{ID: t.id('g'), Name: e.Name}
	t.guests[g.ID] = g
	m.guest = g
	t.log.Info("guest waits", "guest", g.ID)
	return nil
}

// answer is a host's word about a guest.
func (t *table) answer(id string, in bool) error {
	g := t.guests[id]
	if g == nil {
		return refuse(ErrUnknown, "This guest does not wait any more.")
	}
	if !in {
		t.dropGuest(g)
		g.member.end(refuse(ErrDenied, "A host did not let you in."))
		return nil
	}
	if p := t.identified(g.entry.Identity); p != nil {
		t.replace(p, g.entry, g.member)
	} else if _, err := t.admit(g.entry, g.member); err != nil {
		return err
	}
	t.dropGuest(g)
	signal(g.member.woken)
	return nil
}

func (t *table) dropGuest(g *guest) {
	delete(t.guests, g.ID)
	g.member.guest = nil
	t.bury(g.ID)
}
