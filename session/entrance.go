package session

import (
	"context"
	"time"
)

// Enter lets somebody in, or into the lobby: Member.Next says which. It is
// refused with a *Refusal. The caller ends the membership with Member.Leave or
// Member.Lose.
func (r *Room) Enter(ctx context.Context, e Entry) (*Member, error) {
	e.Name = cleanName(e.Name, maxName)
	var m *Member
	err := r.do(ctx, func(t *table) (err error) {
		m, err = t.enter(r, e)
		return err
	})
	return m, err
}

func (t *table) enter(r *Room, e Entry) (*Member, error) {
	m := newMember(r)
	if p := t.resumed(e.Resume); p != nil {
		m.told, m.resumed = e.Revision, true
		t.attach(p, m, "the connection goes on elsewhere")
		t.lead()
		t.log.Info("participant came back", "participant", p.ID)
		return m, nil
	}
	if !e.Role.valid() {
		return nil, refuse(ErrMalformed, "There is no role %.20q.", e.Role)
	}
	if e.Name == "" {
		e.Name = "Guest"
	}
	if p := t.identified(e.Identity); p != nil {
		t.replace(p, e, m)
		return m, nil
	}
	// Into a room that nobody leads and that is for whoever comes first, they come.
	first := t.config.Open && e.Role != Listener && !e.Program && t.hosts() == 0
	known := e.Role == Host || e.Grants.Direct || first
	switch {
	case t.info.Locked && e.Role != Host && !first:
		return nil, refuse(ErrLocked, "The room is locked. Ask a host to unlock it.")
	case (t.info.Lobby || e.Grants.Wait) && !known:
		return m, t.wait(e, m)
	}
	_, err := t.admit(e, m)
	return m, err
}

func (t *table) identified(identity string) *person {
	for _, p := range t.people {
		if identity != "" && p.identity == identity {
			return p
		}
	}
	return nil
}

// attach gives a participant a new connection; the one before ends.
func (t *table) attach(p *person, m *Member, why string) {
	if p.member != nil {
		p.member.end(refuse(ErrReplaced, "You are in this room in another window: %s.", why))
	}
	p.member, m.person = m, p
	if t.rig(p.Cube).Cube == "" {
		p.Cube = "" // a webcam is lifted anew
	}
	p.Present = true
	t.touch(p)
}

// replace gives what one participant has to a newer one of the same identity,
// who is another participant: ids are never used twice. What a host decided
// about the older goes for the newer. A shared screen is of the older's window,
// and gone with it.
func (t *table) replace(old *person, e Entry, m *Member) {
	if old.member != nil {
		old.member.end(refuse(ErrReplaced, "You entered this room a second time, elsewhere; that one goes on."))
	}
	p := t.newPerson(e)
	for _, i := range t.items {
		if i.Owner == old.ID && i.Kind != SharedScreen {
			i.Owner = p.ID
			i.at = t.changed()
		}
	}
	t.strike(old)
	if p.token == old.token {
		p.Role, p.given, p.appointed = old.Role, old.given, old.appointed
	}
	for _, s := range []Source{Microphone, Camera, Screen} {
		was, _ := old.published(s)
		if now, _ := p.published(s); *was == Blocked {
			*now = Blocked
		}
	}
	if p.Role != Listener {
		p.Seat = old.Seat
	}
	if old.Cube != "" && old.Cube == p.grants.Cube {
		p.Cube = old.Cube
		t.inherit(p, old, View)
	} else {
		t.release(old, -1)
	}
	t.inherit(p, old, Microphone, Camera, Screen)
	t.seat(p)
	t.attach(p, m, "")
	t.lead()
	t.log.Info("participant replaced", "participant", p.ID, "before", old.ID)
}

func (t *table) newPerson(e Entry) *person {
	t.came++
	p := &person{identity: e.Identity, token: e.Role, given: e.Role, grants: e.Grants, resume: secret(), since: time.Now()}
	p.Person = Person{
		ID: t.id('p'), Name: e.Name, Role: e.Role, Seat: -1, Present: true, Program: e.Program,
		Microphone: Off, Camera: Off, Screen: Off, Looks: Looks{Shared: true}, Quality: Unknown, Filters: []Filter{},
	}
	t.people[p.ID] = p
	p.anew = t.changed() // what somebody else knew before is not theirs
	t.touch(p)
	return p
}

// admit takes somebody in and gives them a seat, if one is free and they are
// to have one.
func (t *table) admit(e Entry, m *Member) (*person, error) {
	if len(t.people)-t.rigs() >= t.config.People {
		return nil, refuse(ErrFull, "%d people are in this room, more do not fit. Try again later.", t.config.People)
	}
	p := t.newPerson(e)
	if !e.Program || e.Role != Listener {
		t.equip(p)
	}
	t.seat(p)
	t.attach(p, m, "")
	t.lead()
	t.log.Info("participant came", "participant", p.ID, "role", p.Role, "seat", p.Seat)
	return p, nil
}

// seat gives somebody who is to have a seat the one of the rig that their grants
// name, or another that is free, unless they have one.
func (t *table) seat(p *person) {
	if p.Role == Listener {
		return
	}
	if rig := t.standIn(p.grants.Cube); rig != nil {
		p.Cube = rig.Cube
		if p.Seat < 0 {
			p.Seat = rig.Seat
		}
		t.inherit(p, rig, View)
		t.strike(rig)
	}
	if p.Seat < 0 {
		p.Seat = t.vacant()
	}
}

// lose notes that a connection is gone; the seat is kept.
func (t *table) lose(m *Member) {
	if m.guest != nil {
		t.dropGuest(m.guest)
		return
	}
	p := m.person
	if p == nil || p.member != m {
		return // another connection took over, or they were removed
	}
	p.member = nil
	p.Present, p.Quality = false, Lost
	p.muted()
	p.leaves = time.Now().Add(t.config.Kept)
	t.unpoint(p.ID)
	t.touch(p)
	t.log.Info("participant lost", "participant", p.ID, "kept", t.config.Kept)
}

// dismiss ends a participant; their rig stays, by itself.
func (t *table) dismiss(p *person, reason string) {
	t.strike(p)
	t.log.Info("participant left", "participant", p.ID, "reason", reason, "after", time.Since(p.since).Round(time.Second))
	t.release(p, p.Seat)
	t.lead()
}

// strike takes a participant and what belongs to them off the table.
func (t *table) strike(p *person) {
	delete(t.people, p.ID)
	p.member = nil // who can do nothing any more
	t.bury(p.ID)
	t.part(p)
	t.unpoint(p.ID)
	t.unshare(p)
}

// unshare takes somebody's shared screen away.
func (t *table) unshare(p *person) {
	for _, i := range values(t.items) {
		if i.Owner == p.ID && i.Kind == SharedScreen {
			t.clear(i)
		}
	}
}
