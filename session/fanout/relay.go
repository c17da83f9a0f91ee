package fanout

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtp"
)

// Track is a publisher's track: a webrtc.TrackRemote.
type Track interface {
	Read(b []byte) (n int, attributes interceptor.Attributes, err error)
	SetReadDeadline(deadline time.Time) error
}

// RelayConfig describes a relay. Zero fields take the defaults that their
// comments name.
type RelayConfig struct {
	Kind Kind
	// Limits are those of a microphone, or of a camera: MicrophoneLimits,
	// CameraLimits.
	Limits Limits
	// Track is what is forwarded; nil where the node itself calls Write.
	Track Track
	// SSRC, PayloadType and LevelID (of the audio-level header extension; 0:
	// not negotiated) are the track's.
	SSRC        uint32
	PayloadType uint8
	LevelID     uint8
	// RequestKey asks the publisher for a key frame; nil: it cannot be asked.
	RequestKey func()
	// KeyInterval is the least time between two requests: one second.
	KeyInterval time.Duration
	// Queue is the number of packets that may wait for one outlet: 256. When it
	// is full all that wait are dropped and counted; a video goes on with its
	// next key frame.
	Queue int
}

// Relay forwards one published track, never decoded, to the outlets that it is
// connected to. Run owns it; the other methods may be called from any
// goroutine.
type Relay struct {
	config  RelayConfig
	inspect inspector     // Run's, or Write's
	pool    sync.Pool     // of packets
	wanted  chan struct{} // one slot: a key frame is
	line    chan *packet  // on their way to the pacer; when it is full packets are dropped
	delay   atomic.Int64  // ns
	waits   atomic.Int64  // ns; pace's
	done    chan struct{} // closed when the relay has ended
	err     error         // why; set before done is closed

	writing sync.Mutex // held by Write, which numbers
	written uint16

	frames   sync.Pool // WritePicture's, as what follows
	pictures uint16

	mu    sync.Mutex // guards all below; held for a few instructions
	taps  []*tap
	stats RelayStats
}

// silence is the level of RFC 6464 of who does not say how loud they are.
const silence = 127

// NewRelay makes a relay without outlets.
func NewRelay(config RelayConfig) (*Relay, error) {
	video := config.Kind == Video
	if !video && config.Kind != Audio {
		return nil, errors.New("make relay: its kind must be audio or video")
	}
	if config.Limits == (Limits{}) {
		config.Limits = MicrophoneLimits()
		if video {
			config.Limits = CameraLimits()
		}
	}
	if config.KeyInterval == 0 {
		config.KeyInterval = time.Second
	}
	if config.Queue == 0 {
		config.Queue = 256
	}
	if config.Queue < 1 || config.KeyInterval < 0 || config.Limits.Packets < 1 || config.Limits.Bits < 1 {
		return nil, fmt.Errorf("make relay: queue %d, key interval %v and limits %+v must be positive", config.Queue, config.KeyInterval, config.Limits)
	}
	return &Relay{
		config: config, inspect: newInspector(config), wanted: make(chan struct{}, 1), line: make(chan *packet, maxLine), done: make(chan struct{}),
		stats: RelayStats{Level: silence},
	}, nil
}

// Kind implements Source.
func (r *Relay) Kind() Kind { return r.config.Kind }

func (r *Relay) audio() bool { return r.config.Kind == Audio }

// ErrTrackEnded says that the publisher's track is over.
var ErrTrackEnded = errors.New("the publisher's track has ended")

// errStopped is why a relay ended whose context did.
var errStopped = errors.New("the relay was stopped")

// Done is closed when the relay has ended; Err then says why.
func (r *Relay) Done() <-chan struct{} { return r.done }

// Err returns why the relay ended, nil while it has not: an error that wraps
// ErrTrackEnded, a *GarbageError, or another where its owner stopped it.
func (r *Relay) Err() error {
	select {
	case <-r.done:
		return r.err
	default:
		return nil
	}
}

// Run forwards until the context ends (it then returns nil), the track does, or
// the publisher has sent too much that cannot be forwarded. It may be called
// once.
func (r *Relay) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	var parts sync.WaitGroup
	parts.Go(func() { r.pace(ctx) })
	if !r.audio() && r.config.RequestKey != nil {
		parts.Go(func() { r.ask(ctx) })
	}
	var err error
	if r.config.Track == nil {
		<-ctx.Done()
	} else {
		err = r.read(ctx)
	}
	stopped := ctx.Err() != nil
	cancel()
	parts.Wait()
	r.err = err
	if stopped {
		r.err, err = errStopped, nil
	}
	close(r.done)
	return err
}

// read takes the track's packets.
func (r *Relay) read(ctx context.Context) error {
	track := r.config.Track
	stop := context.AfterFunc(ctx, func() { _ = track.SetReadDeadline(time.Unix(1, 0)) })
	defer stop()
	buffer := make([]byte, maxPacket+1) // one more tells what is too large
	var raw rtp.Packet
	for {
		n, attributes, err := track.Read(buffer)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		r.adopt(attributes)
		now := time.Now()
		p := newPacket(&r.pool)
		p.arrived = now
		reason := readFailure(err)
		switch {
		case err == nil:
			reason = r.inspect.packet(now, buffer[:n], &raw, p)
		case reason == droppedNothing:
			p.release()
			return fmt.Errorf("%w: %w", ErrTrackEnded, err)
		}
		r.take(p, n, reason)
		p.release()
		if reason.garbage() && !r.inspect.tolerates(now) {
			return &GarbageError{Reason: reason.String(), Dropped: r.Snapshot().Dropped}
		}
	}
}

// take counts a packet and sends it on.
func (r *Relay) take(p *packet, size int, reason dropReason) {
	r.mu.Lock()
	s := &r.stats
	s.Packets++
	s.Bytes += uint64(size)
	s.Last = p.arrived
	if p.hasLevel {
		s.Level, s.Voice = p.level&0x7f, p.level&0x80 != 0
	}
	if reason != droppedNothing {
		s.drop(reason, 1)
	}
	s.Lost = r.inspect.lost
	r.mu.Unlock()
	if !reason.numbered() {
		return
	}
	r.offer(p, true)
	select {
	case r.line <- p.retain():
	default:
		p.release()
		r.dropped(droppedOverflow, 1)
	}
}

func (r *Relay) dropped(reason dropReason, n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stats.drop(reason, n)
}

// send hands a packet to all outlets.
func (r *Relay) send(p *packet) {
	if p.vp8.key {
		select {
		case <-r.wanted: // it answers all requests up to now
		default:
		}
	}
	r.offer(p, false)
}

// offer hands a packet to the node itself, or to all outlets.
func (r *Relay) offer(p *packet, node bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, t := range r.taps {
		if node != (t.outlet == nil) {
			continue
		}
		if n := t.offer(p); n > 0 {
			r.stats.drop(droppedOverflow, n)
		}
	}
}

// ErrEnded says that a relay has ended.
var ErrEnded = errors.New("the relay has ended")

// Write forwards a payload of the node's own: an Opus packet, or a packet of
// VP8 with its descriptor. The timestamp is in units of the codec's clock; level
// is -dBov, 0 to 127 (RFC 6464), and negative where it is not known. Packets are
// forwarded in the order of the calls.
func (r *Relay) Write(payload []byte, timestamp uint32, marker bool, level int, voice bool) error {
	if err := r.Err(); err != nil {
		return fmt.Errorf("write to relay: %w: %w", ErrEnded, err)
	}
	if r.config.Track != nil {
		return errors.New("write to relay: it forwards a track")
	}
	r.writing.Lock()
	defer r.writing.Unlock()
	p := newPacket(&r.pool)
	defer p.release()
	p.arrived, p.sequence, p.timestamp, p.marker = time.Now(), r.written, timestamp, marker
	if level >= 0 {
		p.level, p.hasLevel = uint8(min(level, 127)), true
		if voice {
			p.level |= 0x80
		}
	}
	if reason := r.inspect.payload(payload, p); reason != droppedNothing {
		return fmt.Errorf("write to relay: %d bytes: %v", len(payload), reason)
	}
	r.written++
	r.take(p, len(payload), droppedNothing)
	return nil
}
