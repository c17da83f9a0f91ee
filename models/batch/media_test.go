package batch

import (
	"errors"
	"io"
	"math"
	"os/exec"
	"testing"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models/clip"
	"github.com/virtualcube/virtualcube/models/medium"
)

// writeFlash writes two seconds, 25 pictures a second, in which it gets light and
// loud at an instant.
func writeFlash(t *testing.T, path string, instant time.Duration) {
	t.Helper()
	if _, err := exec.LookPath("ffmpeg"); err != nil {
		t.Skip("ffmpeg is not installed (apt-get install ffmpeg)")
	}
	const w, h = 64, 64
	out, err := clip.Create(t.Context(), path, clip.Plan{Sound: true, Pictures: &clip.PictureInfo{Width: w, Height: h, Rate: 25}})
	if err != nil {
		t.Fatal(err)
	}
	pool := capture.NewFramePool(1)
	for n := range 50 {
		at := time.Duration(n) * 40 * time.Millisecond
		f, err := pool.Frame(capture.FrameShape{Format: capture.I420, Width: w, Height: h})
		if err != nil {
			t.Fatal(err)
		}
		f.Captured = clip.Start.Add(at)
		for i, value := range []byte{map[bool]byte{true: 220, false: 30}[at >= instant], 128, 128} {
			for k := range f.Colour.Planes[i] {
				f.Colour.Planes[i][k] = value
			}
		}
		err = out.Frame(f)
		f.Release()
		for _, at := range []time.Duration{at, at + capture.SoundLength} {
			s := medium.Silence(clip.Start.Add(at))
			for i := range s.Samples {
				if t := at + medium.Lasting(i) - instant; t >= 0 {
					s.Samples[i] = float32(0.5 * math.Sin(2*math.Pi*1000*t.Seconds()))
				}
			}
			err = errors.Join(err, out.Sound(s))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, err := out.Close(true); err != nil {
		t.Fatal(err)
	}
}

// measure finds the first loud sample and the first light picture.
func measure(t *testing.T, path string) (beep, flash, sound time.Duration, pictures int) {
	t.Helper()
	c, err := clip.Open(t.Context(), path, clip.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	}()
	beep, flash = -1, -1
	for {
		s, err := c.Sounds()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		for i, x := range s.Samples {
			if beep < 0 && math.Abs(float64(x)) > 0.1 {
				beep = s.Captured.Sub(clip.Start) + medium.Lasting(i)
			}
		}
	}
	for {
		f, err := c.Frames()
		if errors.Is(err, io.EOF) {
			return beep, flash, medium.Lasting(int(c.Samples())), pictures
		}
		if err != nil {
			t.Fatal(err)
		}
		pictures++
		if flash < 0 && f.Colour.Planes[0][0] > 125 {
			flash = f.Captured.Sub(clip.Start)
		}
		f.Release()
	}
}
