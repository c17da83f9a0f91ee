package fanout

import (
	"bytes"
	"sync"
	"testing"
	"time"

	"github.com/pion/rtp/codecs"
)

func checkPayloads(t *testing.T, data []byte, id uint16) {
	t.Helper()
	f := newFrame(new(sync.Pool), data, true, 1, id)
	defer f.release()
	var got []byte
	for i := range f.packets() {
		payload := f.payload(i)
		if len(payload) > maxPayload || len(payload) <= descriptorSize {
			t.Fatalf("%d bytes: payload %d has %d", len(data), i, len(payload))
		}
		var p codecs.VP8Packet
		part, err := p.Unmarshal(payload)
		if err != nil {
			t.Fatal(err)
		}
		if (p.S == 1) != (i == 0) || p.PID != 0 || p.I != 1 || p.PictureID != id&0x7fff {
			t.Fatalf("%d bytes: payload %d has S %d, PID %d, picture id %d", len(data), i, p.S, p.PID, p.PictureID)
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
		checkPayloads(t, data, uint16(size))
	}
}

func FuzzPayloads(f *testing.F) {
	f.Add([]byte{1}, uint16(0))
	f.Add(bytes.Repeat([]byte("view"), 1000), uint16(0xffff))
	f.Fuzz(func(t *testing.T, data []byte, id uint16) {
		if len(data) > 0 {
			checkPayloads(t, data, id)
		}
	})
}

// TestPooledFrame says that a reused buffer shows nothing of its last frame.
func TestPooledFrame(t *testing.T) {
	pool := new(sync.Pool)
	for _, size := range []int{5000, 3, 1200} {
		data := bytes.Repeat([]byte{byte(size)}, size)
		f := newFrame(pool, data, false, 0, 0)
		if want := size + f.packets()*descriptorSize; len(f.buffer) != want {
			t.Errorf("%d bytes: buffer of %d, want %d", size, len(f.buffer), want)
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

func TestTarget(t *testing.T) {
	b := DefaultBitrate()
	for _, test := range []struct {
		name      string
		estimates []int
		want      int
	}{
		{"nobody", nil, b.Start},
		{"one", []int{1_000_000}, 950_000},
		{"the least", []int{3_000_000, 1_000_000, 2_000_000}, 950_000},
		{"not below the floor", []int{3_000_000, 200_000}, 2_850_000},
		{"all below the floor", []int{100_000, 200_000}, b.Floor},
		{"on the floor", []int{300_000}, b.Floor},
	} {
		if got := b.target(test.estimates); got != test.want {
			t.Errorf("%s: %d, want %d", test.name, got, test.want)
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
	if _, ok := m.read(start.Add(time.Millisecond), 1100); ok {
		t.Error("a rate from a millisecond")
	}
	if rate, ok := m.read(start.Add(500*time.Millisecond), 26_000); !ok || rate != 400_000 {
		t.Errorf("25 kB in half a second are %v bit/s, %v", rate, ok)
	}
}
