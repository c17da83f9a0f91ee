package fanout

import (
	"bytes"
	"sync"
	"testing"
	"time"

	"github.com/pion/rtp/codecs"
)

func checkPayloads(t *testing.T, data []byte, layer int) {
	t.Helper()
	f := newFrame(new(sync.Pool), data, true, layer, 1)
	defer f.release()
	w := newWriter(binding{})
	w.count(f)
	var got []byte
	for i := range f.packets() {
		payload := w.describe(f, i)
		if len(payload) > maxPayload || len(payload) <= descriptorSize {
			t.Fatalf("%d bytes: payload %d has %d", len(data), i, len(payload))
		}
		var p codecs.VP8Packet
		part, err := p.Unmarshal(payload)
		if err != nil {
			t.Fatal(err)
		}
		if (p.S == 1) != (i == 0) || p.PID != 0 || p.I != 1 || p.PictureID != w.picture&0x7fff {
			t.Fatalf("%d bytes: payload %d has S %d, PID %d, picture id %d", len(data), i, p.S, p.PID, p.PictureID)
		}
		if p.L != 1 || p.TL0PICIDX != w.base || p.T != 1 || int(p.TID) != layer || int(p.Y) != layer || int(p.N) != layer || p.K != 0 {
			t.Fatalf("layer %d: payload %d is %+v", layer, i, p)
		}
		got = append(got, part...)
	}
	if !bytes.Equal(got, data) {
		t.Errorf("%d bytes come out as %d others", len(data), len(got))
	}
}

func TestPayloads(t *testing.T) {
	const room = maxPayload - descriptorSize
	for _, size := range []int{1, 2, room - 1, room, room + 1, 2 * room, 2*room + 1, 100_003} {
		data := make([]byte, size)
		for i := range data {
			data[i] = byte(i * 7)
		}
		checkPayloads(t, data, size%2)
	}
}

func FuzzPayloads(f *testing.F) {
	f.Add([]byte{1}, false)
	f.Add(bytes.Repeat([]byte("view"), 1000), true)
	f.Fuzz(func(t *testing.T, data []byte, upper bool) {
		layer := 0
		if upper {
			layer = 1
		}
		if len(data) > 0 {
			checkPayloads(t, data, layer)
		}
	})
}

// TestPooledFrame says that a reused buffer shows nothing of its last frame.
func TestPooledFrame(t *testing.T) {
	pool := new(sync.Pool)
	for _, size := range []int{5000, 3, 1200} {
		data := bytes.Repeat([]byte{byte(size)}, size)
		f := newFrame(pool, data, false, 0, 0)
		if !bytes.Equal(f.data, data) {
			t.Errorf("%d bytes: a frame of %d", size, len(f.data))
		}
		f.release()
	}
}

func TestGate(t *testing.T) {
	start := time.Unix(100, 0)
	g := gate{interval: time.Second}
	if g.due(start) {
		t.Error("due before anybody asked")
	}
	g.request()
	if !g.due(start) {
		t.Error("the first request has to wait")
	}
	g.sent(start)
	g.request()
	g.request()
	if g.due(start.Add(999 * time.Millisecond)) {
		t.Error("due twice within the interval")
	}
	if !g.due(start.Add(time.Second)) {
		t.Error("not due after the interval")
	}
	g.sent(start.Add(time.Second))
	if g.due(start.Add(time.Hour)) {
		t.Error("two requests cause two key frames")
	}
}

// TestGovern says what the rule of a rung's bitrate is.
func TestGovern(t *testing.T) {
	b := DefaultBitrate()
	both := func(estimates ...int) (claims []claim) {
		for _, e := range estimates {
			claims = append(claims, claim{estimate: e})
		}
		return claims
	}
	for _, test := range []struct {
		name                  string
		claims                []claim
		last                  bool
		target, hold, holders int
	}{
		{"nobody", nil, false, b.Start, 450_000, 0},
		{"one", both(1_000_000), false, 950_000, 750_000, 1},
		{"one below the floor", both(200_000), false, b.Floor, 450_000, 1},
		{"one a little below the floor", both(500_000), false, b.Floor, 450_000, 1},
		{"one on the floor", both(600_000), false, b.Floor, 450_000, 1},
		{"one at the most", both(4_000_000), false, 3_800_000, 3_000_000, 1},
		{"the least of those near the middle", both(3_000_000, 2_400_000, 2_500_000), false, 2_280_000, 1_875_000, 3},
		{"one bad link of two", both(3_000_000, 1_000_000), false, 2_850_000, 2_250_000, 2},
		{"one bad link of four", both(700_000, 3_000_000, 3_000_000, 2_800_000), false, 2_660_000, 2_250_000, 4},
		{"one good link of three", both(1_000_000, 4_000_000, 1_000_000), false, 950_000, 750_000, 3},
		{"all below the floor", both(100_000, 200_000), false, b.Floor, 450_000, 2},
		{"a trial beside a link that holds", append(both(2_000_000), claim{estimate: 1_900_000, trial: true}), false, 1_900_000, 1_500_000, 1},
		{"a trial alone", []claim{{estimate: 1_000_000, trial: true}}, false, 950_000, 750_000, 0},
		{"the base beside both layers", append(both(2_000_000), claim{estimate: 700_000, base: true}), false, 1_900_000, 1_500_000, 1},
		{"the base alone", []claim{{estimate: 600_000, base: true}}, false, 950_000, 750_000, 0},
		{"the base of the last rung", append(both(2_000_000), claim{estimate: 600_000, base: true}, claim{estimate: 1_500_000, base: true}), true, 950_000, 1_500_000, 1},
		{"one below the last rung", append(both(2_000_000), claim{estimate: 100_000, base: true}), true, b.Floor, 1_500_000, 1},
	} {
		target, hold, holders, _ := b.govern(test.claims, test.last, nil)
		if target != test.target || hold != test.hold || holders != test.holders {
			t.Errorf("%s: target %d, hold %d, holders %d; want %d, %d, %d", test.name, target, hold, holders, test.target, test.hold, test.holders)
		}
	}
}

func TestCeiling(t *testing.T) {
	b := DefaultBitrate()
	for _, test := range []struct {
		name     string
		estimate int
		sent     float64
		want     int
	}{
		{"within", 1_000_000, 1_000_000, 1_000_000},
		{"grown without evidence", 3_900_000, 1_500_000, 2_250_000},
		{"still picture", 3_900_000, 10_000, b.Start},
		{"the rung's maximum", 9_000_000, 9_000_000, b.Max},
		{"bad link", 150_000, 1_500_000, 150_000},
	} {
		if got := b.ceiling(test.estimate, test.sent); got != test.want {
			t.Errorf("%s: %d, want %d", test.name, got, test.want)
		}
	}
}

func TestMeter(t *testing.T) {
	start := time.Unix(100, 0)
	var m meter
	if _, ok := m.read(start, 1000); ok {
		t.Error("a rate from one reading")
	}
	if _, ok := m.read(start.Add(100*time.Millisecond), 1100); ok {
		t.Error("a rate from a tenth of a second")
	}
	if rate, ok := m.read(start.Add(500*time.Millisecond), 26_000); !ok || rate != 400_000 {
		t.Errorf("25 kB in half a second are %v bit/s, %v", rate, ok)
	}
}
