package folder

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"

	"github.com/virtualcube/virtualcube/capture"
)

// Limits on a folder.
const (
	maxEntries = 2_000_000
	maxFrames  = 200_000
)

// kind is how a folder names its pictures.
type kind int

const (
	aligned kind = iota // camN_color.png, camN_depth.png
	raw                 // rgb.SERIAL-NNNN.png, depth.SERIAL-NNNN.png
	scene               // frame-NNNNNN.color.jpg, frame-NNNNNN.depth.png
)

// pair is the two files of one camera and instant; either may be missing.
type pair struct{ colour, depth string }

// inventory is what a folder holds.
type inventory struct {
	kind    kind
	cameras []string // sorted
	// instants has one map a frame, in the order of their numbers: the files
	// by camera name.
	instants []map[string]pair
}

var (
	alignedName = regexp.MustCompile(`^(.+)_(color|depth)(?:_(\d{1,12}))?\.(?i:png|jpg|jpeg)$`)
	rawName     = regexp.MustCompile(`^(rgb|depth)\.([0-9A-Za-z]+)-(\d{1,12})\.(?i:png|jpg|jpeg)$`)
	sceneName   = regexp.MustCompile(`^frame-(\d{1,12})\.(color|depth)\.(?i:png|jpg|jpeg)$`)
	number12    = regexp.MustCompile(`^\d{1,12}$`)
)

// list finds a folder's pictures.
func list(dir string) (inventory, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return inventory{}, fmt.Errorf("open %s: %w", dir, err)
	}
	if len(entries) > maxEntries {
		return inventory{}, fmt.Errorf("open %s: more than %d files", dir, maxEntries)
	}
	var found inventory
	frames := make(map[int]map[string]pair)
	add := func(number, camera, role, path string) {
		frame, _ := strconv.Atoi(number) // at most 12 digits; none is frame 0
		if frames[frame] == nil {
			frames[frame] = make(map[string]pair)
		}
		p := frames[frame][camera]
		if role == "depth" {
			p.depth = path
		} else {
			p.colour = path
		}
		frames[frame][camera] = p
	}
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		if e.IsDir() && number12.MatchString(e.Name()) {
			inner, err := os.ReadDir(path)
			if err != nil {
				return inventory{}, fmt.Errorf("open %s: %w", path, err)
			}
			for _, f := range inner {
				if m := alignedName.FindStringSubmatch(f.Name()); m != nil && m[3] == "" {
					add(e.Name(), m[1], m[2], filepath.Join(path, f.Name()))
				}
			}
		} else if m := sceneName.FindStringSubmatch(e.Name()); m != nil {
			found.kind = scene
			add("", m[1], m[2], path)
		} else if m := rawName.FindStringSubmatch(e.Name()); m != nil {
			found.kind = raw
			add(m[3], m[2], m[1], path)
		} else if m := alignedName.FindStringSubmatch(e.Name()); m != nil {
			add(m[3], m[1], m[2], path)
		}
	}
	return found.finish(dir, frames)
}

// finish sorts what was found and checks that there is something.
func (v inventory) finish(dir string, frames map[int]map[string]pair) (inventory, error) {
	numbers := slices.Sorted(maps.Keys(frames))
	names := make(map[string]bool)
	for _, cameras := range frames {
		for name := range cameras {
			names[name] = true
		}
	}
	if len(numbers) == 0 {
		return v, fmt.Errorf("open %s: no pictures named camN_color.png and camN_depth.png, rgb.SERIAL-N.png and depth.SERIAL-N.png, or frame-N.color.jpg and frame-N.depth.png", dir)
	}
	if len(numbers) > maxFrames {
		return v, fmt.Errorf("open %s: more than %d frames", dir, maxFrames)
	}
	v.cameras = slices.Sorted(maps.Keys(names))
	for _, n := range numbers {
		v.instants = append(v.instants, frames[n])
	}
	if v.kind == scene {
		v.cameras = spread(v.cameras, capture.MaxCameras)
	}
	if n := len(v.cameras); n > capture.MaxCameras {
		return v, fmt.Errorf("open %s: pictures of %d cameras, %d at most are possible", dir, n, capture.MaxCameras)
	}
	return v, nil
}

// spread picks at most n of the names, evenly.
func spread(names []string, n int) []string {
	if len(names) <= n {
		return names
	}
	var out []string
	for i := range n {
		out = append(out, names[i*(len(names)-1)/(n-1)])
	}
	return out
}
