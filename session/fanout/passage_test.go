package fanout

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// TestPassageKeepsOrder sends packets that are lost, late, doubled and left out
// on purpose: what is sent keeps its order and every number at most once, and
// gaps are of what was lost, as long as it was.
func TestPassageKeepsOrder(t *testing.T) {
	for seed := range uint64(50) {
		random := rand.New(rand.NewPCG(seed, 1))
		const n = 2000
		start := uint16(random.Uint32())
		var order []int
		lost := make(map[int]bool)
		for i := range n {
			if i > 0 && random.IntN(20) == 0 {
				lost[i] = true
				continue
			}
			order = append(order, i)
			if i > 0 && random.IntN(50) == 0 {
				order = append(order, i) // twice
			}
		}
		for range 100 { // late by up to 30 places
			i := 1 + random.IntN(len(order)-31)
			j := i + random.IntN(30)
			v := order[i]
			order = slices.Insert(slices.Delete(order, i, i+1), j, v)
		}
		empty := make(map[int]bool)
		for range 200 {
			empty[1+random.IntN(n-1)] = true
		}
		s, w := new(passage), &writer{sequence: uint16(random.Uint32()), picture: 77}
		first := w.sequence
		out := make(map[int]uint16)
		for _, i := range order {
			p := &packet{sequence: start + uint16(i), empty: empty[i], vp8: descriptor{picture: uint16(i)}}
			if !s.begun {
				s.begin(w, p)
			}
			o, ok := s.pass(p, false)
			if !ok {
				continue
			}
			if empty[i] {
				t.Fatalf("seed %d: packet %d is sent", seed, i)
			}
			if _, twice := out[i]; twice {
				t.Fatalf("seed %d: packet %d is sent twice", seed, i)
			}
			out[i] = p.sequence + o.sequence - first
			if picture := (p.vp8.picture + o.picture) & 0x7fff; picture != uint16(78+i) {
				t.Fatalf("seed %d: packet %d has picture %d", seed, i, picture)
			}
		}
		used, last := make(map[uint16]int), -1
		for i := range n {
			number, sent := out[i]
			if !sent {
				if !lost[i] && !empty[i] {
					t.Fatalf("seed %d: packet %d is not sent", seed, i)
				}
				continue
			}
			if j, taken := used[number]; taken {
				t.Fatalf("seed %d: packets %d and %d are both %d", seed, i, j, number)
			}
			used[number] = i
			if last >= 0 && int16(number-out[last]) <= 0 {
				t.Fatalf("seed %d: packet %d has %d, %d has %d", seed, last, out[last], i, number)
			}
			last = i
		}
	}
}

// TestThin says that upper temporal layers can be left out without a gap, and
// come back where a decoder can go on.
func TestThin(t *testing.T) {
	faked(t, func(t *testing.T) {
		a := newPublisher(t, Video, 1, nil)
		defer a.run()()
		p := &peer{}
		o, stop := open(t, Video, p)
		defer stop()
		connectTo(t, o, "a", a.relay)
		n := 0
		turn := func(groups int) (layers string) {
			before := len(p.sent())
			for range groups { // L1T3, as Chromium sends it
				for k, layer := range []uint8{0, 2, 1, 2} {
					a.showLayer(n == 0, layer, layer > 0 && k < 3 && n%16 < 4)
					n++
					pass(time.Second / 30)
				}
			}
			for _, packet := range p.sent()[before:] {
				d, _, _, _ := parseVP8(packet.Payload)
				layers += fmt.Sprint(d.layer)
			}
			return layers
		}
		for _, step := range []struct {
			yield  yield
			groups int
			want   string
		}{
			{yieldNothing, 2, "02120212"},
			{yieldLayers, 3, "000"},
			{yieldNothing, 4, "000" + "012"}, // the ninth group has a sync
			{yieldAll, 2, ""},
		} {
			o.yields.Store(int32(step.yield))
			if got := turn(step.groups); got != step.want {
				t.Errorf("yield %q: layers %q, not %q", step.yield, got, step.want)
			}
		}
		o.yields.Store(int32(yieldNothing))
		before := len(p.sent())
		turn(2)
		if got := len(p.sent()); got != before {
			t.Errorf("%d packets without a key frame", got-before)
		}
		a.show(true)
		if got := len(p.sent()); got != before+1 {
			t.Errorf("%d packets with a key frame", got-before)
		}
		smooth(t, p.sent(), true)
	})
}

// cruise is an estimate that the test changes.
type cruise struct{ bits int }

func (c *cruise) GetTargetBitrate() int { return c.bits }

// TestLinkShares says what a view may take beside sound and relayed videos, and
// what yields when they do not fit.
func TestLinkShares(t *testing.T) {
	faked(t, func(t *testing.T) {
		estimate := &cruise{bits: 4_000_000}
		link := NewLink(estimate)
		ladder, err := NewLadder(Config{})
		if err != nil {
			t.Fatal(err)
		}
		sound, camera, other := newPublisher(t, Audio, 1, nil), newPublisher(t, Video, 2, nil), newPublisher(t, Video, 3, nil)
		outlets := make(map[string]*Outlet)
		view := link.Subscribe(ladder)
		for name, s := range map[string]Source{"sound": sound.relay, "camera": camera.relay, "other": other.relay, "view": view} {
			outlets[name] = link.NewOutlet(s.Kind(), name, name)
			connectTo(t, outlets[name], name, s)
		}
		run := func(d time.Duration) LinkStats {
			for end := time.Now().Add(d); time.Now().Before(end); {
				// What would be sent, by what yields.
				for name, bytes := range map[string]int{"sound": 500, "camera": 12_500, "other": 6_250} {
					o := outlets[name]
					switch yield(o.yields.Load()) {
					case yieldLayers:
						bytes = bytes * 6 / 10
					case yieldAll:
						bytes = 0
					}
					o.current().add(10, bytes)
				}
				link.tick(time.Now())
				pass(steerInterval)
			}
			return link.Snapshot()
		}
		yielding := func() string {
			return outlets["camera"].Snapshot().Yields + "," + outlets["other"].Snapshot().Yields
		}
		// 40 kbit/s of sound, 1 and 0.5 Mbit/s of video.
		if s := run(2 * time.Second); s.Audio != 40_000 || s.Relayed != 1_500_000 || s.Share != 2_460_000 || view.estimator.GetTargetBitrate() != s.Share || yielding() != "," {
			t.Errorf("at 4 Mbit/s: %+v, %s", s, yielding())
		}
		estimate.bits = 1_400_000 // of which the view's floor is 0.2
		if s := run(5 * time.Second); yielding() != "layers," || s.Relayed != 1_100_000 || s.Share != 260_000 {
			t.Errorf("at 1.4 Mbit/s: %+v, %s", s, yielding())
		}
		estimate.bits = 600_000
		if s := run(10 * time.Second); yielding() != "all,layers" || s.Relayed != 300_000 || s.Share < 200_000 {
			t.Errorf("at 0.6 Mbit/s: %+v, %s", s, yielding())
		}
		estimate.bits = 100_000
		if s := run(10 * time.Second); yielding() != "all,all" || s.Share != 60_000 {
			t.Errorf("at 0.1 Mbit/s: %+v, %s", s, yielding())
		}
		estimate.bits = 4_000_000
		if s := run(60 * time.Second); yielding() != "," || s.Share != 2_460_000 {
			t.Errorf("at 4 Mbit/s again: %+v, %s", s, yielding())
		}
		synctest.Wait()
	})
}

// TestLinkHolds says that no relayed video yields while all that is sent arrives,
// whatever the estimate is, and that one that has yielded is tried again, ever later,
// where the estimate stays low.
func TestLinkHolds(t *testing.T) {
	faked(t, func(t *testing.T) {
		estimate := &cruise{bits: 4_000_000}
		link := NewLink(estimate)
		camera := newPublisher(t, Video, 2, nil)
		o := link.NewOutlet(Video, "camera", "camera")
		connectTo(t, o, "camera", camera.relay)
		holds := 20 // packets a tick
		run := func(d time.Duration) (yields string) {
			for end := time.Now().Add(d); time.Now().Before(end); {
				packets := 20
				if yield(o.yields.Load()) != yieldNothing {
					packets = 4
				}
				o.current().add(packets, 1000*packets)
				link.arrived.Add(uint64(min(packets, holds)))
				link.reports.lost += uint64(max(0, packets-holds))
				link.tick(time.Now())
				pass(steerInterval)
			}
			return o.Snapshot().Yields
		}
		run(5 * time.Second)
		estimate.bits = 100_000 // of 1.6 Mbit/s
		if y := run(time.Minute); y != "" {
			t.Errorf("all arrives, and yet yields %s", y)
		}
		holds = 12
		if y := run(4 * time.Second); y == "" {
			t.Error("three of five arrive, and nothing yields")
		}
		var tries []time.Duration
		before := time.Now()
		for begun := time.Now(); time.Since(begun) < 5*time.Minute; {
			was := o.Snapshot().Yields
			if y := run(steerInterval); len(y) < len(was) || y == "layers" && was == "all" {
				tries, before = append(tries, time.Since(before)), time.Now()
			}
		}
		if len(tries) < 3 || len(tries) > 12 || tries[0] < tryAfter-time.Second || tries[len(tries)-1] < tries[0]*2 {
			t.Errorf("a link that does not hold it was tried after %v", tries)
		}
		holds = 20
		if y := run(3 * lastTry); y != "" {
			t.Errorf("the link holds all again, and yields %s", y)
		}
		synctest.Wait()
	})
}
