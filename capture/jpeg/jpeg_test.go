package jpeg

import (
	"bytes"
	"errors"
	"image"
	stdjpeg "image/jpeg"
	"os"
	"path/filepath"
	"testing"

	"github.com/virtualcube/virtualcube/capture"
)

// The files in testdata are one 48x32 pattern, written by libjpeg-turbo's
// compressor in each chroma sampling. The oracle is the standard library.

func picture(format capture.Format, w, h int) capture.Picture {
	p := capture.Picture{Format: format, Range: capture.Full, Width: w, Height: h}
	p.Planes[0], p.Strides[0] = make([]byte, w*h), w
	if format == capture.NV12 {
		p.Planes[1], p.Strides[1] = make([]byte, w*h/2), w
		return p
	}
	for i := 1; i < 3; i++ {
		p.Planes[i], p.Strides[i] = make([]byte, w*h/4), w/2
	}
	return p
}

func decoder(t testing.TB) *Decoder {
	d, err := NewDecoder()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	return d
}

func samples(t testing.TB) map[string][]byte {
	paths, err := filepath.Glob("testdata/*.jpg")
	if err != nil || len(paths) != 7 {
		t.Fatalf("testdata holds %d pictures (%v), 7 expected", len(paths), err)
	}
	m := make(map[string][]byte)
	for _, p := range paths {
		data, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		m[filepath.Base(p)] = data
	}
	return m
}

// truth returns Y, and the mean of U and V over the 2 x 2 pixels at (x, y),
// from the standard library's decoder.
func truth(i image.Image, x, y int) (luma, u, v int) {
	if g, ok := i.(*image.Gray); ok {
		return int(g.GrayAt(x, y).Y), 128, 128
	}
	c := i.(*image.YCbCr)
	for k := range 4 {
		o := c.COffset(x&^1+k&1, y&^1+k>>1)
		u += int(c.Cb[o])
		v += int(c.Cr[o])
	}
	return int(c.YCbCrAt(x, y).Y), (u + 2) / 4, (v + 2) / 4
}

func TestDecode(t *testing.T) {
	d := decoder(t)
	for name, data := range samples(t) {
		want, err := stdjpeg.Decode(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		for _, format := range []capture.Format{capture.I420, capture.NV12} {
			t.Run(name+" "+format.String(), func(t *testing.T) {
				p := picture(format, 48, 32)
				if err := d.Decode(data, p); err != nil {
					t.Fatal(err)
				}
				worst := 0
				for y := range 32 {
					for x := range 48 {
						luma, u, v := truth(want, x, y)
						var gotU, gotV int
						if format == capture.NV12 {
							gotU, gotV = int(p.Planes[1][y/2*48+x&^1]), int(p.Planes[1][y/2*48+x|1])
						} else {
							gotU, gotV = int(p.Planes[1][y/2*24+x/2]), int(p.Planes[2][y/2*24+x/2])
						}
						worst = max(worst, abs(int(p.Planes[0][y*48+x])-luma), abs(gotU-u), abs(gotV-v))
					}
				}
				// Two inverse cosine transforms may round differently.
				if worst > 3 {
					t.Errorf("differs from the standard library by %d", worst)
				}
			})
		}
	}
}

func abs(x int) int { return max(x, -x) }

func TestDecodeRefuses(t *testing.T) {
	d := decoder(t)
	whole := samples(t)["422.jpg"]
	flipped := bytes.Clone(whole)
	for i := len(flipped) * 3 / 4; i < len(flipped)-2; i++ {
		flipped[i] = 0xff
	}
	odd := func(w, h int) []byte {
		var b bytes.Buffer
		if err := stdjpeg.Encode(&b, image.NewGray(image.Rect(0, 0, w, h)), nil); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	huge := bytes.Clone(whole)
	sof := bytes.Index(huge, []byte{0xff, 0xc0})
	copy(huge[sof+5:], []byte{0xff, 0x00, 0xff, 0x00})
	// With an Adobe marker that says "no transform" the components are RGB.
	full := samples(t)["444.jpg"]
	rgb := append([]byte{0xff, 0xd8}, "\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00\x00"...)
	rgb = append(rgb, full[2+18:]...)
	cases := []struct {
		name string
		data []byte
		want error
	}{
		{"nothing", nil, ErrCorrupt},
		{"text", []byte("not a picture at all"), ErrCorrupt},
		{"header only", whole[:sof+20], ErrCorrupt},
		{"half", whole[:len(whole)/2], ErrCorrupt},
		{"end missing", whole[:len(whole)-30], ErrCorrupt},
		{"garbage inside", flipped, ErrCorrupt},
		{"65280 pixels a side", huge, ErrSize},
		{"odd size", odd(47, 32), ErrSize},
		{"RGB", rgb, ErrKind},
		{"another size", odd(64, 32), ErrSize},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if err := d.Decode(c.data, picture(capture.NV12, 48, 32)); !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
	if err := d.Decode(whole, capture.Picture{Format: capture.RGBA, Width: 48, Height: 32, Planes: [3][]byte{make([]byte, 48*32*4)}, Strides: [3]int{192}}); err == nil {
		t.Error("decoded into RGBA")
	}
	if err := d.Decode(whole, capture.Picture{Format: capture.I420, Width: 48, Height: 32}); err == nil {
		t.Error("decoded into nothing")
	}
	// The decoder works on after all of these.
	if err := d.Decode(whole, picture(capture.I420, 48, 32)); err != nil {
		t.Error(err)
	}
	d.Close()
	if err := d.Decode(whole, picture(capture.I420, 48, 32)); err == nil {
		t.Error("decoded after Close")
	}
}

func FuzzDecode(f *testing.F) {
	for _, data := range samples(f) {
		f.Add(data)
		f.Add(data[:len(data)/2])
	}
	f.Add([]byte{})
	d := decoder(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		w, h, err := d.Size(data)
		if err != nil || w*h > 1<<20 {
			return
		}
		for _, format := range []capture.Format{capture.I420, capture.NV12} {
			p := picture(format, w, h)
			if err := d.Decode(data, p); err == nil {
				if err := p.Validate(); err != nil {
					t.Fatal(err)
				}
			}
		}
	})
}

func BenchmarkDecode720p(b *testing.B) {
	m := image.NewRGBA(image.Rect(0, 0, 1280, 720))
	for i := range m.Pix {
		m.Pix[i] = byte(i*7 ^ i>>9)
	}
	var data bytes.Buffer
	if err := stdjpeg.Encode(&data, m, nil); err != nil {
		b.Fatal(err)
	}
	d, p := decoder(b), picture(capture.NV12, 1280, 720)
	b.SetBytes(int64(data.Len()))
	b.ReportAllocs()
	for b.Loop() {
		if err := d.Decode(data.Bytes(), p); err != nil {
			b.Fatal(err)
		}
	}
}
