package folder

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"sync"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/replay"
)

// cacheBytes is how much decoded pictures are kept in memory, at most.
const cacheBytes = 1 << 30

// Source plays a folder. It implements capture.Source.
type Source struct {
	rig    capture.Rig
	player replay.Player
}

var _ capture.Recording = (*Source)(nil)

// Open reads the calibration and the first instant.
func Open(o Options) (*Source, error) {
	if err := o.validate(); err != nil {
		return nil, err
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	files, err := list(o.Dir)
	if err != nil {
		return nil, err
	}
	c, err := calibrate(o, files)
	if err != nil {
		return nil, err
	}
	r := &reel{sensors: c.sensors, instants: files.instants, cache: make(map[int]instant), log: o.Log}
	if err := r.first(); err != nil {
		return nil, fmt.Errorf("open %s: %w", o.Dir, err)
	}
	s := &Source{}
	if s.rig, err = describe(o, c, r, files.kind); err != nil {
		return nil, fmt.Errorf("open %s: %w", o.Dir, err)
	}
	r.period = time.Duration(float64(time.Second) / s.rig.Rate)
	s.player = replay.Player{
		Name: Scheme + ":" + o.Dir, Reel: r, Clock: o.Clock, Period: r.period,
		Loop: !o.Once, Cameras: len(c.sensors), Log: o.Log,
	}
	return s, nil
}

// calibrate reads the folder's calibration files, as its kind wants.
func calibrate(o Options, files inventory) (calibration, error) {
	switch files.kind {
	case raw:
		return rawCalibration(o, files.cameras)
	case scene:
		c, err := sceneCalibration(o.Dir, files.cameras)
		if err != nil {
			return c, fmt.Errorf("open %s: %w", o.Dir, err)
		}
		return c, nil
	}
	c, err := readCameras(o.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return c, fmt.Errorf("open %s: no calibration: put a cameras.json there (name, fx, fy, cx, cy, R_cam_to_world, position of each camera)", o.Dir)
	}
	if err != nil {
		return c, fmt.Errorf("open %s: %w", o.Dir, err)
	}
	for _, s := range c.sensors {
		if !s.posed && len(c.sensors) > 1 {
			return c, fmt.Errorf("open %s: camera %q has no pose: add R_cam_to_world and position to cameras.json", o.Dir, s.name)
		}
	}
	return c, nil
}

// Rig describes the cameras.
func (s *Source) Rig() capture.Rig { return s.rig }

// Run plays the folder.
func (s *Source) Run(ctx context.Context, sink capture.Sink) error { return s.player.Run(ctx, sink) }

// Next reads the recording out of time.
func (s *Source) Next(ctx context.Context) (time.Duration, []*capture.Frame, error) {
	return s.player.Next(ctx)
}

// Close has nothing to free: frames stay valid until they are released.
func (s *Source) Close() error { return nil }

// reel decodes the folder's instants. It implements replay.Reel.
type reel struct {
	sensors  []sensor
	instants []map[string]pair
	period   time.Duration
	log      *slog.Logger
	at       int
	sizes    []size // a camera, fixed by the first instant
	cache    map[int]instant
	cached   int // bytes
	full     bool
	start    []replay.Shot // decoded by first
}

type size struct{ cw, ch, dw, dh int }

// first decodes the first instant: it must have every camera.
func (r *reel) first() error {
	shots := make([]replay.Shot, len(r.sensors))
	r.sizes = make([]size, len(r.sensors))
	err := r.each(func(i int) error {
		var err error
		shots[i], err = r.shot(0, i)
		return err
	})
	if err != nil {
		return err
	}
	for i, s := range shots {
		r.sizes[i] = size{s.Colour.Width, s.Colour.Height, s.Depth.Width, s.Depth.Height}
	}
	r.start = shots
	return nil
}

// each runs f for all cameras at once and waits.
func (r *reel) each(f func(i int) error) error {
	errs := make([]error, len(r.sensors))
	var w sync.WaitGroup
	for i := range r.sensors {
		w.Go(func() { errs[i] = f(i) })
	}
	w.Wait()
	return errors.Join(errs...)
}

// Next goes on to the next instant.
func (r *reel) Next() (time.Duration, error) {
	if r.at == len(r.instants) {
		return 0, io.EOF
	}
	r.at++
	return time.Duration(r.at-1) * r.period, nil
}

// Decode decodes the instant, or takes it from memory.
func (r *reel) Decode(ctx context.Context) ([]replay.Shot, []replay.Drop, error) {
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	k := r.at - 1
	if i, ok := r.cache[k]; ok {
		return i.shots, i.drops, nil
	}
	i, err := r.decode(k)
	if err != nil {
		return nil, nil, err
	}
	if !r.full {
		if r.cached += i.bytes(); r.cached <= cacheBytes {
			r.cache[k] = i
		} else {
			r.full = true
			r.log.Info("the folder does not fit into memory; decoding it again each time", "frames", len(r.instants), "kept", len(r.cache))
		}
	}
	return i.shots, i.drops, nil
}

// Rewind goes back to the first instant.
func (r *reel) Rewind() error { r.at = 0; return nil }

// instant is a decoded instant.
type instant struct {
	shots []replay.Shot
	drops []replay.Drop
}

func (i instant) bytes() int {
	n := 0
	for _, s := range i.shots {
		n += len(s.Colour.Planes[0])*3/2 + 2*len(s.Depth.Millimetres)
	}
	return n
}

func (r *reel) decode(k int) (instant, error) {
	if k == 0 {
		return instant{shots: r.start}, nil
	}
	shots := make([]replay.Shot, len(r.sensors))
	lost := make([]*loss, len(r.sensors))
	err := r.each(func(i int) error {
		s, err := r.shot(k, i)
		if err == nil && r.sizes[i] != (size{s.Colour.Width, s.Colour.Height, s.Depth.Width, s.Depth.Height}) {
			err = lose(capture.DropSize, r.instants[k][r.sensors[i].name].colour, errors.New("another size than the first frame"))
		}
		if errors.As(err, &lost[i]) {
			return nil
		}
		shots[i] = s
		return err
	})
	var out instant
	for i := range r.sensors {
		if l := lost[i]; l != nil {
			r.log.Debug("frame lost", "error", l)
			out.drops = append(out.drops, replay.Drop{Camera: i, Reason: l.reason})
			continue
		}
		out.shots = append(out.shots, shots[i])
	}
	return out, err
}

// shot decodes one camera's pair.
func (r *reel) shot(k, i int) (replay.Shot, error) {
	s := &r.sensors[i]
	p, ok := r.instants[k][s.name]
	if !ok || p.colour == "" || p.depth == "" {
		return replay.Shot{}, lose(capture.DropUnpaired, fmt.Sprintf("frame %d of camera %q", k, s.name), errors.New("colour and depth are not both there"))
	}
	colour, err := readColour(p.colour)
	if err != nil {
		return replay.Shot{}, err
	}
	depth, err := readDepth(p.depth, s.unit, s.invalid)
	if err != nil {
		return replay.Shot{}, err
	}
	if replay.Blind(depth) {
		return replay.Shot{}, lose(capture.DropBlack, p.depth, errors.New("no valid depth"))
	}
	if replay.Dark(colour) {
		return replay.Shot{}, lose(capture.DropBlack, p.colour, errors.New("no light"))
	}
	return replay.Shot{Camera: i, Colour: colour, Depth: depth}, nil
}
