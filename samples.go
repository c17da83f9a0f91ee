package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"unsafe"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/capture/synthetic"
	"github.com/virtualcube/virtualcube/render"
	"github.com/virtualcube/virtualcube/render/eval"
	"github.com/virtualcube/virtualcube/render/gl"
)

// samplesCommand draws what the learned blend is trained on: what it is shown
// of a view, and the truth. Real rigs have no truth, so they never train.
type samplesCommand struct {
	Out      string `env:"-" required:"" placeholder:"DIR" help:"Folder for the samples, two .npy files each; made if it does not exist."`
	Instants int    `env:"-" placeholder:"N" default:"12" help:"Instants of the loop (${default})."`
	Eyes     int    `env:"-" placeholder:"N" default:"10" help:"Eyes an instant, drawn anew for each (${default})."`
	Seed     uint64 `env:"-" placeholder:"N" default:"4711" help:"Of the eyes and of the cameras that are left out (${default}); eval's own seed is 1."`
	Address  string `arg:"" optional:"" name:"rig" help:"Address of a synthetic rig; the configured one unless given."`
}

const (
	// samplesBefore is how many frame sets precede a sample, so that surfaces
	// are followed as in a stream.
	samplesBefore = 15
	// samplesWhole of so many samples have all cameras; of the others some are
	// missing.
	samplesWhole, samplesOf = 4, 5
)

// Run draws the samples.
func (c *samplesCommand) Run(env *environment) error {
	if c.Instants < 1 || c.Eyes < 1 {
		return fmt.Errorf("draw samples: %d instants of %d eyes: one of each at least", c.Instants, c.Eyes)
	}
	address := c.Address
	if address == "" {
		address = env.config.Rig
	}
	source, err := openSource(env.ctx, address, env.sourceOptions(capture.NewClock()))
	if err != nil {
		return err
	}
	rig, ok := source.(*synthetic.Source)
	if !ok {
		err = fmt.Errorf("draw samples of %q: only a synthetic rig knows the truth", address)
	} else if err = c.prepare(); err == nil {
		err = rig.Baked(env.ctx)
	}
	if err == nil {
		err = withDevice(env.ctx, func(device *gl.Device) error { return c.draw(env, device, rig) })
	}
	return errors.Join(err, source.Close())
}

// prepare makes the folder. Samples of another run must not be trained on with
// those of this one.
func (c *samplesCommand) prepare() error {
	old, err := filepath.Glob(filepath.Join(c.Out, "*.npy"))
	if err == nil && len(old) > 0 {
		err = fmt.Errorf("draw samples: %s holds %d files of samples already: remove them, or name another folder", c.Out, len(old))
	}
	return errors.Join(err, os.MkdirAll(c.Out, 0o755))
}

func (c *samplesCommand) draw(env *environment, device *gl.Device, rig *synthetic.Source) error {
	options := levels["high"]
	options.Width, options.Height = eval.NovelSize, eval.NovelSize
	renderer, err := render.New(device, rig.Rig(), options)
	if err != nil {
		return err
	}
	defer func() { _ = renderer.Close(context.WithoutCancel(env.ctx)) }()
	var cameras []space.Vec3
	for _, camera := range rig.Rig().Cameras {
		cameras = append(cameras, camera.Colour.Pose.T)
	}
	eyes, err := eval.DrawEyes(cameras, c.Seed, c.Instants*c.Eyes)
	if err != nil {
		return err
	}
	s := sampling{renderer: renderer, stage: stage{rig}, out: c.Out, random: rand.New(rand.NewPCG(c.Seed, 1))}
	progress := newProgress(env.stderr, "drawing samples")
	for i, eye := range eyes {
		if i%c.Eyes == 0 {
			// Half an instant aside from those of eval, which begin at 0.
			instant := (2*(i/c.Eyes) + 1) * s.stage.Instants() / (2 * c.Instants)
			if err := s.begin(env.ctx, instant); err != nil {
				return err
			}
		}
		if err := s.sample(env.ctx, i, eye); err != nil {
			return fmt.Errorf("draw sample %d: %w", i, err)
		}
		progress(i+1, len(eyes))
	}
	return nil
}

// sampling is samples on their way.
type sampling struct {
	renderer *render.Renderer
	stage    stage
	out      string
	random   *rand.Rand
	instant  int // of the loop
	tick     int // of frame sets
}

// set is the frame set of an instant, numbered on; the caller releases it.
func (s *sampling) set(instant int) (*capture.FrameSet, error) {
	length := s.stage.Instants()
	frames, err := s.stage.Frames((instant%length + length) % length)
	if err != nil {
		return nil, err
	}
	s.tick++
	for i, f := range frames {
		frames[i] = numbered(f, uint64(s.tick), capture.Time(float64(s.tick)/s.stage.Rate()*1e9))
	}
	return capture.NewFrameSet(uint64(s.tick), 0, frames), nil
}

// numbered returns the frame with another number and time.
func numbered(f *capture.Frame, sequence uint64, captured capture.Time) *capture.Frame {
	n := capture.NewFrame(func(*capture.Frame) { f.Release() })
	n.Camera, n.Sequence, n.Captured, n.Emitted = f.Camera, sequence, captured, captured
	n.Colour, n.Depth = f.Colour, f.Depth
	return n
}

// begin shows the renderer what precedes an instant.
func (s *sampling) begin(ctx context.Context, instant int) error {
	s.instant = instant
	s.tick += int(s.stage.Rate()) // a pause: another sequence begins
	for k := samplesBefore; k > 0; k-- {
		set, err := s.set(instant - k)
		if err != nil {
			return err
		}
		err = s.renderer.Observe(ctx, set)
		set.Release()
		if err != nil {
			return err
		}
	}
	return nil
}

// sample draws and writes one.
func (s *sampling) sample(ctx context.Context, i int, eye space.Vec3) error {
	target := eval.TargetAt(eye, eval.NovelSize, eval.NovelSize)
	truth, err := s.stage.Truth(s.instant, target)
	if err != nil {
		return err
	}
	set, err := s.set(s.instant)
	if err != nil {
		return err
	}
	defer set.Release()
	if i%samplesOf >= samplesWhole {
		for _, k := range s.random.Perm(len(set.Frames))[:1+s.random.IntN(max(1, len(set.Frames)-2))] {
			set.Frames[k].Release()
			set.Frames[k] = nil
		}
	}
	features, err := s.renderer.Features(ctx, set, target)
	if err != nil {
		return err
	}
	var shown []byte
	for _, p := range features.Planes {
		shown = append(shown, unsafe.Slice((*byte)(unsafe.Pointer(&p[0])), 2*len(p))...)
	}
	base := filepath.Join(s.out, fmt.Sprintf("%04d", i))
	if err := writeArray(base+".shown.npy", "<f2", []int{len(features.Planes), features.Height, features.Width, 4}, shown); err != nil {
		return err
	}
	var seen []byte
	for k, person := range truth.Silhouette.Set {
		seen = append(seen, truth.Picture.RGB[3*k], truth.Picture.RGB[3*k+1], truth.Picture.RGB[3*k+2], map[bool]byte{true: 255}[person])
	}
	return writeArray(base+".truth.npy", "|u1", []int{features.Height, features.Width, 4}, seen)
}

// writeArray writes the NPY format, version 1.0, of little-endian machines.
func writeArray(name, kind string, shape []int, data []byte) error {
	sides := ""
	for _, n := range shape {
		sides += fmt.Sprintf("%d, ", n)
	}
	header := fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': (%s), }", kind, sides)
	const before, align = 10, 64
	header += string(bytes.Repeat([]byte{' '}, (align-(before+len(header)+1)%align)%align)) + "\n"
	out := []byte("\x93NUMPY\x01\x00")
	out = binary.LittleEndian.AppendUint16(out, uint16(len(header)))
	return os.WriteFile(name, append(append(out, header...), data...), 0o644)
}
