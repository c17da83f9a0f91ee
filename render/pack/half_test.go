package pack

import (
	"errors"
	"math/rand/v2"
	"testing"

	"github.com/virtualcube/virtualcube/capture"
)

// noise fills a packed frame of a stride with reproducible pixels and a strip.
func noise(t testing.TB, l Layout, pad int, seed uint64, s Strip) capture.Picture {
	t.Helper()
	p := l.NewFrame()
	r := rand.New(rand.NewPCG(seed, 1))
	for i := range p.Planes {
		rows := len(p.Planes[i]) / p.Strides[i]
		p.Strides[i] += pad
		p.Planes[i] = make([]byte, rows*p.Strides[i])
		for k := range p.Planes[i] {
			p.Planes[i][k] = byte(r.Uint32())
		}
	}
	if err := l.DrawStrip(p.Planes[0], p.Strides[0], s); err != nil {
		t.Fatal(err)
	}
	return p
}

// checkHalf says that a half frame unpacks to half of the whole one, by the
// definition, pixel for pixel.
func checkHalf(t *testing.T, l Layout, pad int, seed uint64, s Strip) {
	t.Helper()
	half, err := l.Half()
	if err != nil {
		t.Fatal(err)
	}
	src, dst := noise(t, l, pad, seed, s), noise(t, half, pad/2, seed+1, example())
	if err := l.Halve(dst, src); err != nil {
		t.Fatal(err)
	}
	whole, err := Unpack(src, l)
	if err != nil {
		t.Fatal(err)
	}
	got, err := Unpack(dst, half)
	if err != nil {
		t.Fatal(err)
	}
	if got.Strip != whole.Strip || got.Strip != s.Quantise() {
		t.Fatalf("%v: strip %+v, want %+v", l, got.Strip, whole.Strip)
	}
	average := func(a [4]uint8) uint8 { return uint8((int(a[0]) + int(a[1]) + int(a[2]) + int(a[3]) + 2) / 4) }
	closest := func(a [4]uint8) uint8 { return max(a[0], a[1], a[2], a[3]) }
	compare(t, "matte", got.Matte, whole.Matte, average)
	compare(t, "depth", got.Depth, whole.Depth, closest)
	for i := range 3 {
		compare(t, "colour", region(got.Colour, i, half.Colour()), region(whole.Colour, i, l.Colour()), average)
	}
	for i := 1; i < 3; i++ {
		for y := half.Height / 2; y < dst.Height/2; y++ {
			for x := range half.Width / 2 {
				if c := dst.Planes[i][y*dst.Strides[i]+x]; c != Neutral {
					t.Fatalf("%v: chroma %d under depth, matte and strip at %d,%d", l, c, x, y)
				}
			}
		}
	}
}

func compare(t *testing.T, what string, got, whole Plane, of func([4]uint8) uint8) {
	t.Helper()
	if got.Width != whole.Width/2 || got.Height != whole.Height/2 {
		t.Fatalf("%s: %dx%d of %dx%d", what, got.Width, got.Height, whole.Width, whole.Height)
	}
	for y := range got.Height {
		for x := range got.Width {
			four := [4]uint8{whole.At(2*x, 2*y), whole.At(2*x+1, 2*y), whole.At(2*x, 2*y+1), whole.At(2*x+1, 2*y+1)}
			if want := of(four); got.At(x, y) != want {
				t.Fatalf("%s at %d,%d: %d, want %d of %v", what, x, y, got.At(x, y), want, four)
			}
		}
	}
}

func TestHalve(t *testing.T) {
	for _, l := range []Layout{{512, 512}, {256, 256}, {128, 128}, {640, 384}, {1024, 512}} {
		for _, pad := range []int{0, 14} {
			checkHalf(t, l, pad, uint64(l.Width), example())
		}
	}
}

func FuzzHalve(f *testing.F) {
	f.Add(uint8(1), uint8(1), uint8(0), uint64(1), uint16(0xABC), uint16(5))
	f.Add(uint8(4), uint8(2), uint8(7), uint64(9), uint16(0), uint16(1023))
	f.Fuzz(func(t *testing.T, w, h, pad uint8, seed uint64, sequence, window uint16) {
		s := example()
		s.Sequence, s.Window = sequence, 1+window%1023
		checkHalf(t, Layout{128 * (1 + int(w%4)), 128 * (1 + int(h%4))}, int(pad), seed, s)
	})
}

// TestHalveSurface says that a half frame keeps the surface: on a slope its
// depth is the nearest of what it stands for, never between two surfaces.
func TestHalveSurface(t *testing.T) {
	l := Layout{256, 256}
	half, err := l.Half()
	if err != nil {
		t.Fatal(err)
	}
	src, dst := noise(t, l, 0, 3, example()), half.NewFrame()
	d := tile(src, l.Depth())
	for y := range d.Height {
		for x := range d.Width {
			z := 1.5 // a wall
			if x > 31 && x < 63 && y > 20 {
				z = 1.0 + 0.001*float64(y) // a person before it
			}
			d.Pixels[y*d.Stride+x] = DepthCode(z, 0.8, 1.6)
		}
	}
	if err := l.Halve(dst, src); err != nil {
		t.Fatal(err)
	}
	tiles, err := Unpack(dst, half)
	if err != nil {
		t.Fatal(err)
	}
	for y := range tiles.Depth.Height {
		for x := range tiles.Depth.Width {
			z := Depth(tiles.Depth.At(x, y), 0.8, 1.6)
			if z > 1.15 && z < 1.49 {
				t.Fatalf("a surface %.2f m away at %d,%d, where there is none", z, x, y)
			}
		}
	}
}

func TestHalfRefused(t *testing.T) {
	for _, l := range []Layout{{64, 64}, {192, 256}, {256, 320}, {65, 64}} {
		if _, err := l.Half(); !errors.Is(err, ErrBadLayout) {
			t.Errorf("half of %v: %v", l, err)
		}
		if err := l.Halve(capture.Picture{}, capture.Picture{}); !errors.Is(err, ErrBadLayout) {
			t.Errorf("halve %v: %v", l, err)
		}
	}
	l := Layout{256, 256}
	src := noise(t, l, 0, 1, example())
	if err := l.Halve(l.NewFrame(), src); !errors.Is(err, ErrFrame) {
		t.Errorf("into a frame of the same size: %v", err)
	}
	half, err := l.Half()
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Halve(half.NewFrame(), half.NewFrame()); !errors.Is(err, ErrFrame) {
		t.Errorf("from a frame of another size: %v", err)
	}
	if err := l.Halve(half.NewFrame(), l.NewFrame()); !errors.Is(err, ErrChecksum) {
		t.Errorf("from a frame without a strip: %v", err)
	}
	dst := half.NewFrame()
	if n := testing.AllocsPerRun(20, func() { _ = l.Halve(dst, src) }); n != 0 {
		t.Errorf("Halve allocates %v times", n)
	}
}

func TestLayoutOf(t *testing.T) {
	for _, l := range []Layout{{512, 512}, {256, 256}, {320, 192}, {64, 64}, {1024, 512}, {4096, 4096}} {
		if got, err := LayoutOf(l.FrameWidth(), l.FrameHeight()); got != l || err != nil {
			t.Errorf("%v: %v, %v", l, got, err)
		}
	}
	for _, size := range [][2]int{{0, 0}, {512, 783}, {512, 785}, {500, 784}, {-64, 100}, {8192, 784}, {63, 224}} {
		if l, err := LayoutOf(size[0], size[1]); !errors.Is(err, ErrFrame) {
			t.Errorf("%v: %v, %v", size, l, err)
		}
	}
}

func BenchmarkHalve(b *testing.B) {
	l := Layout{512, 512}
	half, err := l.Half()
	if err != nil {
		b.Fatal(err)
	}
	src, dst := noise(b, l, 0, 1, example()), half.NewFrame()
	b.ReportAllocs()
	for b.Loop() {
		if err := l.Halve(dst, src); err != nil {
			b.Fatal(err)
		}
	}
}
