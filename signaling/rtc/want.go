package rtc

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/virtualcube/virtualcube/session/fanout"
)

const (
	// batch is by how many outlets of a kind a peer grows.
	batch = 4
	// MaxStreams bounds the streams of a kind that a participant gets at once.
	MaxStreams = 32
)

// Stream is something that a participant should get: a relay, the views of a
// cube, or, with neither, an outlet that is held for it.
type Stream struct {
	ID    string // of the caller's choice; 1 to 128 bytes
	Kind  fanout.Kind
	Relay *fanout.Relay
	View  *View
}

// Mapping says where streams come.
type Mapping struct {
	Mids map[string]string // section by the stream's id
	// Offer is that there are new sections, which must be offered before they
	// carry anything.
	Offer bool
}

// slot is an outlet and what it is used for.
type slot struct {
	outlet *fanout.Outlet
	kind   fanout.Kind
	mid    string

	// Guarded by the peer's lock.
	stream   Stream // empty: free
	follower *follower
}

// ErrClosed says that the peer has ended.
var ErrClosed = errors.New("the peer has ended")

// grow adds outlets of a kind, under the lock.
func (p *Peer) grow(kind fanout.Kind) {
	n := 0
	for _, s := range p.slots {
		if s.kind == kind {
			n++
		}
	}
	name := "a"
	if kind == fanout.Video {
		name = "v"
	}
	for i := range batch {
		mid := name + strconv.Itoa(n+i)
		s := &slot{outlet: p.link.NewOutlet(kind, mid, mid), kind: kind, mid: mid}
		p.slots = append(slices.Clip(p.slots), s)
		p.start(func(ctx context.Context) { _ = s.outlet.Run(ctx) }, s.outlet.Feedback)
	}
}

// Want says which streams the participant should get, all of them; what is not
// named ends at once. A stream keeps its section as long as it is wanted,
// whatever its source. A View belongs to the peer from its first mention on and
// is left when it is wanted no longer; it is told from others by its pointer.
func (p *Peer) Want(streams []Stream) (Mapping, error) {
	if err := check(streams); err != nil {
		return Mapping{}, fmt.Errorf("want streams: %w", err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.over {
		return Mapping{}, fmt.Errorf("want streams: %w", ErrClosed)
	}
	m := Mapping{Mids: make(map[string]string, len(streams))}
	for _, s := range p.slots {
		wanted := func(w Stream) bool { return w.ID == s.stream.ID && w.Kind == s.kind }
		if s.stream.ID != "" && !slices.ContainsFunc(streams, wanted) {
			p.assign(s, Stream{})
		}
	}
	for _, w := range streams {
		s := p.find(w)
		if s == nil {
			p.grow(w.Kind)
			s, m.Offer = p.find(w), true
		}
		p.assign(s, w)
		m.Mids[w.ID] = s.mid
	}
	return m, nil
}

func check(streams []Stream) error {
	seen, count := make(map[string]bool, len(streams)), make(map[fanout.Kind]int)
	for _, w := range streams {
		switch {
		case w.ID == "" || len(w.ID) > 128 || seen[w.ID]:
			return fmt.Errorf("stream %.40q: an id of its own of 1 to 128 bytes is needed", w.ID)
		case w.Kind != fanout.Audio && w.Kind != fanout.Video:
			return fmt.Errorf("stream %q: it is neither audio nor video", w.ID)
		case w.Relay != nil && w.View != nil, w.View != nil && w.Kind != fanout.Video, w.Relay != nil && w.Relay.Kind() != w.Kind:
			return fmt.Errorf("stream %q: one source of its kind is possible", w.ID)
		}
		if w.View != nil && (len(w.View.Ladders) == 0 || w.View.Watcher == nil || w.View.Windows == nil) {
			return fmt.Errorf("stream %q: a view needs ladders, a watcher and somebody who takes its windows", w.ID)
		}
		seen[w.ID] = true
		if count[w.Kind]++; count[w.Kind] > MaxStreams {
			return fmt.Errorf("%w: %d %v streams are possible", ErrTooMany, MaxStreams, w.Kind)
		}
	}
	return nil
}

// find returns the slot of a stream, or a free one, or nil.
func (p *Peer) find(w Stream) *slot {
	var free *slot
	for _, s := range p.slots {
		switch {
		case s.kind != w.Kind:
		case s.stream.ID == w.ID:
			return s
		case free == nil && s.stream.ID == "":
			free = s
		}
	}
	return free
}

// assign changes what a slot sends, if it is something else.
func (p *Peer) assign(s *slot, w Stream) {
	old := s.stream
	s.stream = w
	if old == w {
		return
	}
	if f := s.follower; f != nil && old.View != w.View {
		close(f.left)
		s.follower = nil
	}
	switch {
	case w.View != nil && s.follower == nil:
		f := newFollower(w.View, p.link, p.config.Log.With("stream", w.ID))
		s.follower = f
		_ = s.outlet.Connect(w.ID, f.subscriber) // cannot fail: check saw the kind
		p.start(f.run)
	case w.View != nil:
	case w.Relay != nil && old.Relay != nil && old.ID == w.ID:
		_ = s.outlet.Replace(w.ID, w.Relay) // the same
	case w.Relay != nil:
		_ = s.outlet.Connect(w.ID, w.Relay) // the same
	default:
		_ = s.outlet.Connect("", nil)
	}
}
