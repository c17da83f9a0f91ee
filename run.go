package main

import (
	"fmt"

	"github.com/virtualcube/virtualcube/capture"
)

// runCommand serves a rig.
type runCommand struct {
	Address string `arg:"" optional:"" name:"rig" help:"Address of the rig; the configured one unless given."`
}

// Run prints one link and serves until a signal comes.
func (c *runCommand) Run(env *environment) error {
	config := *env.config
	if c.Address != "" {
		config.Rig = c.Address
	}
	open := env.sourceOptions(capture.NewClock())
	n, err := newNode(env.ctx, &config, open, nil)
	if err != nil {
		return err
	}
	fmt.Fprintf(env.stdout, "\n  %s shows %s\n  Ctrl-C ends it.\n\n", n.server.URL(), config.Rig)
	if fingerprint := n.server.Fingerprint(); fingerprint != "" {
		fmt.Fprintf(env.stdout, "  The browser will warn of a self-signed certificate. Its SHA-256 fingerprint:\n  %s\n\n", fingerprint)
	}
	return n.Run(env.ctx)
}

// sourceOptions are those of a command that shows its progress.
func (e *environment) sourceOptions(clock *capture.Clock) sourceOptions {
	return sourceOptions{
		clock: clock, log: e.log, cacheDir: e.config.CacheDir,
		progress: newProgress(e.stderr, "baking the synthetic pictures (once)"),
	}
}
