package whepclient

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/interceptor"
	"github.com/pion/logging"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"github.com/virtualcube/virtualcube/signaling/netem"
	"github.com/virtualcube/virtualcube/signaling/protocol"
)

// Config says what to watch and who is told. URL is needed.
type Config struct {
	URL    string       // of the WHEP endpoint, for example http://127.0.0.1:8080/cube/whep
	Key    string       // bearer token, where the node wants one
	Client *http.Client // nil: http.DefaultClient
	// Unit takes every access unit as soon as its last packet has come.
	Unit func(AccessUnit)
	// Scene takes the messages of the scene channel.
	Scene func([]byte)
	// Link, if not nil, is what the media comes through.
	Link *netem.Link
}

// Viewer is one session.
type Viewer struct {
	config   Config
	peer     *webrtc.PeerConnection
	resource string // of the session, for DELETE
	eye      *webrtc.DataChannel
	open     chan struct{} // closed when eye is open
	tracks   chan *webrtc.TrackRemote
	ended    chan error // one slot: why the connection ended; first wins
	sequence atomic.Int64

	mu       sync.Mutex
	received Reception
}

// maxAnswer bounds what is read of an answer, in bytes.
const maxAnswer = 1 << 18

// Dial makes the offer and takes the answer. Run watches; Close ends the
// session.
func Dial(ctx context.Context, config Config) (*Viewer, error) {
	v := &Viewer{config: config, open: make(chan struct{}), tracks: make(chan *webrtc.TrackRemote, 1), ended: make(chan error, 1)}
	if v.config.Client == nil {
		v.config.Client = http.DefaultClient
	}
	err := v.connect(ctx)
	if err != nil {
		if v.peer != nil {
			err = errors.Join(err, v.peer.Close())
		}
		return nil, fmt.Errorf("watch %s: %w", config.URL, err)
	}
	return v, nil
}

func (v *Viewer) connect(ctx context.Context) error {
	peer, err := newPeer(v.config.Link)
	if err != nil {
		return err
	}
	v.peer = peer
	peer.OnTrack(func(track *webrtc.TrackRemote, _ *webrtc.RTPReceiver) {
		select {
		case v.tracks <- track:
		default: // a second video: not of this protocol
		}
	})
	peer.OnConnectionStateChange(func(state webrtc.PeerConnectionState) {
		if state == webrtc.PeerConnectionStateFailed || state == webrtc.PeerConnectionStateClosed {
			v.end(fmt.Errorf("connection %s", state))
		}
	})
	if _, err := peer.AddTransceiverFromKind(webrtc.RTPCodecTypeVideo, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionRecvonly}); err != nil {
		return err
	}
	if err := v.channels(); err != nil {
		return err
	}
	offer, err := peer.CreateOffer(nil)
	if err != nil {
		return err
	}
	gathered := webrtc.GatheringCompletePromise(peer)
	if err := peer.SetLocalDescription(offer); err != nil {
		return err
	}
	select {
	case <-gathered:
	case <-ctx.Done():
		return ctx.Err()
	}
	answer, err := v.post(ctx, peer.LocalDescription().SDP)
	if err != nil {
		return err
	}
	return peer.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: answer})
}

// newPeer makes a peer connection that keeps its troubles with single packets
// to itself. The link may be nil.
func newPeer(link *netem.Link) (*webrtc.PeerConnection, error) {
	silent := &logging.DefaultLoggerFactory{Writer: io.Discard, DefaultLogLevel: logging.LogLevelDisabled}
	var settings webrtc.SettingEngine
	settings.LoggerFactory = silent
	settings.SetIncludeLoopbackCandidate(true)
	settings.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	settings.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4, webrtc.NetworkTypeUDP6})
	if link != nil {
		network, err := link.Net()
		if err != nil {
			return nil, err
		}
		settings.SetNet(network)
	}
	media := &webrtc.MediaEngine{}
	if err := media.RegisterDefaultCodecs(); err != nil {
		return nil, err
	}
	registry := &interceptor.Registry{}
	if err := webrtc.RegisterDefaultInterceptorsWithOptions(media, registry, webrtc.WithInterceptorLoggerFactory(silent)); err != nil {
		return nil, err
	}
	api := webrtc.NewAPI(webrtc.WithSettingEngine(settings), webrtc.WithMediaEngine(media), webrtc.WithInterceptorRegistry(registry))
	return api.NewPeerConnection(webrtc.Configuration{})
}

func (v *Viewer) channels() error {
	scene, err := v.peer.CreateDataChannel(protocol.SceneChannel, nil)
	if err != nil {
		return err
	}
	scene.OnOpen(func() {
		if err := sendJSON(scene, protocol.ClientHello{Type: "hello", Protocol: protocol.Version}); err != nil {
			v.end(err)
		}
	})
	scene.OnMessage(func(m webrtc.DataChannelMessage) {
		if v.config.Scene != nil {
			v.config.Scene(m.Data)
		}
	})
	unordered, never := false, uint16(0)
	v.eye, err = v.peer.CreateDataChannel(protocol.EyeChannel, &webrtc.DataChannelInit{Ordered: &unordered, MaxRetransmits: &never})
	if err != nil {
		return err
	}
	v.eye.OnOpen(func() { close(v.open) })
	return nil
}

// post sends the offer (draft-ietf-wish-whep, "Playback Session Setup").
func (v *Viewer) post(ctx context.Context, offer string) (answer string, err error) {
	response, err := v.request(ctx, http.MethodPost, v.config.URL, strings.NewReader(offer))
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err != nil {
		return "", fmt.Errorf("read the answer: %w", err)
	}
	if response.StatusCode != http.StatusCreated {
		return "", fmt.Errorf("%s: %s", response.Status, bytes.TrimSpace(body))
	}
	endpoint, err := url.Parse(v.config.URL)
	if err != nil {
		return "", err
	}
	resource, err := endpoint.Parse(response.Header.Get("Location"))
	if err != nil {
		return "", fmt.Errorf("read Location: %w", err)
	}
	v.resource = resource.String()
	return string(body), nil
}

func (v *Viewer) request(ctx context.Context, method, address string, body io.Reader) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, method, address, body)
	if err != nil {
		return nil, err
	}
	if body != nil {
		request.Header.Set("Content-Type", "application/sdp")
	}
	if v.config.Key != "" {
		request.Header.Set("Authorization", "Bearer "+v.config.Key)
	}
	return v.config.Client.Do(request)
}

// Run reads the video until the context ends (nil) or the connection does.
func (v *Viewer) Run(ctx context.Context) error {
	var track *webrtc.TrackRemote
	select {
	case track = <-v.tracks:
	case err := <-v.ended:
		return err
	case <-ctx.Done():
		return nil
	}
	stop := context.AfterFunc(ctx, func() { _ = track.SetReadDeadline(time.Unix(1, 0)) })
	defer stop()
	var units assembler
	for {
		packet, _, err := track.ReadRTP()
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, io.EOF):
			return errors.New("the node ended the session")
		case err != nil:
			return fmt.Errorf("receive: %w", err)
		}
		outcome := units.add(packet)
		v.count(packet, outcome, &units)
		switch outcome {
		case complete:
			if v.config.Unit != nil {
				v.config.Unit(units.unit)
			}
		case gap:
			if err := v.peer.WriteRTCP([]rtcp.Packet{&rtcp.PictureLossIndication{MediaSSRC: uint32(track.SSRC())}}); err != nil {
				return fmt.Errorf("ask for a key frame: %w", err)
			}
		case partial:
		}
	}
}

// count keeps account of a packet.
func (v *Viewer) count(p *rtp.Packet, o outcome, units *assembler) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.received.Bits += 8 * uint64(len(p.Payload))
	v.received.Lost = units.lost
	if o == complete {
		v.received.count(&units.unit)
	}
}

// Received returns what has come so far.
func (v *Viewer) Received() Reception {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.received
}

// Lost counts the packets that did not come.
func (v *Viewer) Lost() uint64 { return v.Received().Lost }

// SendEye tells the node where the viewer's eyes are, once the channel is open.
func (v *Viewer) SendEye(ctx context.Context, position protocol.Vector) error {
	select {
	case <-v.open:
	case <-ctx.Done():
		return ctx.Err()
	}
	return sendJSON(v.eye, protocol.Eye{Type: "eye", Sequence: int(v.sequence.Add(1)), Position: position, Confidence: 1})
}

// Close ends the session at the node (DELETE) and the connection.
func (v *Viewer) Close(ctx context.Context) error {
	response, err := v.request(ctx, http.MethodDelete, v.resource, nil)
	if err == nil {
		err = response.Body.Close()
	}
	return errors.Join(err, v.peer.GracefulClose())
}

func (v *Viewer) end(err error) {
	select {
	case v.ended <- err:
	default:
	}
}

func sendJSON(channel *webrtc.DataChannel, message any) error {
	text, err := json.Marshal(message)
	if err != nil {
		return err
	}
	return channel.SendText(string(text))
}
