package session

import (
	"context"
	"math"

	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/session/assembly"
)

// arrange puts another layout into the room. Who sits keeps the number of
// their seat, and who has none any more stands.
func (t *table) arrange(layout string, seats int) error {
	l, err := t.config.Layouts(layout)
	if err != nil {
		return refuse(ErrMalformed, "%v", err)
	}
	a, err := assembly.New(l, seats)
	if err != nil {
		return refuse(ErrMalformed, "%v", err)
	}
	t.assembly = a
	t.info.Layout = layout
	t.gallery = a.Gallery()
	t.info.Gallery = poseOf(t.gallery)
	t.info.Seats, t.info.Boards = nil, nil
	for _, s := range a.Seats {
		t.info.Seats = append(t.info.Seats, poseOf(s.Pose))
	}
	for k := range maxBoards {
		t.info.Boards = append(t.info.Boards, spotOf(a.Item(k)))
	}
	t.infoAt = t.changed()
	for _, p := range t.sorted() {
		if p.Seat >= len(a.Seats) {
			p.Seat = -1
			p.Seat = t.vacant()
			t.touch(p)
		}
	}
	return nil
}

// maxBoards is how many places for items the page is told of.
const maxBoards = 4

// vacant is the seat for a newcomer, -1 where none is free.
func (t *table) vacant() int {
	taken := make([]bool, len(t.assembly.Seats))
	for _, p := range t.people {
		if p.Seat >= 0 && p.Seat < len(taken) {
			taken[p.Seat] = true
		}
	}
	if seat, ok := t.assembly.Vacant(taken); ok {
		return seat
	}
	return -1
}

// seated is who has a seat; nil: nobody.
func (t *table) seated(seat int) *person {
	for _, p := range t.people {
		if p.Seat == seat && seat >= 0 {
			return p
		}
	}
	return nil
}

// cube is the transform of a participant's cube to the world. Who stands sees
// the room from its gallery.
func (t *table) cube(p *person) space.Rigid {
	if p.Seat >= 0 {
		return t.assembly.Seats[p.Seat].Pose
	}
	return t.gallery
}

// Arrange is a host's: another layout, for a number of seats.
func (m *Member) Arrange(ctx context.Context, layout string, seats int) error {
	return m.rule(ctx, func(t *table, _ *person) error { return t.arrange(layout, seats) })
}

// Sit takes a free seat, or gives one to somebody else, as a host; an empty
// who is oneself, seat -1 none.
func (m *Member) Sit(ctx context.Context, who string, seat int) error {
	return m.act(ctx, func(t *table, p *person) error {
		q, err := t.whom(p, who)
		if err != nil {
			return err
		}
		if seat < -1 || seat >= len(t.info.Seats) {
			return refuse(ErrUnknown, "There is no seat %d: the room has %d.", seat+1, len(t.info.Seats))
		}
		if q.Role == Listener && seat >= 0 {
			return refuse(ErrForbidden, "Listeners have no seat. Ask a host to become a speaker.")
		}
		if other := t.seated(seat); other != nil && other != q {
			if p.Role != Host {
				return refuse(ErrForbidden, "Somebody sits there.")
			}
			other.Seat = q.Seat // they change places
			t.touch(other)
		}
		q.Seat = seat
		t.touch(q)
		return nil
	})
}

// whom finds the participant that somebody may do something to: oneself, or
// anybody as a host.
func (t *table) whom(p *person, id string) (*person, error) {
	if id == "" || id == p.ID {
		return p, nil
	}
	q := t.people[id]
	switch {
	case q == nil:
		return nil, refuse(ErrUnknown, "They are not in the room any more.")
	case p.Role != Host:
		return nil, refuse(ErrForbidden, "Only a host may do this to others.")
	}
	return q, nil
}

func poseOf(r space.Rigid) Pose { return Pose{Position: vector(r.T), Rotation: quaternion(r.R)} }

// quaternion of a rotation, w at least 0: x, y, z, w (Shepperd, Journal of
// Guidance and Control 1(3), 1978, 223-224: the largest component first).
func quaternion(m space.Mat3) [4]float64 {
	trace := m[0] + m[4] + m[8]
	var q [4]float64
	largest := 0.0 // component, squared and times 4; one is at least 1
	for i, c := range [4][4]float64{
		{1 + 2*m[0] - trace, m[1] + m[3], m[2] + m[6], m[7] - m[5]},
		{m[1] + m[3], 1 + 2*m[4] - trace, m[5] + m[7], m[2] - m[6]},
		{m[2] + m[6], m[5] + m[7], 1 + 2*m[8] - trace, m[3] - m[1]},
		{m[7] - m[5], m[2] - m[6], m[3] - m[1], 1 + trace},
	} {
		if c[i] > largest {
			q, largest = c, c[i]
		}
	}
	n := math.Sqrt(q[0]*q[0] + q[1]*q[1] + q[2]*q[2] + q[3]*q[3])
	if q[3] < 0 {
		n = -n
	}
	for i := range q {
		q[i] /= n
	}
	return q
}

// rigid is a pose as a transform; ok is false where it is none.
func (p Pose) rigid() (r space.Rigid, ok bool) {
	q := p.Rotation
	n := q[0]*q[0] + q[1]*q[1] + q[2]*q[2] + q[3]*q[3]
	if !(math.Abs(n-1) < 1e-3) || !p.Position.vec3().Finite() {
		return space.Rigid{}, false
	}
	axis := space.Vec3{X: q[0], Y: q[1], Z: q[2]}
	r = space.Rigid{R: space.Identity3(), T: p.Position.vec3()}
	if s := axis.Norm(); s > 0 {
		r.R = space.RotationAbout(axis, 2*math.Atan2(s, q[3]))
	}
	return r, true
}

func spotOf(p assembly.Place) Spot {
	return Spot{
		Pose:  poseOf(space.Rigid{R: space.RotationAbout(space.Vec3{Y: 1}, p.Yaw), T: p.Center}),
		Width: p.Width, Height: p.Height, Sides: Sides(p.Sides.String()),
	}
}
