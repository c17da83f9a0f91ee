package synthetic

import (
	"reflect"
	"strings"
	"testing"

	"github.com/virtualcube/virtualcube/capture/space"
)

// addresses are the cases of the table test and the seeds of the fuzz test.
var addresses = []struct {
	address string
	change  func(*Options) // of the defaults; nil where Parse must fail
	message string         // what the error names
}{
	{"synthetic:", func(*Options) {}, ""},
	{"synthetic:?", func(*Options) {}, ""},
	{"synthetic:?seed=7&noise=off&cameras=3", func(o *Options) { o.Seed, o.Noise, o.Cameras = 7, false, 3 }, ""},
	{"synthetic:?frames=90&rate=15&flash=1&markers=on&freeze=17", func(o *Options) {
		o.Frames, o.Rate, o.Flash, o.Markers, o.Freeze = 90, 15, true, true, 17
	}, ""},
	{"synthetic:?gaze=0.1,-0.2,1.5&mismatch=1&size=640x360", func(o *Options) {
		o.Gaze, o.Mismatch, o.Width, o.Height = &space.Vec3{X: 0.1, Y: -0.2, Z: 1.5}, true, 640, 360
	}, ""},
	{"synthetic:?rod=1&gaze=-1,0,0.6&sound=beep", func(o *Options) { o.Rod, o.Gaze, o.Sound = true, &space.Vec3{X: -1, Z: 0.6}, SoundBeep }, ""},
	{"synthetic:?flash=on&sound=none", func(o *Options) { o.Flash, o.Sound = true, SoundNone }, ""},
	{"synthetic:?rods=1", nil, "known are seed, noise"},
	{"synthetic:?rod=long", nil, "on or off"},
	{"synthetic:?sound=voice", nil, "none or beep"},
	{"synthetic:?sound=beep&frames=45", nil, "whole seconds"},
	{"synthetic:?gaze=0,0,-1", nil, "to the side"},
	{"synthetic:?gaze=0,3,1", nil, "degrees up"},
	{"synthetic:?gaze=0,0,0.2", nil, "from the eyes"},
	{"synthetic:seed=1", nil, "?KEY=VALUE"},
	{"folder:x", nil, "not synthetic"},
	{"synthetic:?seed=1&seed=2", nil, "2 times"},
	{"synthetic:?seed=-1", nil, "seed=-1"},
	{"synthetic:?noise=maybe", nil, "on or off"},
	{"synthetic:?cameras=9", nil, "cameras=9"},
	{"synthetic:?cameras=0", nil, "cameras=0"},
	{"synthetic:?frames=601", nil, "frames=601"},
	{"synthetic:?rate=NaN", nil, "rate=NaN"},
	{"synthetic:?rate=0.5", nil, "rate=0.5"},
	{"synthetic:?freeze=60", nil, "freeze=60"},
	{"synthetic:?gaze=1,2", nil, "x,y,z"},
	{"synthetic:?gaze=1,2,Inf", nil, "Inf"},
	{"synthetic:?size=640", nil, "WIDTHxHEIGHT"},
	{"synthetic:?size=641x360", nil, "even"},
	{"synthetic:?size=99999999999999999999x2", nil, "WIDTHxHEIGHT"},
	{"synthetic:?flash=1&frames=45", nil, "whole seconds"},
	{"synthetic:?%zz", nil, "parse address"},
}

func TestParse(t *testing.T) {
	for _, test := range addresses {
		got, err := Parse(test.address)
		if test.change == nil {
			if err == nil || !strings.Contains(err.Error(), test.message) {
				t.Errorf("%s: error %v, want one that says %q", test.address, err, test.message)
			}
			continue
		}
		want := Default()
		test.change(&want)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, %v", test.address, got, err)
		}
	}
}

// Whatever Parse accepts makes a valid rig.
func FuzzParse(f *testing.F) {
	for _, a := range addresses {
		f.Add(a.address)
	}
	f.Fuzz(func(t *testing.T, address string) {
		o, err := Parse(address)
		if err != nil {
			return
		}
		if err := rig(o).Validate(); err != nil {
			t.Errorf("%s: %v", address, err)
		}
	})
}

func TestOptionsThatShowHaveAHash(t *testing.T) {
	base := Default()
	gaze := space.Vec3{Z: 1}
	same := base
	same.Sound = SoundBeep
	same.CacheDir, same.Progress = "/x", func(int, int) {}
	if same.hash() != base.hash() {
		t.Error("the folder of the cache, or sound, changes the hash")
	}
	for name, change := range map[string]func(*Options){
		"seed": func(o *Options) { o.Seed++ }, "noise": func(o *Options) { o.Noise = false }, "cameras": func(o *Options) { o.Cameras-- },
		"frames": func(o *Options) { o.Frames++ }, "rate": func(o *Options) { o.Rate++ }, "flash": func(o *Options) { o.Flash = true },
		"markers": func(o *Options) { o.Markers = true }, "freeze": func(o *Options) { o.Freeze = 0 }, "gaze": func(o *Options) { o.Gaze = &gaze },
		"rod": func(o *Options) { o.Rod = true }, "mismatch": func(o *Options) { o.Mismatch = true }, "width": func(o *Options) { o.Width -= 2 }, "height": func(o *Options) { o.Height -= 2 },
	} {
		o := base
		change(&o)
		if o.hash() == base.hash() {
			t.Errorf("%s does not change the hash", name)
		}
	}
}

func TestPulses(t *testing.T) {
	for rate, want := range map[float64]int{30: 3, 60: 6, 10: 1, 5: 1, 25: 3, 24: 3, 29.97: 3} {
		o := Default()
		o.Rate, o.Frames = rate, int(4*rate)
		n := 0
		for i := range o.Frames {
			if o.pulses(i) {
				n++
			}
		}
		if n != 4*want || !o.pulses(0) || o.pulses(want) || !o.pulses(o.Frames) {
			t.Errorf("at %v Hz %d frames of four seconds are of a pulse, want %d", rate, n, 4*want)
		}
	}
}

func TestBeeps(t *testing.T) {
	for _, test := range []struct {
		flash bool
		sound Sound
		want  bool
	}{{false, SoundWithFlash, false}, {true, SoundWithFlash, true}, {true, SoundNone, false}, {false, SoundBeep, true}} {
		o := Default()
		o.Flash, o.Sound = test.flash, test.sound
		if rig(o).Microphone != test.want {
			t.Errorf("flash %v, sound %v: microphone %v", test.flash, test.sound, !test.want)
		}
	}
}
