package view

import (
	"context"
	"fmt"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/session/encode"
)

// targetInterval is how often the encoder follows the links.
const targetInterval = 500 * time.Millisecond

// encode is the second goroutine: views from the mailbox become packets.
func (v *View) encode(ctx context.Context) error {
	var e encoder
	defer e.close()
	for {
		r, ok := v.rendered.take(ctx)
		if !ok {
			return nil
		}
		err := v.encodeView(&e, r)
		r.view.Release()
		if err != nil {
			return err
		}
	}
}

// encoder is the encoder of the present picture size.
type encoder struct {
	encode.Encoder
	width, height, target int
	asked                 time.Time // when the target was last asked for
}

func (e *encoder) close() {
	if e.Encoder != nil {
		_ = e.Close() // it only frees memory
		e.Encoder = nil
	}
}

// follow opens the encoder where needed and keeps its bitrate.
func (v *View) follow(e *encoder, p capture.Picture) error {
	now := time.Now()
	if e.Encoder != nil && e.width == p.Width && e.height == p.Height {
		if now.Sub(e.asked) < targetInterval {
			return nil
		}
		e.asked = now
		target := v.config.Rung.Target()
		if target == e.target {
			return nil
		}
		e.target = target
		v.tally.target(target)
		return e.SetBitrate(target)
	}
	e.close()
	target := v.config.Rung.Target()
	opened, err := v.config.Encoder(p.Width, p.Height, target)
	if err != nil {
		return fmt.Errorf("open encoder for %dx%d: %w", p.Width, p.Height, err)
	}
	*e = encoder{Encoder: opened, width: p.Width, height: p.Height, target: target, asked: now}
	v.tally.target(target)
	return nil
}

// encodeView fails only where no encoder can be had.
func (v *View) encodeView(e *encoder, r rendered) error {
	begun := v.config.Clock.Now()
	if err := v.follow(e, r.view.Packed); err != nil {
		return err
	}
	timestamp := int64(r.captured) * 9 / 100_000 // ns to 1/90000 s
	packet, err := e.Encode(r.view.Packed, timestamp, v.config.Rung.KeyDue())
	if err == nil {
		err = v.config.Rung.Send(packet.Data, packet.Key, uint32(timestamp))
	}
	if err != nil {
		v.drop(DropEncode, "view not encoded", err)
		return nil
	}
	t := trace(r, begun, v.config.Clock.Now())
	t.Key, t.Bytes = packet.Key, len(packet.Data)
	v.tally.encoded(t)
	if v.config.Traced != nil {
		v.config.Traced(t)
	}
	return nil
}
