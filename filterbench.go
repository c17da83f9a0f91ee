package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"text/tabwriter"

	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/cost"
	"github.com/virtualcube/virtualcube/models/matte/segment"
)

// filterBenchCommand measures what filters cost on this machine.
type filterBenchCommand struct {
	JSON bool `name:"json" env:"-" help:"Print JSON."`
}

// Help says what the figures are.
func (filterBenchCommand) Help() string {
	return `noop_us: a 720p picture through a chain whose filter does nothing, thirty a second as in a room, from coming to leaving. Nothing is copied there, and nothing is taken off.

noop_process_us: the same with the filter in a process of its own, beyond one copy of the picture into shared memory.

overhead_ratio: matte in a chain and a process of its own, as in a room, by matte called in a loop in this process: the same network, run by the same onnxruntime with one thread, with the same work before and after it, without which no program has a use for the network. 1 is a host that costs nothing. net_ms is the network alone, on tensors that are there, as often as a frame needs it: what direct_ms has beyond it is the filter's work and no cost of the host.

Blocks take turns; figures are medians of five rounds. Every filter is then measured on pictures of 720p, 20 ms of sound or a rig of two small cameras. It takes a minute; other work on the machine makes all figures worse.`
}

// benchedMachine is what the figures were taken on.
type benchedMachine struct {
	Processor  string `json:"processor"`
	Processors int    `json:"processors"`
	System     string `json:"system"`
	Go         string `json:"go"`
	Load       string `json:"load"` // averages of 1, 5 and 15 minutes, before
}

// filterBenchReport is what filter bench prints.
type filterBenchReport struct {
	Machine benchedMachine `json:"machine"`
	cost.Report
}

// Run fails where something cannot be measured, after printing what can.
func (c *filterBenchCommand) Run(env *environment) error {
	known, err := allFilters(env.ctx, env.config.Filters)
	if err != nil {
		return err
	}
	opener, err := newFilterOpener(env.config.Models, models.Provider(env.config.Provider), known, env.log)
	if err != nil {
		return err
	}
	inside := opener
	inside.together = true
	report := filterBenchReport{Machine: thisMachine()}
	report.Report, err = cost.Measure(env.ctx, cost.Options{
		Table: known.Table, Opener: opener, Inside: inside.Video,
		Net: func() (cost.Net, error) {
			return segment.Open(models.Environment{Provider: opener.provider, Weights: opener.weights, Log: env.log})
		},
		Progress: newProgress(env.stderr, "measuring"), Log: env.log,
	})
	if err != nil && report.Filters == nil {
		return err
	}
	if !c.JSON {
		report.print(env.stdout)
		return err
	}
	out := json.NewEncoder(env.stdout)
	out.SetIndent("", "  ")
	if failed := out.Encode(report); failed != nil {
		return failed
	}
	return err
}

func thisMachine() benchedMachine {
	m := benchedMachine{Processor: "unknown", Processors: runtime.NumCPU(), System: runtime.GOOS + "/" + runtime.GOARCH, Go: runtime.Version()}
	// Where the system does not say, the figures are worth the same.
	text, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(text)) {
		if name, value, found := strings.Cut(line, ":"); found && strings.TrimSpace(name) == "model name" {
			m.Processor = strings.TrimSpace(value)
			break
		}
	}
	text, _ = os.ReadFile("/proc/loadavg")
	m.Load = strings.Join(strings.Fields(string(text))[:min(3, len(strings.Fields(string(text))))], " ")
	return m
}

func (r *filterBenchReport) print(w io.Writer) {
	fmt.Fprintf(w, "%s, %d CPUs, %s, %s, load %s\n\n", r.Machine.Processor, r.Machine.Processors, r.Machine.System, r.Machine.Go, r.Machine.Load)
	fmt.Fprintf(w, "a filter that does nothing, 720p (at most %.0f us):\n", cost.MostIdle)
	fmt.Fprintf(w, "  %6.0f us  noop_us, in the node's process, where nothing is copied\n", r.Chain)
	fmt.Fprintf(w, "  %6.0f us  noop_process_us, in a process of its own, beyond one copy\n", r.Process)
	fmt.Fprintf(w, "  %6.0f us  one copy\n\n", r.Copy)
	if o := r.Overhead; o != nil {
		fmt.Fprintf(w, "%s, 720p: overhead_ratio %.3f (at most %.2f), of rounds %s\n", o.Filter, r.OverheadRatio, cost.MostOverhead, strings.Trim(fmt.Sprintf("%.3f", o.Ratios), "[]"))
		fmt.Fprintf(w, "  %6.2f ms  in the host, in a process of its own\n", o.Host)
		fmt.Fprintf(w, "  %6.2f ms  the same filter in a bare loop\n", o.Direct)
		fmt.Fprintf(w, "  %6.2f ms  of that the network, which a frame runs %.1f times\n\n", o.Net, o.Asked)
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "filter\tkind\tmean ms\tp95 ms\tdeclared\tover\tprocess")
	for _, f := range r.Filters {
		where := "the node's"
		if f.Process {
			where = "its own"
		}
		if f.Frames == 0 {
			fmt.Fprintf(table, "%s\t%s\t-\t-\t%.0f\t-\t%s\n", f.Name, f.Kind, f.Declared, where)
			continue
		}
		fmt.Fprintf(table, "%s\t%s\t%.2f\t%.2f\t%.0f\t%d of %d\t%s\n", f.Name, f.Kind, f.Mean, f.P95, f.Declared, f.Over, f.Frames, where)
	}
	_ = table.Flush() // whose writes the standard output takes
	for _, f := range r.Filters {
		if f.Problem != "" {
			fmt.Fprintf(w, "%s: %s\n", f.Name, f.Problem)
		}
	}
}
