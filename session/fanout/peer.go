package fanout

import (
	"errors"
	"fmt"

	"github.com/pion/interceptor"
	"github.com/pion/interceptor/pkg/cc"
	"github.com/pion/interceptor/pkg/gcc"
	"github.com/pion/interceptor/pkg/nack"
	"github.com/pion/interceptor/pkg/report"
	"github.com/pion/interceptor/pkg/twcc"
	"github.com/pion/logging"
	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"
)

const (
	playoutDelayURI = "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay"
	transportCCURI  = sdp.TransportCCURI
	audioLevelURI   = sdp.AudioLevelURI // RFC 6464
	midURI          = sdp.SDESMidURI
)

// maxNacks is how often a publisher is asked for one packet, every 100 ms.
const maxNacks = 3

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
	return newPeer(settings, media, bitrate, false)
}

// NewRoomPeer makes a peer connection that sends and receives any number of
// sounds and videos, and its link. Bitrate bounds all that is sent together.
func NewRoomPeer(settings webrtc.SettingEngine, bitrate Bitrate) (*webrtc.PeerConnection, *Link, error) {
	if err := bitrate.validate(); err != nil {
		return nil, nil, fmt.Errorf("make peer: %w", err)
	}
	media := &webrtc.MediaEngine{}
	if err := errors.Join(registerMedia(media), registerRoom(media)); err != nil {
		return nil, nil, fmt.Errorf("make peer: %w", err)
	}
	peer, estimator, err := newPeer(settings, media, bitrate, true)
	if err != nil {
		return nil, nil, err
	}
	return peer, NewLink(estimator), nil
}

func newPeer(settings webrtc.SettingEngine, media *webrtc.MediaEngine, bitrate Bitrate, receives bool) (*webrtc.PeerConnection, Estimator, error) {
	registry := &interceptor.Registry{}
	estimator, err := registerInterceptors(registry, bitrate)
	if err == nil && receives {
		err = registerReceivers(registry, settings.LoggerFactory)
	}
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
	sound := webrtc.RTPCodecParameters{
		RTPCodecCapability: webrtc.RTPCodecCapability{
			MimeType: webrtc.MimeTypeOpus, ClockRate: 48000, Channels: 2, SDPFmtpLine: "minptime=10;useinbandfec=1",
			RTCPFeedback: []webrtc.RTCPFeedback{{Type: webrtc.TypeRTCPFBTransportCC}},
		},
		PayloadType: opus,
	}
	if err := media.RegisterCodec(sound, Audio); err != nil {
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
		if err := media.RegisterCodec(codec, Video); err != nil {
			return err
		}
	}
	for _, uri := range []string{playoutDelayURI, transportCCURI} {
		if err := media.RegisterHeaderExtension(webrtc.RTPHeaderExtensionCapability{URI: uri}, Video); err != nil {
			return err
		}
	}
	return nil
}

// registerRoom adds the header extensions of sound, which counts for congestion
// control too, and those that tell a publisher's streams.
func registerRoom(media *webrtc.MediaEngine) error {
	for _, uri := range []string{audioLevelURI, transportCCURI, midURI} {
		if err := media.RegisterHeaderExtension(webrtc.RTPHeaderExtensionCapability{URI: uri}, Audio); err != nil {
			return err
		}
	}
	return media.RegisterHeaderExtension(webrtc.RTPHeaderExtensionCapability{URI: midURI}, Video)
}

// registerReceivers adds what a publisher needs to hear: requests for lost
// packets, when each packet came, and how many did, to which repairs adds.
func registerReceivers(registry *interceptor.Registry, log logging.LoggerFactory) error {
	if log == nil {
		log = logging.NewDefaultLoggerFactory()
	}
	// It does not see what comes again on a stream of its own, and would ask on.
	requests, err := nack.NewGeneratorInterceptor(nack.GeneratorMaxNacksPerPacket(maxNacks), nack.WithGeneratorLoggerFactory(log))
	if err != nil {
		return err
	}
	congestion, err := twcc.NewSenderInterceptor(twcc.WithLoggerFactory(log))
	if err != nil {
		return err
	}
	reports, err := report.NewReceiverInterceptor(report.WithReceiverLoggerFactory(log))
	if err != nil {
		return err
	}
	for _, f := range []interceptor.Factory{newRepairs(), requests, congestion, reports} {
		registry.Add(f)
	}
	return nil
}

// registerInterceptors fills the registry in the order that sending needs: the
// one added first is nearest to the wire, and sees reports first. So the
// congestion controller sees the transport-wide sequence numbers, but no
// retransmissions. The estimator is there once a peer connection was made.
func registerInterceptors(registry *interceptor.Registry, bitrate Bitrate) (*Estimator, error) {
	estimator := new(Estimator)
	controller, err := cc.NewInterceptor(func() (cc.BandwidthEstimator, error) {
		return gcc.NewSendSideBWE(
			gcc.SendSideBWEInitialBitrate(bitrate.Start),
			gcc.SendSideBWEMinBitrate(min(minEstimate, bitrate.Floor)),
			gcc.SendSideBWEMaxBitrate(bitrate.Max),
			gcc.SendSideBWEPacer(gcc.NewNoOpPacer()))
	})
	if err != nil {
		return nil, err
	}
	controller.OnNewPeerConnection(func(_ string, e cc.BandwidthEstimator) { *estimator = e })
	again, requests, err := newRetransmission()
	if err != nil {
		return nil, err
	}
	sequence, err := twcc.NewHeaderExtensionInterceptor()
	if err != nil {
		return nil, err
	}
	reports, err := report.NewSenderInterceptor()
	if err != nil {
		return nil, err
	}
	for _, f := range []interceptor.Factory{again, controller, requests, sequence, reports} {
		registry.Add(f)
	}
	return estimator, nil
}
