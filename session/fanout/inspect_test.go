package fanout

import (
	"bytes"
	"testing"
	"time"

	"github.com/pion/rtp"
)

// opusPayloads are Opus packets, and what is none.
var opusPayloads = map[string]struct {
	payload []byte
	ok      bool
}{
	"20 ms of CELT":              {[]byte{0x98, 1, 2}, true},
	"nothing but the first byte": {[]byte{0x78}, true}, // DTX
	"two frames":                 {[]byte{0x79, 1, 2}, true},
	"two frames of odd size":     {[]byte{0x79, 1, 2, 3}, false},
	"two frames, no size":        {[]byte{0x7a}, false},
	"six frames of 20 ms":        {[]byte{0x7b, 6, 1}, true},
	"seven frames of 20 ms":      {[]byte{0x7b, 7, 1}, false},
	"no frames":                  {[]byte{0x7b, 0, 1}, false},
	"no count":                   {[]byte{0x7b}, false},
	"three frames of 60 ms":      {[]byte{0x1b, 3, 1}, false},
	"nothing":                    {nil, false},
	"too large":                  {make([]byte, maxOpus+1), false},
}

func TestPlausibleOpus(t *testing.T) {
	for name, c := range opusPayloads {
		if plausibleOpus(c.payload) != c.ok {
			t.Errorf("%s: not %v", name, c.ok)
		}
	}
}

// vp8Payloads are payloads of VP8, and what is none.
var vp8Payloads = map[string]struct {
	payload []byte
	ok      bool
}{
	"a key frame":             {[]byte{0x90, 0xe0, 0x80, 1, 2, 0x20, 0, 0, 0, 0x9d, 0x01, 0x2a, 64, 0, 64, 0}, true},
	"another frame":           {[]byte{0x90, 0xe0, 0x80, 1, 2, 0x20, 1, 0, 0}, true},
	"a later part":            {[]byte{0x80, 0xe0, 0x80, 1, 2, 0x20, 0xff}, true},
	"short picture id":        {[]byte{0x90, 0x80, 5, 1, 0, 0}, true},
	"no extension":            {[]byte{0x10, 1, 0, 0}, true},
	"key index alone":         {[]byte{0x90, 0x10, 1, 1, 0, 0}, true},
	"no data":                 {[]byte{0x90, 0xe0, 0x80, 1, 2, 0x20}, false},
	"cut in the descriptor":   {[]byte{0x90, 0xe0, 0x80}, false},
	"reserved bits":           {[]byte{0xd0, 0xe0, 0x80, 1, 2, 0x20, 1, 0, 0}, false},
	"a key frame, no code":    {[]byte{0x10, 0, 0, 0, 1, 2, 3, 64, 0, 64, 0}, false},
	"a key frame, no size":    {[]byte{0x10, 0, 0, 0, 0x9d, 0x01, 0x2a, 0, 0, 64, 0}, false},
	"a version of none":       {[]byte{0x10, 0x0b, 0, 0}, false},
	"too small to be a frame": {[]byte{0x10, 1}, false},
	"nothing":                 {nil, false},
}

func TestParseVP8(t *testing.T) {
	for name, c := range vp8Payloads {
		if _, _, _, ok := parseVP8(c.payload); ok != c.ok {
			t.Errorf("%s: not %v", name, c.ok)
		}
	}
}

// FuzzRelayed says that whatever is read can be written, and reads the same.
func FuzzRelayed(f *testing.F) {
	for _, c := range opusPayloads {
		f.Add(c.payload)
	}
	for _, c := range vp8Payloads {
		f.Add(c.payload)
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		plausibleOpus(payload)
		d, _, data, ok := parseVP8(payload)
		if !ok {
			return
		}
		again, has, same, ok := parseVP8(append(d.append(nil), data...))
		if !ok || again != d || !has.long || !has.base || !bytes.Equal(data, same) {
			t.Errorf("%+v became %+v", d, again)
		}
	})
}

func TestInspect(t *testing.T) {
	valid := rtp.Packet{Header: rtp.Header{Version: 2, SSRC: publisherSSRC, PayloadType: 100, SequenceNumber: 7}, Payload: []byte{0x78, 1}}
	with := func(change func(*rtp.Packet)) []byte {
		p := rtp.Packet{Header: valid.Header.Clone(), Payload: valid.Payload}
		change(&p)
		data, err := p.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	for name, c := range map[string]struct {
		data []byte
		want dropReason
	}{
		"valid":            {with(func(*rtp.Packet) {}), droppedNothing},
		"another stream":   {with(func(p *rtp.Packet) { p.SSRC++ }), droppedSSRC},
		"another codec":    {with(func(p *rtp.Packet) { p.PayloadType++ }), droppedType},
		"no payload":       {with(func(p *rtp.Packet) { p.Payload = nil }), droppedPadding},
		"padding":          {with(func(p *rtp.Packet) { p.Payload, p.Padding, p.PaddingSize = nil, true, 200 }), droppedPadding},
		"no Opus":          {with(func(p *rtp.Packet) { p.Payload = []byte{0x7b, 0, 1} }), droppedPayload},
		"too large":        {with(func(p *rtp.Packet) { p.Payload = make([]byte, maxPacket) }), droppedOversize},
		"no RTP":           {[]byte("hello"), droppedMalformed},
		"version 0":        {make([]byte, 20), droppedSSRC},
		"nothing":          {nil, droppedMalformed},
		"cut in extension": {append(with(func(p *rtp.Packet) { p.Payload = nil })[:12:12], 0)[:12], droppedPadding},
	} {
		i := newInspector(RelayConfig{Kind: Audio, Limits: MicrophoneLimits(), SSRC: publisherSSRC, PayloadType: 100})
		var raw rtp.Packet
		if got := i.packet(time.Now(), c.data, &raw, new(packet)); got != c.want {
			t.Errorf("%s: dropped for %q, not %q", name, got, c.want)
		}
	}
}

// TestRateLimit says that a publisher may send what its source takes, and not
// much more.
func TestRateLimit(t *testing.T) {
	for name, c := range map[string]struct {
		limits        Limits
		packets, size int // a second; bytes
		least, most   float64
	}{
		"a microphone":         {MicrophoneLimits(), 50, 160, 1, 1},
		"a flood":              {MicrophoneLimits(), 1000, 60, 0.19, 0.25},
		"sound as video":       {MicrophoneLimits(), 150, 1200, 0.3, 0.4},
		"a camera":             {CameraLimits(), 300, 1200, 1, 1},
		"a camera of 8 Mbit/s": {CameraLimits(), 833, 1200, 0.5, 0.56},
		"a screen of 6 Mbit/s": {ScreenLimits(), 625, 1200, 1, 1},
	} {
		kind, payload := Audio, make([]byte, c.size-12)
		payload[0] = 0x78
		if c.limits != MicrophoneLimits() {
			kind, payload[0] = Video, 0
		}
		i := newInspector(RelayConfig{Kind: kind, Limits: c.limits, SSRC: publisherSSRC, PayloadType: 100})
		now, passed := time.Now(), 0
		const seconds = 20
		for n := range seconds * c.packets {
			p := rtp.Packet{Header: rtp.Header{Version: 2, SSRC: publisherSSRC, PayloadType: 100, SequenceNumber: uint16(n)}, Payload: payload}
			data, err := p.Marshal()
			if err != nil {
				t.Fatal(err)
			}
			var raw rtp.Packet
			switch got := i.packet(now, data, &raw, new(packet)); got {
			case droppedNothing:
				passed++
			case droppedRate:
			default:
				t.Fatalf("%s: dropped for %v", name, got)
			}
			now = now.Add(time.Second / time.Duration(c.packets))
		}
		if share := float64(passed) / float64(seconds*c.packets); share < c.least || share > c.most {
			t.Errorf("%s: %.2f of it passed", name, share)
		}
	}
}

// TestNumbersAreGiven says that pictures of publishers that number them with 7
// bits or not at all get numbers of 15 bits that go on.
func TestNumbersAreGiven(t *testing.T) {
	for name, descriptorOf := range map[string]func(n int) []byte{
		"7 bits": func(n int) []byte { return []byte{0x90, 0x80, byte(n & 0x7f)} },
		"none":   func(int) []byte { return []byte{0x10} },
	} {
		i := newInspector(RelayConfig{Kind: Video, Limits: ScreenLimits(), SSRC: publisherSSRC, PayloadType: 100})
		var before *packet
		for n := range 600 {
			for part := range 2 {
				payload := append(descriptorOf(n), 1, 0, 0)
				if part == 1 {
					payload[0] &^= startOfFrame
				}
				p := &packet{sequence: uint16(2*n + part), timestamp: uint32(3000 * n)}
				if reason := i.payload(payload, p); reason != droppedNothing {
					t.Fatalf("%s: picture %d is dropped for %v", name, n, reason)
				}
				want := uint16(1 - part)
				if before != nil && (p.vp8.picture-before.vp8.picture != want || p.vp8.base-before.vp8.base != uint8(want)) {
					t.Fatalf("%s: picture %d part %d: %+v after %+v", name, n, part, p.vp8, before.vp8)
				}
				before = p
			}
		}
	}
}
