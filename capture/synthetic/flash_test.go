package synthetic

import (
	"context"
	"math"
	"testing"
	"time"

	"github.com/virtualcube/virtualcube/capture"
)

// The badge is white for 100 ms and dark else, the tone begins at the very
// instant of the first white frame, and stamps are a frame period apart. The
// pose may be frozen.
func TestFlashAndBeep(t *testing.T) {
	o := small(t)
	o.Cameras, o.Rate, o.Frames, o.Flash, o.Noise, o.Freeze = 1, 20, 20, true, false, 0
	s := open(t, o)
	bake(t, s)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	k := &takes{done: cancel, until: func(k *takes) bool { return len(k.sounds) >= 60 && len(k.frames) > 24 }}
	if err := s.Run(ctx, k); err != nil {
		t.Fatal(err)
	}
	var flashes []capture.Time
	before := false
	for _, f := range k.frames {
		if want := k.frames[0].Captured + capture.Time(f.Sequence*50e6); f.Captured != want {
			t.Errorf("frame %d is captured at %d, want %d", f.Sequence, f.Captured, want)
		}
		white := badgeIsWhite(t, s, f)
		if white != (f.Sequence%20 < 2) {
			t.Errorf("frame %d: the badge is white: %v", f.Sequence, white)
		}
		if white && !before {
			flashes = append(flashes, f.Captured)
		}
		before = white
	}
	beeps := onsets(t, k.sounds)
	if len(beeps) == 0 || len(beeps) > len(flashes) {
		t.Fatalf("%d flashes, %d beeps", len(flashes), len(beeps))
	}
	for i, b := range beeps {
		// The sine's first sample is 0: the first one heard is a sample later.
		if d := b.Sub(flashes[i]); d < 0 || d > 2*time.Second/capture.SampleRate {
			t.Errorf("beep %d sounds %v after its flash", i, d)
		}
	}
	for _, f := range k.frames {
		f.Release()
	}
}

// badgeIsWhite looks at the middle of the badge in a frame of a loop of 20.
func badgeIsWhite(t *testing.T, s *Source, f *capture.Frame) bool {
	t.Helper()
	centre, ok := s.Scene().Badge(s.Instant(int(f.Sequence)))
	if !ok {
		t.Fatal("there is no badge")
	}
	u, v, _, _ := s.Rig().Cameras[f.Camera].Colour.Project(centre)
	y := f.Colour.Planes[0][int(v+0.5)*f.Colour.Strides[0]+int(u+0.5)]
	if y > 40 && y < 230 {
		t.Errorf("frame %d: the badge has luma %d", f.Sequence, y)
	}
	return y > 128
}

// onsets are the instants at which tones begin.
func onsets(t *testing.T, sounds []capture.Sound) (beeps []capture.Time) {
	for i, c := range sounds {
		if err := c.Validate(); err != nil {
			t.Error(err)
		}
		if i > 0 && c.Captured != sounds[i-1].Captured.Add(capture.SoundLength) {
			t.Errorf("sound %d does not follow the one before", i)
		}
		for n, x := range c.Samples {
			at := c.Captured + capture.Time(n*1e9/capture.SampleRate)
			if x != 0 && (len(beeps) == 0 || at.Sub(beeps[len(beeps)-1]) > pulseLength) {
				beeps = append(beeps, at)
			}
		}
	}
	return beeps
}

func TestBeep(t *testing.T) {
	sample := time.Second / capture.SampleRate
	power, crossings, last := 0.0, 0, float32(0)
	for i := range 2 * capture.SoundSamples * 5 {
		x := beep(time.Duration(i-capture.SoundSamples) * sample)
		at := time.Duration(i-capture.SoundSamples) * sample
		if (at < 0 || at >= pulseLength) && x != 0 {
			t.Fatalf("%v after its beginning the beep is %v", at, x)
		}
		if d := math.Abs(float64(x - last)); d > 0.07 { // the tone's own steepest step is 0.065
			t.Errorf("%v after its beginning the beep jumps by %.3f", at, d)
		}
		if last < 0 && x >= 0 {
			crossings++
		}
		power, last = power+float64(x*x), x
	}
	if rms := math.Sqrt(power / (pulseLength.Seconds() * capture.SampleRate)); math.Abs(rms-0.5/math.Sqrt2) > 0.01 {
		t.Errorf("rms %.3f", rms)
	}
	if crossings < 99 || crossings > 100 {
		t.Errorf("%d periods in 100 ms, want 100", crossings)
	}
}
