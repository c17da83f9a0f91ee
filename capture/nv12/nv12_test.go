package nv12

import (
	"image"
	"image/color"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/virtualcube/virtualcube/capture"
)

// ideal is the definition in real numbers (BT.601, 2.5).
func ideal(r, g, b float64, full capture.Range) (y, u, v float64) {
	y = 0.299*r + 0.587*g + 0.114*b
	u, v = (b-y)/1.772, (r-y)/1.402
	if full == capture.Full {
		return y, min(u+128, 255), min(v+128, 255)
	}
	return 16 + y*219/255, 128 + u*224/255, 128 + v*224/255
}

func TestFromPacked(t *testing.T) {
	const w, h = 64, 32
	random := rand.New(rand.NewPCG(5, 6))
	for _, l := range []Layout{RGBA, BGRA, RGB} {
		for _, r := range []capture.Range{capture.Full, capture.Limited} {
			stride := w*l.Pixel + 3
			src := make([]byte, stride*h)
			for i := range src {
				src[i] = byte(random.Uint32())
				if i < stride*4 { // extremes
					src[i] = byte(255 * (random.Uint32() & 1))
				}
			}
			dst := New(w, h, r)
			if err := FromPacked(dst, src, stride, l); err != nil {
				t.Fatal(err)
			}
			at := func(x, y int) (r, g, b float64) {
				p := src[y*stride+x*l.Pixel:]
				return float64(p[l.R]), float64(p[l.G]), float64(p[l.B])
			}
			for y := range h {
				for x := range w {
					p, q, s := at(x, y)
					want, _, _ := ideal(p, q, s, r)
					if d := math.Abs(want - float64(dst.Planes[0][y*w+x])); d > 0.51 {
						t.Fatalf("%v %v: luma at %d,%d is off by %.2f", l, r, x, y, d)
					}
				}
			}
			for y := 0; y < h; y += 2 {
				for x := 0; x < w; x += 2 {
					var p, q, s float64
					for k := range 4 {
						a, b, c := at(x+k&1, y+k>>1)
						p, q, s = p+a/4, q+b/4, s+c/4
					}
					_, u, v := ideal(p, q, s, r)
					du, dv := math.Abs(u-float64(dst.Planes[1][y/2*w+x])), math.Abs(v-float64(dst.Planes[1][y/2*w+x+1]))
					if max(du, dv) > 0.51 {
						t.Fatalf("%v %v: chroma at %d,%d is off by %.2f %.2f", l, r, x, y, du, dv)
					}
				}
			}
		}
	}
}

func TestFromYUY2(t *testing.T) {
	src := []byte{
		10, 100, 20, 200, 11, 101, 21, 201,
		12, 110, 22, 220, 13, 111, 23, 221,
	}
	dst := New(4, 2, capture.Limited)
	if err := FromYUY2(dst, src, 8); err != nil {
		t.Fatal(err)
	}
	wantY, wantC := [8]byte{10, 20, 11, 21, 12, 22, 13, 23}, [4]byte{105, 210, 106, 211}
	if [8]byte(dst.Planes[0]) != wantY || [4]byte(dst.Planes[1]) != wantC {
		t.Errorf("got %v %v, want %v %v", dst.Planes[0], dst.Planes[1], wantY, wantC)
	}
}

func TestFromImage(t *testing.T) {
	c := color.RGBA{200, 50, 100, 255}
	r := image.Rect(3, 2, 12, 9) // 9 x 7
	rgba, nrgba, pal := image.NewRGBA(r), image.NewNRGBA(r), image.NewPaletted(r, color.Palette{c})
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			rgba.Set(x, y, c)
			nrgba.Set(x, y, c)
		}
	}
	y, u, v := ideal(200, 50, 100, capture.Full)
	for _, m := range []image.Image{rgba, nrgba, pal} {
		p, err := FromImage(m)
		if err != nil {
			t.Fatal(err)
		}
		if p.Width != 8 || p.Height != 6 || p.Validate() != nil {
			t.Errorf("%T became %dx%d: %v", m, p.Width, p.Height, p.Validate())
		}
		got := [3]byte{p.Planes[0][17], p.Planes[1][8], p.Planes[1][9]}
		if want := [3]byte{byte(math.Round(y)), byte(math.Round(u)), byte(math.Round(v))}; got != want {
			t.Errorf("%T: %v, want %v", m, got, want)
		}
	}
	if _, err := FromImage(image.NewGray(image.Rect(0, 0, 1, 5))); err == nil {
		t.Error("a picture of one column was accepted")
	}
}

func TestTooFewBytes(t *testing.T) {
	dst := New(4, 4, capture.Full)
	if FromPacked(dst, make([]byte, 63), 16, RGBA) == nil || FromPacked(dst, make([]byte, 64), 15, RGBA) == nil ||
		FromYUY2(dst, make([]byte, 31), 8) == nil || FromYUY2(capture.Picture{}, make([]byte, 99), 8) == nil {
		t.Error("too few bytes were accepted")
	}
	if err := FromPacked(dst, make([]byte, 64), 16, RGBA); err != nil {
		t.Error(err)
	}
}

func BenchmarkFromPacked720p(b *testing.B) {
	src, dst := make([]byte, 1280*720*4), New(1280, 720, capture.Full)
	b.ReportAllocs()
	for b.Loop() {
		if err := FromPacked(dst, src, 1280*4, BGRA); err != nil {
			b.Fatal(err)
		}
	}
}
