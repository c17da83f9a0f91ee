package rtc_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/interceptor"
	"github.com/pion/rtp"
	"github.com/pion/sdp/v3"
	"github.com/pion/transport/v5"
	"github.com/pion/webrtc/v4"
	"go.uber.org/goleak"

	"github.com/virtualcube/virtualcube/session/fanout"
	"github.com/virtualcube/virtualcube/signaling/media"
	"github.com/virtualcube/virtualcube/signaling/rtc"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience bounds what a test waits for on a busy machine.
const patience = 60 * time.Second

func logger(t *testing.T) *slog.Logger {
	if testing.Verbose() {
		return slog.New(slog.NewTextHandler(t.Output(), nil))
	}
	return slog.New(slog.NewTextHandler(io.Discard, nil))
}

func listen(t *testing.T) *media.Port {
	t.Helper()
	port, err := media.Listen("127.0.0.1", 0, logger(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := port.Close(); err != nil {
			t.Error(err)
		}
	})
	return port
}

// participant is a peer of the node and the browser at its other end.
type participant struct {
	t      *testing.T
	node   *rtc.Peer
	ended  chan error // one: what Run returned
	stop   func()
	remote *webrtc.PeerConnection
	sound  *webrtc.TrackLocalStaticRTP // nil before publish
	video  *webrtc.TrackLocalStaticRTP
	eye    *webrtc.DataChannel

	mu    sync.Mutex
	heard map[string]*heard // by the section's id
}

// heard is what came in one section.
type heard struct {
	packets   int
	gaps      int // steps of the sequence number that are not 1
	backwards int // timestamps that fell
	pictures  int // steps of the picture id that are neither 0 nor 1
	last      rtp.Header
	picture   uint16
	from      map[byte]int // packets by the last byte of the payload
	level     []byte       // the last audio-level extension
}

// join makes a connected participant.
func join(t *testing.T, port *media.Port, change func(*rtc.Config)) *participant {
	t.Helper()
	p := enter(t, port, change)
	p.negotiate(false)
	p.connected()
	return p
}

// enter makes a participant that is not offered yet.
func enter(t *testing.T, port *media.Port, change func(*rtc.Config)) *participant {
	t.Helper()
	return enterOn(t, port, change, nil)
}

// enterOn makes one on a network of its own, or the machine's if nil.
func enterOn(t *testing.T, port *media.Port, change func(*rtc.Config), network transport.Net) *participant {
	t.Helper()
	config := rtc.Config{Media: port, Log: logger(t)}
	if change != nil {
		change(&config)
	}
	node, err := rtc.New(config)
	if err != nil {
		t.Fatal(err)
	}
	p := &participant{t: t, node: node, ended: make(chan error, 1), heard: make(map[string]*heard)}
	ctx, cancel := context.WithCancel(context.Background())
	var run sync.WaitGroup
	run.Go(func() { p.ended <- node.Run(ctx) })
	p.stop = sync.OnceFunc(func() {
		cancel()
		run.Wait()
		if err := p.remote.GracefulClose(); err != nil {
			t.Error(err)
		}
	})
	p.remote = browser(t, network)
	p.remote.OnTrack(p.listen)
	t.Cleanup(p.stop)
	yes, no, id, never := true, false, uint16(0), uint16(0)
	p.eye, err = p.remote.CreateDataChannel("eye", &webrtc.DataChannelInit{Negotiated: &yes, ID: &id, Ordered: &no, MaxRetransmits: &never})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func browser(t *testing.T, network transport.Net) *webrtc.PeerConnection {
	t.Helper()
	var s webrtc.SettingEngine
	if network != nil {
		s.SetNet(network)
	}
	s.SetIncludeLoopbackCandidate(true)
	s.SetInterfaceFilter(func(name string) bool { return name == "lo" })
	s.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	s.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4})
	s.DisableSRTPReplayProtection(true)
	engine, registry := &webrtc.MediaEngine{}, &interceptor.Registry{}
	err := engine.RegisterDefaultCodecs()
	if err == nil {
		err = engine.RegisterHeaderExtension(webrtc.RTPHeaderExtensionCapability{URI: sdp.AudioLevelURI}, webrtc.RTPCodecTypeAudio)
	}
	if err == nil {
		err = webrtc.RegisterDefaultInterceptors(engine, registry)
	}
	if err != nil {
		t.Fatal(err)
	}
	peer, err := webrtc.NewAPI(webrtc.WithMediaEngine(engine), webrtc.WithInterceptorRegistry(registry), webrtc.WithSettingEngine(s)).NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		t.Fatal(err)
	}
	return peer
}

// publish adds a microphone and a camera, before the first offer.
func (p *participant) publish() {
	p.t.Helper()
	for _, c := range []struct {
		track **webrtc.TrackLocalStaticRTP
		mime  string
	}{{&p.sound, webrtc.MimeTypeOpus}, {&p.video, webrtc.MimeTypeVP8}} {
		track, err := webrtc.NewTrackLocalStaticRTP(webrtc.RTPCodecCapability{MimeType: c.mime}, c.mime, "own")
		if err != nil {
			p.t.Fatal(err)
		}
		*c.track = track
		if _, err = p.remote.AddTransceiverFromTrack(track, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionSendonly}); err != nil {
			p.t.Fatal(err)
		}
	}
}

// negotiate answers the node's offer and returns the number of its sections.
func (p *participant) negotiate(restart bool) (sections int) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	id, offer, err := p.node.Offer(ctx, restart)
	if err != nil {
		p.t.Fatal(err)
	}
	if err := p.node.Answer(ctx, id, p.answer(offer)); err != nil {
		p.t.Fatal(err)
	}
	var d sdp.SessionDescription
	if err := d.UnmarshalString(offer); err != nil {
		p.t.Fatal(err)
	}
	return len(d.MediaDescriptions)
}

func (p *participant) answer(offer string) string {
	p.t.Helper()
	if err := p.remote.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: offer}); err != nil {
		p.t.Fatal(err)
	}
	answer, err := p.remote.CreateAnswer(nil)
	if err != nil {
		p.t.Fatal(err)
	}
	gathered := webrtc.GatheringCompletePromise(p.remote)
	if err := p.remote.SetLocalDescription(answer); err != nil {
		p.t.Fatal(err)
	}
	<-gathered
	return p.remote.LocalDescription().SDP
}

func (p *participant) connected() {
	p.t.Helper()
	eventually(p.t, "both ends are connected", func() bool {
		return p.node.Snapshot().State == "connected" && p.remote.ConnectionState() == webrtc.PeerConnectionStateConnected
	})
}

// listen counts what comes in a section.
func (p *participant) listen(track *webrtc.TrackRemote, receiver *webrtc.RTPReceiver) {
	mid := receiver.RTPTransceiver().Mid()
	h := &heard{from: make(map[byte]int)}
	p.mu.Lock()
	p.heard[mid] = h
	p.mu.Unlock()
	var level uint8
	for _, e := range receiver.GetParameters().HeaderExtensions {
		if e.URI == sdp.AudioLevelURI {
			level = uint8(e.ID)
		}
	}
	for {
		packet, _, err := track.ReadRTP()
		if err != nil {
			return
		}
		p.mu.Lock()
		h.take(packet, track.Kind() == webrtc.RTPCodecTypeVideo)
		if level != 0 {
			h.level = packet.GetExtension(level)
		}
		p.mu.Unlock()
	}
}

func (h *heard) take(p *rtp.Packet, video bool) {
	picture := uint16(0)
	if video && len(p.Payload) > 4 {
		picture = (uint16(p.Payload[2])<<8 | uint16(p.Payload[3])) & 0x7fff
	}
	if h.packets > 0 {
		if p.SequenceNumber != h.last.SequenceNumber+1 {
			h.gaps++
		}
		if int32(p.Timestamp-h.last.Timestamp) < 0 {
			h.backwards++
		}
		if d := (picture - h.picture) & 0x7fff; d > 1 {
			h.pictures++
		}
	}
	h.packets++
	h.last, h.picture = p.Header, picture
	if n := len(p.Payload); n > 0 {
		h.from[p.Payload[n-1]]++
	}
}

// hears returns what came so far in a section.
func (p *participant) hears(mid string) heard {
	p.mu.Lock()
	defer p.mu.Unlock()
	h := p.heard[mid]
	if h == nil {
		return heard{}
	}
	c := *h
	c.from = make(map[byte]int)
	for k, v := range h.from {
		c.from[k] = v
	}
	return c
}

// talk sends 50 packets of sound and 25 small pictures a second, whose last
// byte is the mark, until the test ends or the result is called.
func (p *participant) talk(mark byte) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var run sync.WaitGroup
	level := uint8(1)
	for _, s := range p.remote.GetSenders() {
		if s.Track() != nil && s.Track().Kind() == webrtc.RTPCodecTypeAudio {
			for _, e := range s.GetParameters().HeaderExtensions {
				if e.URI == sdp.AudioLevelURI {
					level = uint8(e.ID)
				}
			}
		}
	}
	run.Go(func() {
		ticker := time.NewTicker(20 * time.Millisecond)
		defer ticker.Stop()
		sequence, start := uint16(rand.Uint32()), rand.Uint32()
		for n := uint32(0); ; n++ {
			select {
			case <-ticker.C:
			case <-ctx.Done():
				return
			}
			sequence++
			sound := &rtp.Packet{Header: rtp.Header{Version: 2, SequenceNumber: sequence, Timestamp: start + 960*n}, Payload: []byte{0x78, 1, 2, mark}}
			if err := sound.SetExtension(level, []byte{0x80 | 30}); err != nil {
				p.t.Error(err)
			}
			if err := p.sound.WriteRTP(sound); err != nil && !errors.Is(err, io.ErrClosedPipe) {
				p.t.Error(err)
			}
			if n%2 != 0 {
				continue
			}
			// Every tenth picture is a key frame.
			id := uint16(n/2) & 0x7fff
			payload := []byte{0x90, 0xe0, 0x80 | byte(id>>8), byte(id), byte(n / 2), 0, 1, 0, 0, mark}
			if n%20 == 0 {
				payload = []byte{0x90, 0xe0, 0x80 | byte(id>>8), byte(id), byte(n / 2), 0, 0, 0, 0, 0x9d, 0x01, 0x2a, 64, 0, 64, 0, mark}
			}
			video := &rtp.Packet{Header: rtp.Header{Version: 2, Marker: true, SequenceNumber: uint16(n / 2), Timestamp: start + 1800*n}, Payload: payload}
			if err := p.video.WriteRTP(video); err != nil && !errors.Is(err, io.ErrClosedPipe) {
				p.t.Error(err)
			}
		}
	})
	stop = func() { cancel(); run.Wait() }
	p.t.Cleanup(stop)
	return stop
}

// relays waits for what the participant publishes.
func (p *participant) relays() (sound, video *fanout.Relay) {
	p.t.Helper()
	timeout := time.After(patience)
	for sound == nil || video == nil {
		select {
		case r := <-p.node.Published():
			switch r.Source {
			case rtc.Microphone:
				sound = r.Relay
			case rtc.Camera:
				video = r.Relay
			}
		case <-timeout:
			p.t.Fatal("nothing is published")
		}
	}
	return sound, video
}

// want says what the participant should get, and where it comes.
func (p *participant) want(streams ...rtc.Stream) map[string]string {
	p.t.Helper()
	m, err := p.node.Want(streams)
	if err != nil {
		p.t.Fatal(err)
	}
	if m.Offer {
		p.negotiate(false)
	}
	return m.Mids
}

// eventually waits for what no event says.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	timeout := time.After(patience)
	for !ok() {
		select {
		case <-ticker.C:
		case <-timeout:
			t.Fatalf("not within %v: %s", patience, what)
		}
	}
}

// soundPacket is not Opus: 48 frames of 60 ms.
func soundPacket() *rtp.Packet {
	return &rtp.Packet{Header: rtp.Header{Version: 2}, Payload: []byte{0x1b, 48, 1, 2}}
}
