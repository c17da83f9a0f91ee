package folder

import (
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
)

// Scheme is the address scheme of this source.
const Scheme = "folder"

// Options say what to play. Dir and Clock are needed.
type Options struct {
	Dir    string
	Clock  *capture.Clock
	Rate   float64 // hertz; zero means the folder's own, 30 if it has none
	Once   bool    // do not loop
	Config string  // of several cameraconfig*.json, the one to use
	// Nominal uses the lenses of an average Azure Kinect where a raw folder
	// has none. DepthF, if not zero, replaces its focal length in pixels.
	Nominal bool
	DepthF  float64
	// Origin and Front place an estimated cube: the head's position, and a
	// direction towards the front screen, both in the folder's world.
	Origin, Front *space.Vec3
	Log           *slog.Logger // nil discards
}

// ParseAddress reads folder:DIR?rate=30&loop=0&intrinsics=nominal&depth_f=504
// &config=NAME&origin=x,y,z&front=x,y,z.
func ParseAddress(address string) (Options, error) {
	rest, ok := strings.CutPrefix(address, Scheme+":")
	if !ok {
		return Options{}, fmt.Errorf("address %q is not of the scheme %q", address, Scheme)
	}
	dir, query, _ := strings.Cut(rest, "?")
	o := Options{Dir: dir}
	if dir == "" {
		return o, fmt.Errorf("address %q names no folder: write %s:DIR", address, Scheme)
	}
	values, err := url.ParseQuery(query)
	if err != nil {
		return o, fmt.Errorf("address %q: %w", address, err)
	}
	known := map[string]func(string) error{
		"rate":       func(v string) (err error) { o.Rate, err = number(v, 0.1, 240); return err },
		"loop":       func(v string) error { loop, err := strconv.ParseBool(v); o.Once = !loop; return err },
		"config":     func(v string) error { o.Config = v; return nil },
		"depth_f":    func(v string) (err error) { o.DepthF, err = number(v, 50, 5000); return err },
		"origin":     func(v string) (err error) { o.Origin, err = vector(v); return err },
		"front":      func(v string) (err error) { o.Front, err = vector(v); return err },
		"intrinsics": func(v string) error { o.Nominal = true; return only(v, "nominal") },
	}
	for key, list := range values {
		set, ok := known[key]
		if !ok {
			return o, fmt.Errorf("address %q: unknown option %q; known are %s", address, key, strings.Join(slices.Sorted(maps.Keys(known)), ", "))
		}
		if err := set(list[len(list)-1]); err != nil {
			return o, fmt.Errorf("address %q: option %s: %w", address, key, err)
		}
	}
	return o, nil
}

func only(v, want string) error {
	if v != want {
		return fmt.Errorf("%q is not %q", v, want)
	}
	return nil
}

func number(s string, low, high float64) (float64, error) {
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || !(v >= low && v <= high) {
		return 0, fmt.Errorf("%q is not a number from %g to %g", s, low, high)
	}
	return v, nil
}

func vector(s string) (*space.Vec3, error) {
	parts := strings.Split(s, ",")
	if len(parts) != 3 {
		return nil, fmt.Errorf("%q is not x,y,z", s)
	}
	var v [3]float64
	for i, p := range parts {
		n, err := number(strings.TrimSpace(p), -1000, 1000)
		if err != nil {
			return nil, err
		}
		v[i] = n
	}
	return &space.Vec3{X: v[0], Y: v[1], Z: v[2]}, nil
}

func (o Options) validate() error {
	if o.Clock == nil {
		return errors.New("open folder: no clock")
	}
	if o.Dir == "" {
		return errors.New("open folder: no folder named")
	}
	return nil
}
