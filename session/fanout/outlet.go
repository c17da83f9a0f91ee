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

// Source is what an outlet sends: a Subscriber of a ladder, or a Relay.
type Source interface {
	// Kind is audio or video.
	Kind() Kind
	// serve writes the source's packets until the feed or the context ends (it
	// then returns nil), or an error ends it. It runs on the outlet's goroutine.
	serve(ctx context.Context, o *Outlet, f *supply, w *writer) error
	// lostPicture asks for a key frame.
	lostPicture()
}

// supply is one source on one outlet, from its connection to the next.
type supply struct {
	name   string
	source Source // nil: nothing is sent
	since  time.Time
	ended  chan struct{} // closed when another source is connected
	after  bool          // the relay before it goes on until it begins: see Replace
	counts *count        // of this name
	total  *count        // of the outlet
}

// over says whether another source was connected.
func (f *supply) over() bool {
	select {
	case <-f.ended:
		return true
	default:
		return false
	}
}

func (f *supply) add(packets, bytes int) {
	f.counts.add(packets, bytes)
	f.total.add(packets, bytes)
}

// Outlet is one media section towards one peer: a webrtc.TrackLocal that is
// bound once and whose source may change at any time, without the peer noticing
// but by what it sees or hears: sequence numbers, timestamps and VP8's picture
// ids go on. Its owner runs Run and Feedback; the other methods may be called
// from any goroutine.
type Outlet struct {
	kind         Kind
	id, streamID string
	link         *Link // nil: the peer has no other outlet

	bound    chan struct{} // closed by Bind
	bindOnce sync.Once
	binding  binding

	parting *parting // Run's: what goes on until the present source begins

	arrived atomic.Uint64 // packets that the peer has reported, of a peer without a link
	total   count
	loss    atomic.Uint32 // of the present source, that the peer last reported, in 1/256
	yields  atomic.Int32  // what a relay leaves out: see yield

	mu      sync.Mutex // guards all below, held for a few instructions
	feed    *supply
	names   []string // of which counts there are, oldest first
	counts  map[string]*count
	failure error // of the present source
	quality Quality
}

var _ webrtc.TrackLocal = (*Outlet)(nil)

func newOutlet(kind Kind, id, streamID string, link *Link) *Outlet {
	o := &Outlet{kind: kind, id: id, streamID: streamID, link: link, bound: make(chan struct{})}
	o.feed = &supply{ended: make(chan struct{}), counts: new(count), total: &o.total}
	return o
}

// ID implements webrtc.TrackLocal.
func (o *Outlet) ID() string { return o.id }

// RID implements webrtc.TrackLocal: there is no simulcast.
func (o *Outlet) RID() string { return "" }

// StreamID implements webrtc.TrackLocal. A browser synchronises sound and
// picture of one stream, so that every outlet of a room has its own.
func (o *Outlet) StreamID() string { return o.streamID }

// Kind implements webrtc.TrackLocal.
func (o *Outlet) Kind() Kind { return o.kind }

// Bind implements webrtc.TrackLocal: it notes what this peer negotiated.
func (o *Outlet) Bind(c webrtc.TrackLocalContext) (webrtc.RTPCodecParameters, error) {
	want := webrtc.MimeTypeVP8
	if o.kind == Audio {
		want = webrtc.MimeTypeOpus
	}
	for _, codec := range c.CodecParameters() {
		if !strings.EqualFold(codec.MimeType, want) {
			continue
		}
		o.bindOnce.Do(func() {
			o.binding = newBinding(c, codec)
			close(o.bound)
		})
		return codec, nil
	}
	return webrtc.RTPCodecParameters{}, fmt.Errorf("bind %s: %w", o.id, webrtc.ErrUnsupportedCodec)
}

// Unbind implements webrtc.TrackLocal. Run ends by its context.
func (o *Outlet) Unbind(webrtc.TrackLocalContext) error { return nil }

// ErrKind says that audio was to go to an outlet for video, or the reverse.
var ErrKind = errors.New("source and outlet are not of one kind")

// Connect changes the source, which the counts know by the name; nil sends
// nothing. Of the old source nothing is sent any more after Connect returned,
// but the one frame or packet whose writing had begun; of a relay nothing that
// arrived before Connect was called, though it be delayed. A subscriber may be
// connected once, to one outlet.
func (o *Outlet) Connect(name string, s Source) error { return o.connect(name, s, false) }

func (o *Outlet) connect(name string, s Source, after bool) error {
	if s != nil && s.Kind() != o.kind {
		return fmt.Errorf("connect %s: %w", o.id, ErrKind)
	}
	if s, ok := s.(*Subscriber); ok {
		s.outlet = o
	}
	f := &supply{name: name, source: s, since: time.Now(), ended: make(chan struct{}), after: after, total: &o.total}
	o.mu.Lock()
	f.counts = o.countOf(name, s)
	old := o.feed
	o.feed, o.failure = f, nil
	o.loss.Store(0)
	o.mu.Unlock()
	close(old.ended)
	return nil
}

// current is what is to be sent.
func (o *Outlet) current() *supply {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.feed
}

// Run writes what the sources have until the context ends (it then returns
// nil) or the peer is gone. A source that ends by itself leaves the outlet
// silent until another is connected; Snapshot says why it ended.
func (o *Outlet) Run(ctx context.Context) error {
	select {
	case <-o.bound:
	case <-ctx.Done():
		return nil
	}
	w := newWriter(o.binding)
	defer o.part()
	for {
		f := o.current()
		if !f.after {
			o.part()
		}
		if f.source != nil {
			if o.parting == nil {
				w.begin()
			}
			err := f.source.serve(ctx, o, f, w)
			if errors.Is(err, errGone) {
				return err
			}
			o.fail(f, err)
		}
		select {
		case <-f.ended:
		case <-ctx.Done():
			return nil
		}
	}
}

// fail notes why a source ended that is still the present one.
func (o *Outlet) fail(f *supply, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.feed == f {
		o.failure = err
	}
}

var errGone = errors.New("the peer is gone")

// gone tells a peer that is gone from a packet that was lost: of a full socket,
// or while there is no way to the peer, where the receiver asks again for what
// it lacks.
func gone(err error) error {
	if errors.Is(err, io.ErrClosedPipe) || errors.Is(err, io.EOF) {
		return fmt.Errorf("write to peer: %w: %w", errGone, err)
	}
	return nil
}

// Feedback reads the peer's RTCP until the peer connection is closed: its
// interceptors see retransmission requests and congestion feedback, and loss
// of a picture asks for a key frame.
func (o *Outlet) Feedback(ctx context.Context) {
	select {
	case <-o.bound:
	case <-ctx.Done():
		return
	}
	buffer := make([]byte, maxPacket)
	var reports arrivals
	for {
		n, attributes, err := o.binding.feedback.Read(buffer, nil)
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
			switch p := p.(type) {
			case *rtcp.PictureLossIndication, *rtcp.FullIntraRequest:
				if s := o.current().source; s != nil {
					s.lostPicture()
				}
			case *rtcp.TransportLayerCC:
				if o.link != nil {
					o.link.report(p)
				} else {
					o.arrived.Add(reports.add(p))
				}
			case *rtcp.ReceiverReport:
				o.judge(p.Reports)
			}
		}
	}
}
