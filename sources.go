package main

import (
	"context"
	"fmt"
	"log/slog"
	"strings"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/folder"
	"github.com/virtualcube/virtualcube/capture/k4a"
	"github.com/virtualcube/virtualcube/capture/rigfile"
	"github.com/virtualcube/virtualcube/capture/synthetic"
)

// sourceOptions is what every source is opened with.
type sourceOptions struct {
	clock    *capture.Clock
	log      *slog.Logger
	cacheDir string
	progress func(done, total int) // of making what a source caches
}

// sourceKind is one kind of camera or recording.
type sourceKind struct {
	scheme  string
	example string // an address
	what    string
	open    func(ctx context.Context, address string, o sourceOptions) (capture.Source, error)
}

// sourceKinds is the table of sources: a new kind of camera gets a line here.
func sourceKinds() []sourceKind {
	return []sourceKind{
		{"synthetic", "synthetic:", "a computed person before six simulated cameras", openSynthetic},
		{k4a.Scheme, "k4a:recording.mkv", "an Azure Kinect or Femto recording", openK4A},
		{folder.Scheme, "folder:captures/anna", "colour and depth pictures with cameras.json", openFolder},
		{rigfile.Scheme, "rig:studio.yaml", "any of these, composed into one rig", openRigFile},
	}
}

// openSource opens the rig of an address.
func openSource(ctx context.Context, address string, o sourceOptions) (capture.Source, error) {
	scheme, _, _ := strings.Cut(address, ":")
	for _, kind := range sourceKinds() {
		if kind.scheme == scheme {
			return kind.open(ctx, address, o)
		}
	}
	var known strings.Builder
	for _, kind := range sourceKinds() {
		fmt.Fprintf(&known, "\n  %-22s %s", kind.example, kind.what)
	}
	return nil, fmt.Errorf("open rig: no cameras have the address %q; these do:%s", address, &known)
}

// addressExamples names every kind of source in one line.
func addressExamples() string {
	var examples []string
	for _, kind := range sourceKinds() {
		examples = append(examples, kind.example)
	}
	return strings.Join(examples, ", ")
}

func openSynthetic(_ context.Context, address string, o sourceOptions) (capture.Source, error) {
	options, err := synthetic.Parse(address)
	if err != nil {
		return nil, err
	}
	options.Clock, options.CacheDir, options.Progress = o.clock, o.cacheDir, o.progress
	return opened(synthetic.Open(options))
}

func openK4A(_ context.Context, address string, o sourceOptions) (capture.Source, error) {
	options, err := k4a.ParseAddress(address)
	if err != nil {
		return nil, err
	}
	options.Clock, options.Log = o.clock, o.log
	return opened(k4a.Open(options))
}

func openFolder(_ context.Context, address string, o sourceOptions) (capture.Source, error) {
	options, err := folder.ParseAddress(address)
	if err != nil {
		return nil, err
	}
	options.Clock, options.Log = o.clock, o.log
	return opened(folder.Open(options))
}

func openRigFile(ctx context.Context, address string, o sourceOptions) (capture.Source, error) {
	options, err := rigfile.ParseAddress(address)
	if err != nil {
		return nil, err
	}
	options.Clock, options.Log = o.clock, o.log
	options.Open = func(ctx context.Context, address string) (capture.Source, error) { return openSource(ctx, address, o) }
	return opened(rigfile.Open(ctx, options))
}

// opened keeps the nil of a failed Open from becoming a non-nil interface.
func opened[S capture.Source](source S, err error) (capture.Source, error) {
	if err != nil {
		return nil, err
	}
	return source, nil
}
