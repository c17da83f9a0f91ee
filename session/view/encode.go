package view

import (
	"context"
	"fmt"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/render/pack"
	"github.com/virtualcube/virtualcube/session/encode"
)

const (
	// targetInterval is how often an encoder follows the links.
	targetInterval = 500 * time.Millisecond
	// linger is how long the encoder of a rung that nobody watches is kept: an
	// encoder that is opened begins with a key frame, of which there is one a
	// second at most.
	linger = 2 * time.Second
)

// encode is the second goroutine: views from the mailbox become packets.
func (v *View) encode(ctx context.Context) error {
	s := sizes{view: v}
	for i := range min(v.config.Ladder.Rungs(), MaxRungs) {
		s.rungs = append(s.rungs, &rung{index: i})
	}
	defer s.close()
	for {
		r, ok := v.rendered.take(ctx)
		if !ok {
			return nil
		}
		err := s.encode(r)
		r.view.Release()
		if err != nil {
			return err
		}
	}
}

// sizes encodes a view for each rung that is watched: the first at its own
// size, the second at half of it.
type sizes struct {
	view  *View
	rungs []*rung
	half  capture.Picture // the view at half size; memory of its own
}

// rung is one rung's encoder.
type rung struct {
	encode.Encoder // nil while nobody watches

	index         int
	width, height int // of the picture that the encoder is open for
	target        int
	asked         time.Time // when the target was last asked for
	watched       time.Time // when somebody watched last
}

func (s *sizes) close() {
	for _, r := range s.rungs {
		r.close()
	}
}

func (r *rung) close() {
	if r.Encoder != nil {
		_ = r.Close() // it only frees memory
		r.Encoder = nil
	}
}

// encode fails only where no encoder can be had. Rungs that a key frame is due
// for come first: a viewer who waits for it then leaves the other rung before
// that one's picture of the same view.
func (s *sizes) encode(r rendered) error {
	v := s.view
	begun := v.config.Clock.Now()
	var due [MaxRungs]bool
	for i, rung := range s.rungs {
		due[i] = rung.Encoder == nil || v.config.Ladder.KeyDue(i)
	}
	var done Trace // the first rung's, but for the bytes
	for _, first := range []bool{true, false} {
		for i, rung := range s.rungs {
			if due[i] != first || !s.watched(rung) {
				continue
			}
			packet, err := s.encodeRung(rung, r)
			if err != nil {
				return err
			}
			if done.Bytes == 0 && packet.size > 0 {
				done = trace(r, begun, v.config.Clock.Now())
				done.Key, done.Rung = packet.key, i
			}
			done.Bytes += packet.size
		}
	}
	if done.Bytes == 0 {
		return nil
	}
	v.tally.encoded(done)
	if v.config.Traced != nil {
		v.config.Traced(done)
	}
	return nil
}

// watched says whether somebody watches a rung; its encoder ends some time
// after the last one left.
func (s *sizes) watched(r *rung) bool {
	now := time.Now()
	if s.view.config.Ladder.Watching(r.index) {
		r.watched = now
		return true
	}
	if now.Sub(r.watched) >= linger {
		r.close()
	}
	return false
}

// sent is what became of a picture; its size is 0 where nothing was sent.
type sent struct {
	size int // bytes
	key  bool
}

// encodeRung encodes a view for one rung and hands it on.
func (s *sizes) encodeRung(r *rung, view rendered) (sent, error) {
	v := s.view
	begun := v.config.Clock.Now()
	picture, err := s.picture(r.index, view.view.Packed)
	if err != nil {
		v.drop(DropEncode, "view not halved", err)
		return sent{}, nil
	}
	if err := v.follow(r, picture); err != nil {
		return sent{}, err
	}
	if err := r.SetLayers(v.config.Ladder.Layered(r.index)); err != nil {
		return sent{}, err
	}
	timestamp := int64(view.captured) * 9 / 100_000 // ns to 1/90000 s
	packet, err := r.Encode(picture, timestamp, v.config.Ladder.KeyDue(r.index))
	if err == nil {
		err = v.config.Ladder.Send(r.index, packet, uint32(timestamp))
	}
	if err != nil {
		v.drop(DropEncode, "view not encoded", err)
		return sent{}, nil
	}
	v.tally.sent(r.index, packet, v.config.Clock.Now().Sub(begun))
	return sent{size: len(packet.Data), key: packet.Key}, nil
}

// picture is the view at the size of a rung.
func (s *sizes) picture(index int, packed capture.Picture) (capture.Picture, error) {
	if index == 0 {
		return packed, nil
	}
	whole, err := pack.LayoutOf(packed.Width, packed.Height)
	if err != nil {
		return capture.Picture{}, err
	}
	half, err := whole.Half()
	if err != nil {
		return capture.Picture{}, err
	}
	if s.half.Width != half.FrameWidth() || s.half.Height != half.FrameHeight() {
		s.half = half.NewFrame()
	}
	return s.half, whole.Halve(s.half, packed)
}

// follow opens a rung's encoder where needed and keeps its bitrate.
func (v *View) follow(r *rung, p capture.Picture) error {
	now := time.Now()
	if r.Encoder != nil && r.width == p.Width && r.height == p.Height {
		if now.Sub(r.asked) < targetInterval {
			return nil
		}
		r.asked = now
		target := v.config.Ladder.Target(r.index)
		if target == r.target {
			return nil
		}
		r.target = target
		v.tally.target(r.index, target)
		return r.SetBitrate(target)
	}
	r.close()
	target := v.config.Ladder.Target(r.index)
	opened, err := v.config.Encoder(p.Width, p.Height, target)
	if err != nil {
		return fmt.Errorf("open encoder for %dx%d: %w", p.Width, p.Height, err)
	}
	r.Encoder, r.width, r.height, r.target, r.asked = opened, p.Width, p.Height, target, now
	v.tally.target(r.index, target)
	return nil
}
