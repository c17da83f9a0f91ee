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
	c := *s
	c.People, c.Items = maps.Clone(s.People), maps.Clone(s.Items)
	c.Asides, c.Guests = maps.Clone(s.Asides), maps.Clone(s.Guests)
	c.Lines = slices.Clone(s.Lines)
	return c
}
