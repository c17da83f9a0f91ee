package clip

import (
	"context"
	"errors"
	"image"
	"image/color"
	"image/png"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models/clip/wave"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// needFFmpeg skips where there is none. On the machines of CI there is.
func needFFmpeg(t *testing.T) {
	t.Helper()
	for _, name := range []string{"ffmpeg", "ffprobe"} {
		if _, err := exec.LookPath(name); err != nil {
			t.Skipf("%s is not installed (apt-get install ffmpeg)", name)
		}
	}
}

func open(t *testing.T, path string, o Options) *Clip {
	t.Helper()
	c, err := Open(t.Context(), path, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

// heard is all sound of a clip.
func heard(t *testing.T, c *Clip) []float32 {
	t.Helper()
	var all []float32
	for n := 0; ; n++ {
		s, err := c.Sounds()
		if errors.Is(err, io.EOF) {
			return all[:c.Samples()]
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Validate(); err != nil || s.Captured != Start.Add(time.Duration(n)*capture.SoundLength) {
			t.Fatalf("stretch %d is of %v: %v", n, s.Captured, err)
		}
		all = append(all, s.Samples...)
	}
}

// picture is what is looked at of a frame.
type picture struct {
	at          time.Duration
	luma        byte // in the middle
	sequence    uint64
	coverage    int // in the middle; -1: there is no matte
	red, blue   byte
	width, high int
}

func seen(t *testing.T, c *Clip) (all []picture) {
	t.Helper()
	for {
		f, err := c.Frames()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		p, w, h := f.Colour, f.Colour.Width, f.Colour.Height
		if err := p.Validate(); err != nil || p.Format != capture.I420 || p.Range != capture.Limited {
			t.Fatalf("picture %d is %v: %v", len(all), p.Format, err)
		}
		one := picture{at: f.Captured.Sub(Start), sequence: f.Sequence, coverage: -1, width: w, high: h,
			luma: p.Planes[0][h/2*p.Strides[0]+w/2], blue: p.Planes[1][h/4*p.Strides[1]+w/4], red: p.Planes[2][h/4*p.Strides[2]+w/4]}
		if !f.Matte.Empty() {
			one.coverage = int(f.Matte.Coverage[h/2*w+w/2])
		}
		all = append(all, one)
		f.Release()
	}
}

// frame is a picture of one colour.
func frame(t *testing.T, w, h int, at time.Duration, c color.Color) *capture.Frame {
	t.Helper()
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.Set(x, y, c)
		}
	}
	f, err := toFrame(capture.NewFramePool(1), m)
	if err != nil {
		t.Fatal(err)
	}
	f.Captured = Start.Add(at)
	return f
}

func tone(n int, hertz float64) []float32 {
	s := make([]float32, n)
	for i := range s {
		s[i] = float32(0.5 * math.Sin(2*math.Pi*hertz*float64(i)/capture.SampleRate))
	}
	return s
}

// write writes sound and pictures, in the order of their instants.
func write(t *testing.T, path string, p Plan, sound []float32, frames []*capture.Frame) string {
	t.Helper()
	w, err := Create(t.Context(), path, p)
	if err != nil {
		t.Fatal(err)
	}
	at := Start
	for len(sound) > 0 || len(frames) > 0 {
		if len(frames) > 0 && (len(sound) == 0 || frames[0].Captured <= at) {
			if err := w.Frame(frames[0]); err != nil {
				t.Fatal(err)
			}
			frames = frames[1:]
			continue
		}
		n := min(len(sound), capture.SoundSamples)
		if err := w.Sound(capture.Sound{Captured: at, Samples: sound[:n]}); err != nil {
			t.Fatal(err)
		}
		sound, at = sound[n:], at.Add(capture.SoundLength)
	}
	name, err := w.Close(true)
	if err != nil {
		t.Fatal(err)
	}
	return name
}

func TestWAVRoundTrip(t *testing.T) {
	want := tone(48000+123, 440)
	path := write(t, filepath.Join(t.TempDir(), "a.wav"), Plan{Sound: true}, want, nil)
	c := open(t, path, Options{})
	got := heard(t, c)
	if len(got) != len(want) || c.Info.Length.Round(time.Microsecond) != (48123*time.Second/48000).Round(time.Microsecond) || len(c.Info.Notes) > 0 {
		t.Fatalf("%d samples, want %d; %+v", len(got), len(want), c.Info)
	}
	for i := range want {
		if math.Abs(float64(got[i]-want[i])) > 1./(1<<23) {
			t.Fatalf("sample %d is %v, want %v", i, got[i], want[i])
		}
	}
}

func TestWAVOfAnyRateAndChannels(t *testing.T) {
	const rate = 44100
	path := filepath.Join(t.TempDir(), "a.wav")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w, err := wave.NewWriter(f, wave.Format{Rate: rate, Channels: 2, Bits: 32, Float: true})
	if err != nil {
		t.Fatal(err)
	}
	var samples []float32
	for i := range rate {
		s := 0.5 * math.Sin(2*math.Pi*1000*float64(i)/rate)
		samples = append(samples, float32(2*s), 0) // beside silence it is half as loud
	}
	samples[2*100], samples[2*200] = float32(math.NaN()), 9
	if err := errors.Join(w.Write(samples), w.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
	c := open(t, path, Options{})
	got, want := heard(t, c), tone(48000, 1000)
	if len(got) != len(want) {
		t.Fatalf("%d samples, want %d", len(got), len(want))
	}
	for i := 1000; i < len(want)-1000; i++ {
		if math.Abs(float64(got[i]-want[i])) > 1e-3 {
			t.Fatalf("sample %d is %v, want %v", i, got[i], want[i])
		}
	}
	if notes := strings.Join(append(c.Info.Notes, c.Found()...), "\n"); !strings.Contains(notes, "2 channels") || !strings.Contains(notes, "44100 Hz") || !strings.Contains(notes, "limited") {
		t.Errorf("notes %q", notes)
	}
}

func TestPicturesRoundTrip(t *testing.T) {
	for _, c := range []color.NRGBA{{200, 60, 30, 255}, {30, 90, 200, 100}, {0, 0, 0, 0}} {
		f := frame(t, 64, 48, 40*time.Millisecond, c)
		dir := write(t, filepath.Join(t.TempDir(), "out"), Plan{Pictures: &PictureInfo{Rate: 25}}, nil, []*capture.Frame{f})
		got := seen(t, open(t, dir, Options{}))
		if len(got) != 1 || got[0].at != 40*time.Millisecond {
			t.Fatalf("%+v", got)
		}
		if want := map[bool]int{true: -1, false: int(c.A)}[c.A == 255]; got[0].coverage != want {
			t.Errorf("%v: coverage %d, want %d", c, got[0].coverage, want)
		}
		if d := int(got[0].luma) - int(f.Colour.Planes[0][0]); c.A > 0 && d*d > 1 {
			t.Errorf("%v: luma is %d, was %d", c, got[0].luma, f.Colour.Planes[0][0])
		}
		f.Release()
	}
}

func TestFolderKeepsStampsOrHasARate(t *testing.T) {
	var frames []*capture.Frame
	times := []time.Duration{0, 7 * time.Millisecond, 500 * time.Millisecond}
	for _, at := range times {
		frames = append(frames, frame(t, 16, 16, at, color.White))
	}
	dir := write(t, filepath.Join(t.TempDir(), "out"), Plan{Pictures: &PictureInfo{Rate: 6}}, nil, frames)
	for i, p := range seen(t, open(t, dir, Options{})) {
		if p.at != times[i] || p.sequence != uint64(i) {
			t.Errorf("picture %d is of %v, want %v", i, p.at, times[i])
		}
	}
	c := open(t, dir, Options{Rate: 50})
	for i, p := range seen(t, c) {
		if p.at != time.Duration(i)*20*time.Millisecond {
			t.Errorf("picture %d of 50 a second is of %v", i, p.at)
		}
	}
	if c.Info.Pictures.Frames != 3 || c.Info.Length != 60*time.Millisecond {
		t.Errorf("%+v", c.Info)
	}
}

// The beep and the flash begin at one instant, in the middle of a stretch.
const (
	flash  = 610 * time.Millisecond
	length = 1500 * time.Millisecond
)

// variable are the instants of pictures that come at no rate.
func variable() (times []time.Duration) {
	for at, i := time.Duration(0), 0; at < length; i++ {
		times = append(times, at)
		at += time.Duration([]int{33, 50, 17, 100}[i%4]) * time.Millisecond
		if i == 11 {
			at = flash
		}
	}
	return times
}

func flashAndBeep(t *testing.T, times []time.Duration) (sound []float32, frames []*capture.Frame) {
	t.Helper()
	sound = make([]float32, int(length.Seconds()*capture.SampleRate))
	copy(sound[int(flash.Seconds()*capture.SampleRate):], tone(4800, 1000))
	for _, at := range times {
		c := color.NRGBA{60, 20, 20, 255}
		if at >= flash {
			c = color.NRGBA{250, 240, 250, 255}
		}
		frames = append(frames, frame(t, 320, 240, at, c))
	}
	return sound, frames
}

// begins is when a sound or a flash begins.
func begins(sound []float32, pictures []picture) (beep, light time.Duration) {
	beep, light = -1, -1
	for i, s := range sound {
		if math.Abs(float64(s)) > 0.1 {
			beep = time.Duration(i) * time.Second / capture.SampleRate
			break
		}
	}
	for _, p := range pictures {
		if p.luma > 150 {
			return beep, p.at
		}
	}
	return beep, light
}

func TestMediaRoundTrip(t *testing.T) {
	needFFmpeg(t)
	times := variable()
	for _, c := range codings {
		t.Run(c.ending, func(t *testing.T) {
			sound, frames := flashAndBeep(t, times)
			info := &PictureInfo{Width: 320, Height: 240, Rate: 20}
			path := write(t, filepath.Join(t.TempDir(), "a"+c.ending), Plan{Sound: true, Pictures: info}, sound, frames)
			clip := open(t, path, Options{})
			pictures, heard := seen(t, clip), heard(t, clip)
			if len(pictures) != len(times) {
				t.Fatalf("%d pictures, want %d", len(pictures), len(times))
			}
			for i, p := range pictures {
				if d := p.at - times[i]; d.Abs() > time.Millisecond || p.width != 320 || p.high != 240 {
					t.Errorf("picture %d of %dx%d is of %v, want %v", i, p.width, p.high, p.at, times[i])
				}
				was := frames[i].Colour
				for k, got := range []byte{p.luma, p.blue, p.red} {
					if d := int(got) - int(was.Planes[k][0]); d < -6 || d > 6 {
						t.Errorf("picture %d: plane %d is %d, was %d", i, k, got, was.Planes[k][0])
					}
				}
			}
			beep, light := begins(heard, pictures)
			if d := (beep - flash).Abs(); d > 3*time.Millisecond {
				t.Errorf("the beep begins at %v, want %v", beep, flash)
			}
			if d := (light - flash).Abs(); d > time.Millisecond {
				t.Errorf("the flash begins at %v, want %v", light, flash)
			}
			if d := time.Duration(len(heard))*time.Second/capture.SampleRate - length; d.Abs() > 25*time.Millisecond {
				t.Errorf("the sound lasts %v longer", d)
			}
			t.Logf("beep %v, flash %v off; %s and %s", beep-flash, light-flash, clip.Info.Pictures.Codec, clip.Info.Sound.Codec)
		})
	}
}

func TestSteadyRateStaysSteady(t *testing.T) {
	needFFmpeg(t)
	var frames []*capture.Frame
	for i := range 30 {
		frames = append(frames, frame(t, 64, 64, time.Duration(math.Round(float64(i)*1001/30000*1e9)), color.Gray{uint8(8 * i)}))
	}
	path := write(t, filepath.Join(t.TempDir(), "a.mp4"), Plan{Pictures: &PictureInfo{Width: 64, Height: 64, Rate: 30000. / 1001}}, nil, frames)
	c := open(t, path, Options{})
	if math.Abs(c.Info.Pictures.Rate-30000./1001) > 1e-3 || c.Info.Pictures.Frames != 30 || c.Sounds != nil {
		t.Errorf("%+v", c.Info.Pictures)
	}
	for i, p := range seen(t, c) {
		if d := p.at - frames[i].Captured.Sub(Start); d.Abs() > 12*time.Microsecond {
			t.Errorf("picture %d is %v off", i, d)
		}
	}
}

// TestForeignMedia reads what others write: late sound, odd sizes, BT.709.
func TestForeignMedia(t *testing.T) {
	needFFmpeg(t)
	path := filepath.Join(t.TempDir(), "a.mkv")
	make := exec.Command("ffmpeg", "-v", "error", "-f", "lavfi", "-i", "color=c=0xC83C1E:s=101x75:r=10:d=1,format=yuv444p,scale=out_color_matrix=bt709,format=yuv444p",
		"-itsoffset", "0.3", "-f", "lavfi", "-i", "sine=f=1000:d=0.5,volume=8,pan=stereo|c0=c0|c1=c0", "-c:v", "ffv1", "-colorspace", "bt709", "-c:a", "flac", path)
	if out, err := make.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	c := open(t, path, Options{})
	pictures, sound := seen(t, c), heard(t, c)
	want := frame(t, 2, 2, 0, color.NRGBA{0xC8, 0x3C, 0x1E, 255})
	p := pictures[5]
	if len(pictures) != 10 || p.width != 100 || p.high != 74 || p.at != 500*time.Millisecond {
		t.Errorf("%d pictures, %+v", len(pictures), p)
	}
	for k, got := range []byte{p.luma, p.blue, p.red} {
		if d := int(got) - int(want.Colour.Planes[k][0]); d < -3 || d > 3 {
			t.Errorf("plane %d is %d, want %d", k, got, want.Colour.Planes[k][0])
		}
	}
	if beep, _ := begins(sound, nil); (beep - 300*time.Millisecond).Abs() > time.Millisecond {
		t.Errorf("the sound begins at %v", beep)
	}
	if d := time.Duration(len(sound))*time.Second/capture.SampleRate - 800*time.Millisecond; d.Abs() > 2*time.Millisecond {
		t.Errorf("the sound lasts %v longer", d)
	}
	if notes := strings.Join(c.Info.Notes, "\n"); !strings.Contains(notes, "101x75") || !strings.Contains(notes, "2 channels") {
		t.Errorf("notes %q", notes)
	}
}

// TestTurnedMedia reads a picture that a phone took upright.
func TestTurnedMedia(t *testing.T) {
	needFFmpeg(t)
	dir := t.TempDir()
	path := filepath.Join(dir, "turned.mp4")
	for _, arguments := range [][]string{
		{"-f", "lavfi", "-i", "color=c=black:s=64x32:r=10:d=0.3,drawbox=x=0:y=0:w=32:h=32:color=white:t=fill", "-c:v", "libx264", filepath.Join(dir, "a.mp4")},
		{"-i", filepath.Join(dir, "a.mp4"), "-c", "copy", "-metadata:s:v", "rotate=90", path},
	} {
		if out, err := exec.Command("ffmpeg", append([]string{"-v", "error"}, arguments...)...).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	c := open(t, path, Options{})
	f, err := c.Frames()
	if err != nil {
		t.Fatal(err)
	}
	defer f.Release()
	p := f.Colour
	if p.Width != 32 || p.Height != 64 {
		t.Fatalf("a picture of %dx%d, want 32x64", p.Width, p.Height)
	}
	if top, bottom := p.Planes[0][8*p.Strides[0]+16], p.Planes[0][56*p.Strides[0]+16]; (top > 128) == (bottom > 128) {
		t.Errorf("a picture of %dx%d, luma %d above %d", p.Width, p.Height, top, bottom)
	}
}

func TestOpenRefuses(t *testing.T) {
	dir := t.TempDir()
	put := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	huge := filepath.Join(dir, "huge", "0.png")
	put("huge/0.png", "")
	f, err := os.Create(huge)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(png.Encode(f, image.NewGray(image.Rect(0, 0, MaxSide+2, 2))), f.Close()); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, path, want string
		media            bool
	}{
		{"nothing", filepath.Join(dir, "absent.wav"), "no such file", false},
		{"no WAVE", put("a.wav", "hello, hello, hello"), "RIFF", false},
		{"an empty folder", filepath.Dir(put("empty/a.txt", "")), "no PNG pictures", false},
		{"a rig", filepath.Dir(put("rig/cameras.json", "[]")), "folder:DIR", false},
		{"no picture", filepath.Dir(put("bad/0.png", "hello")), "0.png: unexpected EOF", false},
		{"a huge picture", filepath.Dir(huge), "too many", false},
		{"a device", "/dev/null", "neither a file nor a folder", false},
		{"no media", put("a.mp4", "hello"), "Invalid data", true},
		{"a playlist", put("b.mp4", "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nhttp://127.0.0.1:1/a.ts\n"), "", true},
		{"text", put("c.mkv", strings.Repeat("a", 10000)), "", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.media {
				needFFmpeg(t)
			}
			clip, err := Open(t.Context(), c.path, Options{})
			if err == nil {
				t.Fatal(errors.Join(errors.New("it was opened"), clip.Close()))
			}
			if text := err.Error(); !strings.Contains(text, c.want) || strings.Count(text, c.path+":") != 1 {
				t.Errorf("error %q, want one with %q and the path once", text, c.want)
			}
		})
	}
}

func TestOpenWithoutFFmpeg(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	path := filepath.Join(t.TempDir(), "a.mp4")
	if err := os.WriteFile(path, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), path, Options{}); !errors.Is(err, ErrNoTool) || !strings.Contains(err.Error(), "apt-get install ffmpeg") {
		t.Errorf("error %v", err)
	}
	if _, err := Create(t.Context(), filepath.Join(t.TempDir(), "b.mkv"), Plan{Sound: true}); !errors.Is(err, ErrNoTool) {
		t.Errorf("error %v", err)
	}
}

func TestCreateRefuses(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"there.wav": "", "half.partial.wav": "", "file": "", "mine/notes.txt": "", "clip/000000.png": "", "folder.wav/a": ""} {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	sound, pictures := Plan{Sound: true}, Plan{Pictures: &PictureInfo{Width: 2, Height: 2}}
	forced := func(p Plan) Plan { p.Force = true; return p }
	for _, c := range []struct {
		name string
		plan Plan
		want string
	}{
		{"there.wav", sound, "--force"},
		{"half.wav", sound, "half.partial.wav: it is there already"},
		{"clip", pictures, "--force"},
		{"mine", forced(pictures), "notes.txt"},
		{"file", forced(pictures), "it is a file"},
		{"folder.wav", forced(sound), "it is a folder"},
		{"a.avi", pictures, "format .avi is unknown: there are .wav, .mp4"},
		{"a.wav", pictures, "holds sound"},
		{"new", sound, "holds pictures"},
		{"a.mkv", Plan{Rig: &capture.Rig{}}, "into a folder"},
		{"no/a.wav", sound, "no such file"},
	} {
		if _, err := Create(t.Context(), filepath.Join(dir, c.name), c.plan); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one with %q", c.name, err, c.want)
		}
	}
	for _, name := range []string{"there.wav", "half.wav"} {
		if got := write(t, filepath.Join(dir, name), forced(sound), tone(100, 440), nil); got != filepath.Join(dir, name) {
			t.Errorf("%s was written as %s", name, got)
		}
	}
	write(t, filepath.Join(dir, "clip"), forced(pictures), nil, []*capture.Frame{frame(t, 2, 2, 0, color.White)})
}

func TestStoppedClipSaysThatItIsNotAll(t *testing.T) {
	needFFmpeg(t)
	for _, ending := range []string{".wav", ".mp4", ".mkv", ""} {
		ctx, stop := context.WithCancel(t.Context())
		path := filepath.Join(t.TempDir(), "a"+ending)
		w, err := Create(ctx, path, Plan{Sound: ending != "", Pictures: &PictureInfo{Width: 64, Height: 64, Rate: 25}})
		if err != nil {
			t.Fatal(err)
		}
		for i := range 25 {
			at := time.Duration(i) * 40 * time.Millisecond
			f := frame(t, 64, 64, at, color.Gray{uint8(10 * i)})
			if err := errors.Join(w.Frame(f), w.Sound(capture.Sound{Captured: f.Captured, Samples: make([]float32, 960)}),
				w.Sound(capture.Sound{Captured: f.Captured.Add(capture.SoundLength), Samples: make([]float32, 960)})); err != nil {
				t.Fatal(err)
			}
		}
		stop()
		name, err := w.Close(false)
		if err != nil || !strings.Contains(name, "a.partial") {
			t.Errorf("%s: it is named %s: %v", ending, name, err)
		}
		if _, err := os.Stat(path); err == nil {
			t.Errorf("%s has its name", path)
		}
		c := open(t, name, Options{})
		if c.Frames != nil {
			if n := len(seen(t, c)); n != 25 {
				t.Errorf("%s holds %d pictures", name, n)
			}
		} else if n := len(heard(t, c)); n != 48000 {
			t.Errorf("%s holds %d samples", name, n)
		}
	}
}

func TestStoppedBeforeItBeganLeavesNothing(t *testing.T) {
	for _, ending := range []string{".wav", ".mp4", ""} {
		if ending == ".mp4" {
			needFFmpeg(t)
		}
		dir := t.TempDir()
		w, err := Create(t.Context(), filepath.Join(dir, "a"+ending), Plan{Sound: true, Pictures: &PictureInfo{Width: 64, Height: 64}})
		if err != nil {
			t.Fatal(err)
		}
		name, err := w.Close(false)
		left, _ := filepath.Glob(filepath.Join(dir, "*"))
		if name != "" || err != nil || len(left) > 0 {
			t.Errorf("%s: %q, %v; %v is left", ending, name, err, left)
		}
	}
}

func TestFullDisk(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("there is no /dev/full")
	}
	sound := tone(48000, 440)
	for _, ending := range []string{".wav", ".mkv"} {
		if ending == ".mkv" {
			needFFmpeg(t)
		}
		dir := t.TempDir()
		if err := os.Symlink("/dev/full", filepath.Join(dir, "a.partial"+ending)); err != nil {
			t.Fatal(err)
		}
		w, err := Create(t.Context(), filepath.Join(dir, "a"+ending), Plan{Sound: true, Force: true})
		for i := 0; err == nil && i < 2000; i++ {
			err = w.Sound(capture.Sound{Captured: Start.Add(time.Duration(i) * capture.SoundLength), Samples: sound[:960]})
		}
		if w != nil {
			_, closed := w.Close(true)
			err = errors.Join(err, closed)
		}
		if err == nil || !strings.Contains(strings.ToLower(err.Error()), "no space left on device") {
			t.Errorf("%s: error %v", ending, err)
		}
	}
}
