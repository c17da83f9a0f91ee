package filtertest_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/filtertest"
)

type none struct{}

type filter[T any] struct {
	process func(T) (T, error)
	closed  *int
}

func (f filter[T]) Process(in T, _ none) (T, error) { return f.process(in) }

func (f filter[T]) Close() error {
	if f.closed != nil {
		if *f.closed++; *f.closed > 1 {
			return errors.New("closed before")
		}
	}
	return nil
}

var usual = models.Description{Name: "under-test", Summary: "is for tests", Latency: time.Millisecond, Late: models.Pass, Failing: models.Pass}

func audio(t *testing.T, change func(*models.Description), open func() filter[capture.Sound]) models.Definition {
	t.Helper()
	d := usual
	if change != nil {
		change(&d)
	}
	made, err := models.Audio(d, none{}, func(context.Context, models.Environment, none) (models.AudioFilter[none], error) { return open(), nil })
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func video(t *testing.T, open func() filter[*capture.Frame]) models.Definition {
	t.Helper()
	made, err := models.Video(usual, none{}, func(context.Context, models.Environment, none) (models.VideoFilter[none], error) { return open(), nil })
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func copied(s capture.Sound) capture.Sound {
	return capture.Sound{Captured: s.Captured, Samples: append([]float32(nil), s.Samples...)}
}

func TestGoodFilters(t *testing.T) {
	t.Run("audio", func(t *testing.T) {
		filtertest.Run(t, audio(t, func(d *models.Description) { d.LookAhead = 20 * time.Millisecond }, func() filter[capture.Sound] {
			before := make([]float32, capture.SoundSamples)
			return filter[capture.Sound]{process: func(in capture.Sound) (capture.Sound, error) {
				if in.Validate() != nil {
					return capture.Sound{}, errors.New("no sound")
				}
				out := capture.Sound{Captured: in.Captured.Add(-capture.SoundLength), Samples: before}
				before = copied(in).Samples
				return out, nil
			}}
		}), filtertest.Options{Golden: "delay.json"})
	})
	t.Run("video", func(t *testing.T) {
		filtertest.Run(t, video(t, func() filter[*capture.Frame] {
			return filter[*capture.Frame]{process: func(in *capture.Frame) (*capture.Frame, error) { return in.Retain(), nil }}
		}), filtertest.Options{Golden: "pass.json"})
	})
	t.Run("rgbd", func(t *testing.T) {
		made, err := models.RGBD(usual, none{}, func(context.Context, models.Environment, none) (models.RGBDFilter[none], error) {
			return filter[*capture.FrameSet]{process: func(in *capture.FrameSet) (*capture.FrameSet, error) { return in.Retain(), nil }}, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		filtertest.Run(t, made, filtertest.Options{})
	})
}

// bad are filters that break the contract, and what the suite must say of them.
var bad = map[string]struct {
	say  string
	make func(*testing.T) models.Definition
}{
	"writes to its input": {"written to its input", func(t *testing.T) models.Definition {
		return audio(t, nil, func() filter[capture.Sound] {
			return filter[capture.Sound]{process: func(in capture.Sound) (capture.Sound, error) { in.Samples[3]++; return in, nil }}
		})
	}},
	"stamps its own time": {"looks 0s ahead", func(t *testing.T) models.Definition {
		return audio(t, nil, func() filter[capture.Sound] {
			return filter[capture.Sound]{process: func(in capture.Sound) (capture.Sound, error) {
				out := copied(in)
				out.Captured = out.Captured.Add(15 * time.Millisecond)
				return out, nil
			}}
		})
	}},
	"forgets samples": {"959 samples came for 960", func(t *testing.T) models.Definition {
		return audio(t, nil, func() filter[capture.Sound] {
			return filter[capture.Sound]{process: func(in capture.Sound) (capture.Sound, error) {
				out := copied(in)
				out.Samples = out.Samples[1:]
				return out, nil
			}}
		})
	}},
	"shares state": {"where another instance works", func(t *testing.T) models.Definition {
		last := float32(0)
		return audio(t, nil, func() filter[capture.Sound] {
			last = 0
			return filter[capture.Sound]{process: func(in capture.Sound) (capture.Sound, error) {
				out := copied(in)
				out.Samples[0] = last
				last = in.Samples[100]
				return out, nil
			}}
		})
	}},
	"never recovers": {"frame 57", func(t *testing.T) models.Definition {
		return audio(t, nil, func() filter[capture.Sound] {
			sum := float32(0)
			return filter[capture.Sound]{process: func(in capture.Sound) (capture.Sound, error) {
				sum += 0 * in.Samples[0]
				out := copied(in)
				for i := range out.Samples {
					out.Samples[i] += sum
				}
				return out, nil
			}}
		})
	}},
	"closes once": {"closed before", func(t *testing.T) models.Definition {
		return audio(t, nil, func() filter[capture.Sound] {
			return filter[capture.Sound]{process: func(in capture.Sound) (capture.Sound, error) { return in, nil }, closed: new(int)}
		})
	}},
	"observes and changes": {"returns something else", func(t *testing.T) models.Definition {
		return audio(t, func(d *models.Description) { d.Observes = true }, func() filter[capture.Sound] {
			return filter[capture.Sound]{process: func(in capture.Sound) (capture.Sound, error) { return copied(in), nil }}
		})
	}},
	"knows one size": {"upright", func(t *testing.T) models.Definition {
		return video(t, func() filter[*capture.Frame] {
			return filter[*capture.Frame]{process: func(in *capture.Frame) (*capture.Frame, error) {
				if in.Colour.Height > in.Colour.Width {
					return nil, errors.New("wide pictures alone")
				}
				return in.Retain(), nil
			}}
		})
	}},
	"makes another size": {"came for a I420", func(t *testing.T) models.Definition {
		return video(t, func() filter[*capture.Frame] {
			return filter[*capture.Frame]{process: func(in *capture.Frame) (*capture.Frame, error) {
				f, err := capture.NewFramePool(0).Frame(capture.FrameShape{Format: capture.I420, Width: 32, Height: 32})
				f.Captured = in.Captured
				return f, err
			}}
		})
	}},
	"differs from what it was": {"a figure is 0.5", func(t *testing.T) models.Definition {
		return video(t, func() filter[*capture.Frame] {
			return filter[*capture.Frame]{process: func(in *capture.Frame) (*capture.Frame, error) {
				f, err := capture.NewFramePool(0).Frame(capture.FrameShape{Format: capture.I420, Width: in.Colour.Width, Height: in.Colour.Height})
				f.Captured = in.Captured
				return f, err
			}}
		})
	}},
}

// TestBadFilters runs the suite on each in a process of its own, which must fail.
func TestBadFilters(t *testing.T) {
	name := os.Getenv("FILTERTEST_BAD")
	if name != "" {
		filtertest.Run(t, bad[name].make(t), filtertest.Options{Golden: map[bool]string{true: "pass.json"}[name == "differs from what it was"]})
		return
	}
	for name, b := range bad {
		t.Run(name, func(t *testing.T) {
			command := exec.Command(os.Args[0], "-test.run", "^TestBadFilters$")
			command.Env = append(os.Environ(), "FILTERTEST_BAD="+name)
			out, err := command.CombinedOutput()
			if err == nil || !strings.Contains(string(out), b.say) {
				t.Errorf("%v; it does not say %q:\n%s", err, b.say, out)
			}
		})
	}
}
