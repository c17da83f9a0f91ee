package synthetic

import (
	"errors"
	"fmt"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/capture/synthetic/figure"
)

// Options say what is captured and how. The zero value is not valid; start
// from Default or Parse.
type Options struct {
	Seed     uint64
	Noise    bool        // of depth and colour
	Cameras  int         // 1 to 8; the usual rig has 6
	Frames   int         // in the loop, 1 to 600
	Rate     float64     // hertz, 1 to 120
	Flash    bool        // a badge on the chest is white for 100 ms every second, else dark
	Sound    Sound       // what the rig's microphone hears
	Markers  bool        // five coloured discs
	Rod      bool        // a rod of 30 cm with a ball at each end lies along the gaze
	Freeze   int         // the index of the frame whose pose all frames have; -1 moves
	Gaze     *space.Vec3 // what head and eyes turn to, in the cube; nil wanders
	Mismatch bool        // cameras differ in gain
	Width    int         // of the colour pictures, pixels; depth scales with it
	Height   int

	// The rest is not part of the address.

	CacheDir string                // where the loop is baked to; "" is virtualcube in the user's cache folder
	Clock    *capture.Clock        // the node's clock; nil starts one
	Progress func(done, total int) // told after each baked frame set; called from Run's or Baked's goroutines
}

// Default is six cameras, 60 frames at 30 Hz, with noise.
func Default() Options {
	return Options{Seed: 1, Noise: true, Cameras: 6, Frames: 60, Rate: 30, Freeze: -1, Width: 1280, Height: 720}
}

// Sound is what the rig's microphone hears.
type Sound uint8

// Sounds. The beep is a tone of 1 kHz and half the full scale for 100 ms, from
// the first instant of each second of the loop on, with ramps of 2 ms: that is
// while the badge flashes.
const (
	SoundWithFlash Sound = iota // a beep where Flash is set; without it there is no microphone
	SoundNone                   // no microphone
	SoundBeep                   // a beep
)

// Limits of the options.
const (
	maxFrames = 600
	minRate   = 1
	maxRate   = 120
	minSide   = 64
	maxSide   = 4096
)

// keys are what an address may set, in the order in which errors list them.
var keys = []string{"seed", "noise", "cameras", "frames", "rate", "flash", "sound", "markers", "rod", "freeze", "gaze", "mismatch", "size"}

// Parse reads an address such as synthetic:?seed=1&noise=off&gaze=0,0,1.
func Parse(address string) (Options, error) {
	o := Default()
	rest, ok := strings.CutPrefix(address, "synthetic:")
	if !ok {
		return o, fmt.Errorf("parse address %q: the scheme is not synthetic", address)
	}
	query, ok := strings.CutPrefix(rest, "?")
	if !ok && rest != "" {
		return o, fmt.Errorf("parse address %q: after synthetic: comes nothing or ?KEY=VALUE", address)
	}
	values, err := url.ParseQuery(query)
	if err != nil {
		return o, fmt.Errorf("parse address %q: %w", address, err)
	}
	for key, list := range values {
		if !slices.Contains(keys, key) {
			return o, fmt.Errorf("parse address %q: unknown key %q, known are %s", address, key, strings.Join(keys, ", "))
		}
		if len(list) != 1 {
			return o, fmt.Errorf("parse address %q: key %q is given %d times", address, key, len(list))
		}
		if err := o.set(key, list[0]); err != nil {
			return o, fmt.Errorf("parse address %q: %s=%s: %w", address, key, list[0], err)
		}
	}
	if err := o.Validate(); err != nil {
		return o, fmt.Errorf("parse address %q: %w", address, err)
	}
	return o, nil
}

func (o *Options) set(key, value string) (err error) {
	switch key {
	case "seed":
		o.Seed, err = strconv.ParseUint(value, 10, 64)
	case "noise":
		o.Noise, err = parseSwitch(value)
	case "cameras":
		o.Cameras, err = strconv.Atoi(value)
	case "frames":
		o.Frames, err = strconv.Atoi(value)
	case "rate":
		o.Rate, err = strconv.ParseFloat(value, 64)
	case "flash":
		o.Flash, err = parseSwitch(value)
	case "sound":
		o.Sound, err = parseSound(value)
	case "rod":
		o.Rod, err = parseSwitch(value)
	case "markers":
		o.Markers, err = parseSwitch(value)
	case "freeze":
		o.Freeze, err = strconv.Atoi(value)
	case "mismatch":
		o.Mismatch, err = parseSwitch(value)
	case "gaze":
		var p space.Vec3
		p, err = parsePoint(value)
		o.Gaze = &p
	case "size":
		o.Width, o.Height, err = parseSize(value)
	}
	return err
}

func parseSwitch(s string) (bool, error) {
	switch s {
	case "1", "on", "true":
		return true, nil
	case "0", "off", "false":
		return false, nil
	}
	return false, errors.New("want on or off")
}

func parseSound(s string) (Sound, error) {
	switch s {
	case "none":
		return SoundNone, nil
	case "beep":
		return SoundBeep, nil
	}
	return 0, errors.New("want none or beep")
}

func parsePoint(s string) (space.Vec3, error) {
	parts := strings.Split(s, ",")
	if len(parts) != 3 {
		return space.Vec3{}, errors.New("want x,y,z in metres")
	}
	var x [3]float64
	for i, p := range parts {
		f, err := strconv.ParseFloat(strings.TrimSpace(p), 64)
		if err != nil || !(math.Abs(f) <= 100) {
			return space.Vec3{}, fmt.Errorf("%q is not a length in metres up to 100", p)
		}
		x[i] = f
	}
	return space.Vec3{X: x[0], Y: x[1], Z: x[2]}, nil
}

func parseSize(s string) (w, h int, err error) {
	a, b, ok := strings.Cut(s, "x")
	if ok {
		if w, err = strconv.Atoi(a); err == nil {
			h, err = strconv.Atoi(b)
		}
	}
	if !ok || err != nil {
		return 0, 0, errors.New("want WIDTHxHEIGHT in pixels")
	}
	return w, h, nil
}

// Validate checks every range.
func (o Options) Validate() error {
	switch {
	case o.Cameras < 1 || o.Cameras > capture.MaxCameras:
		return fmt.Errorf("cameras=%d is outside 1 to %d", o.Cameras, capture.MaxCameras)
	case o.Frames < 1 || o.Frames > maxFrames:
		return fmt.Errorf("frames=%d is outside 1 to %d", o.Frames, maxFrames)
	case !(o.Rate >= minRate && o.Rate <= maxRate):
		return fmt.Errorf("rate=%g is outside %d to %d Hz", o.Rate, minRate, maxRate)
	case o.Freeze < -1 || o.Freeze >= o.Frames:
		return fmt.Errorf("freeze=%d is outside the loop of %d frames", o.Freeze, o.Frames)
	case o.Width < minSide || o.Height < minSide || o.Width > maxSide || o.Height > maxSide || o.Width%2 != 0 || o.Height%2 != 0:
		return fmt.Errorf("size=%dx%d: sides are even, %d to %d", o.Width, o.Height, minSide, maxSide)
	case (o.Flash || o.beeps()) && math.Abs(math.Remainder(float64(o.Frames), o.Rate)) > 1e-9:
		return fmt.Errorf("flash and beep need a loop of whole seconds: frames=%d is no multiple of rate=%g", o.Frames, o.Rate)
	}
	if o.Gaze != nil {
		if err := figure.Reach(*o.Gaze); err != nil {
			return fmt.Errorf("gaze: %w", err)
		}
	}
	return nil
}

// period is the length of the loop in seconds.
func (o Options) period() float64 { return float64(o.Frames) / o.Rate }

// beeps says whether the rig has a microphone, which hears the beeps.
func (o Options) beeps() bool { return o.Sound == SoundBeep || o.Sound == SoundWithFlash && o.Flash }

// pulses says whether a frame of the loop is one of flash and beep.
func (o Options) pulses(index int) bool { return pulse(float64(index%o.Frames) / o.Rate) }

// pulseLength is how long flash and beep last.
const pulseLength = 100 * time.Millisecond

// pulse says whether a time in the loop, in seconds, lies in the first tenth
// of a second: at 30 Hz three frames do, at less than 10 Hz one does.
func pulse(t float64) bool {
	const rounding = 1e-6
	return t-math.Floor(t+rounding) < pulseLength.Seconds()-rounding
}
