package session_test

import (
	"fmt"
	"testing"

	"github.com/virtualcube/virtualcube/session"
)

// guest is the id of who waits by a name, as a host knows them.
func (c *client) guest(name string) string {
	c.t.Helper()
	c.read()
	for id, g := range c.Guests {
		if g.Name == name {
			return id
		}
	}
	c.t.Fatalf("%s knows of no guest %s", c.self.ID, name)
	return ""
}

func TestLobby(t *testing.T) {
	faked(t, func(t *testing.T) {
		r := open(t, session.Config{Lobby: true})
		first, second, third := enter(t, r, speaker("1")), enter(t, r, speaker("2")), enter(t, r, speaker("3"))
		if people, guests := r.People(t.Context()); people != 0 || guests != 3 {
			t.Errorf("%d people, %d guests before anyone is in", people, guests)
		}
		direct := speaker("d")
		direct.Grants.Direct = true
		d, h := enter(t, r, direct), enter(t, r, host("h"))
		if d.waiting != 0 || h.waiting != 0 {
			t.Error("who needs no lobby waits")
		}
		_, err := first.Say(t.Context(), "let me in", false)
		refused(t, err, session.ErrForbidden)
		must(t, h.Admit(t.Context(), h.guest("1"), true))
		refused(t, h.Admit(t.Context(), "g1", true), session.ErrUnknown)
		if p := first.me(); p.Seat < 0 || len(first.Guests) != 0 {
			t.Errorf("who was admitted is %+v, knows %v", p, first.Guests)
		}
		must(t, h.Admit(t.Context(), h.guest("2"), false))
		second.ended(session.ErrDenied)
		d.read()
		if len(d.Guests) != 0 {
			t.Errorf("who is no host knows %v", d.Guests)
		}
		fourth := enter(t, r, speaker("4"))
		fourth.Lose(t.Context())
		must(t, h.Rule(t.Context(), session.Rules{Lobby: true, Murmur: true}))
		third.read()
		if first.waiting != 1 || third.waiting != 1 {
			t.Errorf("told to wait %d and %d times", first.waiting, third.waiting)
		}
		must(t, h.Rule(t.Context(), session.Rules{}))
		if third.me().Seat < 0 {
			t.Error("the open lobby let nobody in")
		}
		h.read()
		if _, guests := r.People(t.Context()); guests != 0 || len(h.Guests) != 0 {
			t.Errorf("%d guests, the host knows %v", guests, h.Guests)
		}
	})
}

func TestBackToLobby(t *testing.T) {
	faked(t, func(t *testing.T) {
		r := open(t, session.Config{})
		h, s := enter(t, r, host("h")), enter(t, r, speaker("s"))
		l := enter(t, r, entry(session.Listener, "l"))
		must(t, h.Appoint(t.Context(), l.self.ID, session.Speaker))
		was := s.me().ID
		must(t, h.Remove(t.Context(), was, true))
		must(t, h.Remove(t.Context(), l.self.ID, true))
		if s.read(); s.waiting != 1 {
			t.Errorf("who is back in the lobby was told %d times", s.waiting)
		}
		refused(t, s.Raise(t.Context(), "", true), session.ErrForbidden)
		// Another rule lets nobody in: this room never had a lobby to open.
		must(t, h.Rule(t.Context(), session.Rules{Murmur: true}))
		if _, guests := r.People(t.Context()); guests != 2 {
			t.Errorf("%d guests", guests)
		}
		must(t, h.Admit(t.Context(), h.guest("s"), true))
		must(t, h.Admit(t.Context(), h.guest("l"), true))
		if p := s.me(); p.ID == was || s.self.Resumed {
			t.Errorf("who came in again is %+v", p)
		}
		if p := l.me(); p.Role != session.Speaker {
			t.Errorf("whom a host made a speaker came in again as %+v", p)
		}
		must(t, h.Remove(t.Context(), s.self.ID, false))
		s.ended(session.ErrRemoved)
		l.Lose(t.Context())
		must(t, h.Remove(t.Context(), l.self.ID, true)) // nobody is there to wait
		if people, guests := r.People(t.Context()); people != 1 || guests != 0 {
			t.Errorf("%d people, %d guests", people, guests)
		}
	})
}

func TestLobbyIsFull(t *testing.T) {
	faked(t, func(t *testing.T) {
		r := open(t, session.Config{Lobby: true, People: 3})
		h := enter(t, r, host("h"))
		guests := make([]*client, session.MaxGuests)
		for k := range guests {
			guests[k] = enter(t, r, speaker(fmt.Sprint(k)))
		}
		_, err := r.Enter(t.Context(), speaker("more"))
		refused(t, err, session.ErrFull)
		e := speaker("d")
		e.Grants.Direct = true
		d := enter(t, r, e)
		must(t, h.Remove(t.Context(), d.self.ID, true))
		d.ended(session.ErrFull)
		// As many come in as fit, the first first; the others go on waiting.
		must(t, h.Rule(t.Context(), session.Rules{}))
		if people, waiting := r.People(t.Context()); people != 3 || waiting != session.MaxGuests-2 {
			t.Errorf("%d people, %d guests", people, waiting)
		}
		if guests[0].me().Seat < 0 || guests[1].me().Seat < 0 {
			t.Error("the first two are not in")
		}
		refused(t, h.Admit(t.Context(), h.guest("7"), true), session.ErrFull)
		must(t, h.Rule(t.Context(), session.Rules{Lobby: true}))
		must(t, h.Rule(t.Context(), session.Rules{Locked: true}))
		if people, waiting := r.People(t.Context()); people != 3 || waiting != session.MaxGuests-2 {
			t.Errorf("locked: %d people, %d guests", people, waiting)
		}
	})
}

// TestWhoIsToWait says that some wait for a host though the room has no lobby.
func TestWhoIsToWait(t *testing.T) {
	faked(t, func(t *testing.T) {
		r := open(t, session.Config{})
		h := enter(t, r, host("h"))
		e := speaker("w")
		e.Grants.Wait = true
		w := enter(t, r, e)
		must(t, h.Rule(t.Context(), session.Rules{Murmur: true}))
		if w.read(); w.waiting != 1 || w.self.ID != "" {
			t.Errorf("told to wait %d times, is %q", w.waiting, w.self.ID)
		}
		must(t, h.Admit(t.Context(), h.guest("w"), true))
		if w.me().Seat < 0 {
			t.Error("who was admitted has no seat")
		}
	})
}

// TestIdentityTwiceInLobby says that an identity waits once, and is in once.
func TestIdentityTwiceInLobby(t *testing.T) {
	faked(t, func(t *testing.T) {
		r := open(t, session.Config{})
		h, s := enter(t, r, host("h")), enter(t, r, speaker("s"))
		must(t, h.Remove(t.Context(), s.self.ID, true))
		s.read()
		inside := enter(t, r, speaker("s")) // the lobby is not for newcomers
		must(t, h.Admit(t.Context(), h.guest("s"), true))
		inside.ended(session.ErrReplaced)
		if h.read(); s.me().Seat < 0 || len(h.People) != 2 {
			t.Errorf("there are %v", h.People)
		}
		must(t, h.Rule(t.Context(), session.Rules{Lobby: true}))
		a := enter(t, r, speaker("w"))
		b := enter(t, r, speaker("w"))
		a.ended(session.ErrReplaced)
		a.Leave(t.Context())
		if h.read(); len(h.Guests) != 1 || b.waiting != 1 {
			t.Errorf("there wait %v", h.Guests)
		}
	})
}
