package k4a

import (
	"fmt"
	"log/slog"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/virtualcube/virtualcube/capture"
)

// Scheme is the address scheme of this source.
const Scheme = "k4a"

// Options say what to play. File and Clock are needed.
type Options struct {
	File  string
	Clock *capture.Clock
	Rate  float64      // hertz; zero means as recorded
	Once  bool         // do not loop
	Log   *slog.Logger // nil discards
}

// ParseAddress reads k4a:FILE.mkv?loop=0&rate=15.
func ParseAddress(address string) (Options, error) {
	rest, ok := strings.CutPrefix(address, Scheme+":")
	if !ok {
		return Options{}, fmt.Errorf("address %q is not of the scheme %q", address, Scheme)
	}
	file, query, _ := strings.Cut(rest, "?")
	o := Options{File: file}
	if file == "" {
		return o, fmt.Errorf("address %q names no file: write %s:FILE.mkv", address, Scheme)
	}
	values, err := url.ParseQuery(query)
	if err != nil {
		return o, fmt.Errorf("address %q: %w", address, err)
	}
	known := map[string]func(string) error{
		"loop": func(v string) error { loop, err := strconv.ParseBool(v); o.Once = !loop; return err },
		"rate": func(v string) (err error) {
			if o.Rate, err = strconv.ParseFloat(v, 64); err == nil && !(o.Rate >= 0.1 && o.Rate <= 240) {
				err = fmt.Errorf("%q is not from 0.1 to 240", v)
			}
			return err
		},
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
