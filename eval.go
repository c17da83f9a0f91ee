package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/capture/synthetic"
	"github.com/virtualcube/virtualcube/render/eval"
	"github.com/virtualcube/virtualcube/render/eval/lumigraph"
	"github.com/virtualcube/virtualcube/render/gl"
	"github.com/virtualcube/virtualcube/render/score"
)

// evalCommand measures the picture quality. Its sizes are those of the
// pictures that are compared: --size, or 512x512 for the synthetic rig and the
// camera's own for others.
type evalCommand struct {
	JSON    bool   `name:"json" env:"-" help:"Print JSON."`
	Frames  int    `env:"-" placeholder:"N" help:"Instants an eye or camera (10 for the synthetic rig, 1 for others)."`
	Eyes    int    `env:"-" placeholder:"N" help:"Eyes of the synthetic rig, of its 32."`
	Flicker int    `env:"-" placeholder:"N" default:"4" help:"Eyes of the synthetic rig from which a frozen pose is watched for flicker, 0 for none (${default})."`
	Drop    int    `env:"-" enum:"0,1,2" default:"0" help:"Measure also what each camera (1) or pair of cameras (2) costs that is missing, over 8 eyes and 1 frame unless --eyes and --frames say otherwise."`
	Methods bool   `env:"-" help:"Measure the baselines and all levels beside it, on the same inputs."`
	Out     string `env:"-" placeholder:"DIR" help:"Folder for pictures, error maps and a page that compares them."`
	Address string `arg:"" optional:"" name:"rig" help:"Address of the rig; the configured one unless given."`
}

// methodNames are what --methods compares, in the order of its table: the
// baselines, the levels, and ours, which is what a node draws with.
var methodNames = []string{"nearest", "warp", "lumigraph", "low", "medium", "high", "auto", "ours"}

// baseline makes the renderer of a method that is no level; it never changes.
func baseline(name string, rig capture.Rig) (eval.Renderer, error) {
	switch name {
	case "nearest":
		return eval.Nearest{Rig: rig}, nil
	case "warp":
		return lumigraph.New(rig, 1)
	case "lumigraph":
		return lumigraph.New(rig, lumigraph.Cameras)
	}
	return nil, fmt.Errorf("method %q is unknown", name)
}

// Run evaluates and prints the report.
func (c *evalCommand) Run(env *environment) error {
	address := c.Address
	if address == "" {
		address = env.config.Rig
	}
	source, err := openSource(env.ctx, address, env.sourceOptions(capture.NewClock()))
	if err != nil {
		return err
	}
	suite, release, err := c.suite(env, source)
	if err != nil {
		return errors.Join(err, source.Close())
	}
	e := &evaluation{command: c, env: env, rig: source.Rig(), address: address, suite: suite}
	report, err := e.run()
	release()
	if err := errors.Join(err, source.Close()); err != nil {
		return err
	}
	if c.JSON {
		out := json.NewEncoder(env.stdout)
		out.SetIndent("", "  ")
		return out.Encode(report)
	}
	printReport(env.stdout, report)
	return nil
}

// suite is what is evaluated: novel eyes where the truth can be computed, and
// held-out cameras otherwise.
func (c *evalCommand) suite(env *environment, source capture.Source) (eval.Suite, func(), error) {
	size := env.size
	if s, ok := source.(*synthetic.Source); ok {
		if err := s.Baked(env.ctx); err != nil {
			return nil, nil, err
		}
		eyes := eval.Eyes()
		if c.Eyes > 0 {
			eyes = eyes[:min(c.Eyes, len(eyes))]
		}
		novel := &eval.Novel{Stage: stage{s}, Eyes: eyes, Frames: c.Frames, Width: size.Width, Height: size.Height}
		return novel, novel.Close, nil
	}
	sets, err := eval.Collect(env.ctx, source, max(c.Frames, 1))
	if err != nil {
		return nil, nil, err
	}
	release := func() {
		for _, s := range sets {
			s.Release()
		}
	}
	return eval.HeldOut{Rig: source.Rig(), Sets: sets, Width: size.Width, Height: size.Height}, release, nil
}

// stage is the synthetic rig as eval sees it.
type stage struct{ source *synthetic.Source }

// Instants implements eval.Stage.
func (s stage) Instants() int { return s.source.Options().Frames }

// Rate implements eval.Stage.
func (s stage) Rate() float64 { return s.source.Options().Rate }

// Frames implements eval.Stage.
func (s stage) Frames(instant int) ([]*capture.Frame, error) {
	return s.source.Frames(instant, s.source.Options().Seed)
}

// Again implements eval.Stage.
func (s stage) Again(instant, n int) ([]*capture.Frame, error) {
	options := s.source.Options()
	frames, err := s.source.Frames(instant, options.Seed+uint64(n)+1)
	if err != nil {
		return nil, err
	}
	// The frames are drawn for this call. What filters in time sees a sequence.
	for _, f := range frames {
		f.Sequence += uint64(n)
		f.Captured += capture.Time(float64(n) / options.Rate * 1e9)
		f.Emitted = f.Captured
	}
	return frames, nil
}

// Truth implements eval.Stage.
func (s stage) Truth(instant int, target space.Camera) (eval.Truth, error) {
	image := s.source.Scene().Render(target, s.source.Instant(instant))
	return eval.Truth{
		Picture:    score.Picture{Width: image.Width, Height: image.Height, RGB: image.RGB},
		Silhouette: score.MaskAbove(image.Width, image.Height, image.PersonMask, 127),
		Depth:      image.Depth,
	}, nil
}

// withDevice runs f with an OpenGL device.
func withDevice(ctx context.Context, f func(*gl.Device) error) error {
	device := gl.New(slog.New(slog.DiscardHandler))
	running := newGroup(context.WithoutCancel(ctx))
	running.run(device.Run)
	err := f(device)
	if deviceErr := running.end(); deviceErr != nil {
		return deviceErr // the cause of err, if there is one
	}
	return err
}
