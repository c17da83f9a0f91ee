package synthetic

import (
	"errors"
	"fmt"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
)

// Options say what is captured and how. The zero value is not valid; start
// from Default or Parse.
type Options struct {
	Seed     uint64
	Noise    bool        // of depth and colour
	Cameras  int         // 1 to 8; the usual rig has 6
	Frames   int         // in the loop, 1 to 600
	Rate     float64     // hertz, 1 to 120
	Flash    bool        // the light flashes for two frames and a tone sounds, every second
	Markers  bool        // five coloured discs
	Freeze   int         // the index of the frame whose pose all frames have; -1 moves
	Gaze     *space.Vec3 // what the eyes look at, in the cube; nil wanders
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

// Limits of the options.
const (
	maxFrames = 600
	minRate   = 1
	maxRate   = 120
	minSide   = 64
	maxSide   = 4096
)

// keys are what an address may set, in the order in which errors list them.
var keys = []string{"seed", "noise", "cameras", "frames", "rate", "flash", "markers", "freeze", "gaze", "mismatch", "size"}

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
	case o.Gaze != nil && !o.Gaze.Finite():
		return fmt.Errorf("gaze %v is not finite", *o.Gaze)
	case o.Flash && math.Abs(math.Remainder(float64(o.Frames), o.Rate)) > 1e-9:
		return fmt.Errorf("flash needs a loop of whole seconds: frames=%d is no multiple of rate=%g", o.Frames, o.Rate)
	}
	return nil
}

// period is the length of the loop in seconds.
func (o Options) period() float64 { return float64(o.Frames) / o.Rate }

// flashes says whether the light flashes in a frame of the loop: the first
// two frames of every second.
func (o Options) flashes(index int) bool {
	if !o.Flash {
		return false
	}
	second := float64(index%o.Frames) / o.Rate
	return (second-float64(int(second+1e-9)))*o.Rate < 1.5
}
