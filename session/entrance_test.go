package session_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/session"
)

func TestNames(t *testing.T) {
	for _, c := range []struct{ given, shown string }{
		{"Ada", "Ada"},
		{"  Ada \t\n Lovelace ", "Ada Lovelace"},
		{"A\x00d\x1b[31ma\u202e", "Ad[31ma"},
		{"李 \u3000 雷", "李 雷"},
		{"a\xffb", "ab"},
		{"\u200b\u2028", ""},
		{strings.Repeat("é", 100), strings.Repeat("é", session.MaxName)},
		{strings.Repeat("x", session.MaxName-1) + " y", strings.Repeat("x", session.MaxName-1)},
	} {
		if got := session.CleanName(c.given); got != c.shown {
			t.Errorf("%q is shown as %q, not %q", c.given, got, c.shown)
		}
	}
}

func FuzzName(f *testing.F) {
	for _, s := range []string{"Ada", " \u2029a\u202e", "a\xff  ", strings.Repeat("é ", 100)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		clean := session.CleanName(name)
		if again := session.CleanName(clean); again != clean {
			t.Errorf("%q becomes %q, then %q", name, clean, again)
		}
		if len([]rune(clean)) > session.MaxName || strings.TrimSpace(clean) != clean || strings.ContainsAny(clean, "\n\r\x00\u2028\u202e") {
			t.Errorf("%q becomes %q", name, clean)
		}
	})
}

func TestRoomsThatCannotBe(t *testing.T) {
	for name, c := range map[string]session.Config{
		"layout":         {Layout: "pyramid"},
		"seats":          {Seats: 1000},
		"pair":           {Layout: "face-to-face", Seats: 3},
		"rigs":           {Seats: 1, Rigs: []session.Rig{{Cube: "a"}, {Cube: "b"}}},
		"negative seats": {Seats: -1},
	} {
		c.Name = "test"
		c.Log = quiet
		if _, err := session.New(c); err == nil {
			t.Errorf("%s: a room comes of it", name)
		}
	}
	for _, name := range []string{"", "a b", "ä", "../x", strings.Repeat("x", 65)} {
		if _, err := session.New(session.Config{Name: name, Log: quiet}); err == nil {
			t.Errorf("a room may be called %q", name)
		}
	}
}

// TestSeats says that each who comes looks at those who sit there already.
func TestSeats(t *testing.T) {
	faked(t, func(t *testing.T) {
		r := open(t, session.Config{Seats: 4})
		var all []*client
		for k := range 5 {
			all = append(all, enter(t, r, speaker(fmt.Sprint(k))))
		}
		a, b := all[0].me(), all[1].me()
		seats := all[0].Room.Seats
		if d := distance(seats[a.Seat], seats[b.Seat]); d < distance(seats[0], seats[1])+0.1 {
			t.Errorf("the second sits %g m from the first, not opposite", d)
		}
		taken := map[int]bool{}
		for _, c := range all[:4] {
			taken[c.me().Seat] = true
		}
		if len(taken) != 4 || taken[-1] {
			t.Errorf("four people are on seats %v", taken)
		}
		if seat := all[4].me().Seat; seat != -1 {
			t.Errorf("the fifth of four is on seat %d", seat)
		}
		if got := all[4].me(); got.Role != session.Speaker || !got.Present || got.Microphone != session.Off {
			t.Errorf("who stands is %+v", got)
		}
		if c := enter(t, r, entry(session.Listener, "l")); c.me().Seat != -1 {
			t.Error("a listener has a seat")
		}
		all[2].Leave(t.Context())
		if all[4].me().Seat != -1 || all[3].me().Seat < 0 {
			t.Error("somebody moved when one left")
		}
	})
}

func distance(a, b session.Pose) float64 {
	return space.Vec3{X: a.Position[0] - b.Position[0], Y: a.Position[1] - b.Position[1], Z: a.Position[2] - b.Position[2]}.Norm()
}

func TestDoorIsShut(t *testing.T) {
	faked(t, func(t *testing.T) {
		r := open(t, session.Config{People: 2, Rigs: []session.Rig{{Cube: "c"}}})
		h := enter(t, r, host("h"))
		_, err := r.Enter(t.Context(), entry("king", "k"))
		refused(t, err, session.ErrMalformed)
		must(t, h.Rule(t.Context(), session.Rules{Locked: true}))
		_, err = r.Enter(t.Context(), speaker("s"))
		refused(t, err, session.ErrLocked)
		must(t, h.Rule(t.Context(), session.Rules{}))
		s := enter(t, r, speaker("s"))
		_, err = r.Enter(t.Context(), speaker("t"))
		refused(t, err, session.ErrFull)
		// Who is there comes again into a full room that is locked.
		must(t, h.Rule(t.Context(), session.Rules{Locked: true}))
		again := enter(t, r, speaker("s"))
		s.ended(session.ErrReplaced)
		again.Lose(t.Context())
		again.back()
		if !again.me().Present {
			t.Error("who comes back to a locked room is not there")
		}
		if people, guests := r.People(t.Context()); people != 2 || guests != 0 {
			t.Errorf("%d people, %d guests", people, guests)
		}
	})
}

func TestSeatIsKept(t *testing.T) {
	faked(t, func(t *testing.T) {
		r := open(t, session.Config{Kept: 20 * time.Second})
		h, s := enter(t, r, host("h")), enter(t, r, speaker("s"))
		must(t, s.Publish(t.Context(), session.Microphone, true))
		seat := s.me().Seat
		s.Lose(t.Context())
		wait(t, 19*time.Second)
		if p := h.person(s.self.ID); p.Present || p.Seat != seat || p.Quality != session.Lost {
			t.Errorf("after 19 s: %+v", p)
		}
		s.back()
		if p := s.me(); !p.Present || p.Seat != seat || p.Microphone != session.On || !s.self.Resumed {
			t.Errorf("who came back is %+v", p)
		}
		wait(t, time.Minute)
		if p := s.me(); !p.Present {
			t.Error("who came back is given up all the same")
		}
		s.Lose(t.Context())
		wait(t, 21*time.Second)
		h.read()
		if _, there := h.People[s.self.ID]; there {
			t.Error("the seat is kept for too long")
		}
		old := s.self
		s.back()
		if s.read(); s.self.ID == old.ID || s.self.Resumed || s.self.Resume == old.Resume {
			t.Errorf("who came too late is %+v, was %+v", s.self, old)
		}
	})
}
