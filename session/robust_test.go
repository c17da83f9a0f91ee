package session_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/session"
)

func TestAfterTheRoom(t *testing.T) {
	faked(t, func(t *testing.T) {
		r, stop := openUntil(t, session.Config{Lobby: true})
		h, g := enter(t, r, host("h")), enter(t, r, speaker("g"))
		waiting := make(chan error, 1)
		go func() {
			for {
				if _, err := h.Next(context.Background()); err != nil {
					waiting <- err
					return
				}
			}
		}()
		stop()
		if err := <-waiting; !errors.Is(err, session.ErrShutdown) {
			t.Errorf("who waited for news is told %v", err)
		}
		h.ended(session.ErrShutdown)
		g.ended(session.ErrShutdown)
		for _, c := range commands {
			if err := c.do(t.Context(), scene{actor: h}); !errors.Is(err, session.ErrShutdown) && !errors.Is(err, session.ErrMalformed) {
				t.Errorf("%s in a closed room: %v", c.name, err)
			}
		}
		_, err := r.Enter(t.Context(), host("late"))
		refused(t, err, session.ErrShutdown)
		h.Lose(t.Context())
		h.Leave(t.Context())
		if people, guests := r.People(t.Context()); people+guests != 0 {
			t.Errorf("%d people, %d guests", people, guests)
		}
	})
}

func TestContexts(t *testing.T) {
	faked(t, func(t *testing.T) {
		r := open(t, session.Config{})
		h, s := enter(t, r, host("h")), enter(t, r, speaker("s"))
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		idle, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		s.read()
		if _, err := s.Next(idle); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("without news: %v", err)
		}
		// News of a call that was cancelled are in the next one.
		_, err := h.Say(t.Context(), "hello", false)
		must(t, err)
		for range 20 {
			if n, err := s.Next(ended); err == nil {
				s.take(n)
			}
		}
		if s.read(); s.texts() != "hello" {
			t.Errorf("of %d lines: %q", len(s.Lines), s.texts())
		}
		// A connection whose context has ended leaves all the same.
		s.Lose(ended)
		if h.person(s.self.ID).Present {
			t.Error("who was cut off is still there")
		}
		s.back()
		for range 2 {
			s.Leave(ended)
			s.Lose(ended)
		}
		s.ended(session.ErrGone)
		if people, _ := r.People(t.Context()); people != 1 {
			t.Errorf("%d people", people)
		}
		// A room that does not run yet keeps nobody waiting.
		idleRoom, err := session.New(session.Config{Name: "idle", Log: quiet})
		must(t, err)
		if idleRoom.Name() != "idle" || idleRoom.Kept() != session.DefaultKept {
			t.Errorf("it is %q and keeps seats for %v", idleRoom.Name(), idleRoom.Kept())
		}
		if _, err := idleRoom.Enter(ended, host("h")); !errors.Is(err, context.Canceled) {
			t.Errorf("enter a room that does not run: %v", err)
		}
	})
}

func TestLooksThatCannotBe(t *testing.T) {
	faked(t, func(t *testing.T) {
		c := enter(t, open(t, session.Config{}), host("h"))
		for _, l := range []session.Look{
			{Eye: space.Vec3{X: math.NaN()}}, {Direction: space.Vec3{Z: math.Inf(1)}}, {Confidence: 2}, {Confidence: math.NaN()},
		} {
			refused(t, c.Look(l), session.ErrMalformed)
		}
		must(t, c.Look(session.Look{Confidence: 1}))
	})
}

// TestThousandVisits says that a room holds no more after a thousand came and
// left than before, and that no id is used twice.
func TestThousandVisits(t *testing.T) {
	faked(t, func(t *testing.T) {
		r := open(t, session.Config{Kept: time.Second, Rigs: []session.Rig{{Cube: "c"}}})
		h := enter(t, r, host("h"))
		seen := map[string]bool{}
		const visits = 1000
		for k := range visits {
			c := enter(t, r, withCube(speaker(""), "c"))
			ids := []string{c.self.ID, c.place(session.SharedScreen, 1)}
			aside, err := c.Whisper(t.Context(), h.self.ID)
			must(t, err)
			line, err := c.Say(t.Context(), "hello", true)
			must(t, err)
			for _, id := range append(ids, aside, line) {
				if seen[id] {
					t.Fatalf("%s is used twice", id)
				}
				seen[id] = true
			}
			must(t, c.Point(t.Context(), ids[1], 0, 0))
			switch k % 3 {
			case 0:
				c.Leave(t.Context())
			case 1:
				c.Lose(t.Context())
				wait(t, 1200*time.Millisecond)
			case 2:
				must(t, h.Remove(t.Context(), c.self.ID, true))
				c.read()
				c.Lose(t.Context())
			}
		}
		want := session.Sizes{People: 2, Lines: session.MaxLines, Tombs: session.MaxTombs}
		if got := r.Sizes(t.Context()); got != want {
			t.Errorf("the room holds %+v, not %+v", got, want)
		}
		if h.read(); len(h.People) != 2 || len(h.Items)+len(h.Asides)+len(h.Guests) != 0 {
			t.Errorf("the host knows %d people, %v, %v", len(h.People), h.Items, h.Asides)
		}
	})
}

// TestAwayForLong says that who knows less than the room remembers is told
// everything, and who knows just that much what is new.
func TestAwayForLong(t *testing.T) {
	faked(t, func(t *testing.T) {
		r := open(t, session.Config{})
		h, s := enter(t, r, host("h")), enter(t, r, speaker("s"))
		first := h.place(session.Picture, 1)
		s.read()
		s.Lose(t.Context())
		must(t, h.Clear(t.Context(), first))
		for range session.MaxTombs {
			must(t, h.Clear(t.Context(), h.place(session.Picture, 1)))
		}
		pruned := r.Pruned(t.Context())
		if s.Revision >= pruned {
			t.Fatalf("the room remembers everything since %d", pruned)
		}
		s.back()
		if u := s.read(); len(u) != 1 || !u[0].Full || len(s.Items) != 0 {
			t.Errorf("after long, one is told %+v", u)
		}
		s.backAt(pruned)
		if u := s.read(); len(u) != 1 || u[0].Full || len(u[0].Gone) != session.MaxTombs {
			t.Errorf("after not so long, one is told %+v", u)
		}
	})
}

// TestManyAtOnce is for the race detector: everybody does everything, reads,
// and comes and goes, at once.
func TestManyAtOnce(t *testing.T) {
	r := open(t, session.Config{Open: true, Kept: time.Millisecond, Rigs: []session.Rig{{Cube: "a"}}})
	ctx, cancel := context.WithCancel(t.Context())
	var busy, readers sync.WaitGroup
	for k := range 6 {
		busy.Go(func() {
			random := rand.New(rand.NewPCG(uint64(k), 1))
			for range 10 {
				e := host(fmt.Sprint(random.IntN(4)))
				e.Grants.Cube = "a"
				m, err := r.Enter(ctx, e)
				if err != nil {
					t.Error(err)
					return
				}
				readers.Go(func() {
					for {
						if _, err := m.Next(ctx); err != nil {
							return
						}
					}
				})
				c := &crowd{t: t, room: r, random: random, came: 20}
				for range 20 {
					all := c.commands()
					_ = all[random.IntN(len(all))](&client{Member: m, t: t})
					_ = m.Look(session.Look{Confidence: 1})
				}
				if random.IntN(2) == 0 {
					m.Leave(ctx)
				} else {
					m.Lose(ctx)
				}
			}
		})
	}
	busy.Wait()
	cancel()
	readers.Wait()
}
