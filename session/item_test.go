package session_test

import (
	"math"
	"strings"
	"testing"

	"github.com/virtualcube/virtualcube/session"
)

func (c *client) place(kind session.Kind, aspect float64) string {
	c.t.Helper()
	path := ""
	if kind == session.Picture {
		path = "/p"
	}
	id, err := c.Place(c.t.Context(), session.Placing{Kind: kind, Picture: path, Aspect: aspect})
	must(c.t, err)
	c.read()
	return id
}

func TestItemsThatCannotBe(t *testing.T) {
	faked(t, func(t *testing.T) {
		r := open(t, session.Config{})
		c := enter(t, r, host("h"))
		good := session.Placing{Kind: session.Picture, Picture: "/p", Aspect: 1}
		for name, change := range map[string]func(*session.Placing){
			"flat":      func(p *session.Placing) { p.Aspect = 11 },
			"thin":      func(p *session.Placing) { p.Aspect = 0.09 },
			"no number": func(p *session.Placing) { p.Aspect = math.NaN() },
			"no kind":   func(p *session.Placing) { p.Kind = "hologram" },
			"nowhere":   func(p *session.Placing) { p.Picture = "" },
			"elsewhere": func(p *session.Placing) { p.Picture = "https://example.org/a.png" },
			"hidden":    func(p *session.Placing) { p.Picture = "//example.org/a.png" },
			"backwards": func(p *session.Placing) { p.Picture = "/\\example.org/a.png" },
			"far":       func(p *session.Placing) { p.Picture = "/" + strings.Repeat("x", 256) },
			"no text":   func(p *session.Placing) { p.Picture = "/\xff" },
		} {
			p := good
			change(&p)
			_, err := c.Place(t.Context(), p)
			if refused(t, err, session.ErrMalformed); t.Failed() {
				t.Fatal(name)
			}
		}
		good.Title = "a\nb" + strings.Repeat("x", 1000)
		for range session.MaxItems {
			_, err := c.Place(t.Context(), good)
			must(t, err)
		}
		_, err := c.Place(t.Context(), good)
		refused(t, err, session.ErrFull)
		c.read()
		places := map[session.Vector]string{}
		for _, i := range c.Items {
			if n := len([]rune(i.Title)); n != session.MaxTitle || strings.Contains(i.Title, "\n") {
				t.Errorf("the title has %d characters: %q", n, i.Title)
			}
			if other, taken := places[i.Pose.Position]; taken {
				t.Errorf("%s and %s are at the same place", i.ID, other)
			}
			places[i.Pose.Position] = i.ID
		}
	})
}

func TestPlacesOfItems(t *testing.T) {
	faked(t, func(t *testing.T) {
		r := open(t, session.Config{})
		c := enter(t, r, host("h"))
		var ids []string
		for k, aspect := range []float64{16.0 / 9, 0.1, 10} {
			ids = append(ids, c.place(session.Picture, aspect))
			i, spot := c.Items[ids[k]], c.Room.Boards[k]
			if i.Pose != spot.Pose || i.Sides != spot.Sides || i.Width > spot.Width+1e-9 || i.Height > spot.Height+1e-9 || math.Abs(i.Width/i.Height-aspect) > 1e-9 {
				t.Errorf("the thing %+v is not in the place %+v", i, spot)
			}
		}
		must(t, c.Clear(t.Context(), ids[1]))
		refused(t, c.Clear(t.Context(), ids[1]), session.ErrUnknown)
		if again := c.place(session.Picture, 1); c.Items[again].Pose != c.Room.Boards[1].Pose || again == ids[1] {
			t.Errorf("the next thing, %s, is at %v", again, c.Items[again].Pose)
		}
	})
}

func TestMovingItems(t *testing.T) {
	faked(t, func(t *testing.T) {
		r := open(t, session.Config{})
		h, s, x := enter(t, r, host("h")), enter(t, r, speaker("s")), enter(t, r, speaker("x"))
		id := s.place(session.Picture, 0.5)
		refused(t, x.Move(t.Context(), id, upright, 1), session.ErrForbidden)
		must(t, h.Move(t.Context(), id, upright, 2))
		must(t, s.Move(t.Context(), id, upright, 1))
		if s.read(); s.Items[id].Pose != upright || s.Items[id].Width != 1 || math.Abs(s.Items[id].Height-2) > 1e-9 {
			t.Errorf("it is %+v", s.Items[id])
		}
		pose := func(change func(*session.Pose)) session.Pose {
			p := upright
			change(&p)
			return p
		}
		for name, c := range map[string]struct {
			pose  session.Pose
			width float64
		}{
			"small":     {upright, 0.09},
			"wide":      {upright, 6.1},
			"high":      {upright, 5},
			"no number": {upright, math.NaN()},
			"far":       {pose(func(p *session.Pose) { p.Position[2] = 21 }), 1},
			"infinite":  {pose(func(p *session.Pose) { p.Position[2] = math.Inf(1) }), 1},
			"nowhere":   {pose(func(p *session.Pose) { p.Position[2] = math.NaN() }), 1},
			"sheared":   {pose(func(p *session.Pose) { p.Rotation[0] = 0.5 }), 1},
			"unturned":  {pose(func(p *session.Pose) { p.Rotation = [4]float64{} }), 1},
			"turned?":   {pose(func(p *session.Pose) { p.Rotation[1] = math.NaN() }), 1},
		} {
			if err := s.Move(t.Context(), id, c.pose, c.width); err == nil {
				t.Errorf("%s: it is moved", name)
			}
		}
		refused(t, s.Move(t.Context(), "i99", upright, 1), session.ErrUnknown)
	})
}

func TestScreensGoPicturesStay(t *testing.T) {
	faked(t, func(t *testing.T) {
		r := open(t, session.Config{Kept: session.DefaultKept})
		h, s := enter(t, r, host("h")), enter(t, r, speaker("s"))
		picture, screen := s.place(session.Picture, 1), s.place(session.SharedScreen, 1)
		if again := s.place(session.SharedScreen, 4); again != screen || len(s.Items) != 2 {
			t.Errorf("a second screen is %s, there are %v", again, s.Items)
		}
		if i := s.Items[screen]; math.Abs(i.Width/i.Height-4) > 1e-9 {
			t.Errorf("it has another shape: %+v", i)
		}
		must(t, s.Move(t.Context(), screen, upright, 6))
		for _, aspect := range []float64{0.1, 10, 0.1, 10} {
			s.place(session.SharedScreen, aspect)
			if i := s.Items[screen]; i.Width > 6+1e-9 || i.Height > 6+1e-9 || math.Abs(i.Width/i.Height-aspect) > 1e-9 {
				t.Errorf("of another shape it is %+v", i)
			}
		}
		has := func(when string, n int) {
			t.Helper()
			h.read()
			if _, there := h.Items[picture]; !there || len(h.Items) != n {
				t.Errorf("%s there are %v", when, h.Items)
			}
		}
		s.Lose(t.Context())
		has("while they are lost", 2)
		s.back()
		must(t, s.Publish(t.Context(), session.Screen, true))
		must(t, s.Publish(t.Context(), session.Screen, false))
		has("after sharing ended", 1)
		s.place(session.SharedScreen, 1)
		must(t, h.Block(t.Context(), s.self.ID, session.Screen, true))
		has("after sharing was blocked", 1)
		_, err := s.Place(t.Context(), session.Placing{Kind: session.SharedScreen, Aspect: 1})
		refused(t, err, session.ErrForbidden)
		must(t, h.Block(t.Context(), s.self.ID, session.Screen, false))
		s.place(session.SharedScreen, 1)
		must(t, h.Appoint(t.Context(), s.self.ID, session.Listener))
		has("while they listen", 1)
		must(t, h.Appoint(t.Context(), s.self.ID, session.Speaker))
		s.place(session.SharedScreen, 1)
		s.Leave(t.Context())
		has("after they left", 1)
		must(t, h.Clear(t.Context(), picture))
	})
}

func TestPointers(t *testing.T) {
	faked(t, func(t *testing.T) {
		r := open(t, session.Config{})
		h, s := enter(t, r, host("h")), enter(t, r, speaker("s"))
		a, b := s.place(session.Picture, 1), s.place(session.Picture, 1)
		point := func(id string, x, y float64) {
			t.Helper()
			must(t, s.Point(t.Context(), id, x, y))
			h.read()
		}
		are := func(when string, onA, onB int) {
			t.Helper()
			h.read()
			if len(h.Items[a].Pointers) != onA || len(h.Items[b].Pointers) != onB || h.Items[a].Pointers == nil {
				t.Errorf("%s: %v and %v", when, h.Items[a].Pointers, h.Items[b].Pointers)
			}
		}
		point(a, 0, 0.5)
		point(a, 0.25, 1)
		if got := h.Items[a].Pointers; len(got) != 1 || got[0] != (session.Pointer{Person: s.self.ID, X: 0.25, Y: 1}) {
			t.Errorf("on the thing is %v", got)
		}
		must(t, h.Point(t.Context(), a, 0, 0))
		are("both", 2, 0)
		point(b, 0, 0)
		are("one on the other", 1, 1)
		point("", 0, 0)
		are("one nowhere", 1, 0)
		point(a, 0, 0)
		must(t, h.Appoint(t.Context(), s.self.ID, session.Listener))
		are("one listens", 1, 0)
		must(t, h.Appoint(t.Context(), s.self.ID, session.Speaker))
		point(a, 0, 0)
		s.Lose(t.Context())
		are("one lost", 1, 0)
		for _, at := range [][2]float64{{-0.1, 0}, {0, 1.1}, {math.NaN(), 0}} {
			refused(t, h.Point(t.Context(), a, at[0], at[1]), session.ErrMalformed)
		}
	})
}
