package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/batch"
	"github.com/virtualcube/virtualcube/models/clip"
)

// filterCommands are the commands about filters.
type filterCommands struct {
	Run   filterCommand      `cmd:"" default:"withargs" help:"Run filters over a recording."`
	List  filterListCommand  `cmd:"" help:"List the filters and their parameters."`
	New   filterNewCommand   `cmd:"" help:"Begin a filter: a folder with a filter that works and its test."`
	Bench filterBenchCommand `cmd:"" help:"Measure what the host and each filter cost on this machine."`
}

// filterCommand runs a chain over a recording.
type filterCommand struct {
	Chain        string  `env:"-" placeholder:"CHAIN" help:"Filters in their order, as in \"gain(gain=6),grade(warmth=0.3)\"; each works on the stream of its kind."`
	Time         bool    `env:"-" help:"Print what time each filter took."`
	Graph        bool    `env:"-" help:"Print the chain; nothing is run unless OUT is named. IN may be left out."`
	Dot          bool    `env:"-" help:"Print the graph in the language of Graphviz."`
	Info         bool    `env:"-" help:"Print what IN holds, and run nothing."`
	JSON         bool    `name:"json" env:"-" help:"Print JSON."`
	Realtime     bool    `env:"-" help:"At the pace of the recording, late frames as in a room. Otherwise every frame passes every filter, as fast as the machine goes."`
	Force        bool    `env:"-" help:"Write over OUT."`
	Rate         float64 `env:"-" placeholder:"HZ" help:"Pictures a second of a folder of pictures (its stamps.json, or 30)."`
	Observations string  `env:"-" placeholder:"FILE" help:"Write what filters observe there, a line of JSON each."`
	In           string  `arg:"" optional:"" help:"A WAV, MP4, MKV, WebM or other media file, a folder of PNG pictures, or the address of a recorded rig (folder:DIR, k4a:FILE, rig:FILE) or of the computed one (synthetic:)."`
	Out          string  `arg:"" optional:"" help:"A .wav, .mp4, .mov, .mkv or .webm file, or a name without an ending: a folder of PNG pictures. Without it nothing is written."`
}

// Validate finds what is wrong with the command line itself.
func (c *filterCommand) Validate() error {
	switch {
	case c.In == "" && !c.graph():
		return errors.New("name a recording to filter; `virtualcube filter list` says which filters there are")
	case c.In == "" && c.Chain == "":
		return errors.New("name a chain, with --chain")
	case c.Out == "" && !c.Time && !c.graph() && !c.Info && !c.JSON && c.Observations == "":
		return errors.New("there is nothing to do: name OUT, or ask for --time, --graph, --info or --observations")
	}
	_, err := models.ParseChain(c.Chain)
	return err
}

// chain is the filters that are asked for, and those that there are.
func (c *filterCommand) chain(env *environment) ([]models.Bound, filterSet, error) {
	known, err := allFilters(env.ctx, env.config.Filters)
	if err != nil {
		return nil, known, err
	}
	links, err := models.ParseChain(c.Chain)
	if err != nil {
		return nil, known, err
	}
	chain, err := known.Bind(links, "")
	if err != nil {
		return nil, known, fmt.Errorf("%w (`virtualcube filter list` tells more)", err)
	}
	return chain, known, nil
}

func (c *filterCommand) graph() bool { return c.Graph || c.Dot }

// runs says whether the recording is to be filtered, and not only spoken of.
func (c *filterCommand) runs() bool {
	return c.Out != "" || c.Time || c.Observations != "" || c.JSON && !c.graph() && !c.Info
}

// Run prints what was asked for, and filters.
func (c *filterCommand) Run(env *environment) error {
	chain, known, err := c.chain(env)
	if err != nil {
		return err
	}
	opener, err := newFilterOpener(env.config.Models, models.Provider(env.config.Provider), known, env.log)
	if err != nil {
		return err
	}
	result := filterResult{In: c.In, Chain: newGraph(chain)}
	if c.In != "" {
		if err := c.onClip(env, opener, chain, &result); err != nil {
			return err
		}
	}
	if c.JSON {
		out := json.NewEncoder(env.stdout)
		out.SetIndent("", "  ")
		return out.Encode(result)
	}
	c.print(env.stdout, &result)
	return nil
}

// onClip opens the recording and does what was asked for.
func (c *filterCommand) onClip(env *environment, opener filterOpener, chain []models.Bound, result *filterResult) error {
	// The child processes that read end with this command, not with the signal:
	// what was begun is finished in order.
	ctx, stop := context.WithCancel(context.WithoutCancel(env.ctx))
	defer stop()
	from, closeSource, err := openClip(ctx, env, c.In, clip.Options{Rate: c.Rate})
	if err != nil {
		return err
	}
	result.Clip = &from.Info
	if c.runs() {
		err = c.filter(env, opener, from, chain, result)
	}
	return errors.Join(err, from.Close(), closeSource())
}

// filter runs the chain and writes what comes out.
func (c *filterCommand) filter(env *environment, opener filterOpener, from *clip.Clip, chain []models.Bound, result *filterResult) error {
	var to clip.Writer
	if c.Out != "" {
		var err error
		plan := clip.Plan{Sound: from.Sounds != nil, Pictures: from.Info.Pictures, Rig: from.Info.Rig, Force: c.Force}
		if to, err = clip.Create(env.ctx, c.Out, plan); err != nil {
			return err
		}
	}
	options := batch.Options{Opener: opener, Progress: inSeconds(newProgress(env.stderr, "filtering"), from.Info.Length)}
	observed, closeObserved, err := c.observe()
	if err == nil {
		options.Observe = observed
		run := batch.Run
		if c.Realtime {
			run = batch.Live
		}
		result.Report, err = run(env.ctx, from, chain, to, options)
		result.Report.Notes = append(result.Report.Notes, c.leftOut(from)...)
		if env.ctx.Err() != nil && errors.Is(err, env.ctx.Err()) {
			err = errors.New("stopped")
		}
		err = errors.Join(err, closeObserved())
	}
	if to != nil {
		name, closed := to.Close(err == nil)
		result.Out = name
		err = errors.Join(err, closed)
	}
	return c.ended(err, result)
}

// ended says of a run that did not come to its end how far it came.
func (c *filterCommand) ended(err error, result *filterResult) error {
	if err == nil {
		return nil
	}
	done := fmt.Sprintf("%.2f s", result.Report.Seconds)
	if n := result.Clip.Length.Seconds(); n > 0 {
		done += fmt.Sprintf(" of %.2f", n)
	}
	if result.Out == "" {
		return fmt.Errorf("filter %s: after %s: %w", c.In, done, err)
	}
	return fmt.Errorf("filter %s: after %s: %w; %s holds what was done until then", c.In, done, err, result.Out)
}

// inSeconds shows progress in whole seconds, where the length is known.
func inSeconds(show func(done, total int), length time.Duration) func(time.Duration) {
	total, shown := int(length.Seconds()), -1
	return func(at time.Duration) {
		if s := min(int(at.Seconds())+1, total); total > 0 && s != shown {
			shown = s
			show(s, total)
		}
	}
}

// filterResult is what the command prints.
type filterResult struct {
	In     string       `json:"in,omitempty"`
	Out    string       `json:"out,omitempty"`
	Clip   *clip.Info   `json:"clip,omitempty"`
	Chain  graph        `json:"chain"`
	Report batch.Report `json:"report"`
}

func (c *filterCommand) print(w io.Writer, r *filterResult) {
	if c.Info || c.graph() && !c.Dot && r.Clip != nil {
		printClip(w, r.Clip)
	}
	switch {
	case c.Dot:
		r.Chain.dot(w, r.Clip)
	case c.Graph:
		r.Chain.print(w)
	}
	if !c.runs() {
		return
	}
	if c.Time {
		printTimes(w, r.Report)
	}
	for _, n := range r.Report.Notes {
		fmt.Fprintln(w, "note:", n)
	}
	name := r.Out
	if name == "" {
		name = "nothing was written"
	}
	speed := ""
	if r.Report.TookSeconds > 0 {
		speed = fmt.Sprintf(", %.1f times as fast as it plays", r.Report.Seconds/r.Report.TookSeconds)
	}
	fmt.Fprintf(w, "%s: %.2f s in %.2f s%s\n", name, r.Report.Seconds, r.Report.TookSeconds, speed)
}
