package fanout

import (
	"bytes"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/rtp/codecs"
	"github.com/pion/webrtc/v4"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/session/encode"
	"github.com/virtualcube/virtualcube/session/encode/encodetest"
	"github.com/virtualcube/virtualcube/session/encode/vpx"
)

// dial is an estimate that the test sets.
type dial struct{ atomic.Int64 }

func (d *dial) GetTargetBitrate() int { return int(d.Load()) }

// studio encodes a scene for both rungs and knows what each picture decodes to.
type studio struct {
	t        *testing.T
	encoders [MaxRungs]encode.Encoder
	decoders [MaxRungs]*vpx.Decoder
	scenes   [MaxRungs][16]capture.Picture
	pictures map[uint32]map[int][]byte // by timestamp and width: luma
}

var studioSizes = [MaxRungs][2]int{{128, 256}, {64, 224}}

func newStudio(t *testing.T) *studio {
	s := &studio{t: t, pictures: make(map[uint32]map[int][]byte)}
	for r, size := range studioSizes {
		e, err := vpx.NewEncoder(size[0], size[1], 400_000)
		if err != nil {
			t.Fatal(err)
		}
		s.encoders[r], s.decoders[r] = e, newDecoder(t)
		t.Cleanup(func() { _ = e.Close() })
		for n := range s.scenes[r] {
			s.scenes[r][n] = encodetest.Scene(size[0], size[1], size[0], n)
		}
	}
	return s
}

func newDecoder(t *testing.T) *vpx.Decoder {
	d, err := vpx.NewDecoder()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

func luma(p capture.Picture) (out []byte) {
	for y := range p.Height {
		out = append(out, p.Planes[0][y*p.Strides[0]:][:p.Width]...)
	}
	return out
}

// send encodes view n for each rung that is watched.
func (s *studio) send(l *Ladder, n int) {
	at := uint32(n * 3000)
	s.pictures[at] = make(map[int][]byte)
	for r, size := range studioSizes {
		if !l.Watching(r) {
			continue
		}
		if err := s.encoders[r].SetLayers(l.Layered(r)); err != nil {
			s.t.Fatal(err)
		}
		p, err := s.encoders[r].Encode(s.scenes[r][n%len(s.scenes[r])], int64(at), l.KeyDue(r))
		if err != nil {
			s.t.Fatal(err)
		}
		decoded, err := s.decoders[r].Decode(p.Data)
		if err != nil {
			s.t.Fatal(err)
		}
		s.pictures[at][size[0]] = luma(decoded)
		if err := l.Send(r, p, at); err != nil {
			s.t.Fatal(err)
		}
	}
}

// check decodes what a peer was sent, in order, and says that there is no gap
// in any number and that each picture is the one that was encoded. It returns
// the widths that were seen, run by run.
func (s *studio) check(packets []rtp.Packet) (widths []int) {
	d := newDecoder(s.t)
	var unit []byte
	var offset, before uint32
	var last codecs.VP8Packet
	for i, p := range packets {
		var vp8 codecs.VP8Packet
		data, err := vp8.Unmarshal(p.Payload)
		if err != nil {
			s.t.Fatal(err)
		}
		if i == 0 {
			offset = p.Timestamp // the first view's is 0
		} else {
			s.continuous(&packets[i-1].Header, &p.Header, &last, &vp8)
		}
		last = vp8
		unit = append(unit, data...)
		if !p.Marker {
			continue
		}
		picture, err := d.Decode(unit)
		if err != nil {
			s.t.Fatalf("packet %d: %v", i, err)
		}
		at := p.Timestamp - offset
		if at <= before && i > 5 {
			s.t.Fatalf("timestamp %d after %d", at, before)
		}
		before, unit = at, unit[:0]
		if want := s.pictures[at/3000*3000][picture.Width]; !bytes.Equal(luma(picture), want) {
			s.t.Fatalf("picture at %d, %d wide, is not what was encoded", at, picture.Width)
		}
		if n := len(widths); n == 0 || widths[n-1] != picture.Width {
			widths = append(widths, picture.Width)
		}
	}
	return widths
}

func (s *studio) continuous(a, b *rtp.Header, before, now *codecs.VP8Packet) {
	s.t.Helper()
	frame, base := uint16(0), uint8(0)
	if now.S == 1 {
		frame, base = 1, 1-now.TID
	}
	if b.SequenceNumber != a.SequenceNumber+1 || now.PictureID != (before.PictureID+frame)&0x7fff || now.TL0PICIDX != before.TL0PICIDX+base {
		s.t.Fatalf("a gap: sequence %d, %d; picture %d, %d; base %d, %d", a.SequenceNumber, b.SequenceNumber, before.PictureID, now.PictureID, before.TL0PICIDX, now.TL0PICIDX)
	}
}

// TestStepsDecode takes a viewer down and up the whole ladder beside one who
// stays on top: both decode every picture to what was encoded, and find no gap
// in what they are sent.
//
// A third one does not report: it stays where it is and costs the others
// nothing.
func TestStepsDecode(t *testing.T) {
	faked(t, func(t *testing.T) {
		// The scene takes some 130 kbit/s at full size.
		b := newBench(t, Config{Bitrate: Bitrate{Start: 120_000, Floor: 50_000, Max: 400_000}})
		s := newStudio(t)
		link, wide := &dial{}, &dial{}
		link.Store(150_000)
		wide.Store(150_000)
		reporting := []webrtc.RTPHeaderExtensionParameter{{URI: transportCCURI, ID: 3}}
		moving, still, silent := &peer{extensions: reporting}, &peer{extensions: reporting}, &peer{}
		defer b.joinOn(moving, link)()
		defer b.joinOn(still, wide)()
		defer b.joinOn(silent, fixed(20_000))()
		n := 0
		play := func(seconds int) {
			for range seconds * 10 {
				s.send(b.rung, n)
				n++
				b.rung.Target(Full)
				b.rung.Target(Half)
				synctest.Wait()
				pass(time.Second / 10)
			}
		}
		count := func(rung, both, base int) {
			t.Helper()
			if got := b.rung.Snapshot().Rungs[rung]; got.Both != both || got.Base != base {
				t.Errorf("rung %d: %d viewers of both layers, %d of the base; want %d and %d", rung, got.Both, got.Base, both, base)
			}
		}
		play(5)
		count(Full, 3, 0)
		link.Store(85_000) // holds the base
		play(3)
		count(Full, 2, 1)
		link.Store(40_000)
		play(3)
		count(Full, 2, 0)
		count(Half, 1, 0)
		link.Store(8_000)
		play(3)
		count(Half, 0, 1)
		link.Store(150_000)
		play(60)
		count(Full, 3, 0)
		count(Half, 0, 0)
		if widths := s.check(moving.packets); len(widths) != 3 || widths[1] != studioSizes[Half][0] {
			t.Errorf("the moving viewer saw widths %v", widths)
		}
		if widths := s.check(still.packets); len(widths) != 1 {
			t.Errorf("the other saw widths %v", widths)
		}
		if target := b.rung.Snapshot().Target; target < 140_000 {
			t.Errorf("the target is %d", target)
		}
		if got := len(still.frames()); got != n {
			t.Errorf("the other got %d of %d frames", got, n)
		}
		stats := b.rung.Snapshot()
		if stats.Steps[causeClimb] != 3 || stats.Skipped == 0 || stats.Dropped != 0 {
			t.Errorf("stats %+v", stats)
		}
	})
}

// TestMove says that a viewer goes to another view with that one's key frame,
// and that until then the old view goes on.
func TestMove(t *testing.T) {
	faked(t, func(t *testing.T) {
		from, to := newBench(t, Config{}), newBench(t, Config{})
		p := &peer{}
		defer from.join(p)()
		other := &peer{}
		defer to.join(other)()
		from.send(30)
		to.send(30)
		before := len(p.frames())
		if err := from.subscribers[0].Move(to.rung); err != nil {
			t.Fatal(err)
		}
		from.send(10)
		if got := len(p.frames()); got != before+10 {
			t.Errorf("while the new view's key frame is awaited %d of 10 frames come", got-before)
		}
		to.send(40)
		from.send(10)
		frames := p.frames()
		if n := len(frames); n <= before+10 || !frames[before+10] {
			t.Errorf("the new view begins with %v", frames[min(before+10, n):])
		}
		if a, b := from.rung.Snapshot(), to.rung.Snapshot(); a.Subscribers != 0 || b.Subscribers != 2 || b.Rungs[Full].Both != 2 || a.Rungs[Full].Both != 0 {
			t.Errorf("old view %+v, new view %+v", a, b)
		}
		if from.rung.Watching(Full) || !to.rung.Watching(Full) {
			t.Error("the old view is still watched, or the new one is not")
		}
	})
}
