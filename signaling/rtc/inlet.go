package rtc

import (
	"context"
	"fmt"
	"log/slog"
	"sync"

	"github.com/pion/rtcp"
	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"

	"github.com/virtualcube/virtualcube/session/fanout"
)

// Source is what a participant may publish.
type Source int

// The sources of a participant.
const (
	Microphone Source = iota
	Camera
	Screen
)

// Sources are all, in the order of their sections.
var Sources = [...]Source{Microphone, Camera, Screen}

// String returns "microphone", "camera" or "screen".
func (s Source) String() string { return [...]string{"microphone", "camera", "screen"}[s] }

// Mid is the id of the source's section.
func (s Source) Mid() string { return [...]string{"mic", "cam", "scr"}[s] }

func (s Source) kind() fanout.Kind {
	if s == Microphone {
		return fanout.Audio
	}
	return fanout.Video
}

func (s Source) limits() fanout.Limits {
	return [...]fanout.Limits{fanout.MicrophoneLimits(), fanout.CameraLimits(), fanout.ScreenLimits()}[s]
}

// Publication is one track that has come. It ends when Relay.Done is closed;
// Relay.Err says why.
type Publication struct {
	Source Source
	Relay  *fanout.Relay
}

// inlet is a section that a participant sends into.
type inlet struct {
	source   Source
	receiver *webrtc.RTPReceiver

	mu    sync.Mutex
	relay *fanout.Relay // the newest; nil before media came
}

func (i *inlet) current() *fanout.Relay {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.relay
}

// arrival is a track whose first packet has come.
type arrival struct {
	inlet *inlet
	track *webrtc.TrackRemote
}

func (p *Peer) addInlet(s Source) error {
	t, err := p.peer.AddTransceiverFromKind(s.kind(), webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionRecvonly})
	if err == nil {
		err = t.SetMid(s.Mid())
	}
	if err != nil {
		return fmt.Errorf("add inlet for %v: %w", s, err)
	}
	p.inlets = append(p.inlets, &inlet{source: s, receiver: t.Receiver()})
	return nil
}

// arrive is called by pion, from a goroutine of its own for every track.
func (p *Peer) arrive(track *webrtc.TrackRemote, receiver *webrtc.RTPReceiver) {
	for _, i := range p.inlets {
		if i.receiver == receiver {
			select {
			case p.tracks <- arrival{inlet: i, track: track}:
			case <-p.done:
			}
			return
		}
	}
	p.counts.ignored(ignoredTrack)
}

// publish makes the relay of a track. A second track in a section, as of
// simulcast, is left unread.
func (p *Peer) publish(ctx context.Context, parts *sync.WaitGroup, a arrival) {
	if old := a.inlet.current(); old != nil && old.Err() == nil || a.track.RID() != "" {
		p.counts.ignored(ignoredTrack)
		return
	}
	relay, err := NewRelay(p.peer, a.inlet.receiver, a.track, a.inlet.source, p.config.Log)
	if err != nil {
		p.config.Log.Error("track not taken", "source", a.inlet.source, "error", err)
		return
	}
	a.inlet.mu.Lock()
	first := a.inlet.relay == nil
	a.inlet.relay = relay
	a.inlet.mu.Unlock()
	log := p.config.Log.With("source", a.inlet.source)
	log.Info("publication began")
	parts.Go(func() {
		_ = relay.Run(ctx)
		log.Info("publication ended", "reason", relay.Err())
	})
	if first {
		parts.Go(func() { Listen(a.inlet.receiver) })
	}
	select {
	case p.published <- Publication{Source: a.inlet.source, Relay: relay}:
	case <-ctx.Done():
	}
}

// NewRelay makes the relay of a track that a peer connection receives, within
// the limits of its source.
func NewRelay(peer *webrtc.PeerConnection, receiver *webrtc.RTPReceiver, track *webrtc.TrackRemote, s Source, log *slog.Logger) (*fanout.Relay, error) {
	ssrc := uint32(track.SSRC())
	c := fanout.RelayConfig{
		Kind: s.kind(), Limits: s.limits(), Track: track, SSRC: ssrc, PayloadType: uint8(track.PayloadType()),
	}
	for _, e := range receiver.GetParameters().HeaderExtensions {
		if e.URI == sdp.AudioLevelURI {
			c.LevelID = uint8(e.ID)
		}
	}
	if c.Kind == fanout.Video {
		c.RequestKey = func() {
			if err := peer.WriteRTCP([]rtcp.Packet{&rtcp.PictureLossIndication{MediaSSRC: ssrc}}); err != nil {
				log.Debug("key frame not asked for", "error", err)
			}
		}
	}
	return fanout.NewRelay(c)
}

// Listen reads a publisher's reports, so that the interceptors see them, until
// the peer connection is closed.
func Listen(receiver *webrtc.RTPReceiver) {
	buffer := make([]byte, 1500)
	for {
		if _, _, err := receiver.Read(buffer); err != nil {
			return
		}
	}
}
