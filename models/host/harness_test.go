package host_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/host"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var silent = slog.New(slog.NewTextHandler(io.Discard, nil))

// knobs are the parameters of the tests' filters.
type knobs struct {
	Level float64 `param:"level,live" min:"0" max:"255" help:"what it adds, or multiplies by"`
	Model string  `param:"model" help:"which weights"`
}

// fake is a filter that a test makes of functions.
type fake[T any] struct {
	process func(in T, k knobs) (T, error)
	close   func()
}

func (f fake[T]) Process(in T, k knobs) (T, error) { return f.process(in, k) }

func (f fake[T]) Close() error {
	if f.close != nil {
		f.close()
	}
	return nil
}

func described(name string, change func(*models.Description)) models.Description {
	d := models.Description{Name: name, Summary: "is for tests", Latency: 20 * time.Millisecond, Late: models.Pass, Failing: models.Pass}
	if change != nil {
		change(&d)
	}
	return d
}

// opens makes what opens one fake; opened, if not nil, is told.
func opens[T any](f fake[T], opened *atomic.Int32) func(context.Context, models.Environment, knobs) (fake[T], error) {
	return func(context.Context, models.Environment, knobs) (fake[T], error) {
		if opened != nil {
			opened.Add(1)
		}
		return f, nil
	}
}

// voice is a chain of a voice under test, in a synctest bubble.
type chain[T any] struct {
	*host.Chain[T]
	t    *testing.T
	stop func()

	mu   sync.Mutex
	out  []T
	seen []models.Observation
}

func (c *chain[T]) take(frame T) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.out = append(c.out, frame)
}

// came returns what left so far, and forgets it.
func (c *chain[T]) came() []T {
	synctest.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	out := c.out
	c.out = nil
	return out
}

func (c *chain[T]) observe(_ string, o models.Observation) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seen = append(c.seen, o)
}

func start[T any](t *testing.T, made func(host.Config[T]) (*host.Chain[T], error), open func(context.Context, models.Bound, func(models.Observation)) (models.Stage[T], error)) *chain[T] {
	t.Helper()
	c := &chain[T]{t: t}
	var err error
	c.Chain, err = made(host.Config[T]{Name: "test", Open: open, Out: c.take, Observe: c.observe, Log: silent})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- c.Run(ctx) }()
	c.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return c
}

func voices(t *testing.T) *chain[capture.Sound] {
	t.Helper()
	return start(t, host.NewAudio, func(ctx context.Context, b models.Bound, observe func(models.Observation)) (models.Stage[capture.Sound], error) {
		return b.OpenAudio(ctx, models.Environment{Observe: observe}, b.Values)
	})
}

func pictures(t *testing.T) *chain[*capture.Frame] {
	t.Helper()
	return start(t, host.NewVideo, openPicture)
}

// set makes the chain what is given, and waits until it is or a time has gone by.
func (c *chain[T]) set(links ...host.Link) {
	c.t.Helper()
	if err := c.Set(links); err != nil {
		c.t.Fatal(err)
	}
	synctest.Wait()
}

func (c *chain[T]) link(i int) host.LinkStats { return c.Stats().Links[i] }

func linked(t *testing.T, id string, d models.Definition, err error, values map[string]any) host.Link {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	v, err := d.Parameters.Defaults().With(values)
	if err != nil {
		t.Fatal(err)
	}
	return host.Link{ID: id, Bound: models.Bound{Definition: d, Values: v}}
}

func voiceLink(t *testing.T, id string, d models.Description, process func(capture.Sound, knobs) (capture.Sound, error), opened *atomic.Int32) host.Link {
	t.Helper()
	made, err := models.Audio(d, knobs{Level: 1}, func(ctx context.Context, e models.Environment, k knobs) (models.AudioFilter[knobs], error) {
		return opens(fake[capture.Sound]{process: process}, opened)(ctx, e, k)
	})
	return linked(t, id, made, err, nil)
}

func pictureLink(t *testing.T, id string, d models.Description, process func(*capture.Frame, knobs) (*capture.Frame, error), opened *atomic.Int32) host.Link {
	t.Helper()
	made, err := models.Video(d, knobs{Level: 1}, func(ctx context.Context, e models.Environment, k knobs) (models.VideoFilter[knobs], error) {
		return opens(fake[*capture.Frame]{process: process}, opened)(ctx, e, k)
	})
	return linked(t, id, made, err, nil)
}

// with is a link with other values.
func with(t *testing.T, l host.Link, values map[string]any) host.Link {
	t.Helper()
	var err error
	if l.Values, err = l.Values.With(values); err != nil {
		t.Fatal(err)
	}
	return l
}

// count numbers the samples of a voice: what they hold says which they are.
const cycle = 1 << 14

func ramp(n int) capture.Sound {
	s := capture.Sound{Captured: at(n), Samples: make([]float32, capture.SoundSamples)}
	for i := range s.Samples {
		s.Samples[i] = float32((n*capture.SoundSamples+i)%cycle) / cycle
	}
	return s
}

func at(n int) capture.Time {
	return capture.Time(time.Second) + capture.Time(n)*capture.Time(capture.SoundLength)
}

// picture is a small frame of one brightness that says how often it is held.
func picture(n int, brightness byte, free func()) *capture.Frame {
	f := capture.NewFrame(func(*capture.Frame) {
		if free != nil {
			free()
		}
	})
	f.Captured = at(n)
	f.Sequence = uint64(n)
	f.Colour = capture.Picture{Format: capture.I420, Width: 2, Height: 2, Planes: [3][]byte{{brightness, brightness, brightness, brightness}, {128}, {128}}, Strides: [3]int{2, 1, 1}}
	return f
}

var errOdd = errors.New("odd")

func openPicture(ctx context.Context, b models.Bound, observe func(models.Observation)) (models.Stage[*capture.Frame], error) {
	return b.OpenVideo(ctx, models.Environment{Observe: observe}, b.Values)
}
