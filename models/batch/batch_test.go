package batch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/clip"
	"github.com/virtualcube/virtualcube/models/medium"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// opener opens filters as they are defined.
type opener struct{}

func (opener) Audio(ctx context.Context, b models.Bound, observe func(models.Observation)) (models.Stage[capture.Sound], error) {
	return b.OpenAudio(ctx, models.Environment{Observe: observe}, b.Values)
}

func (opener) Video(ctx context.Context, b models.Bound, observe func(models.Observation)) (models.Stage[*capture.Frame], error) {
	return b.OpenVideo(ctx, models.Environment{Observe: observe}, b.Values)
}

func (opener) RGBD(ctx context.Context, rig capture.Rig, b models.Bound, observe func(models.Observation)) (models.Stage[*capture.FrameSet], error) {
	return b.OpenRGBD(ctx, models.Environment{Observe: observe, Rig: rig}, b.Values)
}

type none struct{}

func describe(name string, ahead time.Duration, failing models.Policy) models.Description {
	return models.Description{Name: name, Summary: "For tests.", LookAhead: ahead, Latency: time.Second, Late: models.Skip, Failing: failing}
}

// delayed returns sound later by so many samples; it fails where told.
type delayed struct {
	by   int
	held []float32
	fail func(at time.Duration) error
}

func (d *delayed) Process(in capture.Sound, _ none) (capture.Sound, error) {
	d.held = append(d.held, in.Samples...)
	out := capture.Sound{Captured: in.Captured.Add(-medium.Lasting(d.by)), Samples: slices.Clone(d.held[:capture.SoundSamples])}
	d.held = d.held[capture.SoundSamples:]
	if d.fail != nil {
		if err := d.fail(in.Captured.Sub(clip.Start)); err != nil {
			return capture.Sound{}, err
		}
	}
	return out, nil
}

func (d *delayed) Close() error { return nil }

func audio(t *testing.T, name string, by int, failing models.Policy, fail func(time.Duration) error) models.Bound {
	t.Helper()
	d, err := models.Audio(describe(name, medium.Lasting(by), failing), none{}, func(context.Context, models.Environment, none) (models.AudioFilter[none], error) {
		return &delayed{by: by, held: make([]float32, by), fail: fail}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return models.Bound{Definition: d, Values: d.Parameters.Defaults()}
}

// behind returns the frame of so many before.
type behind struct {
	frames int
	held   []*capture.Frame
	fail   func(at time.Duration) error
}

func (b *behind) Process(in *capture.Frame, _ none) (*capture.Frame, error) {
	b.held = append(b.held, in.Retain())
	if len(b.held) <= b.frames {
		return nil, nil
	}
	out := b.held[0]
	b.held = b.held[1:]
	if b.fail != nil {
		if err := b.fail(in.Captured.Sub(clip.Start)); err != nil {
			out.Release()
			return nil, err
		}
	}
	return out, nil
}

func (b *behind) Close() error {
	for _, f := range b.held {
		f.Release()
	}
	b.held = nil
	return nil
}

func video(t *testing.T, name string, frames int, ahead time.Duration, failing models.Policy, fail func(time.Duration) error) models.Bound {
	t.Helper()
	d, err := models.Video(describe(name, ahead, failing), none{}, func(context.Context, models.Environment, none) (models.VideoFilter[none], error) {
		return &behind{frames: frames, fail: fail}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return models.Bound{Definition: d, Values: d.Parameters.Defaults()}
}

// made is a clip without a file. Its sound counts up, its pictures are as bright
// as their number.
type made struct {
	samples int64
	frames  int
	period  time.Duration
	alive   atomic.Int64
	sounds  atomic.Int64
	at      int
}

const step = 1. / (1 << 20) // of the sound, a sample

func (m *made) clip() *clip.Clip {
	c := &clip.Clip{Info: clip.Info{Path: "made"}, Samples: func() int64 { return min(m.samples, m.sounds.Load()*capture.SoundSamples) }}
	if m.samples > 0 {
		c.Sounds = func() (capture.Sound, error) {
			begin := m.sounds.Load() * capture.SoundSamples
			if begin >= m.samples {
				return capture.Sound{}, io.EOF
			}
			s := medium.Silence(clip.Start.Add(medium.Lasting(int(begin))))
			for i := range min(capture.SoundSamples, m.samples-begin) {
				s.Samples[i] = float32(begin+i+1) * step
			}
			m.sounds.Add(1)
			return s, nil
		}
	}
	if m.frames > 0 {
		c.Info.Pictures = &clip.PictureInfo{Width: 2, Height: 2, Rate: float64(time.Second) / float64(m.period)}
		c.Frames = func() (*capture.Frame, error) {
			if m.at == m.frames {
				return nil, io.EOF
			}
			m.alive.Add(1)
			f := capture.NewFrame(func(*capture.Frame) { m.alive.Add(-1) })
			f.Captured = clip.Start.Add(time.Duration(m.at) * m.period)
			f.Colour = capture.Picture{Format: capture.I420, Width: 2, Height: 2, Planes: [3][]byte{slices.Repeat([]byte{byte(m.at)}, 4), {1}, {2}}, Strides: [3]int{2, 1, 1}}
			m.at++
			return f, nil
		}
	}
	return c
}

// kept is what was written.
type kept struct {
	samples []float32
	lumas   []int
	times   []time.Duration
	fail    error
}

func (k *kept) Sound(s capture.Sound) error {
	if at := clip.Start.Add(medium.Lasting(len(k.samples))); s.Captured != at {
		return fmt.Errorf("sound of %v comes where that of %v is due", s.Captured, at)
	}
	k.samples = append(k.samples, s.Samples...)
	return k.fail
}

func (k *kept) Frame(f *capture.Frame) error {
	k.lumas, k.times = append(k.lumas, int(f.Colour.Planes[0][0])), append(k.times, f.Captured.Sub(clip.Start))
	return k.fail
}

func (k *kept) Set(*capture.FrameSet) error { return k.fail }
func (k *kept) Close(bool) (string, error)  { return "", nil }
func (k *kept) ramp() (errors int, at int)  { return rampErrors(k.samples) }
func rampErrors(s []float32) (errors, first int) {
	first = -1
	for i, x := range s {
		if x != float32(i+1)*step {
			if errors++; first < 0 {
				first = i
			}
		}
	}
	return errors, first
}

const fps30 = 33333333 * time.Nanosecond

// TestContentStaysWhereItWas: whatever filters look ahead, together and by no
// whole number of frames, every sample and picture is where it came from.
func TestContentStaysWhereItWas(t *testing.T) {
	m := &made{samples: 48000 + 321, frames: 40, period: fps30}
	chain := []models.Bound{
		audio(t, "a", 0, models.Skip, nil), video(t, "v", 3, 100*time.Millisecond, models.Skip, nil), audio(t, "b", 1234, models.Hold, nil),
		audio(t, "c", 960, models.Pass, nil), video(t, "w", 1, fps30, models.Pass, nil), video(t, "x", 0, 0, models.Hold, nil),
	}
	var k kept
	report, err := Run(t.Context(), m.clip(), chain, &k, Options{Opener: opener{}})
	if err != nil {
		t.Fatal(err)
	}
	if n, first := k.ramp(); n > 0 || len(k.samples) != int(m.samples) {
		t.Errorf("%d of %d samples are elsewhere, the first at %d; %d came", n, len(k.samples), first, m.samples)
	}
	if len(k.lumas) != m.frames {
		t.Fatalf("%d pictures, want %d", len(k.lumas), m.frames)
	}
	for i := range k.lumas {
		if k.lumas[i] != i || k.times[i] != time.Duration(i)*fps30 {
			t.Errorf("picture %d is that of %d, at %v", i, k.lumas[i], k.times[i])
		}
	}
	if n := m.alive.Load(); n != 0 {
		t.Errorf("%d frames were not released", n)
	}
	if report.Filters[0].Errors+report.Filters[5].Errors > 0 || report.Filters[1].Frames < 40 || math.Abs(report.Seconds-40./30) > 0.02 {
		t.Errorf("%+v", report)
	}
}

func TestWithoutAChainNothingChanges(t *testing.T) {
	m := &made{samples: 5000, frames: 5, period: fps30}
	var k kept
	if _, err := Run(t.Context(), m.clip(), nil, &k, Options{Opener: opener{}}); err != nil {
		t.Fatal(err)
	}
	if n, _ := k.ramp(); n > 0 || len(k.samples) != 5000 || len(k.lumas) != 5 {
		t.Errorf("%d samples, %d wrong; %d pictures", len(k.samples), n, len(k.lumas))
	}
	m = &made{samples: 5000}
	if report, err := Run(t.Context(), m.clip(), nil, nil, Options{Opener: opener{}}); err != nil || report.Streams[0].Read != 6 {
		t.Errorf("%+v, %v", report, err)
	}
}

var errTest = errors.New("test")

// from fails from an instant on for a while.
func from(begin, end time.Duration) func(time.Duration) error {
	return func(at time.Duration) error {
		if at >= begin && at < end {
			return errTest
		}
		return nil
	}
}

func TestFailingSound(t *testing.T) {
	fail := from(100*time.Millisecond, 120*time.Millisecond) // one stretch: samples 4800 to 5759, less the look-ahead
	for _, by := range []int{0, 100} {
		for _, policy := range []models.Policy{models.Skip, models.Hold, models.Pass} {
			t.Run(fmt.Sprintf("%s, %d samples ahead", policy, by), func(t *testing.T) {
				m := &made{samples: 9600}
				var k kept
				report, err := Run(t.Context(), m.clip(), []models.Bound{audio(t, "a", by, policy, fail)}, &k, Options{Opener: opener{}})
				if err != nil {
					t.Fatal(err)
				}
				n, first := k.ramp()
				f := report.Filters[0]
				if f.Errors != 1 || f.FirstError != "test" || f.FirstErrorAt != 0.1 || len(k.samples) != 9600 {
					t.Errorf("%+v; %d samples", f, len(k.samples))
				}
				if policy == models.Pass {
					if n != 0 {
						t.Errorf("%d samples are other ones, from %d on", n, first)
					}
					return
				}
				if n != capture.SoundSamples || first != 4800-by {
					t.Errorf("%d samples are other ones, from %d on", n, first)
				}
				if loud := k.samples[4800-by] != 0; loud != (policy == models.Hold) || k.samples[4800-by+959] > 1e-4 {
					t.Errorf("the stretch begins with %v and ends with %v", k.samples[4800-by], k.samples[4800-by+959])
				}
			})
		}
	}
}

func TestFailingPictures(t *testing.T) {
	fail := from(4*fps30, 6*fps30)
	for _, c := range []struct {
		policy models.Policy
		behind int
		want   []int
	}{
		{models.Skip, 0, []int{0, 1, 2, 3, 6, 7}},
		{models.Hold, 0, []int{0, 1, 2, 3, 3, 3, 6, 7}},
		{models.Pass, 0, []int{0, 1, 2, 3, 4, 5, 6, 7}},
		{models.Skip, 2, []int{0, 1, 4, 5, 6, 7}},
		{models.Hold, 2, []int{0, 1, 1, 1, 4, 5, 6, 7}},
		{models.Pass, 2, []int{0, 1, 2, 3, 4, 5, 6, 7}},
	} {
		m := &made{frames: 8, period: fps30}
		var k kept
		_, err := Run(t.Context(), m.clip(), []models.Bound{video(t, "v", c.behind, time.Duration(c.behind)*fps30, c.policy, fail)}, &k, Options{Opener: opener{}})
		if err != nil || !slices.Equal(k.lumas, c.want) {
			t.Errorf("%s, %d behind: %v, want %v; %v", c.policy, c.behind, k.lumas, c.want, err)
		}
		if n := m.alive.Load(); n != 0 {
			t.Errorf("%s, %d behind: %d frames were not released", c.policy, c.behind, n)
		}
	}
}

func TestEndsWithAnError(t *testing.T) {
	disk := errors.New("disk full")
	for _, c := range []struct {
		name   string
		chain  []models.Bound
		writer *kept
		want   string
	}{
		{"a panic", []models.Bound{audio(t, "a", 0, models.Pass, func(at time.Duration) error {
			if at == 40*time.Millisecond {
				panic("broken")
			}
			return nil
		})}, &kept{}, "filter a at 0.040 s: panic: broken"},
		{"useless", []models.Bound{audio(t, "a", 0, models.Pass, from(0, time.Hour))}, &kept{}, "filter a failed at every frame: test"},
		{"no rig", []models.Bound{{Definition: models.Definition{Description: models.Description{Name: "a", Kind: models.KindRGBD}}}}, &kept{}, "a filters frame sets of a rig, and made has none"},
		{"a writer", nil, &kept{fail: disk}, "disk full"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := &made{samples: 9600, frames: 5, period: fps30}
			_, err := Run(t.Context(), m.clip(), c.chain, c.writer, Options{Opener: opener{}})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
			if n := m.alive.Load(); n != 0 {
				t.Errorf("%d frames were not released", n)
			}
		})
	}
}

func TestStops(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	m := &made{samples: 480000, frames: 100, period: fps30}
	var k kept
	report, err := Run(ctx, m.clip(), nil, &k, Options{Opener: opener{}, Progress: func(done time.Duration) {
		if done > time.Second {
			stop()
		}
	}})
	if !errors.Is(err, context.Canceled) || len(k.samples) < 48000 || len(k.samples) > 60000 || report.Seconds < 1 || report.Seconds > 1.2 {
		t.Errorf("%v after %d samples, %v s", err, len(k.samples), report.Seconds)
	}
}

func TestObservations(t *testing.T) {
	d := describe("watching", 0, models.Pass)
	d.Observes, d.Latency = true, time.Nanosecond
	definition, err := models.Audio(d, none{}, func(_ context.Context, e models.Environment, _ none) (models.AudioFilter[none], error) {
		return watching{e.Observe}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	observed := 0
	o := Options{Opener: opener{}, Observe: func(filter string, _ models.Observation) {
		if filter == "watching" {
			observed++
		}
	}}
	m := &made{samples: 9600}
	report, err := Run(t.Context(), m.clip(), []models.Bound{{Definition: definition}, audio(t, "a", 0, models.Pass, nil)}, nil, o)
	if err != nil {
		t.Fatal(err)
	}
	if f := report.Filters[0]; f.Observations != 10 || observed != 10 || f.Late != 10 || math.Abs(f.Share+report.Filters[1].Share-1) > 1e-9 {
		t.Errorf("%+v; %d observed", f, observed)
	}
}

type watching struct{ observe func(models.Observation) }

func (w watching) Process(in capture.Sound, _ none) (capture.Sound, error) {
	w.observe(models.Observation{Captured: in.Captured, Voice: &models.Voice{Probability: 1}})
	return in, nil
}

func (watching) Close() error { return nil }

// TestLipsStayWithTheVoice measures a flash and a beep in a file that went through
// filters that look ahead by other times.
func TestLipsStayWithTheVoice(t *testing.T) {
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in.mkv"), filepath.Join(dir, "out.mp4")
	const at = 720 * time.Millisecond
	writeFlash(t, in, at)
	source, err := clip.Open(t.Context(), in, clip.Options{})
	if err != nil {
		t.Fatal(err)
	}
	to, err := clip.Create(t.Context(), out, clip.Plan{Sound: true, Pictures: source.Info.Pictures})
	if err != nil {
		t.Fatal(err)
	}
	chain := []models.Bound{audio(t, "a", 4567, models.Skip, nil), video(t, "v", 8, 320*time.Millisecond, models.Skip, nil)}
	_, err = Run(t.Context(), source, chain, to, Options{Opener: opener{}})
	name, closed := to.Close(true)
	if err := errors.Join(err, closed, source.Close()); err != nil || name != out {
		t.Fatal(name, err)
	}
	beep, flash, sound, pictures := measure(t, out)
	t.Logf("beep %v, flash %v off", beep-at, flash-at)
	if d := (beep - at).Abs(); d > time.Millisecond {
		t.Errorf("the beep is at %v, want %v", beep, at)
	}
	if d := (flash - at).Abs(); d > time.Millisecond {
		t.Errorf("the flash is at %v, want %v", flash, at)
	}
	if pictures != 50 || (sound-2*time.Second).Abs() > 25*time.Millisecond {
		t.Errorf("%d pictures and %v of sound", pictures, sound)
	}
}
