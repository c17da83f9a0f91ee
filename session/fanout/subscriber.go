package fanout

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtcp"
	"github.com/pion/webrtc/v4"
)

// Estimator is a peer's congestion controller.
type Estimator interface {
	// GetTargetBitrate is what the link is believed to hold, in bits a second.
	GetTargetBitrate() int
}

// Subscriber is one peer's end of a rung: a webrtc.TrackLocal that is added
// to one peer connection. Its owner runs Run once the peer is connected, and
// Feedback beside it.
type Subscriber struct {
	estimator Estimator
	streamID  string

	// moving is held by Move and by Run where it joins and leaves rungs, before
	// any rung's lock.
	moving sync.Mutex
	joined bool // Run goes on; guarded by moving

	// mu guards what follows; it is the last lock to be taken.
	mu      sync.Mutex
	rung    *Rung
	waiting bool  // for a key frame of rung
	lagged  bool  // since the queue overflowed, not since the join
	next    *Rung // whose next key frame makes it the rung
	arrived func()
	left    []*Rung // to be told so, by Run
	meter   meter

	switched chan struct{} // one slot: left has grown

	// queue holds the frames to write. When it is full, see Config.Queue.
	queue chan *frame

	bound     chan struct{} // closed by Bind
	bindOnce  sync.Once
	binding   binding
	sentBytes atomic.Uint64
}

var _ webrtc.TrackLocal = (*Subscriber)(nil)

// Subscribe makes a subscriber for one peer connection. It gets nothing, and
// does not count as one, before Run.
func (r *Rung) Subscribe(streamID string, estimator Estimator) *Subscriber {
	return &Subscriber{
		rung: r, estimator: estimator, streamID: streamID,
		queue: make(chan *frame, r.config.Queue), bound: make(chan struct{}), switched: make(chan struct{}, 1),
	}
}

// ID implements webrtc.TrackLocal.
func (s *Subscriber) ID() string { return "view" }

// RID implements webrtc.TrackLocal: there is no simulcast.
func (s *Subscriber) RID() string { return "" }

// StreamID implements webrtc.TrackLocal.
func (s *Subscriber) StreamID() string { return s.streamID }

// Kind implements webrtc.TrackLocal.
func (s *Subscriber) Kind() webrtc.RTPCodecType { return webrtc.RTPCodecTypeVideo }

// Bind implements webrtc.TrackLocal: it notes what this peer negotiated.
func (s *Subscriber) Bind(c webrtc.TrackLocalContext) (webrtc.RTPCodecParameters, error) {
	for _, codec := range c.CodecParameters() {
		if !strings.EqualFold(codec.MimeType, webrtc.MimeTypeVP8) {
			continue
		}
		s.bindOnce.Do(func() {
			s.binding = newBinding(c, codec)
			close(s.bound)
		})
		return codec, nil
	}
	return webrtc.RTPCodecParameters{}, fmt.Errorf("bind view: %w", webrtc.ErrUnsupportedCodec)
}

// Unbind implements webrtc.TrackLocal. Run ends by its context.
func (s *Subscriber) Unbind(webrtc.TrackLocalContext) error { return nil }

// Run joins the rung and writes its frames until the context ends (it then
// returns nil) or the peer is gone. It returns an error that wraps ErrFull
// where the rung is full.
func (s *Subscriber) Run(ctx context.Context) error {
	select {
	case <-s.bound:
	case <-ctx.Done():
		return nil
	}
	if err := s.enter(); err != nil {
		return err
	}
	defer s.leave()
	w := newWriter(s.binding)
	for {
		select {
		case <-s.switched:
			s.arrive()
		case f := <-s.queue:
			err := s.write(w, f)
			f.release()
			if err != nil {
				return err
			}
		case <-ctx.Done():
			return nil
		}
	}
}

func (s *Subscriber) write(w *writer, f *frame) error {
	packets, bytes, err := w.write(f)
	c := &s.now().counters
	c.frames.Add(1)
	c.packets.Add(uint64(packets))
	c.bytes.Add(uint64(bytes))
	s.sentBytes.Add(uint64(bytes))
	if err == nil {
		return nil
	}
	c.failed.Add(1)
	if errors.Is(err, io.ErrClosedPipe) || errors.Is(err, io.EOF) {
		return fmt.Errorf("write to peer: %w", err)
	}
	return nil // a full socket: the receiver asks again for what it lacks
}

// Feedback reads the peer's RTCP until the peer connection is closed: its
// interceptors see retransmission requests and congestion feedback, and loss
// of a picture asks the rung for a key frame.
func (s *Subscriber) Feedback(ctx context.Context) {
	select {
	case <-s.bound:
	case <-ctx.Done():
		return
	}
	buffer := make([]byte, 1500)
	for {
		n, attributes, err := s.binding.feedback.Read(buffer, nil)
		if err != nil {
			return
		}
		if attributes == nil {
			attributes = make(interceptor.Attributes)
		}
		packets, err := attributes.GetRTCPPackets(buffer[:n])
		if err != nil {
			continue // a malformed report is the peer's own loss
		}
		for _, p := range packets {
			switch p.(type) {
			case *rtcp.PictureLossIndication, *rtcp.FullIntraRequest:
				s.now().RequestKey()
			}
		}
	}
}

// offer queues a frame of a rung, under that rung's lock. It returns false
// where a key frame is needed that was not needed before.
func (s *Subscriber) offer(r *Rung, f *frame) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r != s.rung && !s.change(r, f.key) {
		return true
	}
	if s.waiting && !f.key {
		if s.lagged {
			r.counters.dropped.Add(1)
		}
		return true
	}
	s.waiting, s.lagged = false, false
	select {
	case s.queue <- f.retain():
		return true
	default:
	}
	f.release()
	r.counters.dropped.Add(1 + uint64(s.drain()))
	s.waiting, s.lagged = true, true
	return false
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

// estimate is what this peer can be sent of a rung, in bits a second.
func (s *Subscriber) estimate(b Bitrate, now time.Time) int {
	estimate := min(s.estimator.GetTargetBitrate(), b.Max)
	s.mu.Lock()
	defer s.mu.Unlock()
	if rate, ok := s.meter.read(now, s.sentBytes.Load()); ok {
		estimate = b.ceiling(estimate, rate)
	}
	return estimate
}
