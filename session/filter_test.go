package session_test

import (
	"context"
	"log/slog"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/virtualcube/virtualcube/models"
	hosted "github.com/virtualcube/virtualcube/models/host"
	"github.com/virtualcube/virtualcube/session"
)

type knob struct {
	Level float64 `param:"level,live" min:"0" max:"1" help:"how much"`
}

// filterTable has a filter of each kind; none is ever opened.
func filterTable(t *testing.T) models.Table {
	t.Helper()
	d := models.Description{Name: "voice", Summary: "is for tests", Latency: time.Millisecond, Late: models.Pass, Failing: models.Pass}
	a, err := models.Audio(d, knob{Level: 0.5}, func(context.Context, models.Environment, knob) (models.AudioFilter[knob], error) { return nil, nil })
	must(t, err)
	d.Name = "picture"
	b, err := models.Video(d, knob{}, func(context.Context, models.Environment, knob) (models.VideoFilter[knob], error) { return nil, nil })
	must(t, err)
	d.Name, d.Private, d.Late, d.Failing = "hides", true, models.Skip, models.Skip
	h, err := models.Video(d, knob{}, func(context.Context, models.Environment, knob) (models.VideoFilter[knob], error) { return nil, nil })
	must(t, err)
	d.Name, d.Private = "rig", false
	c, err := models.RGBD(d, knob{}, func(context.Context, models.Environment, knob) (models.RGBDFilter[knob], error) { return nil, nil })
	must(t, err)
	return models.Table{a, b, c, h}
}

// filtersOf are those of a participant as a client knows them, as
// "source:id:name(level)".
func (c *client) filtersOf(id string) string {
	c.t.Helper()
	var list []string
	c.read()
	for _, f := range c.person(id).Filters {
		list = append(list, string(f.Source)+":"+f.ID+":"+f.Name+"("+f.Values["level"]+")")
	}
	return strings.Join(list, " ")
}

func link(id, name string, level float64) session.FilterLink {
	l := session.FilterLink{ID: id, Name: name}
	if level >= 0 {
		l.Values = map[string]string{"level": strconv.FormatFloat(level, 'g', -1, 64)}
	}
	return l
}

func TestFilters(t *testing.T) {
	faked(t, func(t *testing.T) {
		r := open(t, session.Config{Filters: filterTable(t)})
		h, s, l := enter(t, r, host("h")), enter(t, r, speaker("s")), enter(t, r, entry(session.Listener, "l"))
		ctx := t.Context()
		is := func(what, want string) {
			t.Helper()
			if got := h.filtersOf(s.me().ID); got != want {
				t.Errorf("%s: %s, want %s", what, got, want)
			}
		}
		id := s.me().ID
		must(t, s.Filter(ctx, "", session.Microphone, []session.FilterLink{link("", "voice", -1), link("", "voice", 1)}))
		must(t, s.Filter(ctx, id, session.Camera, []session.FilterLink{link("", "picture", 0.25)}))
		is("added", "microphone:f1:voice(0.5) microphone:f2:voice(1) camera:f3:picture(0.25)")
		must(t, s.Filter(ctx, "", session.Microphone, []session.FilterLink{link("f2", "", -1), link("f1", "", 0.75)}))
		is("tuned and moved", "microphone:f2:voice(1) microphone:f1:voice(0.75) camera:f3:picture(0.25)")
		for _, c := range []struct {
			what  string
			who   *client
			of    string
			at    session.Source
			links []session.FilterLink
			cause error
		}{
			{"an unknown filter", s, "", session.Microphone, []session.FilterLink{link("", "reverb", -1)}, session.ErrMalformed},
			{"another kind", s, "", session.Microphone, []session.FilterLink{link("", "picture", -1)}, session.ErrMalformed},
			{"out of range", s, "", session.Microphone, []session.FilterLink{link("f1", "", 2)}, session.ErrMalformed},
			{"an id that is not there", s, "", session.Microphone, []session.FilterLink{link("f3", "", -1)}, session.ErrUnknown},
			{"an id twice", s, "", session.Microphone, []session.FilterLink{link("f1", "", -1), link("f1", "", -1)}, session.ErrUnknown},
			{"too many", s, "", session.Microphone, make([]session.FilterLink, models.MaxLinks+1), session.ErrFull},
			{"no source", s, "", "smell", nil, session.ErrMalformed},
			{"no rig", s, "", session.View, nil, session.ErrUnknown},
			{"a listener", l, "", session.Microphone, nil, session.ErrForbidden},
			{"another's", s, h.me().ID, session.Microphone, nil, session.ErrForbidden},
			{"nobody's", h, "p99", session.Microphone, nil, session.ErrUnknown},
			{"a host adds", h, id, session.Microphone, []session.FilterLink{link("f2", "", -1), link("", "voice", -1)}, session.ErrForbidden},
			{"a host tunes", h, id, session.Microphone, []session.FilterLink{link("f2", "", 0)}, session.ErrForbidden},
		} {
			err := c.who.Filter(ctx, c.of, c.at, c.links)
			if err == nil {
				t.Errorf("%s is taken", c.what)
				continue
			}
			refused(t, err, c.cause)
		}
		is("nothing of that", "microphone:f2:voice(1) microphone:f1:voice(0.75) camera:f3:picture(0.25)")
		must(t, h.Filter(ctx, id, session.Microphone, []session.FilterLink{link("f2", "", -1)}))
		is("a host took one away", "microphone:f2:voice(1) camera:f3:picture(0.25)")
		must(t, s.Filter(ctx, "", session.Screen, []session.FilterLink{link("", "hides", -1)}))
		refused(t, h.Filter(ctx, id, session.Screen, nil), session.ErrForbidden)
		must(t, s.Filter(ctx, "", session.Screen, nil))
		must(t, s.Fared(ctx, []session.Fare{{ID: "f2", State: session.FilterFailed, Error: "odd"}, {ID: "f1", State: session.FilterFailed}}))
		h.read()
		if f := h.person(id).Filters; f[0].State != session.FilterFailed || f[0].Error != "odd" || f[1].State != session.FilterOpening {
			t.Errorf("how they fare: %+v", f)
		}
		// The same identity elsewhere keeps them.
		again := enter(t, r, speaker("s"))
		if got := h.filtersOf(again.me().ID); got != "microphone:f2:voice(1) camera:f3:picture(0.25)" {
			t.Errorf("in another window: %s", got)
		}
	})
}

// TestRigFilters has the filters of a rig stay with it, whoever sits before it.
func TestRigFilters(t *testing.T) {
	faked(t, func(t *testing.T) {
		var told []string
		r := open(t, session.Config{
			Seats: 3, Kept: time.Second, Filters: filterTable(t),
			Chains: map[session.Source][]models.Link{
				session.View: {{Filter: "rig"}}, session.Microphone: {{Filter: "voice", Parameters: map[string]string{"level": "1"}}},
			},
			Rigs: []session.Rig{{Cube: "c", Level: func() uint8 { return 127 }, Filter: func(s session.Source, links []hosted.Link) {
				told = append(told, string(s)+strconv.Itoa(len(links)))
			}, Fare: func() []session.Fare { return []session.Fare{{ID: "f2", State: session.FilterRunning}} }}},
		})
		h := enter(t, r, host("h"))
		rig := h.at("c")[0]
		if got := h.filtersOf(rig.ID); !strings.Contains(got, "view:") || !strings.Contains(got, "microphone:") {
			t.Fatalf("from the beginning: %s", got)
		}
		if got := h.filtersOf(h.me().ID); !strings.HasPrefix(got, "microphone:") || strings.Contains(got, "view:") {
			t.Errorf("of who comes: %s", got)
		}
		must(t, h.Filter(t.Context(), rig.ID, session.View, []session.FilterLink{link("", "rig", 0.1), link("", "rig", 0.2)}))
		chain := func(id string) (view string) {
			for _, f := range strings.Fields(h.filtersOf(id)) {
				if strings.HasPrefix(f, "view:") {
					view += f
				}
			}
			return view
		}
		want := chain(rig.ID)
		if len(told) == 0 || told[len(told)-1] != "view2" || !strings.Contains(want, "rig(0.2)") {
			t.Errorf("the rig was told %v; %s", told, want)
		}
		s := enter(t, r, withCube(speaker("s"), "c"))
		if got := chain(s.me().ID); got != want {
			t.Errorf("of who sits before it: %s, want %s", got, want)
		}
		must(t, s.Filter(t.Context(), "", session.View, []session.FilterLink{link("", "rig", 0.3)}))
		want = chain(s.me().ID)
		s.Leave(t.Context())
		if got := chain(h.at("c")[0].ID); got != want || !strings.Contains(got, "rig(0.3)") {
			t.Errorf("of the rig by itself: %s, want %s", got, want)
		}
		wait(t, time.Second)
		for _, f := range h.person(h.at("c")[0].ID).Filters {
			if f.ID == "f2" && f.State != session.FilterRunning {
				t.Errorf("%+v", f)
			}
		}
	})
}

func TestChainsRefused(t *testing.T) {
	for say, chains := range map[string]map[session.Source][]models.Link{
		"unknown filter \"reverb\"": {session.Microphone: {{Filter: "reverb"}}},
		"filters audio":             {session.Camera: {{Filter: "voice"}}},
		"no source \"smell\"":       {"smell": {{Filter: "voice"}}},
	} {
		_, err := session.New(session.Config{Name: "r", Log: slog.New(slog.DiscardHandler), Filters: filterTable(t), Chains: chains})
		if err == nil || !strings.Contains(err.Error(), say) {
			t.Errorf("%v, does not say %q", err, say)
		}
	}
}
