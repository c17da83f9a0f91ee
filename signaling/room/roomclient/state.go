package roomclient

import (
	"maps"
	"slices"

	"github.com/virtualcube/virtualcube/session"
)

// State is the room as the node told it.
type State struct {
	Revision uint64
	Room     session.Info
	People   map[string]session.Person
	Items    map[string]session.Item
	Asides   map[string]session.Aside
	Guests   map[string]session.Guest
	Lines    []session.Line
}

func newState() State {
	return State{
		People: make(map[string]session.Person), Items: make(map[string]session.Item),
		Asides: make(map[string]session.Aside), Guests: make(map[string]session.Guest),
	}
}

// with is the state with what is known of another, but for the revision: it is
// that of the newest message.
func (s State) with(known State) State {
	s.Room = known.Room
	maps.Copy(s.People, known.People)
	maps.Copy(s.Items, known.Items)
	maps.Copy(s.Asides, known.Asides)
	maps.Copy(s.Guests, known.Guests)
	s.Lines = slices.Clone(known.Lines)
	return s
}

// apply takes an update over.
func (s *State) apply(u session.Update) {
	if u.Full {
		*s = newState()
	}
	s.Revision = u.Revision
	if u.Room != nil {
		s.Room = *u.Room
	}
	for _, id := range u.Gone {
		delete(s.People, id)
		delete(s.Items, id)
		delete(s.Asides, id)
		delete(s.Guests, id)
	}
	for _, p := range u.People {
		s.People[p.ID] = p
	}
	for _, i := range u.Items {
		s.Items[i.ID] = i
	}
	for _, a := range u.Asides {
		s.Asides[a.ID] = a
	}
	for _, g := range u.Guests {
		s.Guests[g.ID] = g
	}
	for _, l := range u.Lines {
		if !slices.ContainsFunc(s.Lines, func(o session.Line) bool { return o.ID == l.ID }) {
			s.Lines = append(s.Lines, l)
		}
	}
}

func (s *State) clone() State {
	c := newState().with(*s)
	c.Revision = s.Revision
	return c
}
