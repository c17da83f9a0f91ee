package main

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/frameset"
	"github.com/virtualcube/virtualcube/render"
	"github.com/virtualcube/virtualcube/render/gl"
	"github.com/virtualcube/virtualcube/session/encode"
	"github.com/virtualcube/virtualcube/session/encode/vpx"
	"github.com/virtualcube/virtualcube/session/fanout"
	"github.com/virtualcube/virtualcube/session/view"
)

// pipeline is the way of the data from one rig to its viewers:
// source -> frame sets -> renderer -> encoder -> rung.
type pipeline struct {
	source   capture.Source
	sets     *frameset.Assembler
	device   *gl.Device
	renderer *render.Renderer
	rung     *fanout.Rung
	view     *view.View
}

// newPipeline opens the rig and puts the parts together. traced, which may be
// nil, is told of every view that was sent.
func newPipeline(ctx context.Context, config *Config, open sourceOptions, traced func(view.Trace)) (*pipeline, error) {
	source, err := openSource(ctx, config.Rig, open)
	if err != nil {
		return nil, err
	}
	p := &pipeline{source: source}
	if err := p.assemble(config, open.clock, open.log, traced); err != nil {
		return nil, errors.Join(err, source.Close())
	}
	for _, guess := range source.Rig().Estimated {
		open.log.Warn("estimated, since the rig does not say", "rig", config.Rig, "what", guess)
	}
	return p, nil
}

func (p *pipeline) assemble(config *Config, clock *capture.Clock, log *slog.Logger, traced func(view.Trace)) (err error) {
	rig := p.source.Rig()
	if p.sets, err = frameset.New(frameset.Config{Rig: rig, Clock: clock, Log: log}); err != nil {
		return err
	}
	p.device = gl.New(log)
	p.renderer, err = render.New(p.device, rig, render.Options{Width: config.Size.Width, Height: config.Size.Height})
	if err != nil {
		return err
	}
	p.rung, err = fanout.NewRung(fanout.Config{
		Bitrate: fanout.Bitrate{Start: config.Bitrate, Floor: config.Floor, Max: config.Ceiling},
		Limit:   config.Viewers,
	})
	if err != nil {
		return err
	}
	p.view, err = view.New(view.Config{
		Cube: config.Cube, Volume: rig.Volume,
		Sets: p.sets, Renderer: p.renderer, Framing: render.NewFraming(rig), Rung: p.rung,
		Encoder: openVP8, Clock: clock, Log: log, Traced: traced,
	})
	return err
}

// openVP8 is the node's encoder.
func openVP8(width, height, bitsPerSecond int) (encode.Encoder, error) {
	return vpx.NewEncoder(width, height, bitsPerSecond)
}

// closePatience is how long freeing the GPU may take.
const closePatience = 5 * time.Second

// Run works until the context ends or a part fails, and returns after all
// parts. It may be called once and closes the source.
func (p *pipeline) Run(ctx context.Context) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	deviceCtx, stopDevice := context.WithCancel(context.WithoutCancel(ctx))
	defer stopDevice()

	var device, parts sync.WaitGroup
	device.Go(func() { fail(stop, p.device.Run(deviceCtx)) })
	parts.Go(func() { fail(stop, p.sets.Run(ctx, p.source)) })
	parts.Go(func() { fail(stop, p.view.Run(ctx)) })
	parts.Wait()

	closing, cancel := context.WithTimeout(deviceCtx, closePatience)
	defer cancel()
	err := p.renderer.Close(closing)
	stopDevice()
	device.Wait()
	return errors.Join(cause(ctx), err, p.source.Close())
}

// fail stops everything with the first error.
func fail(stop context.CancelCauseFunc, err error) {
	if err != nil {
		stop(err)
	}
}

// cause is the error that fail stopped a context with. It is nil for a context
// that was cancelled from outside, and for a recording that is over.
func cause(ctx context.Context) error {
	err := context.Cause(ctx)
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, frameset.ErrEnded) {
		return nil
	}
	return err
}
