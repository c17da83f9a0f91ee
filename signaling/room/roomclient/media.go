package roomclient

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"sync"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/interceptor"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
	pionmedia "github.com/pion/webrtc/v4/pkg/media"

	"github.com/virtualcube/virtualcube/session"
	"github.com/virtualcube/virtualcube/signaling/protocol"
)

// sources are what a participant publishes, in the order of the node's sections.
var sources = [...]session.Source{session.Microphone, session.Camera, session.Screen}

// Count is of what came.
type Count struct{ Packets, Bytes uint64 }

// media is the client's peer connection.
type media struct {
	session string // of the node's descriptions; the reader's
	peer    *webrtc.PeerConnection
	packet  func(string, []byte)
	told    func(session.Source, float64) // Config.Reported, or nil
	asked   func(session.Source)          // Config.Asked, or nil
	sent    [3]webrtc.TrackLocal
	looks   *webrtc.DataChannel
	tracks  [3]*webrtc.TrackLocalStaticSample
	reading sync.WaitGroup
	first   bool

	mu     sync.Mutex // guards all below
	mids   map[string]string
	counts map[string]Count
}

func newMedia(config Config) (*media, error) {
	engine := &webrtc.MediaEngine{}
	if err := engine.RegisterDefaultCodecs(); err != nil {
		return nil, err
	}
	registry := &interceptor.Registry{}
	if err := webrtc.RegisterDefaultInterceptors(engine, registry); err != nil {
		return nil, err
	}
	config.Settings.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled) // the node has no names of that kind
	api := webrtc.NewAPI(webrtc.WithMediaEngine(engine), webrtc.WithInterceptorRegistry(registry), webrtc.WithSettingEngine(config.Settings))
	peer, err := api.NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		return nil, err
	}
	m := &media{peer: peer, packet: config.Packet, told: config.Reported, asked: config.Asked, first: true, mids: make(map[string]string), counts: make(map[string]Count)}
	for i, mime := range [...]string{webrtc.MimeTypeOpus, webrtc.MimeTypeVP8, webrtc.MimeTypeVP8} {
		clock := uint32(90000)
		if i == 0 {
			clock = 48000
		}
		m.tracks[i], err = webrtc.NewTrackLocalStaticSample(webrtc.RTPCodecCapability{MimeType: mime, ClockRate: clock}, fmt.Sprint("own", i), fmt.Sprint("own", i))
		if err != nil {
			return nil, err
		}
		m.sent[i] = m.tracks[i]
		if t := config.Tracks[sources[i]]; t != nil {
			m.sent[i] = t
		}
	}
	yes, no, id, never := true, false, uint16(0), uint16(0)
	m.looks, err = peer.CreateDataChannel(protocol.LookChannel, &webrtc.DataChannelInit{Negotiated: &yes, ID: &id, Ordered: &no, MaxRetransmits: &never})
	if err != nil {
		return nil, err
	}
	peer.OnTrack(m.read)
	return m, nil
}

// answer answers an offer; the first three sections take what is published.
func (m *media) answer(ctx context.Context, offer string) (string, error) {
	if err := m.peer.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: offer}); err != nil {
		return "", err
	}
	if m.first {
		m.first = false
		for i, track := range m.sent {
			sender, err := m.peer.AddTrack(track)
			if err != nil {
				return "", err
			}
			m.reading.Go(func() { m.listen(sources[i], sender) })
		}
	}
	answer, err := m.peer.CreateAnswer(nil)
	if err != nil {
		return "", err
	}
	gathered := webrtc.GatheringCompletePromise(m.peer)
	if err := m.peer.SetLocalDescription(answer); err != nil {
		return "", err
	}
	select {
	case <-gathered:
		return m.peer.LocalDescription().SDP, nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// listen reads what the node reports of what is sent.
func (m *media) listen(source session.Source, sender *webrtc.RTPSender) {
	for {
		packets, _, err := sender.ReadRTCP()
		if err != nil {
			return
		}
		for _, p := range packets {
			if _, ok := p.(*rtcp.PictureLossIndication); ok && m.asked != nil {
				m.asked(source)
			}
			if r, ok := p.(*rtcp.ReceiverReport); ok && m.told != nil && len(r.Reports) > 0 {
				m.told(source, float64(r.Reports[0].FractionLost)/256)
			}
		}
	}
}

// carry notes which section carries what.
func (m *media) carry(streams []protocol.Stream) {
	m.mu.Lock()
	defer m.mu.Unlock()
	clear(m.mids)
	for _, s := range streams {
		name := s.Person + "/" + s.Source
		if s.Murmur {
			name += "/murmur"
		}
		m.mids[s.Mid] = name
	}
}

// read counts a track's packets under what its section carries at the time.
func (m *media) read(track *webrtc.TrackRemote, receiver *webrtc.RTPReceiver) {
	mid := ""
	for _, t := range m.peer.GetTransceivers() {
		if t.Receiver() == receiver {
			mid = t.Mid()
		}
	}
	buffer := make([]byte, 1600)
	var raw rtp.Packet
	for {
		n, _, err := track.Read(buffer)
		if err != nil {
			return
		}
		m.mu.Lock()
		name := m.mids[mid]
		if name == "" {
			name = "nothing"
		}
		c := m.counts[name]
		c.Packets++
		c.Bytes += uint64(n)
		m.counts[name] = c
		m.mu.Unlock()
		if m.packet == nil || raw.Unmarshal(buffer[:n]) != nil {
			continue
		}
		m.packet(name, raw.Payload)
	}
}

func (m *media) received() map[string]Count {
	m.mu.Lock()
	defer m.mu.Unlock()
	return maps.Clone(m.counts)
}

func (m *media) look(l protocol.Look) error {
	l.Type = protocol.TypeOf(l)
	text, err := json.Marshal(l)
	if err != nil {
		return err
	}
	return m.looks.SendText(string(text))
}

func (m *media) close() error {
	err := m.peer.GracefulClose()
	m.reading.Wait()
	return err
}

// Microphone is the voice's track: Opus, sample by sample.
func (c *Client) Microphone() *webrtc.TrackLocalStaticSample { return c.media.Load().tracks[0] }

// Camera is the webcam's track: VP8.
func (c *Client) Camera() *webrtc.TrackLocalStaticSample { return c.media.Load().tracks[1] }

// Screen is the shared screen's track: VP8.
func (c *Client) Screen() *webrtc.TrackLocalStaticSample { return c.media.Load().tracks[2] }

// Play sends one Opus packet, or one picture of VP8, of a source; before the
// node takes media it is dropped.
func (c *Client) Play(source session.Source, data []byte, duration time.Duration) error {
	for i, s := range sources {
		if s == source {
			return c.media.Load().tracks[i].WriteSample(pionmedia.Sample{Data: data, Duration: duration})
		}
	}
	return fmt.Errorf("play %s: there is no such source", source)
}

// Received are the packets that came, by participant and source: "p2/camera".
func (c *Client) Received() map[string]Count { return c.media.Load().received() }
