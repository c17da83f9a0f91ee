package session

import (
	"context"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/models/host"
)

// Member is one connection of a participant, or of a guest in the lobby. Its
// methods may be called from any goroutine; Next from one.
type Member struct {
	room  *Room
	woken chan struct{} // one slot: there may be something to tell

	over   chan struct{} // closed by end
	once   sync.Once
	reason error // set before over is closed

	look  atomic.Pointer[Look] // the newest
	level atomic.Uint32        // the loudest since the room asked: 128 - level, 0: none

	// The room's goroutine's.
	person  *person // nil in the lobby
	guest   *guest
	told    uint64 // revision; 0: nothing
	greeted bool   // in the lobby
	resumed bool
	heard   []Stream
}

func newMember(r *Room) *Member {
	return &Member{room: r, woken: make(chan struct{}, 1), over: make(chan struct{})}
}

// end says once why the membership is over.
func (m *Member) end(reason error) {
	m.once.Do(func() {
		m.reason = reason
		close(m.over)
	})
}

// Over is closed when the room ended the membership; Reason then says why.
func (m *Member) Over() <-chan struct{} { return m.over }

// Reason is a *Refusal after Over is closed.
func (m *Member) Reason() error {
	<-m.over
	return m.reason
}

// Self is what a participant needs to know of themselves.
type Self struct {
	ID      string
	Resume  string // secret
	Resumed bool   // they went on from before
	Grants  Grants
	Cube    string // whose rig is on their seat; empty: none
	// Murmurs says that others are to hear a murmur of what they say.
	Murmurs bool
	// Chains are the filters on what they send, not to be changed; at ChainsAt they
	// changed last.
	Chains   map[Source][]host.Link
	ChainsAt uint64
}

// News is what a member has to be told.
type News struct {
	Waiting bool // in the lobby; all else is empty then
	Self    Self
	Update  Update
	// Streams are those that the member is to get from now on, whole; not to be
	// changed.
	Streams []Stream
	// Changed says whether Streams differ from those of the News before.
	Changed bool
}

// Stream is one that a member is to get.
type Stream struct {
	Person string // participant
	Source Source
	Cube   string // of a view
	Murmur bool   // not the voice itself, but a murmur of it
	// ToCube maps points of the member's cube to the other's; for a view.
	ToCube space.Rigid
}

// Source is what a participant publishes, or a view of them.
type Source string

// The sources.
const (
	View       Source = "view"
	Microphone Source = "microphone"
	Camera     Source = "camera"
	Screen     Source = "screen"
)

// Next waits until there is something to tell. It returns Reason's error when
// the membership is over, and the context's.
func (m *Member) Next(ctx context.Context) (News, error) {
	for first := true; ; first = false {
		if !first {
			select {
			case <-m.woken:
			case <-m.over:
				return News{}, m.reason
			case <-m.room.ended:
				return News{}, errNotRunning
			case <-ctx.Done():
				return News{}, ctx.Err()
			}
		}
		select {
		case <-m.over:
			return News{}, m.reason
		default:
		}
		var news News
		some := false
		err := m.room.do(ctx, func(t *table) error {
			news, some = t.news(m)
			return nil
		})
		if err != nil {
			return News{}, err
		}
		if some {
			return news, nil
		}
	}
}

// news is what a member has to be told, if anything.
func (t *table) news(m *Member) (News, bool) {
	p := m.person
	if p == nil {
		first := m.guest != nil && !m.greeted
		m.greeted = true
		return News{Waiting: true}, first
	}
	if p.member != m {
		return News{}, false // it is over, or will be at once
	}
	n := News{
		Self:   Self{ID: p.ID, Resume: p.resume, Resumed: m.resumed, Grants: p.grants, Cube: p.Cube, Murmurs: p.Aside != "" && t.info.Murmur, Chains: maps.Clone(p.chains), ChainsAt: p.chainsAt},
		Update: t.since(p, m.told),
	}
	m.told = t.revision
	n.Streams = t.streams(p)
	n.Changed = !slices.Equal(n.Streams, m.heard)
	m.heard = n.Streams
	return n, !n.Update.empty() || n.Changed
}

// Leave ends the participant at once, even where the context has ended, as that
// of a lost connection has.
func (m *Member) Leave(ctx context.Context) {
	_ = m.room.do(context.WithoutCancel(ctx), func(t *table) error { // a room that is closed has no seats
		if p := m.person; p != nil && p.member == m {
			t.dismiss(p, "left")
		} else if m.guest != nil {
			t.dropGuest(m.guest)
		}
		return nil
	})
	m.end(refuse(ErrGone, "You left."))
}

// Lose says that the connection is gone, even where the context has ended: the
// seat is kept for Config.Kept.
func (m *Member) Lose(ctx context.Context) {
	_ = m.room.do(context.WithoutCancel(ctx), func(t *table) error {
		t.lose(m)
		return nil
	})
	m.end(refuse(ErrGone, "The connection was lost."))
}

// Look is where a participant's eye is and looks, in their own cube.
type Look struct {
	Eye        space.Vec3
	Direction  space.Vec3 // of the gaze, any length; zero: not known
	Confidence float64    // 0 to 1
	At         time.Time
}

// Look notes where the participant looks. The newest wins.
func (m *Member) Look(l Look) error {
	if err := l.check(); err != nil {
		return err
	}
	m.look.Store(&l)
	return nil
}

// check refuses what is no look.
func (l Look) check() error {
	if !l.Eye.Finite() || !l.Direction.Finite() || !(l.Confidence >= 0 && l.Confidence <= 1) {
		return refuse(ErrMalformed, "An eye needs finite numbers and a confidence of 0 to 1.")
	}
	return nil
}

// Spoke notes how loud the participant's voice is, as RFC 6464 has it: 0 is
// the loudest, 127 silence.
func (m *Member) Spoke(level uint8) {
	loud := 128 - min(uint32(level), 127)
	for {
		old := m.level.Load()
		if loud <= old || m.level.CompareAndSwap(old, loud) {
			return
		}
	}
}

// loudest is the level since it was last called; 127 where there was none.
func (m *Member) loudest() uint8 { return uint8(128 - max(1, m.level.Swap(0))) }

// Judge sets the quality of the participant's connection.
func (m *Member) Judge(ctx context.Context, q Quality) error {
	return m.act(ctx, func(t *table, p *person) error {
		if p.Quality != q {
			p.Quality = q
			t.touch(p)
		}
		return nil
	})
}

// act does something as the participant, in the room's goroutine.
func (m *Member) act(ctx context.Context, f func(*table, *person) error) error {
	return m.room.do(ctx, func(t *table) error {
		if m.person == nil || m.person.member != m {
			return errNotIn
		}
		return f(t, m.person)
	})
}

var errNotIn = refuse(ErrForbidden, "You are not in the room yet, or not any more.")

// rule does something as a host.
func (m *Member) rule(ctx context.Context, f func(*table, *person) error) error {
	return m.act(ctx, func(t *table, p *person) error {
		if p.Role != Host {
			return refuse(ErrForbidden, "Only a host may do this.")
		}
		return f(t, p)
	})
}

// Hosts returns a *Refusal where the member is no host.
func (m *Member) Hosts(ctx context.Context) error {
	return m.rule(ctx, func(*table, *person) error { return nil })
}
