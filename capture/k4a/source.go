package k4a

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/replay"
	"github.com/virtualcube/virtualcube/capture/space"
)

// Source plays a recording. It implements capture.Source.
type Source struct {
	rig    capture.Rig
	file   *os.File
	reel   *reel
	player replay.Player
}

var _ capture.Recording = (*Source)(nil)

// Open reads the recording's description and its first frame.
func Open(o Options) (*Source, error) {
	if o.Clock == nil {
		return nil, errors.New("open recording: no clock")
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	f, err := os.Open(o.File)
	if err != nil {
		return nil, fmt.Errorf("open recording: %w", err)
	}
	s := &Source{file: f}
	if err := s.open(o); err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", o.File, err), s.Close())
	}
	return s, nil
}

func (s *Source) open(o Options) error {
	info, err := s.file.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%w: it is no file", ErrForeign)
	}
	x, err := walk(s.file, info.Size())
	if err != nil {
		return err
	}
	if x.truncated {
		o.Log.Warn("recording is cut off", "file", o.File, "clusters", len(x.clusters))
		s.rig.Estimated = append(s.rig.Estimated, fmt.Sprintf("the recording is cut off; it plays to the last of its %d whole clusters", len(x.clusters)))
	}
	calibration, err := x.calibration()
	if err != nil {
		return err
	}
	if s.reel, err = newReel(s.file, x, o.Log); err != nil {
		return err
	}
	first, err := s.reel.first()
	if err != nil {
		return err
	}
	defer first.Free()
	if err := s.describe(o, x, calibration, first); err != nil {
		return err
	}
	recorded := float64(time.Second) / float64(s.reel.pairs.period)
	s.player = replay.Player{
		Name: Scheme + ":" + o.File, Reel: s.reel, Clock: o.Clock, Cameras: 1, Log: o.Log, Loop: !o.Once,
		Period: time.Duration(float64(time.Second) / s.rig.Rate), Speed: s.rig.Rate / recorded,
	}
	return nil
}

// describe makes the rig.
func (s *Source) describe(o Options, x *index, c Calibration, first replay.Shot) error {
	name := strings.TrimSuffix(filepath.Base(o.File), filepath.Ext(o.File))
	if serial, _, ok := x.tag("K4A_DEVICE_SERIAL_NUMBER"); ok && len(serial) < 64 {
		name = strings.Trim(serial, " \x00")
	}
	colour, err := c.ColourLens(s.reel.pairs.colour.width, s.reel.pairs.colour.height)
	if err != nil {
		return err
	}
	depth, err := c.DepthLens(s.reel.pairs.depth.width, s.reel.pairs.depth.height)
	if err != nil {
		return err
	}
	pose, box, note, err := place(depth, first.Depth)
	if err != nil {
		return err
	}
	s.rig.Name, s.rig.Volume = name, box
	s.rig.Estimated = append(s.rig.Estimated, note)
	s.rig.Rate = float64(time.Second) / float64(s.reel.pairs.period)
	if o.Rate != 0 {
		s.rig.Rate = o.Rate
	}
	s.rig.Cameras = []capture.Camera{{
		Name:   name,
		Colour: space.Camera{Lens: colour, Pose: pose.Mul(c.DepthToColour().Inverse())},
		Depth:  space.Camera{Lens: depth, Pose: pose},
	}}
	return s.rig.Validate()
}

// Rig describes the camera.
func (s *Source) Rig() capture.Rig { return s.rig }

// Run plays the recording.
func (s *Source) Run(ctx context.Context, sink capture.Sink) error { return s.player.Run(ctx, sink) }

// Next reads the recording out of time.
func (s *Source) Next(ctx context.Context) (time.Duration, []*capture.Frame, error) {
	return s.player.Next(ctx)
}

// Close closes the file. Frames that others hold stay valid.
func (s *Source) Close() error {
	if s.reel != nil {
		s.reel.decoder.close()
	}
	if err := s.file.Close(); err != nil && !errors.Is(err, os.ErrClosed) {
		return err
	}
	return nil
}

// calibration finds and parses the attachment, as k4arecord does: by the tag
// K4A_CALIBRATION_FILE, or by name.
func (x *index) calibration() (Calibration, error) {
	var uid uint64
	if _, t, ok := x.tag("K4A_CALIBRATION_FILE"); ok && len(t.Targets.TagAttachmentUID) > 0 {
		uid = t.Targets.TagAttachmentUID[0]
	}
	for _, byTag := range []bool{true, false} {
		for _, a := range x.attached {
			if byTag && uid != 0 && a.FileUID == uid || !byTag && a.FileName == "calibration.json" {
				return ParseCalibration(a.FileData)
			}
		}
	}
	return Calibration{}, fmt.Errorf("%w: calibration.json is not attached; record with k4arecorder or a compatible tool, which attaches the device's factory calibration", ErrCalibration)
}

// reel decodes the recording's pairs. It implements replay.Reel.
type reel struct {
	pairs   pairing
	decoder *decoder
	log     *slog.Logger
	start   int64 // stamp of the first pair
	last    time.Duration
	begun   bool
	paired  bool // Next found a pair:
	colour  block
	depth   block
	warned  bool
}

// newReel finds the tracks and the delay between them.
func newReel(file io.ReaderAt, x *index, log *slog.Logger) (*reel, error) {
	depth, err := x.find("DEPTH", b16g)
	if err != nil {
		return nil, err
	}
	colour, err := x.find("COLOR", mjpg, nv12, yuy2, bgra)
	if err != nil {
		return nil, err
	}
	if len(x.clusters) == 0 {
		return nil, fmt.Errorf("%w: it holds no whole cluster of frames", ErrForeign)
	}
	r := &reel{log: log, pairs: pairing{file: file, index: x, colour: colour, depth: depth}}
	r.pairs.period = max(colour.period, depth.period)
	if r.pairs.period == 0 {
		r.pairs.period = int64(time.Second / 30)
	}
	if r.pairs.period < int64(time.Second/240) {
		return nil, fmt.Errorf("%w: %d ns a frame", ErrForeign, r.pairs.period)
	}
	if r.pairs.delay, err = x.nanoseconds("K4A_DEPTH_DELAY_NS"); err != nil {
		return nil, err
	}
	r.decoder, err = newDecoder(file, colour, depth)
	return r, err
}

// nanoseconds reads a tag of a time; it is 0 where there is none. Only
// K4A_DEPTH_DELAY_NS matters to a single recording: stamps in the file begin
// near 0 whatever K4A_START_OFFSET_NS says, so that the odd units in which
// some Femto recordings state it do no harm.
func (x *index) nanoseconds(name string) (int64, error) {
	value, _, ok := x.tag(name)
	if !ok {
		return 0, nil
	}
	var ns int64
	if _, err := fmt.Sscan(value, &ns); err != nil || ns < -int64(time.Second) || ns > int64(time.Second) {
		return 0, fmt.Errorf("tag %s is %q, not a time under a second in nanoseconds", name, value)
	}
	return ns, nil
}

// firstPairs is how many pairs are tried for a first good one.
const firstPairs = 300

// first decodes the first good pair and goes back to the beginning.
func (r *reel) first() (replay.Shot, error) {
	var last error
	for range firstPairs {
		c, d, err := r.pairs.next()
		if err != nil {
			break
		}
		shot, err := r.decoder.shot(c, d)
		if err == nil {
			r.pairs.takeDrops()
			return shot, r.Rewind()
		}
		last = err
	}
	if last != nil {
		return replay.Shot{}, fmt.Errorf("none of its frames can be used: %w", last)
	}
	return replay.Shot{}, fmt.Errorf("%w: no colour and depth frame are of one instant", ErrForeign)
}

// Next goes on to the next pair. What was lost after the last pair is an
// instant of its own.
func (r *reel) Next() (time.Duration, error) {
	c, d, err := r.pairs.next()
	r.paired = err == nil
	if err != nil && len(r.pairs.drops) > 0 {
		return r.last + 1, nil
	}
	if err != nil {
		return 0, err
	}
	if !r.begun {
		r.begun, r.start = true, d.stamp
	}
	r.colour, r.depth = c, d
	r.last = time.Duration(d.stamp - r.start)
	return r.last, nil
}

// Decode decodes the pair.
func (r *reel) Decode(ctx context.Context) ([]replay.Shot, []replay.Drop, error) {
	var drops []replay.Drop
	for _, reason := range r.pairs.takeDrops() {
		drops = append(drops, replay.Drop{Reason: reason})
	}
	if err := ctx.Err(); err != nil || !r.paired {
		return nil, drops, err
	}
	shot, err := r.decoder.shot(r.colour, r.depth)
	if l := (*loss)(nil); errors.As(err, &l) {
		if !r.warned {
			r.warned = true
			r.log.Warn("frames of the recording cannot be used; further ones are only counted", "error", l)
		}
		return nil, append(drops, replay.Drop{Reason: l.reason}), nil
	}
	if err != nil {
		return nil, drops, err
	}
	return []replay.Shot{shot}, drops, nil
}

// Rewind goes back to the first pair.
func (r *reel) Rewind() error {
	r.pairs.rewind()
	return nil
}
