package fanout

import (
	"fmt"
	"testing"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/interceptor/pkg/nack"
	"github.com/pion/interceptor/pkg/twcc"
	"github.com/pion/rtp/codecs"

	"github.com/virtualcube/virtualcube/session/encode"
)

// theatre is a ladder whose viewers sit behind links of their own, on real
// peer connections in faked time.
type theatre struct {
	t       *testing.T
	ladder  *Ladder
	viewers []*spectator
	begun   time.Time
	n       int // views sent
	upper   [MaxRungs]bool
	targets [MaxRungs]int
	keys    [MaxRungs][]time.Time
}

// spectator is one viewer.
type spectator struct {
	*client
	link       *link
	subscriber *Subscriber

	frames, bits  int // since they were last looked at
	upper         int // frames of the upper layer among them
	rung          int // of the newest frame
	last          time.Time
	gap           time.Duration // the longest between two frames
	picture, base int           // of the newest frame; -1: none yet
	holes         int           // picture ids or TL0PICIDX that are missing
}

const theatreRate = 30 // views a second

func newTheatre(t *testing.T, config Config, queue int, rates ...int) *theatre {
	l, err := NewLadder(config)
	if err != nil {
		t.Fatal(err)
	}
	s := &theatre{t: t, ladder: l, begun: time.Now()}
	for _, rate := range rates {
		s.join(rate, queue)
	}
	return s
}

// join brings a viewer in behind a link, in bits a second, with a queue in bytes.
func (s *theatre) join(rate, queue int) *spectator {
	s.t.Helper()
	v := &spectator{link: newLink(s.t, rate, queue), rung: -1, picture: -1, base: -1}
	feedback, err := twcc.NewSenderInterceptor()
	if err != nil {
		s.t.Fatal(err)
	}
	generator, err := nack.NewGeneratorInterceptor()
	if err != nil {
		s.t.Fatal(err)
	}
	registry := &interceptor.Registry{}
	registry.Add(generator)
	registry.Add(feedback)
	v.client = newClientOn(s.t, v.link.client, []string{transportCCURI}, registry)
	v.subscriber = connectOn(s.t, v.link.server, s.ladder, v.client)
	s.viewers = append(s.viewers, v)
	return v
}

// play sends views for a while, as the view loop does: rungs that a key frame
// is due for first, each at its target, two layers where they are needed, key frames of three times
// the size. Every second it calls each.
func (s *theatre) play(d time.Duration, each func(second int)) {
	const every = theatreRate / 2
	for i := range int(d.Seconds() * theatreRate) {
		var due [MaxRungs]bool
		for r := range s.ladder.Rungs() {
			due[r] = s.ladder.KeyDue(r)
		}
		for _, first := range []bool{true, false} {
			for r := range s.ladder.Rungs() {
				if due[r] == first && s.ladder.Watching(r) {
					s.encode(r, due[r], s.n%every == 0)
				}
			}
		}
		s.n++
		pass(time.Second / theatreRate)
		for _, v := range s.viewers {
			v.receive(s.t)
		}
		if (i+1)%theatreRate == 0 && each != nil {
			each((i + 1) / theatreRate)
		}
	}
}

func (s *theatre) encode(r int, key, follow bool) {
	if follow || s.targets[r] == 0 {
		s.targets[r] = s.ladder.Target(r)
	}
	p := encode.Packet{Key: key}
	size := s.targets[r] / 8 / theatreRate * 2
	switch {
	case !s.ladder.Layered(r):
		size, s.upper[r] = size/2, false
		if key {
			size *= 3
			s.keys[r] = append(s.keys[r], time.Now())
		}
	case key:
		size, s.upper[r] = 3*size/2, true
		s.keys[r] = append(s.keys[r], time.Now())
	case s.upper[r]:
		p.Layer, s.upper[r] = 1, false
		size = int(float64(size) * (1 - encode.BaseShare))
	default:
		s.upper[r] = true
		size = int(float64(size) * encode.BaseShare)
	}
	p.Data = make([]byte, size)
	p.Data[0], p.Data[1], p.Data[2] = 1, byte(r), byte(p.Layer)
	if key {
		p.Data[0] = 0
	}
	if err := s.ladder.Send(r, p, uint32(s.n*90000/theatreRate)); err != nil {
		s.t.Fatal(err)
	}
}

// receive takes what has come.
func (v *spectator) receive(t *testing.T) {
	for {
		select {
		case p := <-v.packets:
			var d codecs.VP8Packet
			data, err := d.Unmarshal(p.Payload)
			if err != nil {
				t.Fatal(err)
			}
			v.bits += 8 * len(p.Payload)
			if d.S != 1 {
				continue
			}
			now := time.Now()
			if !v.last.IsZero() {
				v.gap = max(v.gap, now.Sub(v.last))
			}
			v.last = now
			v.count(&d)
			v.frames++
			v.upper += int(data[2])
			v.rung = int(data[1])
		default:
			return
		}
	}
}

// count looks for missing numbers.
func (v *spectator) count(d *codecs.VP8Packet) {
	picture, base := int(d.PictureID), int(d.TL0PICIDX)
	if v.picture >= 0 && picture != (v.picture+1)&0x7fff {
		v.holes++
	}
	if want := (v.base + 1 - int(d.TID)) & 0xff; v.base >= 0 && base != want {
		v.holes++
	}
	v.picture, v.base = picture, base
}

// take returns and forgets the counts.
func (v *spectator) take() (frames, upper, bits int, gap time.Duration) {
	frames, upper, bits, gap = v.frames, v.upper, v.bits, v.gap
	v.frames, v.upper, v.bits, v.gap = 0, 0, 0, 0
	return frames, upper, bits, gap
}

// second is what the viewers got within a second, for the log.
func (s *theatre) second(n int) string {
	text := fmt.Sprintf("%3d s:", n)
	for _, v := range s.viewers {
		text += fmt.Sprintf("  %d:%2df+%2d %4dk est %4dk", v.rung, v.frames-v.upper, v.upper, v.bits/1000, v.subscriber.estimator.GetTargetBitrate()/1000)
	}
	return text + fmt.Sprintf("  targets %v steps %v", s.targets, s.ladder.Snapshot().Steps)
}

// TestNarrowLink says that a viewer whose link narrows goes to the half size
// within two seconds and comes back, while the others lose nothing.
func TestNarrowLink(t *testing.T) {
	faked(t, func(t *testing.T) {
		const wide, narrow, queue = 6_000_000, 500_000, 60_000
		s := newTheatre(t, Config{}, queue, wide, wide, wide)
		s.play(20*time.Second, nil)
		bad, good := s.viewers[2], s.viewers[:2]
		before := s.targets[Full]
		if before < 3_000_000 || bad.rung != Full {
			t.Fatalf("after 20 s on wide links the target is %d, the rung %d", before, bad.rung)
		}
		s.forget()
		bad.link.bottleneck.SetRate(narrow)
		unharmed := func(second int) {
			for i, v := range good {
				frames, upper, bits, gap := v.take()
				if v.rung != Full || frames < 29 || bits < before*95/100 || gap > 100*time.Millisecond {
					t.Errorf("second %d: a good link gets rung %d, %d frames, %d of them upper, %d bits, longest gap %v (viewer %d)", second, v.rung, frames, upper, bits, gap, i)
				}
			}
		}
		s.play(25*time.Second, func(second int) {
			t.Log(s.second(second))
			unharmed(second)
			frames, _, bits, gap := bad.take()
			if gap > 1500*time.Millisecond {
				t.Errorf("second %d: nothing for %v", second, gap)
			}
			if second > 3 && (bad.rung != Half || frames < 13 || bits > narrow*12/10) {
				t.Errorf("second %d: the bad link gets rung %d, %d frames, %d bits", second, bad.rung, frames, bits)
			}
		})
		bad.link.bottleneck.SetRate(wide)
		s.play(50*time.Second, func(second int) {
			t.Log(s.second(second))
			unharmed(second)
			frames, upper, _, gap := bad.take()
			if gap > 500*time.Millisecond || second > 40 && (bad.rung != Full || frames < 29) {
				t.Errorf("second %d after the link is wide again: rung %d, %d frames, %d of them upper, longest gap %v", second, bad.rung, frames, upper, gap)
			}
		})
		s.checkKeys()
		if steps := s.ladder.Snapshot().Steps; steps[causeClimb] > 6 || steps[causeFloor] == 0 {
			t.Errorf("steps %v", steps)
		}
	})
}

// TestLinksOfAllKinds says that every link gets a step that it holds, that
// nobody flaps, and that nothing is missing that was not lost.
func TestLinksOfAllKinds(t *testing.T) {
	faked(t, func(t *testing.T) {
		s := newTheatre(t, Config{}, 100_000, 8_000_000, 8_000_000, 3_200_000, 1_100_000, 300_000)
		s.play(30*time.Second, func(second int) { t.Log(s.second(second)); s.forget() })
		steps := s.ladder.Snapshot().Steps
		// What each got, second by second.
		got := make([][]float64, len(s.viewers)) // share of the seconds by step
		for i := range got {
			got[i] = make([]float64, 2*MaxRungs)
		}
		const seconds = 45
		s.play(seconds*time.Second, func(second int) {
			t.Log(s.second(second))
			for i, v := range s.viewers {
				frames, _, _, gap := v.take()
				step := 2 * v.rung
				if frames < 3*theatreRate/4 {
					step++
				}
				got[i][step] += 1.0 / seconds
				if gap > 1500*time.Millisecond {
					t.Errorf("viewer %d, second %d: nothing for %v", i, second, gap)
				}
			}
		})
		for i, want := range [][]float64{{1, 0, 0, 0}, {1, 0, 0, 0}, {0, 0.25, 0, 0}, {0, 0, 0.25, 0}, {0, 0, 0, 0.25}} {
			for step, share := range want {
				if got[i][step] < share-1e-9 {
					t.Errorf("viewer %d was on steps 0 to 3 for %.2f of the time: step %d should have at least %.2f", i, got[i], step, share)
				}
			}
			if i >= 3 && got[i][Full] > 0.3 {
				t.Errorf("viewer %d was on steps 0 to 3 for %.2f of the time, and its link holds no full size", i, got[i])
			}
		}
		for i, v := range s.viewers[:2] {
			if v.holes > 0 {
				t.Errorf("viewer %d: %d numbers are missing, and nothing was lost", i, v.holes)
			}
		}
		after := s.ladder.Snapshot().Steps
		if climbs := after[causeClimb] - steps[causeClimb]; climbs > 4*3 {
			t.Errorf("%d steps up within %d s: %v", climbs, seconds, after)
		}
		s.checkKeys()
	})
}

// forget what the viewers got so far.
func (s *theatre) forget() {
	for _, v := range s.viewers {
		v.take()
	}
}

// checkKeys says that there is one key frame a rung a second at most.
func (s *theatre) checkKeys() {
	for r, at := range s.keys {
		for i := range at[min(1, len(at)):] {
			if gap := at[i+1].Sub(at[i]); gap < time.Second {
				s.t.Errorf("rung %d: key frames %v apart", r, gap)
			}
		}
	}
}
