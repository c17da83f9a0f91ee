package rigfile

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
)

// Scheme is the address scheme of this source.
const Scheme = "rig"

// maxNesting is how many rig files may be inside one another.
const maxNesting = 4

// Options say what to play. File, Clock and Open are needed.
type Options struct {
	File  string
	Clock *capture.Clock
	// Open opens the source of an address. The context it is given must reach
	// Open of this package, so that files that name one another are refused.
	Open func(ctx context.Context, address string) (capture.Source, error)
	Log  *slog.Logger // nil discards
}

// ParseAddress reads rig:FILE.yaml.
func ParseAddress(address string) (Options, error) {
	file, ok := strings.CutPrefix(address, Scheme+":")
	if !ok || file == "" {
		return Options{}, fmt.Errorf("address %q is not %s:FILE.yaml", address, Scheme)
	}
	if strings.Contains(file, "?") {
		return Options{}, fmt.Errorf("address %q: a rig file has no options; write them into the file", address)
	}
	return Options{File: file}, nil
}

// Source plays a rig file. It implements capture.Source.
type Source struct {
	rig      capture.Rig
	name     string
	children []*child
	together bool
	clock    *capture.Clock
	log      *slog.Logger
	started  atomic.Bool
	reading  []reading // by child, of Next
}

var _ capture.Recording = (*Source)(nil)

// child is one opened source, which may give several cameras.
type child struct {
	address string
	source  capture.Source
	cameras []int   // of the source's cameras the rig's index, or -1
	offset  float64 // seconds its recording began after the others
}

type nesting struct{}

// Open reads the file and opens its sources.
func Open(ctx context.Context, o Options) (*Source, error) {
	if o.Clock == nil || o.Open == nil {
		return nil, errors.New("open rig file: no clock or no way to open sources")
	}
	depth, _ := ctx.Value(nesting{}).(int)
	if depth >= maxNesting {
		return nil, fmt.Errorf("open %s: rig files are nested more than %d deep; does one name itself?", o.File, maxNesting)
	}
	data, err := read(o.File)
	if err != nil {
		return nil, fmt.Errorf("open rig file: %w", err)
	}
	f, err := Parse(data)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", o.File, err)
	}
	s := &Source{name: Scheme + ":" + o.File, clock: o.Clock, log: o.Log, together: f.Together == nil || *f.Together}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if err := s.compose(context.WithValue(ctx, nesting{}, depth+1), o, f); err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", o.File, err), s.Close())
	}
	return s, nil
}

func read(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxBytes+1))
}

// compose opens the sources and makes the rig.
func (s *Source) compose(ctx context.Context, o Options, f File) error {
	s.rig = capture.Rig{Name: f.Name, Rate: f.Rate}
	if s.rig.Name == "" {
		s.rig.Name = strings.TrimSuffix(filepath.Base(o.File), filepath.Ext(o.File))
	}
	cube := space.Identity()
	if f.Cube != nil {
		cube, _ = f.Cube.Rigid() // checked by Parse
	}
	for i, c := range f.Cameras {
		address := relative(c.Source, filepath.Dir(o.File))
		member, err := s.member(ctx, o, address)
		if err != nil {
			return fmt.Errorf("camera %q: source %s: %w", c.Name, address, err)
		}
		rig := member.source.Rig()
		k, err := pick(rig, c.Camera)
		if err != nil {
			return fmt.Errorf("camera %q: source %s: %w", c.Name, address, err)
		}
		if member.cameras[k] >= 0 {
			return fmt.Errorf("camera %q: source %s: its camera %q is used twice", c.Name, address, rig.Cameras[k].Name)
		}
		if used := slices.ContainsFunc(member.cameras, func(i int) bool { return i >= 0 }); used && member.offset != c.Offset {
			return fmt.Errorf("camera %q: source %s: its cameras have different offsets", c.Name, address)
		}
		member.cameras[k], member.offset = i, c.Offset
		s.rig.Cameras = append(s.rig.Cameras, c.place(rig.Cameras[k], cube))
	}
	s.complete(f)
	return s.rig.Validate()
}

// complete fills in what the file does not state, and says so.
func (s *Source) complete(f File) {
	posed := slices.ContainsFunc(f.Cameras, func(c Camera) bool { return !c.pose().empty() })
	for _, m := range s.children {
		rig := m.source.Rig()
		if f.Rate == 0 {
			s.rig.Rate = max(s.rig.Rate, rig.Rate)
		}
		s.rig.Microphone = s.rig.Microphone || rig.Microphone
		for _, note := range rig.Estimated {
			s.rig.Estimated = append(s.rig.Estimated, m.address+": "+note)
		}
	}
	alone := len(s.children) == 1 && !posed
	if f.Cube == nil {
		s.rig.Estimated = append(s.rig.Estimated, "cube: the frame in which the rig file states the cameras")
	}
	switch {
	case f.Volume != nil:
		s.rig.Volume, _ = f.Volume.box() // checked by Parse
	case alone && f.Cube == nil:
		s.rig.Volume = s.children[0].source.Rig().Volume
	default:
		s.rig.Volume = capture.DefaultVolume()
		s.rig.Estimated = append(s.rig.Estimated, "volume: the default round a seated person")
	}
}

// member returns the child of an address; each is opened once.
func (s *Source) member(ctx context.Context, o Options, address string) (*child, error) {
	for _, m := range s.children {
		if m.address == address {
			return m, nil
		}
	}
	source, err := o.Open(ctx, address)
	if err != nil {
		return nil, err
	}
	m := &child{address: address, source: source, cameras: make([]int, len(source.Rig().Cameras))}
	for i := range m.cameras {
		m.cameras[i] = -1
	}
	s.children = append(s.children, m)
	return m, nil
}

// relative makes the file of an address relative to the rig file's folder.
func relative(address, dir string) string {
	scheme, rest, _ := strings.Cut(address, ":")
	path, query, has := strings.Cut(rest, "?")
	if path == "" || filepath.IsAbs(path) {
		return address
	}
	address = scheme + ":" + filepath.Join(dir, path)
	if has {
		address += "?" + query
	}
	return address
}

// pick finds a camera of a source by index or name.
func pick(rig capture.Rig, which any) (int, error) {
	k := -1
	switch v := which.(type) {
	case nil:
		if len(rig.Cameras) > 1 {
			return 0, fmt.Errorf("it has %d cameras: say which, with the key camera", len(rig.Cameras))
		}
		k = 0
	case string:
		k = slices.IndexFunc(rig.Cameras, func(c capture.Camera) bool { return c.Name == v })
	case int:
		k = v
	case int64:
		k = int(v)
	case uint64:
		k = int(min(v, 1<<30))
	}
	if k < 0 || k >= len(rig.Cameras) {
		var names []string
		for _, c := range rig.Cameras {
			names = append(names, c.Name)
		}
		return 0, fmt.Errorf("it has no camera %v; it has 0 to %d: %s", which, len(names)-1, strings.Join(names, ", "))
	}
	return k, nil
}

// place puts a source's camera into the cube.
func (c Camera) place(from capture.Camera, cube space.Rigid) capture.Camera {
	from.Name = c.Name
	toRig := space.Identity()
	if p := c.pose(); !p.empty() {
		stated, _ := p.Rigid() // checked by Parse
		own := from.Colour.Pose
		if c.Of == "depth" {
			own = from.Depth.Pose
		}
		toRig = stated.Mul(own.Inverse())
	}
	aligned := from.Aligned()
	from.Colour.Pose = cube.Mul(toRig).Mul(from.Colour.Pose)
	from.Depth.Pose = cube.Mul(toRig).Mul(from.Depth.Pose)
	if aligned { // to the last bit
		from.Depth.Pose = from.Colour.Pose
	}
	return from
}

// Rig describes the cameras.
func (s *Source) Rig() capture.Rig { return s.rig }

// Close closes all sources.
func (s *Source) Close() error {
	var errs []error
	for _, r := range s.reading {
		release(r.frames)
	}
	s.reading = nil
	for _, m := range s.children {
		errs = append(errs, m.source.Close())
	}
	return errors.Join(errs...)
}
