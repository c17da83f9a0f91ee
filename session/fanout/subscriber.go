package fanout

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/pion/webrtc/v4"
)

// Estimator is a peer's congestion controller.
type Estimator interface {
	// GetTargetBitrate is what the link is believed to hold, in bits a second.
	GetTargetBitrate() int
}

// Subscriber is one peer's end of a ladder: the Source of an Outlet. Where it
// is a peer's only one it is a webrtc.TrackLocal itself, by an outlet of its
// own; its owner then runs Run once the peer is connected, and Feedback beside
// it.
type Subscriber struct {
	outlet    *Outlet // its own, until it is connected to another
	estimator Estimator

	place // where it stands

	// queue holds the frames to write. When it is full, see Config.Queue.
	queue     chan *frame
	overflows atomic.Uint64

	// The outlet's goroutine alone uses these.
	climber  climber
	needs    []need
	packets  uint64 // sent
	bytes    uint64 // sent
	meter    meter
	delivery delivery
	seen     uint64 // overflows
}

var (
	_ webrtc.TrackLocal = (*Subscriber)(nil)
	_ Source            = (*Subscriber)(nil)
)

// Subscribe makes a subscriber for one peer connection. It gets nothing, and
// does not count as one, before it runs.
func (l *Ladder) Subscribe(streamID string, estimator Estimator) *Subscriber {
	s := &Subscriber{
		estimator: estimator, place: place{ladder: l, came: make(chan struct{}, 1)},
		queue: make(chan *frame, l.config.Queue),
	}
	s.outlet = newOutlet(Video, "view", streamID, nil)
	s.outlet.feed.source = s
	return s
}

// ID implements webrtc.TrackLocal.
func (s *Subscriber) ID() string { return s.outlet.ID() }

// RID implements webrtc.TrackLocal: there is no simulcast.
func (s *Subscriber) RID() string { return s.outlet.RID() }

// StreamID implements webrtc.TrackLocal.
func (s *Subscriber) StreamID() string { return s.outlet.StreamID() }

// Kind implements webrtc.TrackLocal and Source.
func (s *Subscriber) Kind() Kind { return Video }

// Bind implements webrtc.TrackLocal: it notes what this peer negotiated.
func (s *Subscriber) Bind(c webrtc.TrackLocalContext) (webrtc.RTPCodecParameters, error) {
	return s.outlet.Bind(c)
}

// Unbind implements webrtc.TrackLocal. Run ends by its context.
func (s *Subscriber) Unbind(c webrtc.TrackLocalContext) error { return s.outlet.Unbind(c) }

// Feedback reads the peer's RTCP: see Outlet.Feedback.
func (s *Subscriber) Feedback(ctx context.Context) { s.outlet.Feedback(ctx) }

// Run joins the ladder, at its full size, and writes frames until the context
// ends (it then returns nil) or the peer is gone. It returns an error that
// wraps ErrFull where the ladder is full.
func (s *Subscriber) Run(ctx context.Context) error {
	select {
	case <-s.outlet.bound:
	case <-ctx.Done():
		return nil
	}
	return s.serve(ctx, s.outlet, s.outlet.current(), newWriter(s.outlet.binding))
}

// serve implements Source.
func (s *Subscriber) serve(ctx context.Context, _ *Outlet, f *supply, w *writer) error {
	s.climber.start(time.Now(), 0)
	s.look(time.Now())
	if err := s.enter(); err != nil {
		return err
	}
	defer s.leave()
	ticker := time.NewTicker(steerInterval)
	defer ticker.Stop()
	for {
		if f.over() { // before what waits
			return nil
		}
		select {
		case frame := <-s.queue:
			err := s.write(w, frame, f)
			frame.release()
			if err != nil {
				return err
			}
		case <-ticker.C:
			s.steer(time.Now())
		case <-f.ended:
			return nil
		case <-ctx.Done():
			return nil
		}
	}
}

// enter joins the ladder that the subscriber was made for or moved to.
func (s *Subscriber) enter() error {
	s.mu.Lock()
	l := s.ladder
	s.mu.Unlock()
	if err := l.enter(); err != nil {
		return err
	}
	s.mu.Lock()
	s.running = true
	s.mu.Unlock()
	s.aim(s, l, s.climber.step, false)
	return nil
}

// leave takes the subscriber off everything and frees what waits for it.
func (s *Subscriber) leave() {
	s.quit(s)
	s.drain()
}

// look takes the newest estimate of the link.
func (s *Subscriber) look(now time.Time) (estimate int) {
	rate, _ := s.meter.read(now, s.bytes)
	s.delivery.tick(now, s.packets, s.bytes, s.outlet.arrived.Load())
	estimate = s.delivery.limit(s.estimator.GetTargetBitrate())
	s.note(estimate, rate, s.climber.trial || !s.outlet.binding.reports)
	return estimate
}

// steer follows the link to another step of the ladder, if need be.
func (s *Subscriber) steer(now time.Time) {
	l, arrived := s.standing()
	if !arrived {
		s.climber.travel(now)
	}
	estimate := s.look(now)
	before := s.climber.step
	s.needs = l.needs(s.needs, before, !s.climber.trial)
	s.climber.step = min(before, len(s.needs)-1)
	if !s.outlet.binding.reports { // nothing is known of its link but overflows
		estimate = max(estimate, s.needs[s.climber.step].hold)
	}
	overflows := s.overflows.Load()
	cause := s.climber.decide(now, estimate, int(s.meter.rate), s.needs, overflows != s.seen)
	s.seen = overflows
	if cause != causeNothing {
		l.counters.stepped(cause)
	}
	if s.climber.step != before {
		s.note(estimate, s.meter.rate, s.climber.trial || !s.outlet.binding.reports)
		s.aim(s, l, s.climber.step, s.climber.step > before)
	}
}

func (s *Subscriber) write(w *writer, f *frame, to *supply) error {
	packets, bytes, err := w.write(f)
	to.add(packets, bytes)
	l, _ := s.standing()
	c := &l.counters
	c.frames.Add(1)
	c.packets.Add(uint64(packets))
	c.bytes.Add(uint64(bytes))
	s.packets += uint64(packets)
	s.bytes += uint64(bytes)
	if err == nil {
		return nil
	}
	c.failed.Add(1)
	return gone(err)
}

// offer queues a frame of a rung, under the lock of its ladder. from is the
// rung that the subscriber leaves with this frame, if any; ok is false where a
// key frame is needed that was not needed before.
func (s *Subscriber) offer(r *rung, f *frame) (from *rung, ok bool) {
	take, from := s.accept(r, f)
	if !take {
		return from, true
	}
	select {
	case s.queue <- f.retain():
		return from, true
	default:
	}
	f.release()
	r.ladder.counters.dropped.Add(1 + uint64(s.drain()))
	s.overflows.Add(1)
	s.lag()
	return from, false
}

// drain frees what waits and says how many frames that were.
func (s *Subscriber) drain() int {
	for n := 0; ; n++ {
		select {
		case f := <-s.queue:
			f.release()
		default:
			return n
		}
	}
}
