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
	fmt.Fprintf(env.stdout, "\n  %s\n  Ctrl-C ends it.\n\n", n.invitation(&config))
	if fingerprint := n.server.Fingerprint(); fingerprint != "" {
		fmt.Fprintf(env.stdout, "  The browser will warn of a self-signed certificate. Its SHA-256 fingerprint:\n  %s\n\n", fingerprint)
	}
	return n.Run(env.ctx)
}

// invitation is the line with the link: the demo room, or the rig to be watched.
func (n *node) invitation(config *Config) string {
	switch {
	case config.Dev:
		return fmt.Sprintf("%s?room=%s is a room with %s", n.server.URL(), config.Room, config.Rig)
	case n.rooms != nil:
		return fmt.Sprintf("%s shows %s; virtualcube token create --link %[1]s makes links into rooms", n.server.URL(), config.Rig)
	}
	return fmt.Sprintf("%s shows %s; --dev opens a room for trying, api-keys rooms for others", n.server.URL(), config.Rig)
}

// sourceOptions are those of a command that shows its progress.
func (e *environment) sourceOptions(clock *capture.Clock) sourceOptions {
	return sourceOptions{
		clock: clock, log: e.log, cacheDir: e.config.CacheDir,
		progress: newProgress(e.stderr, "baking the synthetic pictures (once)"),
	}
}
