package host_test

import (
	"context"
	"testing"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/host"
	"github.com/virtualcube/virtualcube/models/scene"
)

// BenchmarkChain passes frames one by one through a filter that returns what it
// is given: what the host itself costs.
func BenchmarkChain(b *testing.B) {
	d := described("same", func(d *models.Description) { d.Latency = models.MaxLatency })
	b.Run("voice", func(b *testing.B) {
		same := func(in capture.Sound, _ knobs) (capture.Sound, error) { return in, nil }
		made, err := models.Audio(d, knobs{}, func(ctx context.Context, e models.Environment, k knobs) (models.AudioFilter[knobs], error) {
			return opens(fake[capture.Sound]{process: same}, nil)(ctx, e, k)
		})
		sound := ramp(0)
		benchmark(b, host.NewAudio, made, err, made.OpenAudio, func(n int) capture.Sound {
			return capture.Sound{Captured: at(n), Samples: sound.Samples}
		}, func(capture.Sound) {})
	})
	b.Run("picture", func(b *testing.B) {
		same := func(in *capture.Frame, _ knobs) (*capture.Frame, error) { return in.Retain(), nil }
		made, err := models.Video(d, knobs{}, func(ctx context.Context, e models.Environment, k knobs) (models.VideoFilter[knobs], error) {
			return opens(fake[*capture.Frame]{process: same}, nil)(ctx, e, k)
		})
		benchmark(b, host.NewVideo, made, err, made.OpenVideo, func(n int) *capture.Frame { return picture(n, 100, nil) }, (*capture.Frame).Release)
	})
	b.Run("set", func(b *testing.B) {
		rig := scene.Rig()
		same := func(in *capture.FrameSet, _ knobs) (*capture.FrameSet, error) { return in.Retain(), nil }
		made, err := models.RGBD(d, knobs{}, func(ctx context.Context, e models.Environment, k knobs) (models.RGBDFilter[knobs], error) {
			return opens(fake[*capture.FrameSet]{process: same}, nil)(ctx, e, k)
		})
		make := func(c host.Config[*capture.FrameSet]) (*host.Chain[*capture.FrameSet], error) {
			return host.NewRGBD(c, rig)
		}
		first := scene.Set(rig, 0)
		defer first.Release()
		benchmark(b, make, made, err, made.OpenRGBD, func(n int) *capture.FrameSet {
			list := append([]*capture.Frame(nil), first.Frames...)
			for _, f := range list {
				f.Retain()
			}
			s := capture.NewFrameSet(uint64(n), at(n), list)
			s.Captured = at(n)
			return s
		}, (*capture.FrameSet).Release)
	})
}

func benchmark[T any](b *testing.B, made func(host.Config[T]) (*host.Chain[T], error), d models.Definition, err error, open models.Opener[T], frame func(n int) T, release func(T)) {
	b.Helper()
	came := make(chan T, 1)
	var c *host.Chain[T]
	if err == nil {
		c, err = made(host.Config[T]{
			Name: "bench", Log: silent, Out: func(x T) { came <- x },
			Open: func(ctx context.Context, l models.Bound, observe func(models.Observation)) (models.Stage[T], error) {
				return open(ctx, models.Environment{Observe: observe}, l.Values)
			},
		})
	}
	if err == nil {
		err = c.Set([]host.Link{{ID: "a", Bound: models.Bound{Definition: d, Values: d.Parameters.Defaults()}}})
	}
	if err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(b.Context())
	ended := make(chan error, 1)
	go func() { ended <- c.Run(ctx) }()
	defer func() {
		cancel()
		if err := <-ended; err != nil {
			b.Error(err)
		}
	}()
	n := 0
	pass := func() {
		n++
		c.Put(frame(n))
		release(<-came)
	}
	for s := c.Stats(); len(s.Links) == 0 || s.Links[0].State != host.Running; s = c.Stats() {
		pass()
	}
	opened := n
	b.ReportAllocs()
	for b.Loop() {
		pass()
	}
	if made, want := c.Stats().Links[0].Frames, n-opened; made+1 < uint64(want) {
		b.Errorf("the filter made %d of %d frames", made, want)
	}
}
