package session_test

import (
	"log/slog"
	"testing"
	"time"

	"github.com/virtualcube/virtualcube/session"
)

var quiet = slog.New(slog.DiscardHandler)

// wait lets faked time pass.
func wait(t testing.TB, d time.Duration) {
	t.Helper()
	select {
	case <-time.After(d):
	case <-t.Context().Done():
	}
}

func TestResume(t *testing.T) {
	faked(t, func(t *testing.T) {
		r := open(t, session.Config{})
		h, s := enter(t, r, host("h")), enter(t, r, speaker("s"))
		x := enter(t, r, speaker("x"))
		_, err := h.Say(t.Context(), "before", false)
		must(t, err)
		s.read()
		id, known := s.self.ID, s.Revision
		s.Lose(t.Context())
		_, err = h.Say(t.Context(), "meanwhile", false)
		must(t, err)
		x.Leave(t.Context())
		s.backAt(known)
		updates := s.read()
		if len(updates) != 1 || updates[0].Full || updates[0].Room != nil || len(updates[0].People) != 1 {
			t.Errorf("who comes back is told %+v", updates)
		}
		if s.self.ID != id || !s.self.Resumed || s.texts() != "before|meanwhile" || len(s.People) != 2 {
			t.Errorf("who came back is %+v, knows %q and %v", s.self, s.texts(), s.People)
		}
		// The older connection is told, whatever it does later.
		older := *s
		s.back()
		older.ended(session.ErrReplaced)
		older.Lose(t.Context())
		older.Leave(t.Context())
		_, err = older.Say(t.Context(), "ghost", false)
		refused(t, err, session.ErrForbidden)
		if !s.me().Present {
			t.Error("the older connection took the newer one along")
		}
		// Revisions that the room never had, or 0: everything anew.
		for _, revision := range []uint64{0, 1 << 40} {
			s.backAt(revision)
			if updates := s.read(); len(updates) == 0 || !updates[0].Full {
				t.Errorf("revision %d: %+v", revision, updates)
			}
		}
	})
}

func TestWrongSecretIsNewcomer(t *testing.T) {
	faked(t, func(t *testing.T) {
		r := open(t, session.Config{Rigs: []session.Rig{{Cube: "c"}}})
		s := enter(t, r, speaker("s"))
		e := speaker("other")
		e.Resume, e.Revision = s.self.Resume+"x", s.Revision
		c := enter(t, r, e)
		if c.self.Resumed || c.self.ID == s.self.ID || len(c.People) != 3 {
			t.Errorf("with a wrong secret one is %+v", c.self)
		}
		if s.isOver() {
			t.Error("a wrong secret ended another")
		}
	})
}

// TestResumeAnotherRole says that who was away while a host made them one, or
// none any more, knows what they may.
func TestResumeAnotherRole(t *testing.T) {
	faked(t, func(t *testing.T) {
		r := open(t, session.Config{Lobby: true})
		h := enter(t, r, host("h"))
		g := enter(t, r, speaker("s"))
		waits := enter(t, r, speaker("w"))
		h.read()
		for id, guest := range h.Guests {
			if guest.Name == "s" {
				must(t, h.Admit(t.Context(), id, true))
			}
		}
		g.read()
		g.Lose(t.Context())
		must(t, h.Appoint(t.Context(), g.self.ID, session.Host))
		g.back()
		if g.read(); len(g.Guests) != 1 {
			t.Errorf("who came back as a host knows of %v", g.Guests)
		}
		g.Lose(t.Context())
		must(t, h.Appoint(t.Context(), g.self.ID, session.Speaker))
		g.back()
		if g.read(); len(g.Guests) != 0 {
			t.Errorf("who came back as no host knows of %v", g.Guests)
		}
		waits.Leave(t.Context())
		for _, u := range g.read() {
			if len(u.Gone) > 0 {
				t.Errorf("who is no host hears that %v is gone", u.Gone)
			}
		}
	})
}

func TestIdentityTwice(t *testing.T) {
	faked(t, func(t *testing.T) {
		r := open(t, session.Config{})
		h, s := enter(t, r, host("h")), enter(t, r, speaker("s"))
		picture, err := s.Place(t.Context(), session.Placing{Kind: session.Picture, Picture: "/p", Aspect: 1})
		must(t, err)
		_, err = s.Place(t.Context(), session.Placing{Kind: session.SharedScreen, Aspect: 1})
		must(t, err)
		must(t, h.Block(t.Context(), s.self.ID, session.Microphone, true))
		was := s.me()
		again := enter(t, r, speaker("s"))
		s.ended(session.ErrReplaced)
		is := again.me()
		if is.ID == was.ID || is.Seat != was.Seat || again.self.Resumed || again.self.Resume == s.self.Resume {
			t.Errorf("the newer is %+v, the older was %+v", is, was)
		}
		if is.Microphone != session.Blocked {
			t.Error("by coming a second time one is heard again")
		}
		if i, ok := again.Items[picture]; !ok || i.Owner != is.ID || len(again.Items) != 1 {
			t.Errorf("the newer has %v", again.Items)
		}
		if _, there := again.People[was.ID]; there {
			t.Error("the older is still there")
		}
		must(t, h.Appoint(t.Context(), is.ID, session.Listener))
		again = enter(t, r, speaker("s"))
		if p := again.me(); p.Role != session.Listener || p.Seat != -1 {
			t.Errorf("by coming a second time a listener becomes %+v", p)
		}
		again = enter(t, r, host("s"))
		if p := again.me(); p.Role != session.Host || p.Seat < 0 {
			t.Errorf("with a token of a host one is %+v", p)
		}
		// Without an identity there may be many.
		enter(t, r, speaker(""))
		enter(t, r, speaker(""))
		if people, _ := r.People(t.Context()); people != 4 {
			t.Errorf("%d people", people)
		}
	})
}
