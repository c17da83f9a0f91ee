package session_test

import (
	"math"
	"sync/atomic"
	"testing"
	"time"

	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/session"
	"github.com/virtualcube/virtualcube/session/assembly"
)

// toward is a look from the origin of one seat's cube to that of another's.
func toward(t *testing.T, seats, from, to int) session.Look {
	t.Helper()
	layout, err := assembly.Named(assembly.RoundTable)
	if err != nil {
		t.Fatal(err)
	}
	a, err := assembly.New(layout, seats)
	if err != nil {
		t.Fatal(err)
	}
	poses := a.Poses()
	return session.Look{Direction: poses[from].Inverse().Apply(poses[to].T), Confidence: 0.7, At: time.Now()}
}

func TestRigLooks(t *testing.T) {
	faked(t, func(t *testing.T) {
		const seats = 4
		var seen atomic.Pointer[session.Look]
		watch := func() (session.Look, bool) {
			l := seen.Load()
			if l == nil {
				return session.Look{}, false
			}
			return *l, true
		}
		r := open(t, session.Config{Seats: seats, Rigs: []session.Rig{{Cube: "c", Look: watch}, {Cube: "blind"}}})
		h, s := enter(t, r, host("h")), enter(t, r, speaker("s"))
		at := func(cube string) session.Person { t.Helper(); return h.at(cube)[0] }
		// watches has the rig's person look at somebody for a while, as a filter says
		// ten times a second.
		watches := func(to int, d time.Duration) {
			for end := time.Now().Add(d); time.Now().Before(end); wait(t, 100*time.Millisecond) {
				l := toward(t, seats, at("c").Seat, to)
				seen.Store(&l)
			}
		}
		looksAt := func(want, when string) {
			t.Helper()
			if p := at("c"); p.Looks.At != want || !p.Looks.Shared {
				t.Errorf("%s: the rig's person looks at %+v, want %q", when, p.Looks, want)
			}
		}
		wait(t, time.Second)
		looksAt("", "before anything was seen")
		if at("blind").Looks.Shared {
			t.Error("a rig that nothing watches shares looks")
		}
		watches(h.me().Seat, time.Second)
		looksAt(h.self.ID, "at the host")
		watches(s.me().Seat, time.Second)
		looksAt(s.self.ID, "at the speaker")
		wait(t, time.Second)
		looksAt(s.self.ID, "a second after the last look")
		wait(t, time.Second)
		looksAt("", "two seconds after it")
		seen.Store(&session.Look{Direction: space.Vec3{X: math.NaN()}, Confidence: 1, At: time.Now()})
		wait(t, 400*time.Millisecond)
		looksAt("", "at what is no look")

		// Whoever sits at the rig is watched by it until their own page tells more.
		x := enter(t, r, withCube(speaker("x"), "c"))
		watches(h.me().Seat, time.Second)
		looksAt(h.self.ID, "who has the rig, at the host")
		for range 10 {
			must(t, x.Look(toward(t, seats, at("c").Seat, s.me().Seat)))
			watches(h.me().Seat, 100*time.Millisecond)
		}
		looksAt(s.self.ID, "by their own page at the speaker")
		watches(h.me().Seat, 2*time.Second)
		looksAt(h.self.ID, "with a page that says nothing any more")
		must(t, x.ShareLooks(t.Context(), false))
		watches(h.me().Seat, time.Second)
		if l := at("c").Looks; l.Shared || l.At != "" {
			t.Errorf("who keeps looks private shares %+v", l)
		}
	})
}
