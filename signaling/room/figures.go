package room

import (
	"context"

	"github.com/virtualcube/virtualcube/session"
	"github.com/virtualcube/virtualcube/signaling/protocol"
)

// figures tells the page, and the room, how the connection is.
func (c *connection) figures(ctx context.Context) error {
	if c.peer == nil {
		return nil
	}
	s := c.peer.Snapshot()
	s.Loss = max(s.Loss, c.uplink.loss(s.Inlets))
	f := protocol.Figures{
		Type: "figures", RoundTrip: float64(s.RoundTrip) / 1e6, Loss: s.Loss, Estimate: s.Link.Estimate,
		Sent:  s.Link.Audio + s.Link.Relayed + s.Link.Views,
		Views: make(map[string]map[string]float64), Voices: make(map[string]uint64), Ways: c.ways(),
		Filters: c.sends.fares(ctx),
	}
	for _, o := range s.Outlets {
		for name, n := range o.Sources {
			if person, voice := cutSource(name, session.Microphone); voice {
				f.Voices[person] += n.Packets
			}
		}
	}
	for cube, stages := range c.seats.stages() {
		f.Views[cube] = stages
	}
	quality := session.QualityOf(s.Loss, s.RoundTrip)
	if s.State != "connected" {
		quality = session.Unknown
	}
	_ = c.member.Judge(ctx, quality) // refused, it is over, and serve sees so
	return c.send(ctx, f)
}
