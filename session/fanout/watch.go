package fanout

import (
	"context"
	"errors"
	"time"
)

// Watched is one encoded picture of a relay of video.
type Watched struct {
	Data      []byte // VP8, whole; borrowed until the function that takes it returns
	Timestamp uint32 // 1/90000 s
	Key       bool
	Arrived   time.Time // of its last packet
}

const (
	// watchPatience is how long a packet that is missing is waited for: it may have
	// been overtaken, or is sent again.
	watchPatience = 100 * time.Millisecond
	maxPending    = 512 // packets that wait for one that is missing
)

// ErrBroken is what the function that takes pictures returns where it cannot use
// any up to the next key frame.
var ErrBroken = errors.New("pictures cannot be used up to the next key frame")

// Watch hands every whole picture of a relay to the node itself, in order, until
// the context or the relay ends (it then returns nil), or take returns an error.
// It begins with a key frame, and where a picture is lost goes on with the next
// one, which the publisher is asked for. What waits for take is bounded by
// RelayConfig.Queue.
func (r *Relay) Watch(ctx context.Context, take func(Watched) error) error {
	if r.audio() {
		return errors.New("watch relay: it carries sound")
	}
	t := r.attach(nil)
	defer r.detach(t)
	a := assembly{pending: make(map[uint16]*packet)}
	defer a.clear()
	r.lostPicture()
	for {
		select {
		case p := <-t.queue:
			if t.overflowed.Swap(false) {
				a.lose()
			}
			err := a.add(p, take)
			if errors.Is(err, ErrBroken) {
				a.broken, a.asks, err = true, true, nil
			}
			if a.asks {
				a.asks = false
				r.lostPicture()
			}
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

// assembly puts pictures together.
type assembly struct {
	pending map[uint16]*packet
	begun   bool
	next    uint16    // the number that is due
	held    time.Time // since when it is missing; zero: it is not
	filling bool      // unit holds the beginning of a picture
	broken  bool      // no picture can be decoded up to the next key frame
	asks    bool      // for a key frame
	unit    Watched
}

// add takes a packet over.
func (a *assembly) add(p *packet, take func(Watched) error) error {
	if !a.begun {
		a.begun, a.broken, a.next = true, true, p.sequence
	}
	ahead := int16(p.sequence - a.next)
	if ahead < 0 && ahead > -maxGap || a.pending[p.sequence] != nil {
		p.release() // late, or twice
		return nil
	}
	if ahead <= -maxGap || ahead >= maxGap { // the publisher began again
		a.lose()
		a.begun, a.next = true, p.sequence
	}
	arrived := p.arrived
	a.pending[p.sequence] = p
	if err := a.advance(take); err != nil || len(a.pending) == 0 {
		a.held = time.Time{}
		return err
	}
	if a.held.IsZero() {
		a.held = arrived
	}
	if arrived.Sub(a.held) < watchPatience && len(a.pending) < maxPending {
		return nil
	}
	a.filling, a.broken, a.asks, a.held = false, true, true, time.Time{}
	for a.pending[a.next] == nil {
		a.next++
	}
	return a.advance(take)
}

// advance takes the packets that are due.
func (a *assembly) advance(take func(Watched) error) error {
	for {
		p := a.pending[a.next]
		if p == nil {
			return nil
		}
		delete(a.pending, a.next)
		a.next++
		a.held = time.Time{}
		err := a.due(p, take)
		p.release()
		if err != nil {
			return err
		}
	}
}

// due takes the next packet.
func (a *assembly) due(p *packet, take func(Watched) error) error {
	if p.empty {
		return nil
	}
	if p.vp8.start {
		if a.broken && !p.vp8.key {
			a.filling, a.asks = false, true
			return nil
		}
		a.filling, a.broken = true, false
		a.unit = Watched{Data: a.unit.Data[:0], Timestamp: p.timestamp, Key: p.vp8.key}
	}
	if !a.filling {
		return nil
	}
	if p.timestamp != a.unit.Timestamp || len(a.unit.Data)+len(p.data) > maxFrame {
		a.filling, a.broken, a.asks = false, true, true
		return nil
	}
	a.unit.Data = append(a.unit.Data, p.data...)
	if !p.marker {
		return nil
	}
	a.filling, a.unit.Arrived = false, p.arrived
	return take(a.unit)
}

// lose gives up what is under way.
func (a *assembly) lose() {
	a.clear()
	a.filling, a.broken, a.asks, a.begun = false, true, true, false
}

func (a *assembly) clear() {
	for sequence, p := range a.pending {
		p.release()
		delete(a.pending, sequence)
	}
}

// WritePicture forwards an encoded picture of the node's own: VP8, in packets as
// every path carries them. The timestamp is in 1/90000 s.
func (r *Relay) WritePicture(data []byte, timestamp uint32, key bool) error {
	if len(data) == 0 || len(data) > maxFrame {
		return errors.New("write to relay: a picture has 1 byte to 4 MiB")
	}
	f := newFrame(&r.frames, data, key, 0, timestamp)
	defer f.release()
	r.pictures++
	d := descriptor{begins: true, picture: r.pictures & 0x7fff, base: uint8(r.pictures)}
	payload := make([]byte, 0, maxPayload)
	for i := range f.packets() {
		payload = append(d.append(payload[:0]), f.part(i)...)
		if err := r.Write(payload, timestamp, i == f.packets()-1, -1, false); err != nil {
			return err
		}
		d.begins = false
	}
	return nil
}
