package session

import (
	"context"
	"fmt"
	"slices"
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
		t.log.Info("participant came back", "participant", p.ID)
		return m, nil
	}
	if e.Name == "" {
		e.Name = "Guest"
	}
	if p := t.identified(e.Identity); p != nil {
		t.replace(p, e, m)
		return m, nil
	}
	known := e.Role == Host || e.Grants.Direct
	switch {
	case t.info.Locked && e.Role != Host:
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
	p.Present = true
	t.touch(p)
}

// replace gives what one participant has to a newer one of the same identity,
// who is another participant: ids are never used twice.
func (t *table) replace(old *person, e Entry, m *Member) {
	seat, cube := old.Seat, old.Cube
	if old.member != nil {
		old.member.end(refuse(ErrReplaced, "You entered this room a second time, elsewhere; that one goes on."))
	}
	p := t.newPerson(e)
	for _, i := range t.items {
		if i.Owner == old.ID {
			i.Owner = p.ID
			i.at = t.changed()
		}
	}
	t.strike(old)
	p.Seat, p.Cube = seat, cube
	t.attach(p, m, "")
	t.log.Info("participant replaced", "participant", p.ID, "before", old.ID)
}

func (t *table) newPerson(e Entry) *person {
	t.came++
	p := &person{identity: e.Identity, given: e.Role, grants: e.Grants, resume: secret(), since: time.Now()}
	p.Person = Person{
		ID: t.id('p'), Name: e.Name, Role: e.Role, Seat: -1, Present: true,
		Microphone: Off, Camera: Off, Screen: Off, Looks: Looks{Shared: true}, Quality: Unknown,
	}
	t.people[p.ID] = p
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
	if rig := t.standIn(e.Grants.Cube); rig != nil {
		p.Seat, p.Cube = rig.Seat, rig.Cube
		t.strike(rig)
	}
	if p.Seat < 0 && p.Role != Listener {
		p.Seat = t.vacant()
	}
	t.attach(p, m, "")
	t.lead()
	t.log.Info("participant came", "participant", p.ID, "role", p.Role, "seat", p.Seat)
	return p, nil
}

// wait puts somebody into the lobby.
func (t *table) wait(e Entry, m *Member) error {
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
	if _, err := t.admit(g.entry, g.member); err != nil {
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

// settle puts a rig that nobody is at on a seat.
func (t *table) settle(rig Rig) (*person, error) {
	seat := t.vacant()
	if seat < 0 {
		return nil, fmt.Errorf("put the rig of %s into the room: all %d seats are taken", rig.Cube, len(t.info.Seats))
	}
	p := t.newPerson(Entry{Name: cleanName(rig.Name, maxName), Role: Speaker})
	p.rig, p.Seat, p.Cube = true, seat, rig.Cube
	if rig.Level != nil {
		p.Microphone = On
	}
	p.Looks.Shared = false
	t.came--
	return p, nil
}

// standIn is the rig of a cube that sits by itself.
func (t *table) standIn(cube string) *person {
	for _, p := range t.people {
		if p.rig && cube != "" && p.Cube == cube {
			return p
		}
	}
	return nil
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
	p.Present, p.Speaking, p.Quality = false, false, Lost
	p.leaves = time.Now().Add(t.config.Kept)
	t.unpoint(p.ID)
	t.touch(p)
	t.log.Info("participant lost", "participant", p.ID, "kept", t.config.Kept)
}

// dismiss ends a participant; their rig stays, by itself.
func (t *table) dismiss(p *person, reason string) {
	t.strike(p)
	t.log.Info("participant left", "participant", p.ID, "reason", reason, "after", time.Since(p.since).Round(time.Second))
	for _, rig := range t.config.Rigs {
		if rig.Cube == p.Cube {
			if again, err := t.settle(rig); err == nil {
				again.Seat = p.Seat
			}
		}
	}
	t.lead()
}

// strike takes a participant and what belongs to them off the table.
func (t *table) strike(p *person) {
	delete(t.people, p.ID)
	t.bury(p.ID)
	t.part(p)
	t.unpoint(p.ID)
	for _, i := range values(t.items) {
		if i.Owner == p.ID && i.Kind == SharedScreen {
			t.clear(i)
		}
	}
}

// lead makes sure that a room with people has a host, once it had one: where
// none is left, not even one whose seat is kept, the one who is there longest
// leads, until a host by token comes.
func (t *table) lead() {
	var acting []*person
	found := false
	for _, p := range t.sorted() {
		switch {
		case p.Role != Host:
		case p.given == Host || p.appointed:
			found = true
		default:
			acting = append(acting, p)
		}
	}
	t.led = t.led || found || t.config.Open
	if found {
		for _, p := range acting {
			t.appoint(p, p.given)
		}
		return
	}
	if len(acting) > 0 || !t.led {
		return
	}
	people := slices.DeleteFunc(t.sorted(), func(p *person) bool { return p.rig || !p.Present || p.Role == Listener })
	if len(people) > 0 {
		t.appoint(people[0], Host)
		t.log.Info("participant leads", "participant", people[0].ID, "reason", "no host is left")
	}
}

// appoint gives a role. Who becomes a host is told of the guests, and who is
// none any more forgets them: with all the rest.
func (t *table) appoint(p *person, role Role) {
	if p.Role == role {
		return
	}
	if p.Role == Host || role == Host {
		if p.member != nil {
			p.member.told = 0
		}
	}
	p.Role = role
	if role == Listener {
		p.Seat, p.Microphone, p.Camera, p.Screen = -1, Off, Off, Off
	} else if p.Seat < 0 {
		p.Seat = t.vacant()
	}
	t.touch(p)
}
