package fanout

import (
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"github.com/virtualcube/virtualcube/session/encode"
)

// pipe is a publisher's track whose packets are the test's.
type pipe struct {
	packets chan []byte
	expired chan struct{}
	once    sync.Once
}

func newPipe() *pipe { return &pipe{packets: make(chan []byte), expired: make(chan struct{})} }

func (p *pipe) Read(b []byte) (int, interceptor.Attributes, error) {
	select {
	case data, ok := <-p.packets:
		if !ok {
			return 0, nil, io.EOF
		}
		if len(data) > len(b) {
			return 0, nil, io.ErrShortBuffer
		}
		return copy(b, data), nil, nil
	case <-p.expired:
		return 0, nil, os.ErrDeadlineExceeded
	}
}

func (p *pipe) SetReadDeadline(time.Time) error {
	p.once.Do(func() { close(p.expired) })
	return nil
}

const publisherSSRC = 4711

// publisher sends into a relay, in a bubble of faked time.
type publisher struct {
	t        *testing.T
	pipe     *pipe
	relay    *Relay
	asked    atomic.Int64
	sequence uint16
	picture  uint16
	base     uint8
	origin   uint32 // of timestamps
	mark     byte
}

func newPublisher(t *testing.T, kind Kind, mark byte, change func(*RelayConfig)) *publisher {
	t.Helper()
	p := &publisher{t: t, pipe: newPipe(), sequence: uint16(mark) * 1000, picture: uint16(mark) * 100, origin: uint32(mark) << 24, mark: mark}
	c := RelayConfig{Kind: kind, Track: p.pipe, SSRC: publisherSSRC, PayloadType: 100, LevelID: 3, RequestKey: func() { p.asked.Add(1) }}
	if change != nil {
		change(&c)
	}
	var err error
	if p.relay, err = NewRelay(c); err != nil {
		t.Fatal(err)
	}
	return p
}

// run runs the relay until the test ends or the result is called.
func (p *publisher) run() (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var run sync.WaitGroup
	run.Go(func() { _ = p.relay.Run(ctx) })
	return func() { cancel(); run.Wait() }
}

func (p *publisher) raw(timestamp uint32, payload []byte) []byte {
	p.t.Helper()
	packet := rtp.Packet{Header: rtp.Header{Version: 2, SSRC: publisherSSRC, PayloadType: 100, Marker: true, SequenceNumber: p.sequence, Timestamp: p.origin + timestamp}, Payload: payload}
	if err := packet.SetExtension(3, []byte{0x80 | 20}); err != nil {
		p.t.Fatal(err)
	}
	data, err := packet.Marshal()
	if err != nil {
		p.t.Fatal(err)
	}
	p.sequence++
	return data
}

// picturePayload is a whole picture of one packet.
func (p *publisher) picturePayload(key bool, layer uint8, sync bool) []byte {
	if p.picture = (p.picture + 1) & 0x7fff; layer == 0 {
		p.base++
	}
	d := descriptor{begins: true, picture: p.picture, base: p.base, layer: layer, sync: sync, nonReference: layer > 0}
	data := []byte{1, 0, 0, p.mark}
	if key {
		data = []byte{0, 0, 0, 0x9d, 0x01, 0x2a, 64, 0, 64, 0, p.mark}
	}
	return append(d.append(nil), data...)
}

// show sends a picture, stamped by the clock.
func (p *publisher) show(key bool) { p.showLayer(key, 0, false) }

func (p *publisher) showLayer(key bool, layer uint8, sync bool) {
	p.pipe.packets <- p.raw(uint32(time.Now().UnixMilli()*90), p.picturePayload(key, layer, sync))
	synctest.Wait()
}

// speak sends 20 ms of sound.
func (p *publisher) speak() {
	p.pipe.packets <- p.raw(uint32(time.Now().UnixMilli()*48), []byte{0x78, 1, p.mark})
	synctest.Wait()
}

// open binds and runs an outlet until the test ends or the result is called.
func open(t *testing.T, kind Kind, p *peer) (o *Outlet, stop func()) {
	t.Helper()
	p.sound = kind == Audio
	o = newOutlet(kind, "o", "o", nil)
	if _, err := o.Bind(p); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var run sync.WaitGroup
	run.Go(func() {
		if err := o.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	return o, func() { cancel(); run.Wait() }
}

func connectTo(t *testing.T, o *Outlet, name string, s Source) {
	t.Helper()
	if err := o.Connect(name, s); err != nil {
		t.Fatal(err)
	}
	synctest.Wait()
}

// smooth fails where numbers have a gap or time falls back.
func smooth(t *testing.T, packets []rtp.Packet, video bool) {
	t.Helper()
	for i := 1; i < len(packets); i++ {
		a, b := packets[i-1], packets[i]
		if b.SequenceNumber != a.SequenceNumber+1 {
			t.Errorf("packet %d: sequence number %d after %d", i, b.SequenceNumber, a.SequenceNumber)
		}
		if step := int32(b.Timestamp - a.Timestamp); step <= 0 || step > 10*90000 {
			t.Errorf("packet %d: timestamp %d after %d", i, b.Timestamp, a.Timestamp)
		}
		if !video {
			continue
		}
		da, _, _, oka := parseVP8(a.Payload)
		db, _, _, okb := parseVP8(b.Payload)
		if !oka || !okb || (db.picture-da.picture)&0x7fff != 1 {
			t.Errorf("packet %d: picture %d after %d", i, db.picture, da.picture)
		}
		if step := db.base - da.base; step > 1 || step == 0 && db.layer == 0 {
			t.Errorf("packet %d: TL0PICIDX %d after %d", i, db.base, da.base)
		}
	}
}

// sent is what was sent so far.
func (p *peer) sent() []rtp.Packet {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.packets
}

// marks are the last bytes of the packets.
func (p *peer) marks() (marks []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, packet := range p.packets {
		marks = append(marks, packet.Payload[len(packet.Payload)-1])
	}
	return marks
}

// TestSourcesChange says that an outlet goes from a ladder to relays and back
// without a gap that its peer could notice.
func TestSourcesChange(t *testing.T) {
	faked(t, func(t *testing.T) {
		l, err := NewLadder(Config{})
		if err != nil {
			t.Fatal(err)
		}
		a, b := newPublisher(t, Video, 200, nil), newPublisher(t, Video, 3, nil)
		defer a.run()()
		defer b.run()()
		p := &peer{}
		o, stop := open(t, Video, p)
		defer stop()
		frame := uint32(0)
		turn := func(n int) {
			for range n {
				pass(40 * time.Millisecond)
				a.show(frame%10 == 0)
				b.show(frame%10 == 5)
				frame++
				data := []byte{1, 0, 0, 'l'}
				key := l.KeyDue(Full)
				if key {
					data = []byte{0, 0, 0, 0x9d, 0x01, 0x2a, 64, 0, 64, 0, 'l'}
				}
				if err := l.Send(Full, encode.Packet{Data: data, Key: key}, frame*3600); err != nil {
					t.Error(err)
				}
				synctest.Wait()
			}
		}
		for _, source := range []Source{l.Subscribe("", fixed(2_000_000)), a.relay, b.relay, nil, a.relay, l.Subscribe("", fixed(2_000_000)), b.relay} {
			before := len(p.marks())
			name := map[Source]string{a.relay: "a", b.relay: "b"}[source]
			connectTo(t, o, name, source)
			turn(40)
			got := p.marks()[before:]
			if source == nil {
				if len(got) > 0 {
					t.Errorf("%d packets of no source", len(got))
				}
				continue
			}
			mark := map[string]byte{"a": 200, "b": 3, "": 'l'}[name]
			if len(got) < 30 || slices.ContainsFunc(got, func(m byte) bool { return m != mark }) {
				t.Errorf("of source %q came %v", name, got)
			}
		}
		smooth(t, p.sent(), true)
		s := o.Snapshot()
		if s.Source != "b" || s.Sources["a"].Packets < 60 || s.Packets != uint64(len(p.sent())) {
			t.Errorf("stats are %+v", s)
		}
		if err := o.Connect("x", newPublisher(t, Audio, 1, nil).relay); !errors.Is(err, ErrKind) {
			t.Errorf("sound in a picture: %v", err)
		}
	})
}

// TestRelayReplaced says that pictures of a relay go on until the one that replaces
// it has a key frame, that none is lost or shown twice then, that it ends where there
// is no key frame, and at once where nothing or something else is to be shown.
func TestRelayReplaced(t *testing.T) {
	faked(t, func(t *testing.T) {
		a, b := newPublisher(t, Video, 200, nil), newPublisher(t, Video, 3, nil)
		defer a.run()()
		defer b.run()()
		p := &peer{}
		o, stop := open(t, Video, p)
		defer stop()
		frame := 0
		turn := func(n, keyOfB int) []byte {
			before := len(p.marks())
			for i := range n {
				pass(40 * time.Millisecond)
				a.show(frame == 0)
				b.show(i == keyOfB)
				frame++
			}
			return p.marks()[before:]
		}
		replace := func(r *Relay) {
			t.Helper()
			if err := o.Replace("b", r); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
		}
		connectTo(t, o, "a", a.relay)
		turn(5, -1)
		replace(b.relay)
		got := turn(10, 4) // of a there are five by then, as a's fifth comes before b's key
		if want := []byte{200, 200, 200, 200, 200, 3, 3, 3, 3, 3, 3}; !slices.Equal(got, want) {
			t.Errorf("while one replaced the other came %v", got)
		}
		smooth(t, p.sent(), true)
		if n := a.relay.Snapshot().Subscribers; n != 0 {
			t.Errorf("%d hold on to what was replaced", n)
		}

		frame = 0
		connectTo(t, o, "a", a.relay)
		turn(5, -1)
		replace(b.relay)
		if got, want := len(turn(50, -1)), int(replaceWithin/(40*time.Millisecond)); got < want-1 || got > want {
			t.Errorf("without a key frame %d pictures of the old relay came", got)
		}
		if got := turn(5, 0); len(got) != 5 || got[0] != 3 {
			t.Errorf("then came %v", got)
		}

		for name, next := range map[string]Source{"": nil, "c": newPublisher(t, Video, 7, nil).relay} {
			frame = 0
			connectTo(t, o, "a", a.relay)
			turn(5, -1)
			replace(b.relay)
			connectTo(t, o, name, next)
			if got := turn(5, 2); len(got) > 0 {
				t.Errorf("after something else was connected came %v", got)
			}
			if n := a.relay.Snapshot().Subscribers + b.relay.Snapshot().Subscribers; n != 0 {
				t.Errorf("%d hold on to what is shown no more", n)
			}
		}
	})
}

// TestRelayBeginsWithKey says that who joins gets nothing before a key frame,
// and that many joins cost the publisher one request a second.
func TestRelayBeginsWithKey(t *testing.T) {
	faked(t, func(t *testing.T) {
		a := newPublisher(t, Video, 1, nil)
		defer a.run()()
		var peers []*peer
		for range 20 {
			p := &peer{}
			peers = append(peers, p)
			o, stop := open(t, Video, p)
			defer stop()
			connectTo(t, o, "a", a.relay)
		}
		if n := a.asked.Load(); n != 1 {
			t.Errorf("%d requests for 20 joins", n)
		}
		for range 74 { // the publisher is deaf for three seconds
			pass(40 * time.Millisecond)
			a.show(false)
		}
		if n := a.asked.Load(); n != 3 {
			t.Errorf("%d requests within three seconds", n)
		}
		a.show(true)
		a.show(false)
		pass(5 * time.Second)
		if n := a.asked.Load(); n != 3 {
			t.Errorf("%d requests after the key frame", n)
		}
		for i, p := range peers {
			if len(p.sent()) != 2 {
				t.Fatalf("peer %d got %d packets", i, len(p.sent()))
			}
			if d, _, _, _ := parseVP8(p.sent()[0].Payload); !d.key {
				t.Errorf("peer %d does not begin with a key frame", i)
			}
		}
		if s := a.relay.Snapshot(); s.Subscribers != 20 || s.Sent != 40 || s.Packets != 76 || s.KeysAsked != 3 {
			t.Errorf("stats are %+v", s)
		}
	})
}

// TestRelayOverflow says that an outlet which does not take what comes goes on
// with a key frame, and costs the others nothing.
func TestRelayOverflow(t *testing.T) {
	faked(t, func(t *testing.T) {
		a := newPublisher(t, Video, 1, func(c *RelayConfig) { c.Queue = 8 })
		defer a.run()()
		slow, quick := &peer{block: make(chan struct{})}, &peer{}
		for _, p := range []*peer{slow, quick} {
			o, stop := open(t, Video, p)
			defer stop()
			connectTo(t, o, "a", a.relay)
		}
		for n := range 30 {
			pass(40 * time.Millisecond)
			a.show(n == 0)
		}
		close(slow.block)
		synctest.Wait()
		for n := range 30 {
			pass(40 * time.Millisecond)
			a.show(n == 20)
		}
		if len(quick.sent()) != 60 {
			t.Errorf("the quick one got %d packets of 60", len(quick.sent()))
		}
		if n := len(slow.sent()); n < 10 || n > 30 {
			t.Errorf("the slow one got %d packets", n)
		}
		smooth(t, slow.sent(), true)
		smooth(t, quick.sent(), true)
		if s := a.relay.Snapshot(); s.Dropped["overflow"] < 18 {
			t.Errorf("stats are %+v", s)
		}
	})
}

// TestDelay says that a delay comes and goes little by little, that nothing is
// dropped for it and that what was said before an outlet opened stays unheard.
func TestDelay(t *testing.T) {
	faked(t, func(t *testing.T) {
		a := newPublisher(t, Audio, 9, nil)
		defer a.run()()
		p, late := &peer{}, &peer{}
		o, stop := open(t, Audio, p)
		defer stop()
		other, stop := open(t, Audio, late)
		defer stop()
		connectTo(t, o, "a", a.relay)
		var said []time.Time
		talk := func(n int) {
			for range n {
				said = append(said, time.Now())
				a.speak()
				pass(20 * time.Millisecond)
			}
		}
		talk(10)
		a.relay.SetDelay(200 * time.Millisecond)
		talk(150) // it takes 100 packets
		connectTo(t, other, "a", a.relay)
		opened := len(said)
		talk(50)
		a.relay.SetDelay(0)
		talk(150)
		pass(time.Second)
		if len(p.sent()) != len(said) || len(late.sent()) != len(said)-opened {
			t.Fatalf("%d and %d packets came of %d, %d after the second opened", len(p.sent()), len(late.sent()), len(said), len(said)-opened)
		}
		smooth(t, p.sent(), false)
		before := time.Duration(0)
		for i, at := range p.times {
			delay := at.Sub(said[i])
			if step := (delay - before).Abs(); step > 2*time.Millisecond {
				t.Errorf("packet %d: delay %v after %v", i, delay, before)
			}
			before = delay
			if want := map[int]time.Duration{9: 0, 150: 200 * time.Millisecond, len(said) - 1: 0}; i == 9 || i == 150 || i == len(said)-1 {
				if delay != want[i] {
					t.Errorf("packet %d: delay %v, not %v", i, delay, want[i])
				}
			}
		}
		a.relay.SetDelay(time.Hour)
		if d := a.relay.Snapshot().Delay; d != MaxDelay {
			t.Errorf("delay %v", d)
		}
	})
}

// TestNodeSpeaks says that the node itself can feed a relay.
func TestNodeSpeaks(t *testing.T) {
	faked(t, func(t *testing.T) {
		a := newPublisher(t, Audio, 9, func(c *RelayConfig) { c.Track = nil })
		stopRelay := a.run()
		p := &peer{}
		o, stop := open(t, Audio, p)
		defer stop()
		connectTo(t, o, "node", a.relay)
		for n := range 10 {
			if err := a.relay.Write([]byte{0x78, 1, 2}, uint32(960*n), false, 30, true); err != nil {
				t.Fatal(err)
			}
			pass(20 * time.Millisecond)
		}
		if err := a.relay.Write(nil, 0, false, -1, false); err == nil {
			t.Error("nothing was written")
		}
		if len(p.sent()) != 10 {
			t.Errorf("%d packets came", len(p.sent()))
		}
		smooth(t, p.sent(), false)
		stopRelay()
		if err := a.relay.Write([]byte{0x78, 1, 2}, 0, false, 30, true); !errors.Is(err, ErrEnded) {
			t.Errorf("written after the end: %v", err)
		}
		synctest.Wait()
		if s := o.Snapshot(); s.Ended == nil {
			t.Error("the outlet does not know that its source ended")
		}
	})
}

func TestRelayEnds(t *testing.T) {
	faked(t, func(t *testing.T) {
		a := newPublisher(t, Audio, 9, nil)
		stop := a.run()
		if a.relay.Err() != nil {
			t.Error("it ended before it began")
		}
		close(a.pipe.packets)
		<-a.relay.Done()
		if !errors.Is(a.relay.Err(), ErrTrackEnded) {
			t.Errorf("ended with %v", a.relay.Err())
		}
		stop()
		// Garbage: a burst is tolerated, what goes on is not.
		b := newPublisher(t, Video, 9, nil)
		defer b.run()()
		for range 900 {
			b.pipe.packets <- []byte("garbage")
		}
		b.show(true)
		if b.relay.Err() != nil {
			t.Errorf("a burst ended it with %v", b.relay.Err())
		}
		for b.relay.Err() == nil {
			select {
			case b.pipe.packets <- []byte("garbage"):
				pass(time.Millisecond)
			case <-b.relay.Done():
			}
		}
		var garbage *GarbageError
		if !errors.As(b.relay.Err(), &garbage) || garbage.Reason != "malformed" || garbage.Dropped["malformed"] < 1000 || garbage.Dropped["malformed"] > 1100 {
			t.Errorf("ended with %#v", b.relay.Err())
		}
	})
}

// BenchmarkRelay forwards a packet of 1.2 kB of video to one outlet whose
// transport costs nothing.
func BenchmarkRelay(b *testing.B) {
	r, err := NewRelay(RelayConfig{Kind: Video})
	if err != nil {
		b.Fatal(err)
	}
	o := newOutlet(Video, "o", "o", nil)
	if _, err := o.Bind(nowhere{&peer{}}); err != nil {
		b.Fatal(err)
	}
	w, s, t, f := newWriter(o.binding), new(passage), r.attach(nil), o.current()
	raw := rtp.Packet{Header: rtp.Header{Version: 2, Marker: true}}
	d := descriptor{begins: true}
	raw.Payload = append(d.append(nil), make([]byte, 1200)...)
	copy(raw.Payload[descriptorSize:], []byte{0, 0, 0, 0x9d, 0x01, 0x2a, 64, 0, 64, 0})
	data, err := raw.Marshal()
	if err != nil {
		b.Fatal(err)
	}
	var header rtp.Packet
	now := time.Now()
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		data[2], data[3] = byte(n>>8), byte(n)
		p := newPacket(&r.pool)
		now = now.Add(3 * time.Millisecond)
		p.arrived = time.Now()
		reason := r.inspect.packet(now, data, &header, p)
		r.take(p, len(data), reason)
		p.release()
		if p = <-t.queue; reason != droppedNothing {
			b.Fatal(reason)
		}
		if err := r.forward(p, t, s, o, f, w); err != nil {
			b.Fatal(err)
		}
		p.release()
	}
}

// nowhere is a peer that keeps nothing.
type nowhere struct{ *peer }

func (n nowhere) WriteStream() webrtc.TrackLocalWriter { return n }

func (n nowhere) WriteRTP(_ *rtp.Header, payload []byte) (int, error) { return len(payload), nil }
