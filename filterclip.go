package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/clip"
)

// openClip opens a file, a folder or the address of a recorded rig.
func openClip(ctx context.Context, env *environment, in string, o clip.Options) (_ *clip.Clip, closeSource func() error, err error) {
	nothing := func() error { return nil }
	scheme, _, _ := strings.Cut(in, ":")
	for _, kind := range sourceKinds() {
		if kind.scheme != scheme {
			continue
		}
		source, err := openSource(env.ctx, in, env.sourceOptions(capture.NewClock()))
		if err != nil {
			return nil, nil, err
		}
		recording, ok := source.(capture.Recording)
		if !ok {
			return nil, nil, errors.Join(fmt.Errorf("open %s: it is no recording: it plays in real time alone", in), source.Close())
		}
		return clip.OfRecording(env.ctx, in, recording), source.Close, nil
	}
	c, err := clip.Open(ctx, in, o)
	return c, nothing, err
}

// leftOut says what of a recording the format of OUT cannot hold.
func (c *filterCommand) leftOut(from *clip.Clip) []string {
	ending := strings.ToLower(filepath.Ext(filepath.Clean(c.Out)))
	switch {
	case c.Out == "":
	case ending == "" && from.Sounds != nil:
		return []string{"the sound is not written: a folder holds pictures"}
	case ending == ".wav" && from.Frames != nil:
		return []string{"the pictures are not written: a WAVE file holds sound"}
	}
	return nil
}

// observe opens the file of observations, if there is to be one.
func (c *filterCommand) observe() (take func(string, models.Observation), closeFile func() error, err error) {
	if c.Observations == "" {
		return nil, func() error { return nil }, nil
	}
	mode := os.O_CREATE | os.O_WRONLY | os.O_EXCL
	if c.Force {
		mode = os.O_CREATE | os.O_WRONLY | os.O_TRUNC
	}
	f, err := os.OpenFile(c.Observations, mode, 0o644)
	if errors.Is(err, os.ErrExist) {
		err = fmt.Errorf("write %s: %w", c.Observations, clip.ErrExists)
	}
	if err != nil {
		return nil, nil, err
	}
	out := json.NewEncoder(f)
	var failed error // the first
	take = func(filter string, o models.Observation) {
		line := struct {
			Seconds float64 `json:"seconds"`
			Filter  string  `json:"filter"`
			models.Observation
		}{o.Captured.Sub(clip.Start).Seconds(), filter, o}
		if err := out.Encode(line); err != nil && failed == nil {
			failed = fmt.Errorf("write observations: %w", err)
		}
	}
	return take, func() error { return errors.Join(failed, f.Close()) }, nil
}
