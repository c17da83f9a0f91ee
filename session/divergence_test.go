package session_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/session"
)

// crowd does anything at all in a room.
type crowd struct {
	t      *testing.T
	room   *session.Room
	random *rand.Rand
	all    []*client // who are in, in the lobby, or away
	away   map[*client]bool
	old    map[*client]mirror // what they knew some time ago
	came   int
}

// TestNobodyDiverges says that whatever members do, and however late they are
// told, each knows in the end what a newcomer in their place would be told.
func TestNobodyDiverges(t *testing.T) {
	for seed := range uint64(8) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			faked(t, func(t *testing.T) {
				r := open(t, session.Config{
					Lobby: seed%2 == 1, Open: seed%3 == 0, Kept: 20 * time.Second, People: 12,
					Rigs: []session.Rig{{Cube: "a"}, {Cube: "b"}},
				})
				c := &crowd{t: t, room: r, random: rand.New(rand.NewPCG(seed, 7)), away: map[*client]bool{}, old: map[*client]mirror{}}
				c.come()
				for step := range 700 {
					c.step()
					if step%10 == 0 {
						c.check()
					}
				}
				for _, m := range c.all {
					c.comeBack(m)
				}
				c.agree()
			})
		})
	}
}

// step is one that somebody takes.
func (c *crowd) step() {
	c.all = slices.DeleteFunc(c.all, func(m *client) bool { return m.isOver() && !c.away[m] })
	if len(c.all) < 3 {
		c.come()
		return
	}
	m := c.all[c.random.IntN(len(c.all))]
	switch n := c.random.IntN(40); {
	case n < 3:
		c.come()
	case n < 12 && !c.away[m]:
		if c.random.IntN(4) == 0 {
			c.old[m] = m.clone()
		}
		m.read()
	case n == 13:
		m.Leave(c.t.Context())
		delete(c.away, m)
	case n < 17 && !c.away[m] && m.self.ID != "":
		m.Lose(c.t.Context())
		c.away[m] = true
	case n < 20 && c.away[m]:
		if old, ok := c.old[m]; ok && c.random.IntN(2) == 0 {
			m.mirror = old.clone()
		}
		c.comeBack(m)
	case n == 21:
		wait(c.t, time.Duration(c.random.IntN(8))*time.Second)
	case n == 22 && c.random.IntN(4) == 0:
		c.flood(m)
	default:
		commands := c.commands()
		_ = commands[c.random.IntN(len(commands))](m) // most are refused
	}
}

func (c *crowd) come() {
	c.came++
	roles := []session.Role{session.Host, session.Speaker, session.Speaker, session.Listener}
	e := entry(roles[c.random.IntN(len(roles))], fmt.Sprint("n", c.random.IntN(20)))
	e.Grants.Cube = []string{"", "", "a", "b"}[c.random.IntN(4)]
	m, err := c.room.Enter(c.t.Context(), e)
	if err == nil {
		c.all = append(c.all, &client{Member: m, t: c.t, room: c.room})
	}
}

// comeBack brings somebody back who is away; where it is too late, that may be
// refused.
func (c *crowd) comeBack(m *client) {
	if !c.away[m] {
		return
	}
	delete(c.away, m)
	e := entry(session.Speaker, "")
	e.Resume, e.Revision = m.self.Resume, m.Revision
	if again, err := c.room.Enter(c.t.Context(), e); err == nil {
		m.Member = again
	}
}

// flood buries more than the room remembers.
func (c *crowd) flood(m *client) {
	for range session.MaxTombs/2 + 1 {
		id, err := picture(c.t.Context(), m.Member)
		if err != nil || m.Clear(c.t.Context(), id) != nil {
			return
		}
	}
}

// commands are what a member can do to what there may be.
func (c *crowd) commands() []func(*client) error {
	ctx, n := c.t.Context(), c.random.IntN
	who := func() string { return fmt.Sprint("p", 1+n(c.came+6)) }
	if len(c.all) > 0 && n(4) > 0 {
		who = func() string { return c.all[n(len(c.all))].self.ID }
	}
	item := func() string { return fmt.Sprint("i", 1+n(40)) }
	source := func() session.Source {
		return []session.Source{session.Microphone, session.Camera, session.Screen}[n(3)]
	}
	role := func() session.Role {
		return []session.Role{session.Host, session.Host, session.Speaker, session.Listener}[n(4)]
	}
	return []func(*client) error{
		func(m *client) error { _, err := m.Say(ctx, fmt.Sprint("say ", n(1000)), n(2) == 0); return err },
		func(m *client) error { return m.Raise(ctx, who(), n(2) == 0) },
		func(m *client) error { return m.Publish(ctx, source(), n(3) > 0) },
		func(m *client) error { return m.Block(ctx, who(), source(), n(2) == 0) },
		func(m *client) error { return m.Admit(ctx, fmt.Sprint("g", 1+n(c.came)), n(4) > 0) },
		func(m *client) error { return m.admitAll() },
		func(m *client) error { return m.Remove(ctx, who(), n(3) > 0) },
		func(m *client) error { return m.Appoint(ctx, who(), role()) },
		func(m *client) error {
			return m.Rule(ctx, session.Rules{Lobby: n(2) == 0, Locked: n(5) == 0, Murmur: n(2) == 0})
		},
		func(m *client) error { return m.Arrange(ctx, []string{"round-table", "side-by-side"}[n(2)], 2+n(9)) },
		func(m *client) error { return m.Sit(ctx, who(), n(8)-1) },
		func(m *client) error { _, err := m.Whisper(ctx, who()); return err },
		func(m *client) error { _, err := m.Whisper(ctx, who()); return err },
		func(m *client) error { _, err := m.Whisper(ctx, ""); return err },
		func(m *client) error { _, err := picture(ctx, m.Member); return err },
		func(m *client) error {
			_, err := m.Place(ctx, session.Placing{Kind: session.SharedScreen, Aspect: 0.5 + float64(n(4))})
			return err
		},
		func(m *client) error { return m.Move(ctx, item(), upright, 0.5+float64(n(3))) },
		func(m *client) error { return m.Clear(ctx, item()) },
		func(m *client) error { return m.Point(ctx, item(), 0.5, float64(n(2))) },
		func(m *client) error { m.Spoke(uint8(n(127))); return nil },
		func(m *client) error { return m.ShareLooks(ctx, n(4) > 0) },
		func(m *client) error {
			l := session.Look{Confidence: 1, At: time.Now(), Direction: space.Vec3{X: float64(n(5) - 2), Z: 2}}
			return m.Look(l)
		},
		func(m *client) error { return m.Judge(ctx, []session.Quality{session.Good, session.Poor}[n(2)]) },
	}
}

// admitAll lets in everybody that a member knows of.
func (c *client) admitAll() error {
	for id := range c.Guests {
		if err := c.Admit(c.t.Context(), id, true); err != nil {
			return err
		}
	}
	return nil
}

// agree compares what each knows with what they would be told anew.
func (c *crowd) agree() {
	c.t.Helper()
	wait(c.t, 5*time.Second) // until voices and eyes are still
	compared := 0
	for _, m := range c.all {
		if m.read(); m.isOver() || m.self.ID == "" {
			continue
		}
		whole := m.Whole(c.t.Context())
		if whole.Revision == 0 {
			continue // in the lobby, again
		}
		var truth mirror
		truth.apply(whole)
		m.forget(len(truth.Lines))
		truth.Revision = m.Revision // later ones may have been about what is not for them
		for i := range reflect.TypeFor[mirror]().NumField() {
			got, want := reflect.ValueOf(m.mirror).Field(i), reflect.ValueOf(truth).Field(i)
			if got.Kind() != reflect.Struct && got.Kind() != reflect.Uint64 && got.Len()+want.Len() == 0 {
				continue
			}
			if !reflect.DeepEqual(got.Interface(), want.Interface()) {
				c.t.Errorf("%s, %s: knows\n%v, but there is\n%v", m.self.ID, reflect.TypeFor[mirror]().Field(i).Name, got, want)
			}
		}
		compared++
	}
	if compared == 0 {
		c.t.Error("nobody is left")
	}
}

// clone is a copy that later updates do not reach.
func (m *mirror) clone() mirror {
	n := *m
	n.People, n.Items, n.Asides, n.Guests = maps.Clone(m.People), maps.Clone(m.Items), maps.Clone(m.Asides), maps.Clone(m.Guests)
	n.Lines = slices.Clone(m.Lines)
	return n
}
