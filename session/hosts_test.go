package session_test

import (
	"testing"
	"time"

	"github.com/virtualcube/virtualcube/session"
)

// role is a client's own.
func (c *client) role() session.Role {
	c.t.Helper()
	return c.me().Role
}

func (c *client) roleIs(role session.Role, when string) {
	c.t.Helper()
	if got := c.role(); got != role {
		c.t.Errorf("%s: %s is a %s, not a %s", when, c.me().Name, got, role)
	}
}

func TestHostVanishes(t *testing.T) {
	faked(t, func(t *testing.T) {
		r := open(t, session.Config{Kept: 20 * time.Second})
		enter(t, r, entry(session.Listener, "l"))
		a := enter(t, r, speaker("a"))
		a.roleIs(session.Speaker, "before any host")
		h, b := enter(t, r, host("h")), enter(t, r, speaker("b"))
		h.Lose(t.Context())
		wait(t, 19*time.Second)
		a.roleIs(session.Speaker, "while the host's seat is kept")
		wait(t, 2*time.Second)
		a.roleIs(session.Host, "after the host is gone")
		must(t, a.Appoint(t.Context(), b.self.ID, session.Host))
		must(t, a.Appoint(t.Context(), "", session.Host)) // makes them no other host
		enter(t, r, speaker("c"))
		a.roleIs(session.Host, "after another came")
		h = enter(t, r, host("h"))
		a.roleIs(session.Speaker, "after a host by token came")
		b.roleIs(session.Host, "after a host by token came")
		refused(t, a.Rule(t.Context(), session.Rules{}), session.ErrForbidden)
		b.Leave(t.Context())
		h.Leave(t.Context())
		a.roleIs(session.Host, "after all hosts left")
		a.Leave(t.Context())
	})
}

// TestNobodyToLead says that a room without anyone who could lead gets a host
// as soon as one is there.
func TestNobodyToLead(t *testing.T) {
	faked(t, func(t *testing.T) {
		r := open(t, session.Config{Rigs: []session.Rig{{Cube: "c"}}})
		h, s := enter(t, r, host("h")), enter(t, r, speaker("s"))
		l := enter(t, r, entry(session.Listener, "l"))
		s.Lose(t.Context())
		h.Leave(t.Context())
		l.roleIs(session.Listener, "alone")
		s.back()
		s.roleIs(session.Host, "come back")
		s.Leave(t.Context())
		enter(t, r, speaker("t")).roleIs(session.Host, "new")
	})
}

func TestHostsMakeHosts(t *testing.T) {
	faked(t, func(t *testing.T) {
		r := open(t, session.Config{Lobby: true})
		h := enter(t, r, host("h"))
		refused(t, h.Appoint(t.Context(), "", session.Speaker), session.ErrForbidden)
		refused(t, h.Appoint(t.Context(), h.self.ID, session.Listener), session.ErrForbidden)
		g := enter(t, r, host("g"))
		must(t, h.Appoint(t.Context(), g.self.ID, session.Speaker))
		refused(t, h.Appoint(t.Context(), "", session.Speaker), session.ErrForbidden)
		g.roleIs(session.Speaker, "demoted")
		// Whom a host demoted is none by way of the lobby.
		must(t, h.Remove(t.Context(), g.self.ID, true))
		g.read()
		must(t, h.Admit(t.Context(), h.guest("g"), true))
		g.roleIs(session.Speaker, "admitted")
		must(t, h.Appoint(t.Context(), g.self.ID, session.Host))
		must(t, h.Appoint(t.Context(), "", session.Speaker))
		h.roleIs(session.Speaker, "resigned")
		refused(t, g.Appoint(t.Context(), "", session.Speaker), session.ErrForbidden)
		// A listener who is made a host has a seat, and none as a listener.
		l := direct(session.Listener)
		c := enter(t, r, l)
		must(t, g.Appoint(t.Context(), c.self.ID, session.Host))
		must(t, c.Publish(t.Context(), session.Microphone, true))
		if p := c.me(); p.Seat < 0 || p.Role != session.Host {
			t.Errorf("a listener who was made a host is %+v", p)
		}
		must(t, g.Appoint(t.Context(), c.self.ID, session.Listener))
		if p := c.me(); p.Seat != -1 || p.Microphone != session.Off {
			t.Errorf("a host who was made a listener is %+v", p)
		}
	})
}

// TestOpenRoom says that in a room for whoever comes first, they lead, lobby
// and lock or not.
func TestOpenRoom(t *testing.T) {
	faked(t, func(t *testing.T) {
		r := open(t, session.Config{Open: true, Lobby: true})
		l := enter(t, r, entry(session.Listener, "l"))
		a := enter(t, r, speaker("a"))
		if l.waiting != 1 || a.waiting != 0 {
			t.Errorf("told to wait: the listener %d times, the speaker %d times", l.waiting, a.waiting)
		}
		a.roleIs(session.Host, "the first")
		if b := enter(t, r, speaker("b")); b.waiting != 1 {
			t.Error("the second does not wait")
		}
		must(t, a.Rule(t.Context(), session.Rules{Locked: true}))
		_, err := r.Enter(t.Context(), speaker("c"))
		refused(t, err, session.ErrLocked)
		a.Lose(t.Context())
		_, err = r.Enter(t.Context(), speaker("c"))
		refused(t, err, session.ErrLocked)
		wait(t, session.DefaultKept+time.Second)
		enter(t, r, speaker("c")).roleIs(session.Host, "first in a room that was left")
	})
}
