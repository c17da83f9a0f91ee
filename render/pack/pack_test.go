package pack

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
)

func TestLayout(t *testing.T) {
	for _, c := range []struct {
		l           Layout
		frameHeight int
		strip       Rect
	}{
		{Layout{512, 512}, 784, Rect{0, 768, 512, 16}},
		{Layout{256, 256}, 416, Rect{0, 384, 256, 32}},
		{Layout{320, 192}, 320, Rect{0, 288, 320, 32}},
		{Layout{64, 64}, 224, Rect{0, 96, 64, 128}},
		{Layout{1024, 512}, 784, Rect{0, 768, 1024, 16}},
	} {
		if err := c.l.Validate(); err != nil {
			t.Errorf("%v: %v", c.l, err)
		}
		if got := c.l.FrameHeight(); got != c.frameHeight {
			t.Errorf("%v: frame height %d, want %d", c.l, got, c.frameHeight)
		}
		if got := c.l.Strip(); got != c.strip {
			t.Errorf("%v: strip %v, want %v", c.l, got, c.strip)
		}
	}
	for _, l := range []Layout{{}, {512, 500}, {32, 64}, {-64, 64}, {8192, 64}} {
		if err := l.Validate(); !errors.Is(err, ErrBadLayout) {
			t.Errorf("%v: error %v", l, err)
		}
	}
}

func TestCRC(t *testing.T) {
	// Check value of the CRC catalogue for CRC-16/CCITT-FALSE (IBM-3740).
	if got := CRC([]byte("123456789")); got != 0x29B1 {
		t.Errorf("CRC = %#x", got)
	}
}

func example() Strip {
	return Strip{Sequence: 0xABC, Milliseconds: 0x123456, Eye: space.Vec3{X: 0.001, Y: -0.001, Z: 1.2}, Near: 0.8, Far: 1.6, Window: 5}
}

func TestStripBitsByHand(t *testing.T) {
	b, err := example().Encode()
	if err != nil {
		t.Fatal(err)
	}
	// 1 ABC 123456, then 14 bits each of 1, -1, 1200, 10 bits each of 200, 400, 5:
	// 00000000000001 11111111111111 00010010110000 0011001000 0110010000 0000000101
	want := "1abc1234560007fff12c0c864005"
	if got := hex.EncodeToString(b[:14]); got != want {
		t.Errorf("strip %s, want %s", got, want)
	}
}

func TestStripRefused(t *testing.T) {
	for name, change := range map[string]func(*Strip){
		"eye far away":    func(s *Strip) { s.Eye.X = 9 },
		"eye not finite":  func(s *Strip) { s.Eye.Y = math.NaN() },
		"near behind far": func(s *Strip) { s.Near = 2 },
		"near zero":       func(s *Strip) { s.Near = 0 },
		"far too far":     func(s *Strip) { s.Far = 4.1 },
		"far not finite":  func(s *Strip) { s.Far = math.Inf(1) },
		"no window":       func(s *Strip) { s.Window = 0 },
		"window too big":  func(s *Strip) { s.Window = 1024 },
	} {
		s := example()
		change(&s)
		if _, err := s.Encode(); !errors.Is(err, ErrStrip) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

func TestQuantise(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		near := 0.1 + r.Float64()*2
		s := Strip{
			Sequence: uint16(r.IntN(1 << 16)), Milliseconds: r.Uint32(),
			Eye:  space.Vec3{X: r.Float64()*16 - 8, Y: r.Float64()*16 - 8, Z: r.Float64()*16 - 8},
			Near: near, Far: near + 0.1 + r.Float64(), Window: uint16(1 + r.IntN(1023)),
		}
		q := s.Quantise()
		if q.Near > s.Near+1e-8 || q.Far < s.Far-1e-8 || s.Near-q.Near > DepthStep || q.Far-s.Far > DepthStep {
			t.Fatalf("window %v..%v quantised to %v..%v", s.Near, s.Far, q.Near, q.Far)
		}
		b, err := s.Encode()
		if err != nil {
			t.Fatal(err)
		}
		d, err := DecodeStrip(b)
		if err != nil {
			t.Fatal(err)
		}
		if d != q {
			t.Fatalf("decoded %+v, quantised %+v", d, q)
		}
	}
}

func TestDepth(t *testing.T) {
	const near, far = 1.048, 1.848
	if DepthCode(near, near, far) != DepthNear || DepthCode(far, near, far) != DepthFar || DepthCode(math.NaN(), near, far) != DepthFar || DepthCode(0, near, far) != DepthNear {
		t.Error("ends of the depth window")
	}
	for z := near; z < far; z += 0.0007 {
		c := DepthCode(z, near, far)
		step := Depth(c-1, near, far) - Depth(c, near, far)
		if c == DepthFar {
			step = Depth(c, near, far) - Depth(c+1, near, far)
		}
		if e := math.Abs(Depth(c, near, far) - z); e > step*0.51 {
			t.Fatalf("z %.4f comes back %.4f m off, step %.4f", z, e, step)
		}
	}
	if Depth(0, near, far) != Depth(DepthFar, near, far) || Depth(255, near, far) != Depth(DepthNear, near, far) {
		t.Error("codes outside the range are not clamped")
	}
}

func TestMatte(t *testing.T) {
	for _, c := range []struct {
		matte float64
		code  uint8
	}{{0, 16}, {1, 235}, {0.5, 126}, {-1, 16}, {3, 235}, {math.NaN(), 16}} {
		if got := MatteCode(c.matte); got != c.code {
			t.Errorf("matte %v: code %d, want %d", c.matte, got, c.code)
		}
	}
	for code := MatteZero; code <= MatteOne; code++ {
		if got := MatteCode(Matte(uint8(code))); got != uint8(code) {
			t.Fatalf("code %d comes back %d", code, got)
		}
	}
}

func packed(l Layout) capture.Picture {
	w, h := l.Width, l.FrameHeight()
	return capture.Picture{
		Format: capture.I420, Width: w, Height: h,
		Planes:  [3][]byte{make([]byte, w*h), make([]byte, w*h/4), make([]byte, w*h/4)},
		Strides: [3]int{w, w / 2, w / 2},
	}
}

func TestFrame(t *testing.T) {
	for _, l := range []Layout{{512, 512}, {256, 256}, {64, 64}, {320, 192}} {
		p := packed(l)
		if err := l.DrawStrip(p.Planes[0], p.Strides[0], example()); err != nil {
			t.Fatal(err)
		}
		for i := range p.Planes[0][:l.Strip().Y*l.Width] {
			if p.Planes[0][i] != 0 {
				t.Fatalf("%v: strip drawn over the tiles at %d", l, i)
			}
		}
		p.Planes[0][l.Depth().Y*l.Width] = 77
		p.Planes[0][l.Matte().Y*l.Width+l.Matte().X] = 99
		// Codec noise well above what was measured.
		r := rand.New(rand.NewPCG(3, 4))
		for i := l.Strip().Y * l.Width; i < len(p.Planes[0]); i++ {
			p.Planes[0][i] = uint8(int(p.Planes[0][i]) + r.IntN(91) - 45)
		}
		tiles, err := Unpack(p, l)
		if err != nil {
			t.Fatal(err)
		}
		if tiles.Strip != example().Quantise() {
			t.Errorf("%v: strip %+v", l, tiles.Strip)
		}
		if tiles.Depth.At(0, 0) != 77 || tiles.Matte.At(0, 0) != 99 || tiles.Colour.Height != l.Height {
			t.Errorf("%v: tiles are misplaced", l)
		}
	}
}

func TestFrameRefused(t *testing.T) {
	l := Layout{256, 256}
	p := packed(l)
	if err := l.DrawStrip(p.Planes[0][1:], p.Strides[0], example()); !errors.Is(err, ErrFrame) {
		t.Errorf("short plane: %v", err)
	}
	if _, err := l.ReadStrip(p.Planes[0], 100); !errors.Is(err, ErrFrame) {
		t.Errorf("short stride: %v", err)
	}
	if _, err := Unpack(p, Layout{512, 512}); !errors.Is(err, ErrFrame) {
		t.Errorf("other layout: %v", err)
	}
	if _, err := Unpack(p, Layout{3, 3}); !errors.Is(err, ErrBadLayout) {
		t.Errorf("bad layout: %v", err)
	}
	if _, err := Unpack(p, l); !errors.Is(err, ErrChecksum) {
		t.Errorf("black frame: %v", err)
	}
	if n := testing.AllocsPerRun(100, func() { _ = l.DrawStrip(p.Planes[0], p.Strides[0], example()) }); n != 0 {
		t.Errorf("DrawStrip allocates %v times", n)
	}
	if n := testing.AllocsPerRun(100, func() { _, _ = Unpack(p, l) }); n != 0 {
		t.Errorf("Unpack allocates %v times", n)
	}
}

type vectorFile struct {
	Strips []struct {
		Hex          string
		Sequence     uint16
		Milliseconds uint32
		Eye          [3]float64
		Near, Far    float64
		Window       uint16
	}
	Broken []struct{ Hex, Error string }
}

func vectors(t testing.TB) vectorFile {
	data, err := os.ReadFile("../../client/src/pack/vectors.gen.json")
	if err != nil {
		t.Fatal(err)
	}
	var v vectorFile
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func bitsOf(t testing.TB, s string) [StripBytes]byte {
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != StripBytes {
		t.Fatalf("vector %q: %v", s, err)
	}
	return [StripBytes]byte(b)
}

func TestVectors(t *testing.T) {
	v := vectors(t)
	for _, s := range v.Strips {
		got, err := DecodeStrip(bitsOf(t, s.Hex))
		want := Strip{s.Sequence, s.Milliseconds, space.Vec3{X: s.Eye[0], Y: s.Eye[1], Z: s.Eye[2]}, s.Near, s.Far, s.Window}
		if err != nil || got != want {
			t.Errorf("%s: %+v, %v", s.Hex, got, err)
		}
	}
	sentinels := map[string]error{"checksum": ErrChecksum, "version": ErrVersion}
	for _, b := range v.Broken {
		if _, err := DecodeStrip(bitsOf(t, b.Hex)); !errors.Is(err, sentinels[b.Error]) {
			t.Errorf("%s: error %v, want %s", b.Hex, err, b.Error)
		}
	}
}

func FuzzDecodeStrip(f *testing.F) {
	for _, s := range vectors(f).Strips {
		b := bitsOf(f, s.Hex)
		f.Add(b[:])
	}
	for _, s := range vectors(f).Broken {
		b := bitsOf(f, s.Hex)
		f.Add(b[:])
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) < StripBytes-2 {
			return
		}
		var b [StripBytes]byte
		copy(b[:], data)
		if len(data)%2 == 0 { // a right checksum reaches what lies behind it
			crc := CRC(b[:14])
			b[14], b[15] = byte(crc>>8), byte(crc)
		}
		s, err := DecodeStrip(b)
		if err != nil {
			return
		}
		again, err := s.Encode()
		// The one code that Encode does not write is -8192 mm.
		if err != nil && s.Eye.X > -8.1915 && s.Eye.Y > -8.1915 && s.Eye.Z > -8.1915 {
			t.Fatalf("%+v does not encode: %v", s, err)
		}
		if err == nil && again != b {
			t.Fatalf("%x decodes to %+v, which encodes to %x", b, s, again)
		}
	})
}

func BenchmarkDrawStrip(b *testing.B) {
	l := Layout{512, 512}
	p := packed(l)
	b.ReportAllocs()
	for b.Loop() {
		if err := l.DrawStrip(p.Planes[0], p.Strides[0], example()); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkReadStrip(b *testing.B) {
	l := Layout{512, 512}
	p := packed(l)
	if err := l.DrawStrip(p.Planes[0], p.Strides[0], example()); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := l.ReadStrip(p.Planes[0], p.Strides[0]); err != nil {
			b.Fatal(err)
		}
	}
}
