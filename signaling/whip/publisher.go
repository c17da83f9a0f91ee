package whip

import (
	"context"
	"errors"
	"net/http"
	"sync"

	"github.com/pion/webrtc/v4"

	rooms "github.com/virtualcube/virtualcube/session"
	"github.com/virtualcube/virtualcube/session/fanout"
	"github.com/virtualcube/virtualcube/signaling/room"
	"github.com/virtualcube/virtualcube/signaling/rtc"
)

// publisher is software that publishes into a room: its first sound is a
// participant's microphone, its first video their camera.
type publisher struct {
	*session
	visitor *room.Visitor
	tracks  chan arrival
	done    chan struct{} // closed when run is about to return
	taken   map[rtc.Source]bool
}

// arrival is a track whose first packet has come.
type arrival struct {
	track    *webrtc.TrackRemote
	receiver *webrtc.RTPReceiver
}

// publish answers the offer of a publisher.
func (e *RoomEndpoint) publish(r *http.Request, offer string) (*guest, string, error) {
	if _, err := checkSections(offer, func(m *section) bool { return !receives(m) }); err != nil {
		return nil, "", err
	}
	visitor, err := e.enter(r.Context(), visit(r, "WHIP"))
	if err != nil {
		return nil, "", err
	}
	peer, _, err := fanout.NewRoomPeer(e.media.Settings(), rtc.DefaultBitrate())
	if err != nil {
		return nil, "", errors.Join(err, abandon(visitor))
	}
	id := newID()
	p := &publisher{
		session: newSession(id, peer, e.log.With("publisher", id[:8])), visitor: visitor, tracks: make(chan arrival), done: make(chan struct{}),
		taken: make(map[rtc.Source]bool),
	}
	peer.OnTrack(func(track *webrtc.TrackRemote, receiver *webrtc.RTPReceiver) {
		select {
		case p.tracks <- arrival{track: track, receiver: receiver}:
		case <-p.done:
		}
	})
	answer, err := p.negotiate(r.Context(), offer)
	if err != nil {
		close(p.done)
		p.close()
		return nil, "", errors.Join(err, abandon(visitor))
	}
	return &guest{session: p.session, run: p.run}, answer, nil
}

// abandon ends a visitor who does not come.
func abandon(v *room.Visitor) error {
	over, cancel := context.WithCancel(context.Background())
	cancel()
	return v.Run(over)
}

// run serves the publisher until it ends, and returns why after all its
// goroutines.
func (p *publisher) run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var parts sync.WaitGroup
	ends := make(chan error, 2)
	parts.Go(func() { ends <- p.hold(ctx) })
	parts.Go(func() { ends <- p.visitor.Run(ctx) })
	var reason error
	for over := false; !over; {
		select {
		case a := <-p.tracks:
			p.take(ctx, a, &parts)
		case reason = <-ends:
			over = true
		}
	}
	cancel()
	close(p.done)
	p.close()
	parts.Wait()
	if reason == nil {
		reason = errShutdown
	}
	return reason
}

// take publishes a track. A second one of a kind, as of simulcast, is left
// unread.
func (p *publisher) take(ctx context.Context, a arrival, parts *sync.WaitGroup) {
	source, as := rtc.Microphone, rooms.Microphone
	if a.track.Kind() == webrtc.RTPCodecTypeVideo {
		source, as = rtc.Camera, rooms.Camera
	}
	if p.taken[source] || a.track.RID() != "" {
		p.log.Warn("track not taken", "kind", a.track.Kind(), "rid", a.track.RID())
		return
	}
	p.taken[source] = true
	relay, err := rtc.NewRelay(p.peer, a.receiver, a.track, source, p.log)
	if err != nil {
		p.log.Error("track not taken", "error", err)
		return
	}
	parts.Go(func() {
		_ = relay.Run(ctx)
		p.log.Info("publication ended", "source", source, "reason", relay.Err())
	})
	parts.Go(func() { rtc.Listen(a.receiver) })
	parts.Go(func() { p.visitor.Publish(as, relay) })
}
