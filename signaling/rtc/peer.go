package rtc

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/pion/webrtc/v4"

	"github.com/virtualcube/virtualcube/session/fanout"
	"github.com/virtualcube/virtualcube/signaling/media"
)

// Reasons for which a peer ends.
var (
	ErrLeft         = errors.New("the participant's peer connection was closed")
	ErrDisconnected = errors.New("the connection was lost")
	ErrUnconnected  = errors.New("no connection came about")
)

// DefaultPatience is Config.Patience if zero.
const DefaultPatience = 45 * time.Second

// DefaultBitrate bounds all that a participant is sent.
func DefaultBitrate() fanout.Bitrate {
	return fanout.Bitrate{Start: 2_000_000, Floor: 200_000, Max: 16_000_000}
}

// Config is what a peer is made of. Media and Log are needed.
type Config struct {
	Media   *media.Port
	Bitrate fanout.Bitrate // DefaultBitrate if zero
	Log     *slog.Logger
	// Eye, if not nil, takes the messages of the eye channel, of at most
	// MaxEye bytes and 240 a second; what exceeds that is dropped and counted.
	// It is called from one goroutine, owns the message and must not block.
	Eye func(message []byte)
	// Patience is how long the peer may be without a connection, at first and
	// later.
	Patience time.Duration
}

// Peer is one participant's peer connection. Run must be called, once; with a
// context that has ended it only closes the peer. The other methods may be
// called from any goroutine.
type Peer struct {
	config    Config
	peer      *webrtc.PeerConnection
	link      *fanout.Link
	inlets    []*inlet // in the order of Sources
	published chan Publication
	counts    counts

	// states holds connection states in their order; pion makes a handful.
	states  chan webrtc.PeerConnectionState
	tracks  chan arrival  // to Run
	started chan struct{} // one slot: parts has something
	done    chan struct{} // closed when Run is about to return

	negotiation negotiation

	mu    sync.Mutex // guards all below, held for a few instructions
	slots []*slot
	parts []func(context.Context) // goroutines that Run is to start
	over  bool
}

// New makes a peer that was not offered yet.
func New(config Config) (*Peer, error) {
	if config.Media == nil || config.Log == nil {
		return nil, errors.New("make peer: media port and log are needed")
	}
	if config.Bitrate == (fanout.Bitrate{}) {
		config.Bitrate = DefaultBitrate()
	}
	if config.Patience == 0 {
		config.Patience = DefaultPatience
	}
	connection, link, err := fanout.NewRoomPeer(config.Media.Settings(), config.Bitrate)
	if err != nil {
		return nil, err
	}
	p := &Peer{
		config: config, peer: connection, link: link, published: make(chan Publication, len(Sources)),
		states: make(chan webrtc.PeerConnectionState, 16), tracks: make(chan arrival, len(Sources)),
		started: make(chan struct{}, 1), done: make(chan struct{}), negotiation: newNegotiation(),
	}
	if err := p.prepare(); err != nil {
		return nil, errors.Join(fmt.Errorf("make peer: %w", err), connection.GracefulClose())
	}
	return p, nil
}

// prepare adds inlets, the first outlets and the eye channel.
func (p *Peer) prepare() error {
	p.peer.OnConnectionStateChange(func(s webrtc.PeerConnectionState) {
		select {
		case p.states <- s:
		default: // serve looks at the peer's state again at its deadline
		}
	})
	for _, s := range Sources {
		if err := p.addInlet(s); err != nil {
			return err
		}
	}
	p.peer.OnTrack(p.arrive)
	p.grow(fanout.Audio)
	p.grow(fanout.Video)
	return p.openEye()
}

// start lets Run start a goroutine, under the lock.
func (p *Peer) start(parts ...func(context.Context)) {
	p.parts = append(p.parts, parts...)
	select {
	case p.started <- struct{}{}:
	default:
	}
}

// Published gives what the participant sends, once media has really come. It
// must be read while Run runs.
func (p *Peer) Published() <-chan Publication { return p.published }

// Run serves the peer, closes it and returns after all its goroutines: nil when
// the context ended, else why the peer did.
func (p *Peer) Run(ctx context.Context) error {
	since := time.Now()
	p.config.Log.Info("peer came")
	inner, cancel := context.WithCancel(ctx)
	var parts sync.WaitGroup
	parts.Go(func() { p.link.Run(inner) })
	reason := p.serve(inner, &parts)
	cancel()
	close(p.done)
	p.negotiation.end()
	if err := p.peer.GracefulClose(); err != nil {
		p.config.Log.Debug("peer not closed cleanly", "error", err)
	}
	parts.Wait()
	p.discard()
	ended := reason
	if ended == nil {
		ended = context.Cause(ctx)
	}
	p.config.Log.Info("peer ended", "reason", ended, "after", time.Since(since).Round(time.Second))
	return reason
}

// serve reacts to what happens until something ends the peer.
func (p *Peer) serve(ctx context.Context, parts *sync.WaitGroup) error {
	deadline := time.NewTimer(p.config.Patience)
	defer deadline.Stop()
	connected, away := false, true
	for {
		select {
		case <-p.started:
			p.startParts(ctx, parts)
		case s := <-p.states:
			switch s {
			case webrtc.PeerConnectionStateConnected:
				deadline.Stop()
				connected, away = true, false
			case webrtc.PeerConnectionStateDisconnected, webrtc.PeerConnectionStateFailed:
				if !away { // from now on; a restart may come until then
					away = true
					deadline.Reset(p.config.Patience)
				}
			case webrtc.PeerConnectionStateClosed: // the participant's DTLS said so
				return ErrLeft
			}
		case <-deadline.C:
			switch {
			case p.peer.ConnectionState() == webrtc.PeerConnectionStateConnected:
			case connected:
				return fmt.Errorf("%w for %v", ErrDisconnected, p.config.Patience)
			default:
				return fmt.Errorf("%w within %v", ErrUnconnected, p.config.Patience)
			}
		case a := <-p.tracks:
			p.publish(ctx, parts, a)
		case <-ctx.Done():
			return nil
		}
	}
}

func (p *Peer) startParts(ctx context.Context, parts *sync.WaitGroup) {
	p.mu.Lock()
	run := p.parts
	p.parts = nil
	p.mu.Unlock()
	for _, part := range run {
		parts.Go(func() { part(ctx) })
	}
}

// discard ends what no goroutine was started for.
func (p *Peer) discard() {
	p.mu.Lock()
	p.over = true
	left := p.parts
	p.parts = nil
	p.mu.Unlock()
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	for _, part := range left {
		part(ended)
	}
}
