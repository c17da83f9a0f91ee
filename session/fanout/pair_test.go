package fanout

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/interceptor"
	"github.com/pion/interceptor/pkg/nack"
	"github.com/pion/interceptor/pkg/twcc"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"github.com/virtualcube/virtualcube/session/encode"
)

// patience bounds what a test waits for on a busy machine.
const patience = 60 * time.Second

func loopbackSettings() webrtc.SettingEngine {
	var s webrtc.SettingEngine
	s.SetIncludeLoopbackCandidate(true)
	s.SetInterfaceFilter(func(name string) bool { return name == "lo" })
	s.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	s.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4})
	return s
}

// client is a receiving peer with header extensions of its own choice.
type client struct {
	peer    *webrtc.PeerConnection
	packets chan *rtp.Packet
}

// newClient offers the extensions in an order, which decides their ids.
func newClient(t testing.TB, extensions []string, registry *interceptor.Registry) *client {
	t.Helper()
	return newClientOn(t, loopbackSettings(), extensions, registry)
}

func newClientOn(t testing.TB, settings webrtc.SettingEngine, extensions []string, registry *interceptor.Registry) *client {
	t.Helper()
	media := &webrtc.MediaEngine{}
	if err := media.RegisterDefaultCodecs(); err != nil {
		t.Fatal(err)
	}
	for _, uri := range extensions {
		if err := media.RegisterHeaderExtension(webrtc.RTPHeaderExtensionCapability{URI: uri}, webrtc.RTPCodecTypeVideo); err != nil {
			t.Fatal(err)
		}
	}
	api := webrtc.NewAPI(webrtc.WithMediaEngine(media), webrtc.WithInterceptorRegistry(registry), webrtc.WithSettingEngine(settings))
	peer, err := api.NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		t.Fatal(err)
	}
	c := &client{peer: peer, packets: make(chan *rtp.Packet, 4096)}
	peer.OnTrack(func(track *webrtc.TrackRemote, _ *webrtc.RTPReceiver) {
		for {
			p, _, err := track.ReadRTP()
			if err != nil {
				return
			}
			select {
			case c.packets <- p:
			default:
			}
		}
	})
	_, err = peer.AddTransceiverFromKind(webrtc.RTPCodecTypeVideo, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionRecvonly})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// connect subscribes the client to the rung over a real loopback connection.
func connect(t testing.TB, r *Ladder, c *client) *Subscriber {
	t.Helper()
	return connectOn(t, loopbackSettings(), r, c)
}

func connectOn(t testing.TB, settings webrtc.SettingEngine, r *Ladder, c *client) *Subscriber {
	t.Helper()
	server, estimator, err := NewPeer(settings, r.Bitrate())
	if err != nil {
		t.Fatal(err)
	}
	s := r.Subscribe("view", estimator)
	if _, err := server.AddTransceiverFromTrack(s, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionSendonly}); err != nil {
		t.Fatal(err)
	}
	connected := make(chan struct{})
	server.OnConnectionStateChange(func(state webrtc.PeerConnectionState) {
		if state == webrtc.PeerConnectionStateConnected {
			close(connected)
		}
	})
	ctx, cancel := context.WithCancel(context.Background())
	var runs sync.WaitGroup
	t.Cleanup(func() {
		cancel()
		if err := server.GracefulClose(); err != nil {
			t.Error(err)
		}
		if err := c.peer.GracefulClose(); err != nil {
			t.Error(err)
		}
		runs.Wait()
	})
	negotiate(t, c.peer, server)
	select {
	case <-connected:
	case <-time.After(patience):
		t.Fatal("not connected")
	}
	runs.Go(func() { _ = s.Run(ctx) })
	runs.Go(func() { s.Feedback(ctx) })
	return s
}

func negotiate(t testing.TB, offerer, answerer *webrtc.PeerConnection) {
	t.Helper()
	offer, err := offerer.CreateOffer(nil)
	if err != nil {
		t.Fatal(err)
	}
	gathered := webrtc.GatheringCompletePromise(offerer)
	if err := offerer.SetLocalDescription(offer); err != nil {
		t.Fatal(err)
	}
	<-gathered
	if err := answerer.SetRemoteDescription(*offerer.LocalDescription()); err != nil {
		t.Fatal(err)
	}
	answer, err := answerer.CreateAnswer(nil)
	if err != nil {
		t.Fatal(err)
	}
	gathered = webrtc.GatheringCompletePromise(answerer)
	if err := answerer.SetLocalDescription(answer); err != nil {
		t.Fatal(err)
	}
	<-gathered
	if err := offerer.SetRemoteDescription(*answerer.LocalDescription()); err != nil {
		t.Fatal(err)
	}
}

// feed sends frames until the test ends.
func feed(t *testing.T, r *Ladder, size int) {
	ctx, cancel := context.WithCancel(context.Background())
	var run sync.WaitGroup
	run.Go(func() {
		ticker := time.NewTicker(time.Second / 60)
		defer ticker.Stop()
		for n := uint32(0); ; n++ {
			select {
			case <-ticker.C:
			case <-ctx.Done():
				return
			}
			data := make([]byte, size)
			key := r.KeyDue(Full)
			if !key {
				data[0] = 1
			}
			if err := r.Send(Full, encode.Packet{Data: data, Key: key}, n*1500); err != nil {
				t.Error(err)
			}
		}
	})
	t.Cleanup(func() {
		cancel()
		run.Wait()
	})
}

// TestForeignExtensions says that peers with different ids for the same
// extensions, and with none, each get exactly their own.
func TestForeignExtensions(t *testing.T) {
	r, err := NewLadder(Config{})
	if err != nil {
		t.Fatal(err)
	}
	const mid, rid = "urn:ietf:params:rtp-hdrext:sdes:mid", "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"
	for name, extensions := range map[string][]string{
		"playout first":   {playoutDelayURI, transportCCURI},
		"playout last":    {mid, rid, transportCCURI, playoutDelayURI},
		"transport alone": {mid, transportCCURI},
		"playout alone":   {rid, mid, playoutDelayURI},
		"none":            {},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newClient(t, extensions, &interceptor.Registry{})
			connect(t, r, c)
			var want []uint8
			for i, uri := range extensions {
				if uri == playoutDelayURI || uri == transportCCURI {
					want = append(want, uint8(i+1))
				}
			}
			timeout := time.After(patience)
			for range 60 {
				select {
				case p := <-c.packets:
					got := slices.Sorted(slices.Values(p.GetExtensionIDs()))
					if !slices.Equal(got, want) {
						t.Fatalf("extension ids %v came, %v were negotiated", got, want)
					}
					if i := slices.Index(extensions, playoutDelayURI); i >= 0 {
						if d := p.GetExtension(uint8(i + 1)); len(d) != 3 || d[0]|d[1]|d[2] != 0 {
							t.Fatalf("playout delay is %v", d)
						}
					}
				case <-timeout:
					t.Fatal("no packets")
				}
			}
		})
	}
	feed(t, r, 3000)
}

// holes drops packets of the main stream when they come first.
type holes struct {
	interceptor.NoOp
	mu   sync.Mutex
	seen map[uint16]bool
	lost []uint16
}

func (h *holes) NewInterceptor(string) (interceptor.Interceptor, error) { return h, nil }

func (h *holes) BindRemoteStream(_ *interceptor.StreamInfo, next interceptor.RTPReader) interceptor.RTPReader {
	return interceptor.RTPReaderFunc(func(b []byte, a interceptor.Attributes) (int, interceptor.Attributes, error) {
		for {
			n, attributes, err := next.Read(b, a)
			if err != nil {
				return n, attributes, err
			}
			var header rtp.Header
			if _, err := header.Unmarshal(b[:n]); err != nil {
				return n, attributes, err
			}
			if header.PayloadType != 96 || !h.drop(header.SequenceNumber) {
				return n, attributes, nil
			}
		}
	})
}

func (h *holes) drop(sequence uint16) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.seen[sequence] || sequence%16 != 0 {
		return false
	}
	h.seen[sequence] = true
	h.lost = append(h.lost, sequence)
	return true
}

// TestRetransmission says that packets which the network lost come again, on
// the retransmission stream, past the congestion controller.
func TestRetransmission(t *testing.T) {
	r, err := NewLadder(Config{})
	if err != nil {
		t.Fatal(err)
	}
	lossy := &holes{seen: make(map[uint16]bool)}
	generator, err := nack.NewGeneratorInterceptor()
	if err != nil {
		t.Fatal(err)
	}
	registry := &interceptor.Registry{}
	registry.Add(lossy)
	registry.Add(generator)
	c := newClient(t, []string{transportCCURI}, registry)
	connect(t, r, c)
	feed(t, r, 5000)
	timeout := time.After(patience)
	for repaired := 0; repaired < 5; {
		select {
		case p := <-c.packets:
			lossy.mu.Lock()
			if slices.Contains(lossy.lost, p.SequenceNumber) {
				repaired++
			}
			lossy.mu.Unlock()
		case <-timeout:
			t.Fatalf("%d of %d lost packets came again", repaired, len(lossy.lost))
		}
	}
}

// BenchmarkSubscriber writes a frame of 6 kB, which is 1.5 Mbit/s at 30 a
// second, to one connected peer: header, congestion control, retransmission
// buffer, SRTP and the socket.
func BenchmarkSubscriber(b *testing.B) {
	r, err := NewLadder(Config{})
	if err != nil {
		b.Fatal(err)
	}
	c := newClient(b, []string{playoutDelayURI, transportCCURI}, &interceptor.Registry{})
	s := connect(b, r, c)
	f := newFrame(&r.rungs[Full].frames, make([]byte, 6250), true, 0, 0)
	w := newWriter(s.outlet.binding)
	b.ReportAllocs()
	for b.Loop() {
		if err := s.write(w, f, s.outlet.current()); err != nil {
			b.Fatal(err)
		}
	}
}

// lossy drops a third of all packets, after the client's feedback counted
// them as lost.
type lossy struct{ interceptor.NoOp }

func (l *lossy) NewInterceptor(string) (interceptor.Interceptor, error) { return l, nil }

func (*lossy) BindRemoteStream(_ *interceptor.StreamInfo, next interceptor.RTPReader) interceptor.RTPReader {
	return interceptor.RTPReaderFunc(func(b []byte, a interceptor.Attributes) (int, interceptor.Attributes, error) {
		for {
			n, attributes, err := next.Read(b, a)
			var header rtp.Header
			if err == nil {
				_, err = header.Unmarshal(b[:n])
			}
			if err != nil || header.SequenceNumber%3 != 0 {
				return n, attributes, err
			}
		}
	})
}

// TestTargetFollowsLoss says that the clients' congestion feedback reaches the
// encoder's target.
func TestTargetFollowsLoss(t *testing.T) {
	r, err := NewLadder(Config{})
	if err != nil {
		t.Fatal(err)
	}
	registry := &interceptor.Registry{}
	registry.Add(&lossy{})
	feedback, err := twcc.NewSenderInterceptor()
	if err != nil {
		t.Fatal(err)
	}
	registry.Add(feedback)
	c := newClient(t, []string{transportCCURI}, registry)
	s := connect(t, r, c)
	feed(t, r, 3000)
	start := r.Bitrate().Start
	timeout := time.After(patience)
	for least := start; least > start/2; least = min(least, r.Target(Full)) {
		select {
		case <-c.packets:
		case <-timeout:
			t.Fatalf("a third of all packets is lost, and the target stays at %d (estimate %d)", least, s.estimator.GetTargetBitrate())
		}
	}
}
