package session_test

import (
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/virtualcube/virtualcube/session"
)

// at is who is at a cube, as a client knows them.
func (c *client) at(cube string) (list []session.Person) {
	c.t.Helper()
	c.read()
	for _, p := range c.People {
		if p.Cube == cube {
			list = append(list, p)
		}
	}
	return list
}

func withCube(e session.Entry, cube string) session.Entry {
	e.Grants.Cube = cube
	return e
}

func TestStandIn(t *testing.T) {
	faked(t, func(t *testing.T) {
		r := open(t, session.Config{Seats: 2, Kept: 10 * time.Second, Rigs: []session.Rig{{Cube: "c", Name: "Carol"}}})
		h := enter(t, r, host("h"))
		is := func(when, name string, seat int) {
			t.Helper()
			if list := h.at("c"); len(list) != 1 || list[0].Name != name || list[0].Seat != seat || list[0].Unattended != (name == "Carol") {
				t.Errorf("%s: at the cube is %+v", when, list)
			}
			seen := func(s session.Stream) bool { return s.Source == session.View && s.Cube == "c" }
			if !slices.ContainsFunc(h.streams, seen) {
				t.Errorf("%s: it is not seen: %v", when, h.streams)
			}
		}
		seat := h.at("c")[0].Seat
		is("at first", "Carol", seat)
		_, err := h.Whisper(t.Context(), h.at("c")[0].ID)
		refused(t, err, session.ErrMalformed)
		refused(t, h.Remove(t.Context(), h.at("c")[0].ID, false), session.ErrForbidden)
		refused(t, h.Appoint(t.Context(), h.at("c")[0].ID, session.Host), session.ErrForbidden)

		s := enter(t, r, withCube(speaker("s"), "c"))
		is("who has the grant came", "s", seat)
		x := enter(t, r, withCube(speaker("x"), "c"))
		is("another with the grant", "s", seat)
		must(t, s.Sit(t.Context(), "", -1))
		must(t, x.Sit(t.Context(), "", seat))
		s.Leave(t.Context())
		is("the first of two left", "x", seat)
		x.Lose(t.Context())
		wait(t, 11*time.Second)
		is("the second is gone", "Carol", seat)

		// Where all seats are taken the rig stands, but it is there.
		s = enter(t, r, withCube(speaker("s"), "c"))
		must(t, s.Sit(t.Context(), "", -1))
		x = enter(t, r, speaker("x"))
		s.Leave(t.Context())
		is("all seats are taken", "Carol", -1)
		x.Leave(t.Context())

		// The same identity keeps it, and gives it back without the grant.
		s = enter(t, r, withCube(speaker("s"), "c"))
		must(t, s.Sit(t.Context(), "", seat))
		enter(t, r, withCube(speaker("s"), "c"))
		is("the same identity", "s", seat)
		again := enter(t, r, speaker("s"))
		if again.me().Cube != "" || again.me().Seat != seat {
			t.Errorf("without the grant: %+v", again.me())
		}
		is("without the grant", "Carol", -1)
		again = enter(t, r, withCube(speaker("s"), "c"))
		is("with the grant again", "s", seat)

		must(t, h.Appoint(t.Context(), again.self.ID, session.Listener))
		if h.read(); len(h.streams) != 0 {
			t.Errorf("a listener is seen: %v", h.streams)
		}
		must(t, h.Appoint(t.Context(), again.self.ID, session.Speaker))
		is("a speaker again", "s", seat)
		must(t, h.Block(t.Context(), again.self.ID, session.Camera, true))
		if h.read(); len(h.streams) != 0 {
			t.Errorf("who is blocked is seen: %v", h.streams)
		}
	})
}

func TestListenerTakesNoRig(t *testing.T) {
	faked(t, func(t *testing.T) {
		r := open(t, session.Config{Rigs: []session.Rig{{Cube: "c", Name: " "}}})
		h := enter(t, r, host("h"))
		l := enter(t, r, withCube(entry(session.Listener, "l"), "c"))
		if list := h.at("c"); len(list) != 1 || list[0].Name != "c" || l.me().Cube != "" {
			t.Errorf("at the cube is %+v", list)
		}
		must(t, h.Appoint(t.Context(), l.self.ID, session.Speaker))
		if list := h.at("c"); len(list) != 1 || list[0].ID != l.self.ID || list[0].Seat < 0 {
			t.Errorf("at the cube is %+v", list)
		}
	})
}

func TestSpeech(t *testing.T) {
	faked(t, func(t *testing.T) {
		var level atomic.Uint32
		level.Store(127)
		r := open(t, session.Config{Rigs: []session.Rig{{Cube: "c", Level: func() uint8 { return uint8(level.Load()) }}}})
		h, s := enter(t, r, host("h")), enter(t, r, speaker("s"))
		must(t, s.Publish(t.Context(), session.Microphone, true))
		talk := func(d time.Duration, level uint8) {
			for end := time.Now().Add(d); time.Now().Before(end); wait(t, 50*time.Millisecond) {
				s.Spoke(level)
				s.Spoke(120)
			}
		}
		speaks := func(want bool, when string) {
			t.Helper()
			if got := s.me().Speaking; got != want {
				t.Errorf("%s: speaks is %v", when, got)
			}
		}
		talk(150*time.Millisecond, 20)
		speaks(false, "after a click")
		talk(400*time.Millisecond, 20)
		speaks(true, "after half a second")
		talk(500*time.Millisecond, 90)
		speaks(true, "in a pause")
		talk(500*time.Millisecond, 90)
		speaks(false, "after it")
		for name, off := range map[string]func() error{
			"off":     func() error { return s.Publish(t.Context(), session.Microphone, false) },
			"blocked": func() error { return h.Block(t.Context(), s.self.ID, session.Microphone, true) },
			"lost":    func() error { s.Lose(t.Context()); return nil },
		} {
			talk(500*time.Millisecond, 20)
			speaks(true, "before "+name)
			must(t, off())
			for range 5 {
				if h.person(s.self.ID).Speaking {
					t.Errorf("%s: they still speak", name)
				}
				wait(t, 100*time.Millisecond)
			}
			if name == "lost" {
				s.back()
			}
			must(t, h.Block(t.Context(), s.self.ID, session.Microphone, false))
			must(t, s.Publish(t.Context(), session.Microphone, true))
		}
		level.Store(10)
		wait(t, time.Second)
		if list := h.at("c"); len(list) != 1 || !list[0].Speaking || list[0].Microphone != session.On {
			t.Errorf("the rig is %+v", list)
		}
		must(t, h.Block(t.Context(), h.at("c")[0].ID, session.Microphone, true))
		must(t, h.Block(t.Context(), h.at("c")[0].ID, session.Microphone, false))
		if list := h.at("c"); list[0].Microphone != session.On {
			t.Errorf("a rig that is allowed again is %+v", list)
		}
	})
}
