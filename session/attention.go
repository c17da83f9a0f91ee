package session

import (
	"context"
	"math"
	"time"

	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/session/gaze"
)

// stale is how old a look may be until nothing is known of it.
const stale = 500 * time.Millisecond

// ShareLooks says whether the participant's attention is computed and shown to
// the others.
func (m *Member) ShareLooks(ctx context.Context, share bool) error {
	return m.act(ctx, func(t *table, p *person) error {
		p.Looks, p.attention = Looks{Shared: share}, nil
		t.touch(p)
		return nil
	})
}

// attend notes who looks at whom and at what.
func (t *table) attend(now time.Time) {
	people := t.sorted()
	heads := make([]gaze.Target, 0, len(people))
	for _, p := range people {
		if p.Seat >= 0 && p.Present {
			heads = append(heads, gaze.Target{ID: p.ID, Kind: gaze.Person, Center: t.head(p, now), Radius: gaze.HeadRadius})
		}
	}
	var targets []gaze.Target
	for _, p := range people {
		if !p.Looks.Shared {
			continue
		}
		look := t.look(p, now)
		targets = targets[:0]
		for _, h := range heads {
			if h.ID != p.ID {
				targets = append(targets, h)
			}
		}
		for _, i := range t.items {
			targets = append(targets, i.target(look.Eye))
		}
		t.notice(p, look, targets, now)
	}
}

// notice follows one participant's attention.
func (t *table) notice(p *person, look gaze.Look, targets []gaze.Target, now time.Time) {
	if p.attention == nil {
		tracker, err := gaze.NewTracker(gaze.DefaultConfig())
		if err != nil {
			return // its own defaults are valid
		}
		p.attention = tracker
	}
	a, changed := p.attention.Update(now.Sub(t.began).Seconds(), look, targets)
	if !changed {
		return
	}
	p.Looks = Looks{
		Shared: true, At: a.Target, Degrees: math.Round(a.Angle*1800/math.Pi) / 10, Since: int64(a.Since * 1000),
	}
	t.touch(p)
}

// head is where a participant's eyes are, in the world.
func (t *table) head(p *person, now time.Time) space.Vec3 {
	return t.look(p, now).Eye
}

// look is a participant's look in the world: what their page tells, or else their
// rig's cameras. One that is too old says where the eyes were, with no confidence.
func (t *table) look(p *person, now time.Time) gaze.Look {
	var l *Look
	if p.member != nil {
		l = p.member.look.Load()
	}
	if l == nil || now.Sub(l.At) > stale {
		if watch := t.rig(p.Cube).Look; p.Cube != "" && watch != nil {
			if seen, ok := watch(); ok && seen.check() == nil {
				l = &seen
			}
		}
	}
	if l == nil {
		return gaze.Look{Eye: t.cube(p).T}
	}
	w := gaze.Look{Eye: t.cube(p).Apply(l.Eye), Direction: t.cube(p).Rotate(l.Direction), Confidence: l.Confidence}
	if now.Sub(l.At) > stale {
		w.Confidence = 0
	}
	return w
}

// target is an item as it is seen from a point of the world.
func (i *item) target(from space.Vec3) gaze.Target {
	center, right, up := i.quad(from)
	return gaze.Target{ID: i.ID, Kind: gaze.Item, Center: center, Right: right, Up: up, HalfWidth: i.Width / 2, HalfHeight: i.Height / 2}
}
