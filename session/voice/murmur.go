package voice

import (
	"errors"
	"fmt"

	"github.com/virtualcube/virtualcube/session/voice/opus"
)

// What a murmur leaves of a voice: its melody and rhythm, without the bands
// above 350 Hz that tell sounds of speech apart, and 15 dB quieter.
const (
	murmurCut     = 350.0 // hertz
	murmurGain    = 0.178 // -15 dB
	murmurBitrate = 10_000
)

// Murmur turns the packets of one speaker into those that outsiders of a side
// discussion get, one for one. It is not safe for concurrent use.
type Murmur struct {
	decoder *opus.Decoder
	encoder *opus.Encoder
	filter  lowPass
	length  int // samples of the last packet
}

// NewMurmur opens a decoder and an encoder. Close frees them.
func NewMurmur() (*Murmur, error) {
	decoder, err := opus.NewDecoder(1)
	if err != nil {
		return nil, fmt.Errorf("murmur: %w", err)
	}
	encoder, err := opus.NewEncoder(opus.Options{Channels: 1, Bitrate: murmurBitrate, Complexity: 2, Narrow: true})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("murmur: %w", err), decoder.Close())
	}
	return &Murmur{decoder: decoder, encoder: encoder, filter: newLowPass(murmurCut, opus.SampleRate), length: opus.FrameSamples}, nil
}

// Process returns the murmur of a packet, which is of the same duration: RTP's
// timestamps stay. The caller may keep it. A packet that is no Opus gives an
// error that wraps opus.ErrPacket, and should be treated as lost.
func (m *Murmur) Process(packet []byte) ([]byte, error) {
	samples, err := m.decoder.Decode(packet)
	if err != nil {
		return nil, fmt.Errorf("murmur: %w", err)
	}
	m.length = len(samples)
	return m.encode(samples)
}

// Lost returns the murmur of a packet that did not come, as long as the one
// before: a continuation, which fades out when it is called again and again.
// Call it once a lost packet, before Process gets the next one; after a fifth
// of a second nothing is left to continue, and the gap may be left as it is.
func (m *Murmur) Lost() ([]byte, error) {
	samples, err := m.decoder.DecodePLC(m.length)
	if err != nil {
		return nil, fmt.Errorf("murmur: %w", err)
	}
	return m.encode(samples)
}

func (m *Murmur) encode(samples []float32) ([]byte, error) {
	m.filter.apply(samples, murmurGain)
	packet, err := m.encoder.Encode(samples)
	if err != nil {
		return nil, fmt.Errorf("murmur: %w", err)
	}
	return append([]byte(nil), packet...), nil
}

// Close frees decoder and encoder. Closing it again does nothing.
func (m *Murmur) Close() error { return errors.Join(m.decoder.Close(), m.encoder.Close()) }
