package fanout

import (
	"context"
	"errors"
	"io"
	"runtime"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
	"go.uber.org/goleak"

	"github.com/virtualcube/virtualcube/session/encode"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// peer is a track context whose transport is the test's.
type peer struct {
	extensions []webrtc.RTPHeaderExtensionParameter
	ssrc       webrtc.SSRC
	feedback   chan []rtcp.Packet // closed: the peer is gone
	block      chan struct{}      // not nil: writes wait for it
	sound      bool               // Opus, not VP8

	mu      sync.Mutex
	packets []rtp.Packet
	times   []time.Time // of the packets
}

func (p *peer) CodecParameters() []webrtc.RTPCodecParameters {
	if p.sound {
		return []webrtc.RTPCodecParameters{{RTPCodecCapability: webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeOpus, ClockRate: 48000}, PayloadType: 111}}
	}
	return []webrtc.RTPCodecParameters{{RTPCodecCapability: webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeVP8, ClockRate: 90000}, PayloadType: 120}}
}
func (p *peer) HeaderExtensions() []webrtc.RTPHeaderExtensionParameter { return p.extensions }
func (p *peer) SSRC() webrtc.SSRC                                      { return p.ssrc }
func (p *peer) SSRCRetransmission() webrtc.SSRC                        { return 0 }
func (p *peer) SSRCForwardErrorCorrection() webrtc.SSRC                { return 0 }
func (p *peer) WriteStream() webrtc.TrackLocalWriter                   { return p }
func (p *peer) ID() string                                             { return "peer" }
func (p *peer) RTCPReader() interceptor.RTCPReader                     { return p }

func (p *peer) Write([]byte) (int, error) { return 0, errors.New("not used") }

func (p *peer) WriteRTP(h *rtp.Header, payload []byte) (int, error) {
	if p.block != nil {
		<-p.block
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.packets = append(p.packets, rtp.Packet{Header: h.Clone(), Payload: slices.Clone(payload)})
	p.times = append(p.times, time.Now())
	return len(payload), nil
}

func (p *peer) Read(b []byte, a interceptor.Attributes) (int, interceptor.Attributes, error) {
	packets, ok := <-p.feedback
	if !ok {
		return 0, nil, io.EOF
	}
	raw, err := rtcp.Marshal(packets)
	return copy(b, raw), a, err
}

// keys are the P bits of the frames that came whole (RFC 6386 section 9.1).
func (p *peer) frames() (keys []bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, packet := range p.packets {
		if packet.Marker {
			keys = append(keys, packet.Payload[descriptorSize]&1 == 0)
		}
	}
	return keys
}

// pass lets time pass; in a bubble it is faked.
func pass(d time.Duration) { <-time.After(d) }

type fixed int

func (f fixed) GetTargetBitrate() int { return int(f) }

// bench is a rung with peers, in a bubble of faked time.
type bench struct {
	t    *testing.T
	rung *Ladder
	runs sync.WaitGroup

	subscribers []*Subscriber // in the order of their joins
}

func newBench(t *testing.T, config Config) *bench {
	r, err := NewLadder(config)
	if err != nil {
		t.Fatal(err)
	}
	return &bench{t: t, rung: r}
}

func (b *bench) join(p *peer) context.CancelFunc { return b.joinOn(p, fixed(2_000_000)) }

func (b *bench) joinOn(p *peer, link Estimator) context.CancelFunc {
	s := b.rung.Subscribe("view", link)
	b.subscribers = append(b.subscribers, s)
	if _, err := s.Bind(p); err != nil {
		b.t.Fatal(err)
	}
	if p.feedback == nil {
		p.feedback = make(chan []rtcp.Packet)
	}
	ctx, cancel := context.WithCancel(b.t.Context())
	b.runs.Go(func() {
		if err := s.Run(ctx); err != nil {
			b.t.Error(err)
		}
	})
	b.runs.Go(func() { s.Feedback(ctx) })
	synctest.Wait()
	return func() {
		cancel()
		close(p.feedback)
		if p.block != nil {
			close(p.block)
		}
		synctest.Wait()
	}
}

// send encodes as the view does: a key frame when it is due, or forced.
func (b *bench) send(n int) (keys int) {
	for range n {
		key := b.rung.KeyDue(Full)
		data := []byte{1, 2, 3}
		if key {
			data[0] = 0
			keys++
		}
		if err := b.rung.Send(Full, encode.Packet{Data: data, Key: key}, uint32(time.Now().UnixMicro())); err != nil {
			b.t.Fatal(err)
		}
		synctest.Wait()
		pass(time.Second / 30)
	}
	return keys
}

func TestJoinerWaitsForKey(t *testing.T) {
	faked(t, func(t *testing.T) {
		b := newBench(t, Config{})
		first := &peer{}
		defer b.join(first)()
		b.send(10)
		second := &peer{}
		defer b.join(second)()
		b.send(60)
		for name, p := range map[string]*peer{"first": first, "second": second} {
			frames := p.frames()
			if len(frames) == 0 || !frames[0] {
				t.Errorf("%s viewer: begins with %v", name, frames[:min(3, len(frames))])
			}
		}
		if n := len(second.frames()); n >= 60 || n < 30 {
			t.Errorf("the second viewer got %d of 60 frames: the gate opens after one second", n)
		}
		if s := b.rung.Snapshot(); s.Dropped != 0 || s.Subscribers != 2 || s.Keys != 2 {
			t.Errorf("stats %+v", s)
		}
	})
}

func TestManyJoins(t *testing.T) {
	faked(t, func(t *testing.T) {
		b := newBench(t, Config{})
		keys := 0
		for range 25 {
			defer b.join(&peer{})()
			defer b.join(&peer{})()
			keys += b.send(1) // 50 joins within a second
		}
		keys += b.send(35) // and the one that serves the late ones
		if keys != 2 {
			t.Errorf("50 joins within a second cause %d key frames", keys)
		}
	})
	faked(t, func(t *testing.T) {
		b := newBench(t, Config{})
		for range 50 {
			defer b.join(&peer{})()
		}
		if keys := b.send(45); keys != 1 {
			t.Errorf("50 joins at once cause %d key frames", keys)
		}
	})
}

func TestPictureLoss(t *testing.T) {
	faked(t, func(t *testing.T) {
		b := newBench(t, Config{})
		p := &peer{}
		defer b.join(p)()
		if keys := b.send(60); keys != 1 {
			t.Fatalf("%d key frames without loss", keys)
		}
		for range 20 {
			p.feedback <- []rtcp.Packet{&rtcp.PictureLossIndication{MediaSSRC: 1}}
			p.feedback <- []rtcp.Packet{&rtcp.FullIntraRequest{MediaSSRC: 1, FIR: []rtcp.FIREntry{{SSRC: 1}}}}
		}
		synctest.Wait()
		if keys := b.send(60); keys != 1 {
			t.Errorf("40 requests cause %d key frames", keys)
		}
	})
}

func TestSlowSubscriber(t *testing.T) {
	faked(t, func(t *testing.T) {
		b := newBench(t, Config{Queue: 4})
		slow, quick := &peer{block: make(chan struct{})}, &peer{}
		defer b.join(slow)()
		defer b.join(quick)()
		keys := b.send(20) // one is being written, four wait, then all wait for a key
		if n := len(quick.frames()); n != 20 {
			t.Errorf("the quick viewer got %d of 20 frames", n)
		}
		if keys != 1 {
			t.Errorf("%d key frames", keys)
		}
		s := b.rung.Snapshot()
		if s.Dropped < 15 {
			t.Errorf("dropped %d", s.Dropped)
		}
		for range 6 { // the transport works again: what it held, at most
			select {
			case slow.block <- struct{}{}:
			case <-time.After(time.Millisecond):
			}
		}
		before := len(slow.frames())
		done := make(chan struct{})
		go func() {
			defer close(done)
			for range 80 {
				select {
				case slow.block <- struct{}{}:
				case <-time.After(200 * time.Millisecond):
				}
			}
		}()
		b.send(60)
		<-done
		after := slow.frames()[before:]
		if len(after) < 20 || !after[0] {
			t.Errorf("after the stall %d frames come, the first key: %v", len(after), len(after) > 0 && after[0])
		}
		sequence := slow.packets[0].SequenceNumber
		for _, p := range slow.packets {
			if p.SequenceNumber != sequence {
				t.Fatalf("sequence %d after %d: a gap where nothing was lost", p.SequenceNumber, sequence)
			}
			sequence++
		}
	})
}

func TestFull(t *testing.T) {
	faked(t, func(t *testing.T) {
		b := newBench(t, Config{Limit: 1})
		defer b.join(&peer{})()
		s := b.rung.Subscribe("view", fixed(0))
		if _, err := s.Bind(&peer{}); err != nil {
			t.Fatal(err)
		}
		if err := s.Run(t.Context()); !errors.Is(err, ErrFull) {
			t.Errorf("a viewer too many: %v", err)
		}
	})
}

func TestWatched(t *testing.T) {
	faked(t, func(t *testing.T) {
		b := newBench(t, Config{})
		woken := make(chan error, 1)
		b.runs.Go(func() { woken <- b.rung.Watched(t.Context()) })
		synctest.Wait()
		select {
		case err := <-woken:
			t.Fatalf("watched by nobody: %v", err)
		default:
		}
		leave := b.join(&peer{})
		if err := <-woken; err != nil {
			t.Error(err)
		}
		leave()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := b.rung.Watched(ctx); err == nil {
			t.Error("still watched after the last one left")
		}
	})
}

// TestHeaders says that each peer gets its own numbers and only what it
// negotiated.
func TestHeaders(t *testing.T) {
	faked(t, func(t *testing.T) {
		b := newBench(t, Config{})
		peers := []*peer{
			{ssrc: 11},
			{ssrc: 22, extensions: []webrtc.RTPHeaderExtensionParameter{{URI: playoutDelayURI, ID: 5}, {URI: "urn:other", ID: 6}}},
			{ssrc: 33, extensions: []webrtc.RTPHeaderExtensionParameter{{URI: playoutDelayURI, ID: 200}}},
		}
		ids := [][]uint8{nil, {5}, {200}}
		for _, p := range peers {
			defer b.join(p)()
		}
		b.send(5)
		for i, p := range peers {
			for _, packet := range p.packets {
				raw, err := packet.Marshal()
				if err != nil {
					t.Fatal(err)
				}
				var read rtp.Packet
				if err := read.Unmarshal(raw); err != nil {
					t.Fatal(err)
				}
				if read.SSRC != uint32(p.ssrc) || read.PayloadType != 120 || !slices.Equal(read.GetExtensionIDs(), ids[i]) {
					t.Fatalf("peer %d: %+v", i, read.Header)
				}
			}
		}
	})
}

func BenchmarkSend(b *testing.B) {
	for _, viewers := range []int{0, 1, 10, 50} {
		b.Run(map[int]string{0: "0", 1: "1", 10: "10", 50: "50"}[viewers], func(b *testing.B) {
			r, err := NewLadder(Config{Queue: 64})
			if err != nil {
				b.Fatal(err)
			}
			ctx, cancel := context.WithCancel(context.Background())
			var runs sync.WaitGroup
			for range viewers {
				s := r.Subscribe("view", fixed(2_000_000))
				if _, err := s.Bind(sinkPeer{&peer{}}); err != nil {
					b.Fatal(err)
				}
				runs.Go(func() { _ = s.Run(ctx) })
			}
			for r.Snapshot().Subscribers < viewers {
				runtime.Gosched()
			}
			data := make([]byte, 8000) // 1.9 Mbit/s at 30 a second
			b.ReportAllocs()
			for b.Loop() {
				if err := r.Send(Full, encode.Packet{Data: data, Key: true}, 0); err != nil {
					b.Fatal(err)
				}
			}
			cancel()
			runs.Wait()
		})
	}
}

// sinkPeer throws packets away.
type sinkPeer struct{ *peer }

func (p sinkPeer) WriteStream() webrtc.TrackLocalWriter { return p }

func (sinkPeer) WriteRTP(_ *rtp.Header, payload []byte) (int, error) { return len(payload), nil }
