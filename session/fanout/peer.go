package fanout

import (
	"fmt"
	"sync/atomic"

	"github.com/pion/interceptor"
	"github.com/pion/interceptor/pkg/cc"
	"github.com/pion/interceptor/pkg/gcc"
	"github.com/pion/interceptor/pkg/nack"
	"github.com/pion/interceptor/pkg/report"
	"github.com/pion/interceptor/pkg/twcc"
	"github.com/pion/rtp"
	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"
)

const (
	playoutDelayURI = "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay"
	transportCCURI  = sdp.TransportCCURI
)

// minEstimate lets the congestion controller say that a link is worse than a
// rung's floor, in bits a second.
const minEstimate = 100_000

// NewPeer makes a peer connection that sends one video, and its congestion
// controller. Settings say how it is reached.
func NewPeer(settings webrtc.SettingEngine, bitrate Bitrate) (*webrtc.PeerConnection, Estimator, error) {
	media := &webrtc.MediaEngine{}
	if err := registerMedia(media); err != nil {
		return nil, nil, fmt.Errorf("make peer: %w", err)
	}
	registry := &interceptor.Registry{}
	estimator, err := registerInterceptors(registry, bitrate)
	if err != nil {
		return nil, nil, fmt.Errorf("make peer: %w", err)
	}
	api := webrtc.NewAPI(webrtc.WithMediaEngine(media), webrtc.WithInterceptorRegistry(registry), webrtc.WithSettingEngine(settings))
	peer, err := api.NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		return nil, nil, fmt.Errorf("make peer: %w", err)
	}
	return peer, *estimator, nil
}

// registerMedia offers VP8 with retransmission, and of the header extensions
// only the two that this package knows. Opus is there for players that ask for
// sound too: pion answers a section without any common codec in a way that
// breaks the bundle, while with one the section is merely inactive.
func registerMedia(media *webrtc.MediaEngine) error {
	const vp8, rtx, opus = 96, 97, 111
	sound := webrtc.RTPCodecParameters{RTPCodecCapability: webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeOpus, ClockRate: 48000, Channels: 2}, PayloadType: opus}
	if err := media.RegisterCodec(sound, webrtc.RTPCodecTypeAudio); err != nil {
		return err
	}
	feedback := []webrtc.RTCPFeedback{
		{Type: webrtc.TypeRTCPFBTransportCC},
		{Type: webrtc.TypeRTCPFBCCM, Parameter: "fir"},
		{Type: webrtc.TypeRTCPFBNACK},
		{Type: webrtc.TypeRTCPFBNACK, Parameter: "pli"},
	}
	for _, codec := range []webrtc.RTPCodecParameters{
		{RTPCodecCapability: webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeVP8, ClockRate: 90000, RTCPFeedback: feedback}, PayloadType: vp8},
		{RTPCodecCapability: webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeRTX, ClockRate: 90000, SDPFmtpLine: fmt.Sprintf("apt=%d", vp8)}, PayloadType: rtx},
	} {
		if err := media.RegisterCodec(codec, webrtc.RTPCodecTypeVideo); err != nil {
			return err
		}
	}
	for _, uri := range []string{playoutDelayURI, transportCCURI} {
		if err := media.RegisterHeaderExtension(webrtc.RTPHeaderExtensionCapability{URI: uri}, webrtc.RTPCodecTypeVideo); err != nil {
			return err
		}
	}
	return nil
}

// registerInterceptors fills the registry in the order that sending needs: the
// one added first is nearest to the wire, so the congestion controller sees
// the transport-wide sequence that the second one writes, for retransmissions
// of the third too. The estimator is there once a peer connection was made.
func registerInterceptors(registry *interceptor.Registry, bitrate Bitrate) (*Estimator, error) {
	estimator := new(Estimator)
	controller, err := cc.NewInterceptor(func() (cc.BandwidthEstimator, error) {
		return gcc.NewSendSideBWE(
			gcc.SendSideBWEInitialBitrate(bitrate.Start),
			gcc.SendSideBWEMinBitrate(min(minEstimate, bitrate.Floor)),
			gcc.SendSideBWEMaxBitrate(bitrate.Max),
			gcc.SendSideBWEPacer(&noPacer{}))
	})
	if err != nil {
		return nil, err
	}
	controller.OnNewPeerConnection(func(_ string, e cc.BandwidthEstimator) { *estimator = e })
	registry.Add(controller)
	sequence, err := twcc.NewHeaderExtensionInterceptor()
	if err != nil {
		return nil, err
	}
	registry.Add(sequence)
	responder, err := nack.NewResponderInterceptor()
	if err != nil {
		return nil, err
	}
	registry.Add(responder)
	reports, err := report.NewSenderInterceptor()
	if err != nil {
		return nil, err
	}
	registry.Add(reports)
	return estimator, nil
}

// noPacer hands packets on at once. A peer carries one stream; unlike gcc's
// own no-op pacer, which refuses an SSRC that it was not told of, this one
// lets retransmissions pass, which have their own.
type noPacer struct {
	stream atomic.Pointer[interceptor.RTPWriter]
}

var _ gcc.Pacer = (*noPacer)(nil)

// AddStream implements gcc.Pacer.
func (p *noPacer) AddStream(_ uint32, w interceptor.RTPWriter) { p.stream.Store(&w) }

// Write implements gcc.Pacer.
func (p *noPacer) Write(h *rtp.Header, payload []byte, a interceptor.Attributes) (int, error) {
	w := p.stream.Load()
	if w == nil {
		return 0, nil
	}
	return (*w).Write(h, payload, a)
}

// SetTargetBitrate implements gcc.Pacer.
func (p *noPacer) SetTargetBitrate(int) {}

// Close implements gcc.Pacer.
func (p *noPacer) Close() error { return nil }
