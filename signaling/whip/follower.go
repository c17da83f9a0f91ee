package whip

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"

	"github.com/pion/webrtc/v4"

	rooms "github.com/virtualcube/virtualcube/session"
	"github.com/virtualcube/virtualcube/session/fanout"
	"github.com/virtualcube/virtualcube/signaling/room"
	"github.com/virtualcube/virtualcube/signaling/rtc"
)

// follower is software that watches a room: one video and one sound, which
// follow whoever speaks, without another offer.
type follower struct {
	*session
	visitor *room.Visitor
	link    *fanout.Link
	choice  choice
	audio   *fanout.Outlet // nil: not asked for
	video   *fanout.Outlet
}

// watch answers the offer of a follower. The parameter person names the one
// participant to be followed.
func (e *RoomEndpoint) watch(r *http.Request, offer string) (*guest, string, error) {
	asked, err := checkSections(offer, func(m *section) bool { return !sends(m) })
	if err != nil {
		return nil, "", err
	}
	peer, link, err := fanout.NewRoomPeer(e.media.Settings(), rtc.DefaultBitrate())
	if err != nil {
		return nil, "", err
	}
	id := newID()
	f := &follower{
		session: newSession(id, peer, e.log.With("follower", id[:8])), link: link, choice: choice{person: r.URL.Query().Get("person")},
	}
	f.prepare = f.silence
	v := visit(r, "WHEP")
	v.Watch = f.follow
	answer, err := f.answer(r.Context(), offer, asked)
	if err == nil {
		f.visitor, err = e.enter(r.Context(), v)
	}
	if err != nil {
		f.close()
		return nil, "", err
	}
	return &guest{session: f.session, run: f.run}, answer, nil
}

func (f *follower) answer(ctx context.Context, offer string, asked sections) (string, error) {
	add := func(kind fanout.Kind, name string) (*fanout.Outlet, error) {
		o := f.link.NewOutlet(kind, name, name) // each a stream of its own: they may be of different people
		_, err := f.peer.AddTransceiverFromTrack(o, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionSendonly})
		return o, err
	}
	var failed [2]error
	if asked.audio {
		f.audio, failed[0] = add(fanout.Audio, "audio")
	}
	if asked.video {
		f.video, failed[1] = add(fanout.Video, "video")
	}
	if err := errors.Join(failed[:]...); err != nil {
		return "", fmt.Errorf("answer: %w", err)
	}
	return f.negotiate(ctx, offer)
}

// silence makes further sections inactive.
func (f *follower) silence() error {
	for _, t := range f.peer.GetTransceivers() {
		if t.Sender() != nil && t.Sender().Track() != nil || t.Direction() == webrtc.RTPTransceiverDirectionInactive {
			continue
		}
		if err := t.Stop(); err != nil {
			return fmt.Errorf("stop section: %w", err)
		}
	}
	return nil
}

// run serves the follower until it ends, and returns why after all its
// goroutines.
func (f *follower) run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var parts sync.WaitGroup
	ends := make(chan error, 2)
	parts.Go(func() { ends <- f.hold(ctx) })
	parts.Go(func() { ends <- f.visitor.Run(ctx) })
	parts.Go(func() { f.link.Run(ctx) })
	for _, o := range []*fanout.Outlet{f.audio, f.video} {
		if o != nil {
			parts.Go(func() { _ = o.Run(ctx) }) // hold sees the peer's end
			parts.Go(func() { o.Feedback(ctx) })
		}
	}
	reason := <-ends
	cancel()
	f.close()
	parts.Wait()
	if reason == nil {
		reason = errShutdown
	}
	return reason
}

// follow sends the best of what may be watched. The visitor's goroutine calls
// it.
func (f *follower) follow(all []room.Medium) {
	before := f.choice
	f.choice.choose(all)
	if f.audio != nil && f.choice.audio != before.audio {
		connect(f.audio, before.audio, f.choice.audio)
	}
	if f.video != nil && f.choice.video != before.video {
		connect(f.video, before.video, f.choice.video)
	}
}

func connect(o *fanout.Outlet, before, m room.Medium) {
	name := m.Person + "/" + string(m.Source)
	switch {
	case m.Relay == nil:
		_ = o.Connect("", nil)
	case before.Relay != nil && before.Person == m.Person && before.Source == m.Source:
		_ = o.Replace(name, m.Relay) // cannot fail: its kind is the source's
	default:
		_ = o.Connect(name, m.Relay) // the same
	}
}

// choice is what a follower gets.
type choice struct {
	person       string // that alone is to be followed; empty: whoever speaks
	audio, video room.Medium
}

// choose takes the voice of whoever speaks; when they fall silent it stays until
// somebody else speaks. The video is their webcam, else their screen; if they
// have neither, what it was before stays, or what there is comes.
func (c *choice) choose(all []room.Medium) {
	c.audio = c.voice(all)
	var own, same, other room.Medium
	for _, m := range all {
		if m.Source == rooms.Microphone || c.person != "" && m.Person != c.person {
			continue
		}
		better := func(than room.Medium) bool {
			return than.Relay == nil || than.Source == rooms.Screen && m.Source == rooms.Camera
		}
		if m.Person == c.audio.Person && better(own) {
			own = m
		}
		if m.Person == c.video.Person && m.Source == c.video.Source {
			same = m
		}
		if better(other) {
			other = m
		}
	}
	c.video = firstOf(own, same, other)
	c.video.Speaking = false // which makes no other source
}

// firstOf is the first that there is.
func firstOf(all ...room.Medium) room.Medium {
	for _, m := range all {
		if m.Relay != nil {
			return m
		}
	}
	return room.Medium{}
}

// voice is whom to hear.
func (c *choice) voice(all []room.Medium) room.Medium {
	var same, speaks, other room.Medium
	for _, m := range all {
		if m.Source != rooms.Microphone || c.person != "" && m.Person != c.person {
			continue
		}
		spoken := m.Speaking
		m.Speaking = false // which makes no other source
		if m.Person == c.audio.Person {
			same = m
			if spoken {
				return m
			}
		}
		if spoken && speaks.Relay == nil {
			speaks = m
		}
		if other.Relay == nil {
			other = m
		}
	}
	return firstOf(speaks, same, other)
}
