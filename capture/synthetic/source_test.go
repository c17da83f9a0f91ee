package synthetic

import (
	"errors"
	"io"
	"math"
	"testing"

	"go.uber.org/goleak"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/sourcetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// small is a rig that bakes quickly.
func small(t testing.TB) Options {
	o := Default()
	o.Width, o.Height, o.Frames, o.Cameras = 160, 96, 4, 2
	o.CacheDir = t.TempDir()
	return o
}

func TestSource(t *testing.T) {
	for name, change := range map[string]func(*Options){
		"silent": func(*Options) {},
		"beeps":  func(o *Options) { o.Sound, o.Rate = SoundBeep, 4 },
	} {
		t.Run(name, func(t *testing.T) {
			sourcetest.Run(t, func(t testing.TB) capture.Source {
				o := small(t)
				change(&o)
				s, err := Open(o)
				if err != nil {
					t.Fatal(err)
				}
				return s
			})
		})
	}
}

func TestReadOutOfTime(t *testing.T) {
	s, err := Open(small(t))
	if err != nil {
		t.Fatal(err)
	}
	instants := s.Options().Frames
	for k := range instants {
		at, frames, err := s.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if len(frames) != len(s.Rig().Cameras) || math.Abs(at.Seconds()-float64(k)/s.Options().Rate) > 1e-6 {
			t.Errorf("instant %d of %v has %d frames", k, at, len(frames))
		}
		for _, f := range frames {
			if f.Captured != capture.Time(at) {
				t.Errorf("instant %d of %v has a frame of %v", k, at, f.Captured)
			}
			f.Release()
		}
	}
	if _, _, err := s.Next(t.Context()); !errors.Is(err, io.EOF) {
		t.Errorf("after the loop: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}
