package session

import (
	"context"
	"slices"
)

// aside is a side discussion.
type aside struct {
	Aside
	at uint64
}

// Whisper begins a side discussion with somebody, or joins the one that they
// are in; an empty who ends one's part in it.
func (m *Member) Whisper(ctx context.Context, who string) (id string, err error) {
	err = m.act(ctx, func(t *table, p *person) error {
		if who == "" {
			t.part(p)
			return nil
		}
		q := t.people[who]
		switch {
		case q == nil || !q.Present:
			return refuse(ErrUnknown, "They are not in the room at the moment.")
		case q == p || q.rig || q.Program:
			return refuse(ErrMalformed, "A side discussion needs somebody else, who can hear you.")
		case p.Role == Listener || q.Role == Listener:
			return refuse(ErrForbidden, "Listeners take no part in side discussions.")
		case p.Aside != "" && p.Aside == q.Aside:
			id = p.Aside
			return nil
		}
		t.part(p)
		a := t.asides[q.Aside]
		if a == nil {
			a = &aside{Aside: Aside{ID: t.id('a')}}
			t.asides[a.ID] = a
			t.join(a, q)
		}
		t.join(a, p)
		id = a.ID
		t.log.Info("side discussion joined", "aside", a.ID, "participant", p.ID)
		return nil
	})
	return id, err
}

func (t *table) join(a *aside, p *person) {
	a.Members = append(a.Members, p.ID)
	p.Aside = a.ID
	a.at = t.changed()
	t.touch(p)
}

// part takes somebody out of their side discussion. Of two, the other is left
// with nobody, and it is over.
func (t *table) part(p *person) {
	a := t.asides[p.Aside]
	if a == nil {
		return
	}
	p.Aside = ""
	t.touch(p)
	a.Members = slices.DeleteFunc(a.Members, func(id string) bool { return id == p.ID })
	a.at = t.changed()
	if len(a.Members) > 1 {
		return
	}
	for _, id := range a.Members {
		if q := t.people[id]; q != nil {
			q.Aside = ""
			t.touch(q)
		}
	}
	delete(t.asides, a.ID)
	t.bury(a.ID)
}
