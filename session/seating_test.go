package session_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/session"
	"github.com/virtualcube/virtualcube/session/assembly"
)

// turn rotates a vector by a unit quaternion x, y, z, w as every client does:
// v + 2w(q×v) + 2q×(q×v).
func turn(q [4]float64, v space.Vec3) space.Vec3 {
	axis := space.Vec3{X: q[0], Y: q[1], Z: q[2]}
	c := axis.Cross(v)
	return v.Add(c.Scale(2 * q[3])).Add(axis.Cross(c).Scale(2))
}

// TestRotations says that poses mean what they say: a seat's is the layout's,
// and a work item's is the one it was given, to a nanometre.
func TestRotations(t *testing.T) {
	faked(t, func(t *testing.T) {
		r := open(t, session.Config{Seats: 12})
		c := enter(t, r, host("h"))
		for _, name := range assembly.Names() {
			for seats := 1; seats <= 12; seats++ {
				if c.Arrange(t.Context(), name, seats) != nil {
					continue // face to face is for two
				}
				c.read()
				layout, _ := assembly.Named(name)
				a, err := assembly.New(layout, seats)
				must(t, err)
				for k, s := range a.Seats {
					for axis, v := range []space.Vec3{{X: 1}, {Y: 1}, {Z: 1}} {
						if d := turn(c.Room.Seats[k].Rotation, v).Sub(s.Pose.R.Column(axis)).Norm(); d > 1e-9 {
							t.Errorf("%s, seat %d of %d, axis %d is off by %g", name, k, seats, axis, d)
						}
					}
				}
			}
		}
		id := c.place(session.Picture, 1)
		random := rand.New(rand.NewPCG(4, 2))
		for k := range 500 {
			var q [4]float64
			n := 0.0
			for i := range q {
				q[i] = random.NormFloat64()
				if k%5 == i { // near and at half turns, and about one axis
					q[i] *= []float64{0, 1e-9, 1e-4}[k%3]
				}
				n += q[i] * q[i]
			}
			for i := range q {
				q[i] /= math.Sqrt(n)
			}
			must(t, c.Move(t.Context(), id, session.Pose{Rotation: q}, 1))
			c.read()
			got := c.Items[id].Pose.Rotation
			if got[3] < 0 {
				t.Errorf("%v has a negative w", got)
			}
			for _, v := range []space.Vec3{{X: 1}, {Y: 1}, {Z: 1}} {
				if d := turn(got, v).Sub(turn(q, v)).Norm(); !(d < 1e-9) {
					t.Fatalf("%v becomes %v, off by %g", q, got, d)
				}
			}
		}
	})
}

func TestSitting(t *testing.T) {
	faked(t, func(t *testing.T) {
		r := open(t, session.Config{Seats: 4})
		h, s, x := enter(t, r, host("h")), enter(t, r, speaker("s")), enter(t, r, speaker("x"))
		l := enter(t, r, entry(session.Listener, "l"))
		seats := func(when string, want ...int) {
			t.Helper()
			for k, c := range []*client{h, s, x} {
				if got := c.me().Seat; got != want[k] {
					t.Errorf("%s: %s is on seat %d, not %d", when, c.me().Name, got, want[k])
				}
			}
		}
		for k, c := range []*client{h, s, x} {
			must(t, h.Sit(t.Context(), c.self.ID, k))
		}
		seats("at first", 0, 1, 2)
		refused(t, s.Sit(t.Context(), "", 0), session.ErrForbidden)
		refused(t, s.Sit(t.Context(), "", 4), session.ErrUnknown)
		refused(t, s.Sit(t.Context(), "", -2), session.ErrUnknown)
		refused(t, h.Sit(t.Context(), l.self.ID, 3), session.ErrForbidden)
		refused(t, h.Sit(t.Context(), "p99", 3), session.ErrUnknown)
		must(t, s.Sit(t.Context(), "", 3))
		must(t, s.Sit(t.Context(), "", 3))
		seats("s moved", 0, 3, 2)
		must(t, h.Sit(t.Context(), x.self.ID, 3))
		seats("s and x changed places", 0, 2, 3)
		must(t, s.Sit(t.Context(), "", -1))
		must(t, h.Sit(t.Context(), s.self.ID, 0))
		seats("s took the standing host's", -1, 0, 3)
		must(t, h.Sit(t.Context(), "", 2))
		must(t, h.Arrange(t.Context(), assembly.SideBySide, 3))
		seats("x had seat 3 of 4", 2, 0, 1)
		must(t, h.Arrange(t.Context(), assembly.FaceToFace, 2))
		seats("of two", -1, 0, 1)
		refused(t, h.Arrange(t.Context(), assembly.FaceToFace, 3), session.ErrMalformed)
		refused(t, h.Arrange(t.Context(), "pyramid", 3), session.ErrMalformed)
		refused(t, h.Arrange(t.Context(), assembly.RoundTable, 1<<40), session.ErrMalformed)
		if h.read(); h.Room.Layout != assembly.FaceToFace || len(h.Room.Seats) != 2 {
			t.Errorf("the room is %+v", h.Room)
		}
	})
}
