package session

import "context"

// Publish says what the participant sends of a source, on or off. The media
// itself comes another way; what is not on, nobody gets.
func (m *Member) Publish(ctx context.Context, s Source, on bool) error {
	return m.act(ctx, func(t *table, p *person) error {
		at, allowed := p.published(s)
		switch {
		case at == nil:
			return refuse(ErrMalformed, "There is no source %.20q.", s)
		case !on && *at == Blocked, on == (*at == On):
			return nil
		case on && (!allowed || p.Role == Listener):
			return refuse(ErrForbidden, "You may not publish your %s here. Ask a host to become a speaker.", s)
		case on && *at == Blocked:
			return refuse(ErrForbidden, "A host switched your %s off. Raise your hand to speak.", s)
		}
		if on {
			*at = On
			t.touch(p)
		} else {
			t.turnOff(p, s, Off)
		}
		return nil
	})
}

// turnOff turns a source of somebody off, or blocks it. A shared screen goes
// with its picture.
func (t *table) turnOff(p *person, s Source, to Switch) {
	at, _ := p.published(s)
	*at = to
	switch s {
	case Microphone:
		p.muted()
	case Screen:
		t.unshare(p)
	}
	t.touch(p)
}

// published is the switch of a source, and whether the token allows it.
func (p *person) published(s Source) (at *Switch, allowed bool) {
	switch s {
	case Microphone:
		return &p.Microphone, p.grants.Microphone
	case Camera:
		return &p.Camera, p.grants.Camera
	case Screen:
		return &p.Screen, p.grants.Screen
	}
	return nil, false
}

// Block is a host's: a source of somebody is switched off until it is allowed
// again.
func (m *Member) Block(ctx context.Context, who string, s Source, blocked bool) error {
	return m.rule(ctx, func(t *table, p *person) error {
		q, err := t.whom(p, who)
		if err != nil {
			return err
		}
		at, _ := q.published(s)
		switch {
		case at == nil:
			return refuse(ErrMalformed, "There is no source %.20q.", s)
		case blocked:
			t.turnOff(q, s, Blocked)
			return nil
		case *at == Blocked && q.rig && s == Microphone:
			*at = On
		case *at == Blocked:
			*at = Off // they switch it on themselves
		}
		t.touch(q)
		return nil
	})
}

// Admit is a host's: a guest comes in, or is sent away.
func (m *Member) Admit(ctx context.Context, guest string, in bool) error {
	return m.rule(ctx, func(t *table, _ *person) error { return t.answer(guest, in) })
}

// Remove is a host's: somebody is sent away, or back to the lobby.
func (m *Member) Remove(ctx context.Context, who string, lobby bool) error {
	return m.rule(ctx, func(t *table, p *person) error {
		q := t.people[who]
		switch {
		case q == nil:
			return refuse(ErrUnknown, "They are not in the room any more.")
		case q == p:
			return refuse(ErrMalformed, "Leave the room instead.")
		case q.rig:
			return refuse(ErrForbidden, "A rig belongs to the node. Stop it there.")
		}
		gone := q.member
		t.dismiss(q, "removed")
		if gone == nil {
			return nil
		}
		if !lobby {
			gone.end(refuse(ErrRemoved, "A host removed you from the room."))
			return nil
		}
		t.sendBack(q, gone)
		return nil
	})
}

// sendBack puts the connection of who was a participant into the lobby, or ends
// it where that is full.
func (t *table) sendBack(p *person, m *Member) {
	m.person, m.told, m.greeted, m.resumed, m.heard = nil, 0, false, false, nil
	e := Entry{Identity: p.identity, Name: p.Name, Role: p.given, Grants: p.grants, Program: p.Program}
	if err := t.wait(e, m); err != nil {
		m.end(err)
		return
	}
	signal(m.woken)
}

// Appoint is a host's: somebody gets another role.
func (m *Member) Appoint(ctx context.Context, who string, role Role) error {
	return m.rule(ctx, func(t *table, p *person) error {
		q, err := t.whom(p, who)
		switch {
		case err != nil:
			return err
		case q.rig:
			return refuse(ErrForbidden, "A rig has no role to change.")
		case q.Program && role == Host:
			return refuse(ErrForbidden, "A program cannot lead a room.")
		case !role.valid():
			return refuse(ErrMalformed, "There is no role %.20q.", role)
		case q == p && role != Host && t.hosts() < 2:
			return refuse(ErrForbidden, "You are the only host. Make somebody else a host before.")
		}
		switch {
		case role != Host:
			q.given, q.appointed = role, false
		case q != p: // nobody makes a host by token of themselves
			q.appointed = true
		}
		t.appoint(q, role)
		return nil
	})
}

// Rules are how a room is.
type Rules struct{ Locked, Lobby, Murmur bool }

// Rule is a host's: it sets all rules. Opening the lobby of a room that is not
// locked lets in who waits, as many as fit.
func (m *Member) Rule(ctx context.Context, r Rules) error {
	return m.rule(ctx, func(t *table, _ *person) error {
		opened := t.info.Lobby && !r.Lobby && !r.Locked
		t.info.Locked, t.info.Lobby, t.info.Murmur = r.Locked, r.Lobby, r.Murmur
		t.infoAt = t.changed()
		if !opened {
			return nil
		}
		for _, g := range values(t.guests) {
			_ = t.answer(g.ID, true) // where the room is full, they go on waiting
		}
		return nil
	})
}
