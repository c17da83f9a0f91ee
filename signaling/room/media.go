package room

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/session"
	"github.com/virtualcube/virtualcube/session/fanout"
	"github.com/virtualcube/virtualcube/signaling/protocol"
	"github.com/virtualcube/virtualcube/signaling/rtc"
)

const (
	// maxWindows bounds the framing windows that wait for a page.
	maxWindows  = 16
	levelsEvery = 100 * time.Millisecond
)

// tell passes the news of the room on to the page and to its media.
func (c *connection) tell(ctx context.Context, n session.News, parts *sync.WaitGroup) error {
	if n.Waiting {
		c.retreat()
		return c.send(ctx, protocol.Waiting{Type: "waiting", Room: c.hall.room.Name()})
	}
	fresh := c.peer == nil
	if fresh {
		if err := c.welcome(ctx, n.Self, parts); err != nil {
			return err
		}
	}
	c.murmur.wanted(n.Self.Murmurs)
	c.sends.learn(n.Self)
	if err := c.send(ctx, protocol.State{Type: "state", Update: n.Update}); err != nil {
		return err
	}
	if !n.Changed && !fresh {
		return nil
	}
	c.self, c.streams = n.Self, n.Streams
	if err := c.connect(ctx); err != nil || !fresh {
		return err
	}
	return c.offer(ctx, false)
}

// retreat ends the media of a participant who was sent back to the lobby. They
// wait there over the same connection: another would let them in at once, where
// the room has no lobby for newcomers.
func (c *connection) retreat() {
	if c.peer == nil {
		return
	}
	c.endMedia()
	c.released()
	c.seats.leave()
	c.sends.end()
	c.peer, c.murmur, c.sends, c.streams, c.told, c.self = nil, nil, nil, nil, nil, session.Self{}
}

// welcome tells the participant who they are, and makes their peer.
func (c *connection) welcome(ctx context.Context, self session.Self, parts *sync.WaitGroup) error {
	e := c.endpoint
	c.self = self
	c.log = e.config.Log.With("room", c.hall.room.Name(), "participant", self.ID)
	e.counts.entered(self.Resumed)
	w := protocol.Welcome{
		Type: "welcome", Protocol: protocol.RoomVersion, Version: e.config.Version, Room: c.hall.room.Name(),
		You: self.ID, Resume: self.Resume, Resumed: self.Resumed, KeptSeconds: c.hall.room.Kept().Seconds(),
		Ice: []protocol.IceServer{}, Cubes: []protocol.CubeView{}, Filters: protocol.FilterKinds(e.config.Filters),
	}
	if e.config.Ice != nil {
		w.Ice = append(w.Ice, e.config.Ice(c.relayed())...)
	}
	for _, cube := range e.config.Cubes {
		packed := cube.Packed
		packed.Cube = cube.Name
		w.Cubes = append(w.Cubes, packed)
	}
	if err := c.send(ctx, w); err != nil {
		return err
	}
	peer, err := rtc.New(rtc.Config{Media: e.config.Media, Log: c.log, Eye: c.look})
	if err != nil {
		c.log.Error("no peer connection", "error", err)
		return err
	}
	c.peer = peer
	ctx, c.endMedia = context.WithCancel(ctx)
	murmur := newMurmurer(c.hall.exchange, self.ID, c.log)
	c.murmur = murmur
	parts.Go(func() { murmur.run(ctx) })
	c.sends = newSending(ctx, e, c.hall, c.member, self, c.log, parts)
	c.sends.heard = murmur.of
	parts.Go(func() {
		if err := peer.Run(ctx); err != nil {
			c.failed <- fmt.Errorf("%w: %w", errMedia, err)
		}
	})
	return nil
}

// relayed is the name that the participant has for the node's relay: ids are
// unique in a room alone.
func (c *connection) relayed() string { return c.hall.relayed(c.self.ID) }

func (h *hall) relayed(person string) string { return h.room.Name() + "." + person }

// released tells whoever made the relay's credentials that nobody needs them
// any more.
func (c *connection) released() {
	if c.endpoint.config.Left != nil && c.self.ID != "" {
		c.endpoint.config.Left(c.relayed())
	}
}

// published is where the peer tells of what the participant sends; nil before
// there is one.
func (c *connection) published() <-chan rtc.Publication {
	if c.peer == nil {
		return nil
	}
	return c.peer.Published()
}

// publish offers what the participant sends to the room.
func (c *connection) publish(ctx context.Context, p rtc.Publication, parts *sync.WaitGroup) {
	k := key{owner: c.self.ID, source: session.Source(p.Source.String())}
	delete(c.barred, k.source)
	c.sends.publish(k.source, p.Relay)
	parts.Go(func() {
		<-p.Relay.Done()                 // at the latest with the peer
		c.hall.exchange.take(k, p.Relay) // a filtered one goes with its treatment
		if _, garbage := errors.AsType[*fanout.GarbageError](p.Relay.Err()); garbage {
			select {
			case c.spoilt <- k.source:
			case <-ctx.Done():
			}
		}
	})
}

// bar switches off what nobody could use. The participant may send it again
// over another connection.
func (c *connection) bar(ctx context.Context, s session.Source) {
	c.barred[s] = true
	if err := c.member.Publish(ctx, s, false); err != nil {
		c.log.Debug("source not switched off", "source", s, "error", err) // they are in the lobby, or gone
	}
}

// connect lets the peer send what the participant is to get, as far as it is
// there, and tells the page where it comes.
func (c *connection) connect(ctx context.Context) error {
	if c.peer == nil {
		return nil
	}
	told := protocol.Streams{Type: "streams", Streams: []protocol.Stream{}}
	var wanted []rtc.Stream
	for _, s := range c.streams {
		w, ok := c.source(s)
		if !ok {
			continue
		}
		wanted = append(wanted, w)
		told.Streams = append(told.Streams, protocol.Stream{Mid: w.ID, Person: s.Person, Source: string(s.Source), Cube: s.Cube, Murmur: s.Murmur})
	}
	m, err := c.peer.Want(wanted)
	switch {
	case errors.Is(err, rtc.ErrClosed):
		return nil // its end is about to be told
	case err != nil:
		return fmt.Errorf("connect streams: %w", err)
	}
	c.seats.keep(c.streams)
	for i := range told.Streams {
		told.Streams[i].Mid = m.Mids[told.Streams[i].Mid]
	}
	if !slices.Equal(told.Streams, c.told) || c.told == nil {
		c.told = told.Streams
		if err := c.send(ctx, told); err != nil {
			return err
		}
	}
	if m.Offer {
		return c.offer(ctx, false)
	}
	return nil
}

// source finds what a stream comes from.
func (c *connection) source(s session.Stream) (rtc.Stream, bool) {
	w := rtc.Stream{ID: s.Person + "/" + string(s.Source), Kind: fanout.Video}
	switch s.Source {
	case session.View:
		cube := c.cube(s.Cube)
		if cube == nil {
			return w, false
		}
		w.View = c.seats.view(s, cube, c.announce)
		return w, true
	case session.Microphone:
		w.Kind = fanout.Audio
	}
	w.Relay = c.endpoint.relay(c.hall, s)
	return w, w.Relay != nil
}

// relay is what a stream that is no view comes from; nil: it is not there.
func (e *Endpoint) relay(h *hall, s session.Stream) *fanout.Relay {
	switch {
	case s.Source != session.Microphone || s.Cube == "":
		return h.exchange.find(key{owner: s.Person, source: s.Source, murmur: s.Murmur})
	case e.cubes[s.Cube] == nil:
		return nil
	}
	return e.cubes[s.Cube].Voice
}

// announce tells the page of framing windows, from any goroutine.
func (c *connection) announce(cube string, windows []space.Window) bool {
	if cap(c.windows)-len(c.windows) < len(windows) {
		return false
	}
	for _, w := range windows {
		select {
		case c.windows <- protocol.CubeWindow{Type: "window", Cube: cube, Window: protocol.WindowOf(w)}:
		default:
			return false
		}
	}
	return true
}

// look takes the participant's eye from the data channel, in the peer's
// goroutine.
func (c *connection) look(data []byte) {
	l, err := protocol.ParseLook(data)
	if err != nil {
		c.endpoint.counts.ignored(ignoredInvalid)
		return
	}
	eye := space.Vec3{X: l.Eye[0], Y: l.Eye[1], Z: l.Eye[2]}
	direction := space.Vec3{X: l.Direction[0], Y: l.Direction[1], Z: l.Direction[2]}
	if c.seats.look(l.Sequence, eye, l.Confidence) {
		_ = c.member.Look(session.Look{Eye: eye, Direction: direction, Confidence: l.Confidence, At: time.Now()}) // checked above
	}
}

// negotiate takes the page's side of offer and answer.
func (c *connection) negotiate(ctx context.Context, message any) error {
	if c.peer == nil {
		return c.ignore(ignoredInvalid)
	}
	var err error
	switch m := message.(type) {
	case protocol.Answer:
		if err = c.peer.Answer(ctx, m.ID, m.SDP); err == nil {
			needs, failed := c.peer.NeedsOffer(ctx)
			if failed == nil && needs {
				return c.offer(ctx, false)
			}
		}
	case protocol.Candidate:
		err = c.peer.Candidate(ctx, m.Mid, m.Candidate)
	case protocol.Restart:
		return c.offer(ctx, true)
	}
	if err == nil || errors.Is(err, rtc.ErrStale) {
		return nil // a newer offer is on its way
	}
	c.log.Debug("negotiation refused", "error", err)
	return c.ignore(ignoredInvalid)
}

func (c *connection) offer(ctx context.Context, restart bool) error {
	id, description, err := c.peer.Offer(ctx, restart)
	if err != nil {
		return fmt.Errorf("%w: %w", errMedia, err)
	}
	return c.send(ctx, protocol.Offer{Type: "offer", ID: id, SDP: description, Restart: restart})
}
