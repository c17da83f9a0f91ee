package fanout

import "context"

// Heard is one packet of a relay of sound.
type Heard struct {
	Payload   []byte // Opus; borrowed until the function that takes it returns
	Timestamp uint32 // samples of 48 kHz
	Level     uint8  // -dBov, 127 where it is not known
	Voice     bool
	Lost      int // packets before it that did not come
}

// Listen hands every packet of a relay to the node itself, until the context or
// the relay ends (it then returns nil), or take returns an error. What waits for
// take is bounded by RelayConfig.Queue: then all of it is dropped and counted.
func (r *Relay) Listen(ctx context.Context, take func(Heard) error) error {
	t := r.attach(nil)
	defer r.detach(t)
	begun, next := false, uint16(0)
	for {
		select {
		case p := <-t.queue:
			lost := int(int16(p.sequence - next))
			if p.empty || begun && lost < 0 { // nothing in it, or too late
				p.release()
				continue
			}
			h := Heard{Payload: p.data, Timestamp: p.timestamp, Level: 127}
			if p.hasLevel {
				h.Level, h.Voice = p.level&0x7f, p.level&0x80 != 0
			}
			if begun {
				h.Lost = lost
			}
			begun, next = true, p.sequence+1
			err := take(h)
			p.release()
			if err != nil {
				return err
			}
		case <-r.done:
			return nil
		case <-ctx.Done():
			return nil
		}
	}
}
