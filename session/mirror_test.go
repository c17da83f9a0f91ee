package session_test

import (
	"slices"
	"strings"

	"github.com/virtualcube/virtualcube/session"
)

// mirror is what a client knows of a room. It is kept by nothing but updates.
type mirror struct {
	Revision uint64
	Room     session.Info
	People   map[string]session.Person
	Items    map[string]session.Item
	Asides   map[string]session.Aside
	Guests   map[string]session.Guest
	Lines    []session.Line
}

// apply does what an update says.
func (m *mirror) apply(u session.Update) {
	if u.Full {
		*m = mirror{
			People: map[string]session.Person{}, Items: map[string]session.Item{},
			Asides: map[string]session.Aside{}, Guests: map[string]session.Guest{},
		}
	}
	m.Revision = u.Revision
	if u.Room != nil {
		m.Room = *u.Room
	}
	for _, p := range u.People {
		m.People[p.ID] = p
	}
	for _, i := range u.Items {
		m.Items[i.ID] = i
	}
	for _, a := range u.Asides {
		m.Asides[a.ID] = a
	}
	for _, g := range u.Guests {
		m.Guests[g.ID] = g
	}
	m.Lines = append(m.Lines, u.Lines...)
	for _, id := range u.Gone {
		delete(m.People, id)
		delete(m.Items, id)
		delete(m.Asides, id)
		delete(m.Guests, id)
	}
}

// texts are those of the chat.
func (m *mirror) texts() string {
	var list []string
	for _, l := range m.Lines {
		list = append(list, l.Text)
	}
	return strings.Join(list, "|")
}

// forget drops the oldest lines, which the room knows no more.
func (m *mirror) forget(lines int) {
	m.Lines = slices.Delete(m.Lines, 0, max(0, len(m.Lines)-lines))
}
