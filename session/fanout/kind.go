package fanout

import "github.com/pion/webrtc/v4"

// Kind is Audio (Opus) or Video (VP8).
type Kind = webrtc.RTPCodecType

// Kinds of sources and outlets.
const (
	Audio = webrtc.RTPCodecTypeAudio
	Video = webrtc.RTPCodecTypeVideo
)
