package rtc

import (
	"fmt"

	"github.com/pion/webrtc/v4"
	"golang.org/x/time/rate"
)

const (
	// MaxEye bounds a message of the eye channel, in bytes.
	MaxEye = 512
	// eyesPerSecond is twice a fast display's rate.
	eyesPerSecond = 240
)

// openEye makes the eye channel: see the package comment.
func (p *Peer) openEye() error {
	yes, no, id, never := true, false, uint16(0), uint16(0)
	d, err := p.peer.CreateDataChannel("eye", &webrtc.DataChannelInit{Negotiated: &yes, ID: &id, Ordered: &no, MaxRetransmits: &never})
	if err != nil {
		return fmt.Errorf("open eye channel: %w", err)
	}
	limit := rate.NewLimiter(eyesPerSecond, eyesPerSecond/4)
	d.OnMessage(func(m webrtc.DataChannelMessage) {
		switch {
		case !limit.Allow():
			p.counts.ignored(ignoredRate)
		case len(m.Data) > MaxEye:
			p.counts.ignored(ignoredSize)
		case p.config.Eye != nil:
			p.config.Eye(m.Data)
		}
	})
	return nil
}
