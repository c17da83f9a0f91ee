package k4a

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/replay"
	"github.com/virtualcube/virtualcube/capture/sourcetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func openBytes(t testing.TB, data []byte) (*Source, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "test.mkv")
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	s, err := Open(Options{File: path, Clock: capture.NewClock()})
	if err == nil {
		t.Cleanup(func() {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	return s, err
}

// readAll returns all shots' offsets and all drops of one pass.
func readAll(t *testing.T, s *Source) (offsets []time.Duration, drops map[capture.DropReason]int) {
	t.Helper()
	drops = make(map[capture.DropReason]int)
	for {
		offset, err := s.reel.Next()
		if errors.Is(err, io.EOF) {
			return offsets, drops
		}
		if err != nil {
			t.Fatal(err)
		}
		shots, lost, err := s.reel.Decode(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range lost {
			drops[d.Reason]++
		}
		for _, shot := range shots {
			if err := errors.Join(shot.Colour.Validate(), shot.Depth.Validate()); err != nil {
				t.Fatal(err)
			}
			offsets = append(offsets, offset)
			shot.Free()
		}
	}
}

// step goes on and decodes a good frame.
func step(t testing.TB, s *Source) replay.Shot {
	t.Helper()
	if _, err := s.reel.Next(); err != nil {
		t.Fatal(err)
	}
	shots, _, err := s.reel.Decode(t.Context())
	if err != nil || len(shots) != 1 {
		t.Fatalf("%d shots: %v", len(shots), err)
	}
	return shots[0]
}

func TestShapesOfAFile(t *testing.T) {
	cases := map[string]func(*recording){
		"a cluster a frame":    func(*recording) {},
		"one cluster of four":  func(r *recording) { r.perCluster = 1; r.frames = r.frames[:4] },
		"unknown sizes":        func(r *recording) { r.unknownSizes = true },
		"blocks in groups":     func(r *recording) { r.groups = true },
		"calibration at last":  func(r *recording) { r.lateAttachment = true },
		"odd start offset":     func(r *recording) { r.tags["K4A_START_OFFSET_NS"] = "1.7e18 us" },
		"no tags":              func(r *recording) { r.tags = nil },
		"depth 4 ms behind":    func(r *recording) { r.depthLag = 4000; r.tags["K4A_DEPTH_DELAY_NS"] = "4000000" },
		"depth 10 ms, unsaid":  func(r *recording) { r.depthLag = 10000 },
		"depth 25 ms, as told": func(r *recording) { r.depthLag = 25000; r.tags["K4A_DEPTH_DELAY_NS"] = "25000000" },
	}
	for name, change := range cases {
		t.Run(name, func(t *testing.T) {
			r := plain(t, 5)
			change(&r)
			s, err := openBytes(t, r.bytes())
			if err != nil {
				t.Fatal(err)
			}
			for range 2 {
				offsets, drops := readAll(t, s)
				if len(offsets) != len(r.frames) || len(drops) != 0 {
					t.Fatalf("%d frames, drops %v", len(offsets), drops)
				}
				for k, o := range offsets {
					if o != time.Duration(k)*frameTicks*time.Microsecond {
						t.Errorf("frame %d at %v", k, o)
					}
				}
				if err := s.reel.Rewind(); err != nil {
					t.Fatal(err)
				}
			}
			if math.Abs(s.Rig().Rate-30) > 0.01 {
				t.Errorf("rate %v", s.Rig().Rate)
			}
		})
	}
}

func TestColourFormats(t *testing.T) {
	const w, h = testW, testH
	// The same orange in each format; BT.601.
	payload := map[fourcc]func() []byte{
		mjpg: func() []byte { return jpegPayload(t, w, h) },
		bgra: func() []byte { return bytes.Repeat([]byte{orange.B, orange.G, orange.R, 255}, w*h) },
		nv12: func() []byte {
			return append(bytes.Repeat([]byte{137}, w*h), bytes.Repeat([]byte{78, 178}, w*h/4)...)
		},
		yuy2: func() []byte { return bytes.Repeat([]byte{137, 78, 137, 178}, w*h/2) },
	}
	for format, of := range payload {
		t.Run(string(format), func(t *testing.T) {
			r := plain(t, 0)
			r.format = format
			r.frames = [][2][]byte{{of(), depthPayload(812)}}
			s, err := openBytes(t, r.bytes())
			if err != nil {
				t.Fatal(err)
			}
			shot := step(t, s)
			p, d := shot.Colour, shot.Depth
			red, green, blue := rgb(p, 160, 91)
			for k, off := range []float64{red - 220, green - 120, blue - 40} {
				if math.Abs(off) > 4 {
					t.Errorf("component %d is off by %.1f", k, off)
				}
			}
			if v := d.Millimetres[150*320+150]; v != 812 {
				t.Errorf("depth %d", v)
			}
		})
	}
}

// rgb converts one pixel back, in real numbers.
func rgb(p capture.Picture, x, y int) (r, g, b float64) {
	luma := float64(p.Planes[0][y*p.Strides[0]+x])
	u, v := float64(p.Planes[1][y/2*p.Strides[1]+x&^1])-128, float64(p.Planes[1][y/2*p.Strides[1]+x|1])-128
	if p.Range == capture.Limited {
		luma, u, v = (luma-16)*255/219, u*255/224, v*255/224
	}
	return luma + 1.402*v, luma - 0.344136*u - 0.714136*v, luma + 1.772*u
}

func TestLostFramesAreCounted(t *testing.T) {
	r := plain(t, 10)
	colour, depth := r.frames[0][0], r.frames[0][1]
	corrupt := bytes.Clone(colour)
	copy(corrupt[len(corrupt)/2:], bytes.Repeat([]byte{0xff, 0xd8}, 20))
	r.frames[1] = [2][]byte{colour, nil}
	r.frames[2] = [2][]byte{nil, depth}
	r.frames[3] = [2][]byte{corrupt, depth}
	r.frames[4] = [2][]byte{colour[:len(colour)/2], depth}
	r.frames[5] = [2][]byte{jpegPayload(t, 160, 90), depth}
	r.frames[6] = [2][]byte{colour, depth[:1000]}
	r.frames[7] = [2][]byte{colour, append(bytes.Clone(depth), 1, 2)}
	r.frames[8] = [2][]byte{colour, make([]byte, len(depth))}
	s, err := openBytes(t, r.bytes())
	if err != nil {
		t.Fatal(err)
	}
	offsets, drops := readAll(t, s)
	want := map[capture.DropReason]int{capture.DropUnpaired: 2, capture.DropCorrupt: 2, capture.DropSize: 2, capture.DropTorn: 1, capture.DropBlack: 1}
	if len(offsets) != 2 || len(drops) != len(want) {
		t.Errorf("%d frames, drops %v, want %v", len(offsets), drops, want)
	}
	for reason, n := range want {
		if drops[reason] != n {
			t.Errorf("%d %s, want %d", drops[reason], reason, n)
		}
	}
}

func TestDarkColourIsDropped(t *testing.T) {
	r := plain(t, 2)
	r.format = nv12
	light := append(bytes.Repeat([]byte{90}, testW*testH), bytes.Repeat([]byte{128}, testW*testH/2)...)
	dark := append(bytes.Repeat([]byte{17}, testW*testH), bytes.Repeat([]byte{128}, testW*testH/2)...)
	r.frames[0][0], r.frames[1][0] = light, dark
	s, err := openBytes(t, r.bytes())
	if err != nil {
		t.Fatal(err)
	}
	if offsets, drops := readAll(t, s); len(offsets) != 1 || drops[capture.DropBlack] != 1 {
		t.Errorf("%d frames, drops %v", len(offsets), drops)
	}
}

func TestOpenRefuses(t *testing.T) {
	cases := []struct {
		name   string
		change func(*recording)
		is     error
		want   string // in the message
	}{
		{"WebM", func(r *recording) { r.docType = "webm" }, ErrForeign, "webm"},
		{"no depth track", func(r *recording) { r.noDepthTrack = true }, ErrForeign, "record with both"},
		{"no calibration", func(r *recording) { r.calibration = nil }, ErrCalibration, "not attached"},
		{"bad calibration", func(r *recording) { r.calibration = []byte("{") }, ErrCalibration, "JSON"},
		{"no frames", func(r *recording) { r.frames = nil }, ErrForeign, "no whole cluster"},
		{"no pairs", func(r *recording) {
			for i := range r.frames {
				r.frames[i][1] = nil
			}
		}, ErrForeign, "one instant"},
		{"no good frame", func(r *recording) {
			for i := range r.frames {
				r.frames[i][0] = []byte("no JPEG")
			}
		}, nil, "none of its frames"},
		{"H.264", func(r *recording) { r.format = "H264" }, nil, `"H264"`},
		{"square colour", func(r *recording) {
			r.width, r.height = 720, 720
			r.frames = [][2][]byte{{jpegPayload(t, 720, 720), depthPayload(900)}}
		}, ErrCalibration, "neither 4:3 nor 16:9"},
		{"laced", func(r *recording) { r.lacing = 2 }, ErrForeign, "one instant"},
		{"bad delay", func(r *recording) { r.tags["K4A_DEPTH_DELAY_NS"] = "soon" }, nil, "soon"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := plain(t, 2)
			c.change(&r)
			_, err := openBytes(t, r.bytes())
			if err == nil {
				t.Fatal("opened")
			}
			if c.is != nil && !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "test.mkv") {
				t.Errorf("message %q", err)
			}
		})
	}
	for name, data := range map[string][]byte{"empty": {}, "text": []byte("RIFF and so on"), "header only": plain(t, 1).bytes()[:30]} {
		if _, err := openBytes(t, data); !errors.Is(err, ErrForeign) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Open(Options{File: t.TempDir(), Clock: capture.NewClock()}); err == nil {
		t.Error("opened a folder")
	}
	if _, err := Open(Options{File: "x"}); err == nil {
		t.Error("opened without a clock")
	}
}

// A file that is cut off anywhere is refused or plays to its last whole
// cluster.
func TestTruncated(t *testing.T) {
	r := plain(t, 4)
	data := r.bytes()
	full, err := walk(bytes.NewReader(data), int64(len(data)))
	if err != nil || full.truncated {
		t.Fatal(err, full.truncated)
	}
	last := full.clusters[len(full.clusters)-1]
	for _, cut := range []int64{1, 10, last.size, last.size + 5, last.size + 20, last.size + 30000} {
		s, err := openBytes(t, data[:int64(len(data))-cut])
		if err != nil {
			t.Fatalf("cut by %d: %v", cut, err)
		}
		want := 3
		if cut > last.size+12 {
			want = 2
		}
		offsets, drops := readAll(t, s)
		if len(offsets) != want || len(drops) != 0 {
			t.Errorf("cut by %d: %d frames, drops %v, want %d", cut, len(offsets), drops, want)
		}
		if !strings.Contains(strings.Join(s.Rig().Estimated, " "), "cut off") {
			t.Errorf("cut by %d: nobody is told: %q", cut, s.Rig().Estimated)
		}
	}
	for cut := 0; cut < len(data); cut += 1 + len(data)/400 {
		x, err := walk(bytes.NewReader(data[:cut]), int64(cut))
		if err == nil && !x.truncated {
			t.Fatalf("cut at %d of %d went unnoticed", cut, len(data))
		}
	}
}

func TestDamagedCluster(t *testing.T) {
	r := plain(t, 4)
	data := r.bytes()
	x, err := walk(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	copy(data[x.clusters[1].body+18:], make([]byte, 60)) // where its first block begins
	s, err := openBytes(t, data)
	if err != nil {
		t.Fatal(err)
	}
	if offsets, drops := readAll(t, s); len(offsets) != 3 || drops[capture.DropTorn] != 1 {
		t.Errorf("%d frames, drops %v", len(offsets), drops)
	}
}

func TestPoolsReuseMemory(t *testing.T) {
	s, err := openBytes(t, plain(t, 3).bytes())
	if err != nil {
		t.Fatal(err)
	}
	var before *byte
	for k := range 3 {
		shot := step(t, s)
		if k > 0 && &shot.Colour.Planes[0][0] != before {
			t.Error("a released picture was not used again")
		}
		before = &shot.Colour.Planes[0][0]
		shot.Free()
	}
}

func TestParseAddress(t *testing.T) {
	o, err := ParseAddress("k4a:some file.mkv?loop=0&rate=12.5")
	if err != nil || o.File != "some file.mkv" || !o.Once || o.Rate != 12.5 {
		t.Errorf("%+v, %v", o, err)
	}
	if o, err := ParseAddress("k4a:a.mkv?loop=1"); err != nil || o.Once {
		t.Errorf("%+v, %v", o, err)
	}
	for _, bad := range []string{"folder:x", "k4a:", "k4a:x?rate=0", "k4a:x?rate=NaN", "k4a:x?loop=q", "k4a:x?rat=3", "k4a:x?%zz"} {
		if _, err := ParseAddress(bad); err == nil {
			t.Errorf("%q was accepted", bad)
		}
	}
}

func TestRun(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.mkv")
	if err := os.WriteFile(path, plain(t, 3).bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	s, err := Open(Options{File: path, Clock: capture.NewClock(), Once: true, Rate: 200})
	if err != nil {
		t.Fatal(err)
	}
	var held holding
	if err := s.Run(context.Background(), &held); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.Close(), s.Close()); err != nil {
		t.Error(err)
	}
	if len(held) != 3 || s.Rig().Rate != 200 {
		t.Fatalf("%d frames at %v Hz", len(held), s.Rig().Rate)
	}
	for k, f := range held {
		if err := errors.Join(f.Colour.Validate(), f.Depth.Validate()); err != nil {
			t.Errorf("frame %d after Close: %v", k, err)
		}
		f.Release()
	}
}

type holding []*capture.Frame

func (h *holding) Frame(f *capture.Frame)          { *h = append(*h, f) }
func (h *holding) Sound(capture.Sound)             {}
func (h *holding) Dropped(int, capture.DropReason) {}

func TestContract(t *testing.T) {
	data := plain(t, 3).bytes()
	sourcetest.Run(t, func(t testing.TB) capture.Source {
		path := filepath.Join(t.TempDir(), "test.mkv")
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
		s, err := Open(Options{File: path, Clock: capture.NewClock()})
		if err != nil {
			t.Fatal(err)
		}
		return s
	})
}

func TestContractOfRealRecording(t *testing.T) {
	path := testdata(t, filepath.Join("k4a", "recording.mkv"))
	sourcetest.Run(t, func(t testing.TB) capture.Source {
		s, err := Open(Options{File: path, Clock: capture.NewClock()})
		if err != nil {
			t.Fatal(err)
		}
		return s
	})
}
