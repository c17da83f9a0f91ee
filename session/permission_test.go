package session_test

import (
	"context"
	"errors"
	"testing"

	"github.com/virtualcube/virtualcube/session"
)

// scene is a room in which who does something is one of several.
type scene struct {
	actor          *client
	other, guest   string // of another participant, and of one in the lobby
	theirs, others int    // seats
	item           string // of the other
}

func picture(ctx context.Context, m *session.Member) (string, error) {
	return m.Place(ctx, session.Placing{Kind: session.Picture, Picture: "/p", Aspect: 1})
}

var upright = session.Pose{Position: session.Vector{0, 1, 0}, Rotation: [4]float64{0, 0, 0, 1}}

// commands are all that members can do, with those who may: h a host, s a
// speaker, l a listener, n one whose token allows nothing. Those in the lobby
// and those who left may nothing.
var commands = []struct {
	name string
	who  string
	do   func(context.Context, scene) error
}{
	{"say", "hsl", func(ctx context.Context, s scene) error { _, err := s.actor.Say(ctx, "a", false); return err }},
	{"raise", "hsln", func(ctx context.Context, s scene) error { return s.actor.Raise(ctx, "", true) }},
	{"lower another's", "h", func(ctx context.Context, s scene) error { return s.actor.Raise(ctx, s.other, false) }},
	{"raise another's", "", func(ctx context.Context, s scene) error { return s.actor.Raise(ctx, s.other, true) }},
	{"speak", "hs", func(ctx context.Context, s scene) error { return s.actor.Publish(ctx, session.Microphone, true) }},
	{"be seen", "hs", func(ctx context.Context, s scene) error { return s.actor.Publish(ctx, session.Camera, true) }},
	{"share", "hs", func(ctx context.Context, s scene) error { return s.actor.Publish(ctx, session.Screen, true) }},
	{"be silent", "hsln", func(ctx context.Context, s scene) error { return s.actor.Publish(ctx, session.Microphone, false) }},
	{"block", "h", func(ctx context.Context, s scene) error {
		return s.actor.Block(ctx, s.other, session.Microphone, true)
	}},
	{"allow", "h", func(ctx context.Context, s scene) error { return s.actor.Block(ctx, s.other, session.Camera, false) }},
	{"admit", "h", func(ctx context.Context, s scene) error { return s.actor.Admit(ctx, s.guest, true) }},
	{"deny", "h", func(ctx context.Context, s scene) error { return s.actor.Admit(ctx, s.guest, false) }},
	{"remove", "h", func(ctx context.Context, s scene) error { return s.actor.Remove(ctx, s.other, false) }},
	{"back to the lobby", "h", func(ctx context.Context, s scene) error { return s.actor.Remove(ctx, s.other, true) }},
	{"appoint", "h", func(ctx context.Context, s scene) error { return s.actor.Appoint(ctx, s.other, session.Host) }},
	{"appoint oneself", "h", func(ctx context.Context, s scene) error { return s.actor.Appoint(ctx, "", session.Host) }},
	{"resign", "h", func(ctx context.Context, s scene) error { return s.actor.Appoint(ctx, "", session.Listener) }},
	{"rule", "h", func(ctx context.Context, s scene) error { return s.actor.Rule(ctx, session.Rules{Lobby: true}) }},
	{"arrange", "h", func(ctx context.Context, s scene) error { return s.actor.Arrange(ctx, "side-by-side", 5) }},
	{"sit", "hsn", func(ctx context.Context, s scene) error { return s.actor.Sit(ctx, "", s.others) }},
	{"stand", "hsln", func(ctx context.Context, s scene) error { return s.actor.Sit(ctx, "", -1) }},
	{"take a seat", "h", func(ctx context.Context, s scene) error { return s.actor.Sit(ctx, "", s.theirs) }},
	{"seat another", "h", func(ctx context.Context, s scene) error { return s.actor.Sit(ctx, s.other, s.others) }},
	{"whisper", "hsn", func(ctx context.Context, s scene) error { _, err := s.actor.Whisper(ctx, s.other); return err }},
	{"stop whispering", "hsln", func(ctx context.Context, s scene) error { _, err := s.actor.Whisper(ctx, ""); return err }},
	{"place a picture", "hs", func(ctx context.Context, s scene) error { _, err := picture(ctx, s.actor.Member); return err }},
	{"place a screen", "hs", func(ctx context.Context, s scene) error {
		_, err := s.actor.Place(ctx, session.Placing{Kind: session.SharedScreen, Aspect: 2})
		return err
	}},
	{"move another's", "h", func(ctx context.Context, s scene) error { return s.actor.Move(ctx, s.item, upright, 1) }},
	{"clear another's", "h", func(ctx context.Context, s scene) error { return s.actor.Clear(ctx, s.item) }},
	{"point", "hsn", func(ctx context.Context, s scene) error { return s.actor.Point(ctx, s.item, 0.5, 1) }},
	{"point nowhere", "hsln", func(ctx context.Context, s scene) error { return s.actor.Point(ctx, "", 0, 0) }},
	{"share looks", "hsln", func(ctx context.Context, s scene) error { return s.actor.ShareLooks(ctx, false) }},
	{"judge", "hsln", func(ctx context.Context, s scene) error { return s.actor.Judge(ctx, session.Good) }},
}

// actors are who does it.
var actors = map[byte]func(*testing.T, *session.Room, *client) *client{
	'h': func(t *testing.T, r *session.Room, _ *client) *client { return enter(t, r, host("actor")) },
	's': func(t *testing.T, r *session.Room, _ *client) *client { return enter(t, r, direct(session.Speaker)) },
	'l': func(t *testing.T, r *session.Room, _ *client) *client { return enter(t, r, direct(session.Listener)) },
	'n': func(t *testing.T, r *session.Room, _ *client) *client {
		e := direct(session.Speaker)
		e.Grants = session.Grants{Direct: true}
		return enter(t, r, e)
	},
	'g': func(t *testing.T, r *session.Room, _ *client) *client { return enter(t, r, speaker("actor")) },
	'x': func(t *testing.T, r *session.Room, _ *client) *client {
		c := enter(t, r, host("actor"))
		c.Leave(t.Context())
		return c
	},
	'y': func(t *testing.T, r *session.Room, _ *client) *client {
		c := enter(t, r, host("actor"))
		c.Lose(t.Context())
		return c
	},
	'z': func(t *testing.T, r *session.Room, h *client) *client {
		c := enter(t, r, host("actor"))
		must(t, h.Remove(t.Context(), c.self.ID, false))
		return c
	},
}

func direct(role session.Role) session.Entry {
	e := entry(role, "actor")
	e.Grants.Direct = true
	return e
}

func TestPermissions(t *testing.T) {
	faked(t, func(t *testing.T) {
		for _, c := range commands {
			for letter, come := range actors {
				r, stop := openUntil(t, session.Config{Lobby: true})
				h, other := enter(t, r, host("h")), enter(t, r, host("o"))
				must(t, h.Appoint(t.Context(), other.self.ID, session.Speaker))
				item, err := picture(t.Context(), other.Member)
				must(t, err)
				enter(t, r, speaker("guest"))
				s := scene{other: other.self.ID, theirs: other.me().Seat, guest: h.guest("guest"), item: item}
				s.actor = come(t, r, h)
				h.read()
				for taken := true; taken; {
					taken = false
					for _, p := range h.People {
						taken = taken || p.Seat == s.others
					}
					if taken {
						s.others++
					}
				}
				err = c.do(t.Context(), s)
				may := false
				for k := range len(c.who) {
					may = may || c.who[k] == letter
				}
				switch {
				case may && err != nil:
					t.Errorf("%s by %c: %v", c.name, letter, err)
				case !may && !errors.Is(err, session.ErrForbidden):
					t.Errorf("%s by %c: %v", c.name, letter, err)
				}
				stop()
			}
		}
	})
}

func TestBlocked(t *testing.T) {
	faked(t, func(t *testing.T) {
		r := open(t, session.Config{})
		h, s := enter(t, r, host("h")), enter(t, r, speaker("s"))
		for _, source := range []session.Source{session.Microphone, session.Camera, session.Screen} {
			must(t, s.Publish(t.Context(), source, true))
			if h.read(); len(h.streams) != 1 || h.streams[0].Source != source {
				t.Errorf("%s is on: %v", source, h.streams)
			}
			must(t, h.Block(t.Context(), s.self.ID, source, true))
			if h.read(); len(h.streams) != 0 {
				t.Errorf("%s is blocked: %v", source, h.streams)
			}
			must(t, s.Publish(t.Context(), source, false)) // it stays blocked
			refused(t, s.Publish(t.Context(), source, true), session.ErrForbidden)
			must(t, h.Block(t.Context(), s.self.ID, source, false))
			if p := s.me(); p.Microphone != session.Off && p.Camera != session.Off && p.Screen != session.Off {
				t.Errorf("who is allowed again is %+v", p)
			}
			must(t, s.Publish(t.Context(), source, true))
			must(t, s.Publish(t.Context(), source, false))
		}
		refused(t, s.Publish(t.Context(), session.View, true), session.ErrMalformed)
		refused(t, h.Block(t.Context(), s.self.ID, "smell", true), session.ErrMalformed)
		refused(t, h.Block(t.Context(), "p99", session.Camera, true), session.ErrUnknown)
		refused(t, h.Remove(t.Context(), "", false), session.ErrUnknown)
		refused(t, h.Remove(t.Context(), h.self.ID, false), session.ErrMalformed)
		refused(t, h.Appoint(t.Context(), s.self.ID, "king"), session.ErrMalformed)
	})
}
