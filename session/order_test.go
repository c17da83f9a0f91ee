package session_test

import (
	"slices"

	"github.com/virtualcube/virtualcube/session"
)

// check says that the room makes sense: what holds in it at any time.
func (c *crowd) check() {
	c.t.Helper()
	for _, m := range c.all {
		w := m.Whole(c.t.Context())
		if w.Revision == 0 {
			continue
		}
		var room mirror
		room.apply(w)
		c.checkPeople(room)
		c.checkThings(room)
		if self := room.People[m.self.ID]; self.ID != "" && self.Role != session.Host && len(w.Guests) > 0 {
			c.t.Errorf("%s, a %s, knows of guests", m.self.ID, self.Role)
		}
		return
	}
}

func (c *crowd) checkPeople(room mirror) {
	c.t.Helper()
	seats, cubes := map[int]string{}, map[string]string{}
	for _, p := range room.People {
		if other, taken := seats[p.Seat]; taken && p.Seat >= 0 {
			c.t.Errorf("%s and %s are on seat %d", p.ID, other, p.Seat)
		}
		if other, taken := cubes[p.Cube]; taken && p.Cube != "" {
			c.t.Errorf("%s and %s are at cube %s", p.ID, other, p.Cube)
		}
		seats[p.Seat], cubes[p.Cube] = p.ID, p.ID
		if p.Seat < -1 || p.Seat >= len(room.Room.Seats) {
			c.t.Errorf("%s is on seat %d of %d", p.ID, p.Seat, len(room.Room.Seats))
		}
		if p.Role == session.Listener && (p.Seat >= 0 || p.Microphone == session.On || p.Camera == session.On || p.Screen == session.On || p.Speaking || p.Aside != "") {
			c.t.Errorf("a listener is %+v", p)
		}
		if p.Aside != "" && !slices.Contains(room.Asides[p.Aside].Members, p.ID) {
			c.t.Errorf("%s is in %s, which is %v", p.ID, p.Aside, room.Asides[p.Aside])
		}
	}
	for _, cube := range []string{"a", "b"} {
		if cubes[cube] == "" {
			c.t.Errorf("nobody is at cube %s", cube)
		}
	}
}

func (c *crowd) checkThings(room mirror) {
	c.t.Helper()
	for _, a := range room.Asides {
		if len(a.Members) < 2 {
			c.t.Errorf("side discussion %v", a)
		}
		for _, id := range a.Members {
			if room.People[id].Aside != a.ID {
				c.t.Errorf("%s has the member %+v", a.ID, room.People[id])
			}
		}
	}
	pointing := map[string]bool{}
	for _, i := range room.Items {
		if owner := room.People[i.Owner]; i.Kind == session.SharedScreen && (owner.ID == "" || owner.Role == session.Listener || owner.Screen == session.Blocked) {
			c.t.Errorf("the screen %s is of %+v", i.ID, owner)
		}
		for _, p := range i.Pointers {
			if q := room.People[p.Person]; pointing[p.Person] || !q.Present || q.Role == session.Listener {
				c.t.Errorf("%+v points on %s", q, i.ID)
			}
			pointing[p.Person] = true
		}
	}
	if len(room.Items) > session.MaxItems {
		c.t.Errorf("%d things", len(room.Items))
	}
}
