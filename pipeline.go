package main

import (
	"context"
	"errors"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/frameset"
	"github.com/virtualcube/virtualcube/render"
	"github.com/virtualcube/virtualcube/render/gl"
	"github.com/virtualcube/virtualcube/render/pack"
	"github.com/virtualcube/virtualcube/session/encode"
	"github.com/virtualcube/virtualcube/session/encode/vpx"
	"github.com/virtualcube/virtualcube/session/fanout"
	"github.com/virtualcube/virtualcube/session/multiview"
	"github.com/virtualcube/virtualcube/session/view"
)

// pipeline is the way of the data from one rig to its viewers:
// source -> frame sets -> renderer -> encoders -> ladders.
type pipeline struct {
	source   capture.Source
	sets     *frameset.Assembler
	device   *gl.Device
	renderer *render.Renderer
	ladders  []*fanout.Ladder // one a view
	views    *multiview.Views
	voice    *rigVoice // nil: the rig has no microphone
	filters  *rigFilters
}

// newPipeline opens the rig and puts the parts together. traced, which may be
// nil, is told of every view that was sent.
func newPipeline(ctx context.Context, config *Config, open sourceOptions, filters filterOpener, traced func(view.Trace)) (*pipeline, error) {
	source, err := openSource(ctx, config.Rig, open)
	if err != nil {
		return nil, err
	}
	p := &pipeline{source: source}
	if err := p.assemble(config, open, filters, traced); err != nil {
		return nil, errors.Join(err, source.Close())
	}
	for _, guess := range source.Rig().Estimated {
		open.log.Warn("estimated, since the rig does not say", "rig", config.Rig, "what", guess)
	}
	return p, nil
}

func (p *pipeline) assemble(config *Config, open sourceOptions, filters filterOpener, traced func(view.Trace)) (err error) {
	rig, clock, log := p.source.Rig(), open.clock, open.log
	sets := frameset.Config{Rig: rig, Clock: clock, Log: log}
	var heard func(capture.Sound)
	if rig.Microphone {
		if p.voice, err = newRigVoice(log); err != nil {
			return err
		}
		heard = p.voice.queue.Put
		sets.Sound = func(s capture.Sound) { p.filters.voice.Put(s) }
	}
	if p.sets, err = frameset.New(sets); err != nil {
		return err
	}
	if p.filters, err = newRigFilters(rig, p.sets, heard, filters, log); err != nil {
		return err
	}
	p.device = gl.New(log)
	p.renderer, err = render.New(p.device, rig, config.options())
	if err != nil {
		return err
	}
	var ladders []multiview.Ladder
	if p.ladders, ladders, err = newLadders(config); err != nil {
		return err
	}
	p.views, err = multiview.New(multiview.Config{
		Cube: config.Cube, Volume: rig.Volume, Rate: rig.Rate,
		Sets: p.filters, Renderer: p.renderer, Framing: func() view.Framing { return render.NewFraming(rig) }, Ladders: ladders,
		Encoder: openVP8, Clock: clock, Log: log, Traced: traced,
	})
	return err
}

// rungs is how many a view of a size has: two where it can be halved.
func rungs(size Size) int {
	if _, err := (pack.Layout{Width: size.Width, Height: size.Height}).Half(); err != nil {
		return 1
	}
	return fanout.MaxRungs
}

// sent are the counts of all ladders together.
func (p *pipeline) sent() fanout.Stats {
	var sum fanout.Stats
	for _, l := range p.ladders {
		sum = sum.Add(l.Snapshot())
	}
	return sum
}

// openVP8 is the node's encoder.
func openVP8(width, height, bitsPerSecond int) (encode.Encoder, error) {
	return vpx.NewEncoder(width, height, bitsPerSecond)
}

// closePatience is how long freeing the GPU may take.
const closePatience = 5 * time.Second

// Run works until the context ends, the recording is over or a part fails, and
// returns after all parts. It may be called once and closes the source.
func (p *pipeline) Run(ctx context.Context) error {
	device := newGroup(context.WithoutCancel(ctx)) // ends last: the renderer frees what it holds there
	parts := newGroup(ctx)
	device.run(func(ctx context.Context) error {
		defer parts.stop()
		return p.device.Run(ctx)
	})
	parts.run(func(ctx context.Context) error {
		if p.voice != nil {
			defer p.voice.queue.End()
		}
		return p.sets.Run(ctx, p.source)
	})
	if p.voice != nil {
		parts.run(p.voice.Run)
	}
	parts.run(p.filters.Run)
	parts.run(func(ctx context.Context) error { return over(p.views.Run(ctx)) })
	err := parts.join()

	closing, cancel := context.WithTimeout(device.ctx, closePatience)
	defer cancel()
	closeErr := p.renderer.Close(closing)
	return errors.Join(device.end(), err, closeErr, p.source.Close())
}

// over takes the end of a recording for no error.
func over(err error) error {
	if errors.Is(err, frameset.ErrEnded) {
		return nil
	}
	return err
}
