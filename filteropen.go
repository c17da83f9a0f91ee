package main

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/process"
	"github.com/virtualcube/virtualcube/models/weights"
)

// filterOpener opens filters: those of native code in processes of their own.
type filterOpener struct {
	provider models.Provider // for those that need one
	weights  func(name string) (string, error)
	launcher process.Launcher
	together bool // open all in this process, as to compare
	log      *slog.Logger
}

// newFilterOpener makes one whose weights are in a folder, the usual one if empty.
func newFilterOpener(folder string, provider models.Provider, known filterSet, log *slog.Logger) (filterOpener, error) {
	store, err := weights.Open(folder)
	if err != nil {
		return filterOpener{}, err
	}
	launcher := filterLauncher()
	launcher.Manifests = known.manifests
	return filterOpener{provider: provider, weights: store.Path, launcher: launcher, log: log}, nil
}

// prepare is a filter as it is opened, and what it is opened with.
func (o filterOpener) prepare(b models.Bound, observe func(models.Observation)) (models.Definition, models.Environment) {
	e := models.Environment{Weights: o.weights, Observe: observe, Log: o.log.With("filter", b.Name)}
	if len(b.Providers) > 0 {
		e.Provider = o.provider
	}
	if b.Native && !o.together {
		return o.launcher.Isolate(b.Definition), e
	}
	return b.Definition, e
}

// Audio opens a filter of voices. observe takes what it observes.
func (o filterOpener) Audio(ctx context.Context, b models.Bound, observe func(models.Observation)) (models.Stage[capture.Sound], error) {
	d, e := o.prepare(b, observe)
	return d.OpenAudio(ctx, e, b.Values)
}

// Video opens a filter of pictures.
func (o filterOpener) Video(ctx context.Context, b models.Bound, observe func(models.Observation)) (models.Stage[*capture.Frame], error) {
	d, e := o.prepare(b, observe)
	return d.OpenVideo(ctx, e, b.Values)
}

// RGBD opens a filter of a rig's frame sets.
func (o filterOpener) RGBD(ctx context.Context, rig capture.Rig, b models.Bound, observe func(models.Observation)) (models.Stage[*capture.FrameSet], error) {
	d, e := o.prepare(b, observe)
	e.Rig = rig
	stage, err := d.OpenRGBD(ctx, e, b.Values)
	if err != nil {
		return nil, fmt.Errorf("for the rig %s: %w", rig.Name, err)
	}
	return stage, nil
}
