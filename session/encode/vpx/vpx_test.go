package vpx_test

import (
	"testing"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/session/encode"
	"github.com/virtualcube/virtualcube/session/encode/encodetest"
	"github.com/virtualcube/virtualcube/session/encode/vpx"
)

func TestContract(t *testing.T) {
	encodetest.Run(t, encodetest.Codec{
		Open: func(w, h, rate int) (encode.Encoder, error) { return vpx.NewEncoder(w, h, rate) },
		Decoder: func(t *testing.T) func([]byte) (capture.Picture, error) {
			d, err := vpx.NewDecoder()
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = d.Close() })
			return d.Decode
		},
	})
}

// TestPause says that a pause does not swell the picture after it.
func TestPause(t *testing.T) {
	const w, h, tick = 512, 512, encode.ClockRate / 30
	after := func(pause int64) int {
		e, err := vpx.NewEncoder(w, h, 600_000)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = e.Close() }()
		for n := range 60 {
			if _, err := e.Encode(encodetest.Scene(w, h, w, n), int64(n*tick), false); err != nil {
				t.Fatal(err)
			}
		}
		p, err := e.Encode(encodetest.Scene(w, h, w, 60), 60*tick+pause, true)
		if err != nil {
			t.Fatal(err)
		}
		return len(p.Data)
	}
	plain := after(0)
	for _, seconds := range []int64{1, 5, 3600} {
		if size := after(seconds * encode.ClockRate); size > 3*plain {
			t.Errorf("a key frame after %d s has %d bytes, without a pause %d", seconds, size, plain)
		}
	}
}

// TestUnevenPictures says that the bitrate holds where pictures do not come
// evenly.
func TestUnevenPictures(t *testing.T) {
	const w, h, tick, target = 256, 256, encode.ClockRate / 30, 300_000
	for _, gaps := range [][]int64{{tick}, {tick, tick, tick, tick, 2 * tick}, {tick, 2 * tick}, {tick - 100, tick + 100}, {3 * tick}} {
		e, err := vpx.NewEncoder(w, h, target)
		if err != nil {
			t.Fatal(err)
		}
		const warmUp, pictures = 60, 180
		var at, begun int64
		bytes := 0
		for i := range pictures {
			p, err := e.Encode(encodetest.Scene(w, h, w, int(at/tick)), at, false)
			if err != nil {
				t.Fatal(err)
			}
			if i == warmUp {
				begun = at
			}
			if i >= warmUp {
				bytes += len(p.Data)
			}
			at += gaps[i%len(gaps)]
		}
		if rate := 8 * float64(bytes) * encode.ClockRate / float64(at-begun); rate > 1.2*target {
			t.Errorf("pictures %v apart take %.2f Mbit/s of %.2f", gaps, rate/1e6, target/1e6)
		}
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestDecoderRefuses(t *testing.T) {
	d, err := vpx.NewDecoder()
	if err != nil {
		t.Fatal(err)
	}
	for _, data := range [][]byte{nil, {}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}} {
		if p, err := d.Decode(data); err == nil {
			t.Errorf("decode %v gave %dx%d", data, p.Width, p.Height)
		}
	}
	for range 2 {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	}
	if _, err := d.Decode([]byte{1}); err == nil {
		t.Error("decode after close: no error")
	}
}

// FuzzDecode says that no access unit crashes the process.
func FuzzDecode(f *testing.F) {
	e, err := vpx.NewEncoder(64, 64, 200_000)
	if err != nil {
		f.Fatal(err)
	}
	defer func() { _ = e.Close() }()
	for n := range 3 {
		p, err := e.Encode(encodetest.Scene(64, 64, 64, n), int64(n*3000), false)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(append([]byte(nil), p.Data...))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<16 {
			return
		}
		// RFC 6386 section 9.1: a key frame states its size in bytes 6 to 9.
		if len(data) >= 10 && data[0]&1 == 0 && (data[7]&0x3f > 1 || data[9]&0x3f > 1) {
			return
		}
		d, err := vpx.NewDecoder()
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = d.Close() }()
		if p, err := d.Decode(data); err == nil && !p.Empty() && p.Width*p.Height == 0 {
			t.Errorf("picture of %dx%d", p.Width, p.Height)
		}
	})
}

// BenchmarkEncode encodes packed views of 512 x 784.
func BenchmarkEncode(b *testing.B) {
	const w, h = 512, 784
	e, err := vpx.NewEncoder(w, h, 1_500_000)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = e.Close() }()
	var pictures [30]capture.Picture
	for n := range pictures {
		pictures[n] = encodetest.Scene(w, h, w, n)
	}
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		if _, err := e.Encode(pictures[n%len(pictures)], int64(n*3000), false); err != nil {
			b.Fatal(err)
		}
		n++
	}
}
