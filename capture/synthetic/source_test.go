package synthetic

import (
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
