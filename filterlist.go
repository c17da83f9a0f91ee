package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/parameter"
)

// filterListCommand lists the filters.
type filterListCommand struct {
	JSON bool   `name:"json" env:"-" help:"Print JSON."`
	Kind string `env:"-" placeholder:"KIND" default:"" enum:",audio,video,rgbd" help:"Only those of audio, video or rgbd."`
	Name string `arg:"" optional:"" help:"Only this one."`
}

// listedFilter is a filter and its parameters.
type listedFilter struct {
	models.Description
	Parameters []parameter.Parameter `json:"parameters"`
}

// Run prints them.
func (c *filterListCommand) Run(env *environment) error {
	known, err := allFilters(env.ctx, env.config.Filters)
	if err != nil {
		return err
	}
	table := known.Table
	if c.Name != "" {
		only, err := table.Find(c.Name)
		if err != nil {
			return err
		}
		table = models.Table{only}
	}
	list := []listedFilter{}
	for _, d := range table {
		if c.Kind == "" || d.Kind == models.Kind(c.Kind) {
			list = append(list, listedFilter{d.Description, d.Parameters.Parameters()})
		}
	}
	slices.SortFunc(list, func(a, b listedFilter) int { return strings.Compare(a.Name, b.Name) })
	if c.JSON {
		out := json.NewEncoder(env.stdout)
		out.SetIndent("", "  ")
		return out.Encode(list)
	}
	for i, f := range list {
		if i > 0 {
			fmt.Fprintln(env.stdout)
		}
		f.print(env.stdout)
	}
	return nil
}

func (f listedFilter) print(w io.Writer) {
	fmt.Fprintf(w, "%s (%s)  %s\n", f.Name, f.Kind, f.Summary)
	var about []string
	if f.LookAhead > 0 {
		about = append(about, fmt.Sprintf("looks %v ahead", f.LookAhead))
	}
	about = append(about, fmt.Sprintf("takes up to %v a frame", f.Latency), "when late: "+policyText(f.Late), "when failing: "+policyText(f.Failing))
	if f.Private {
		about = append(about, "private: what it hides is never let through")
	}
	if f.Observes {
		about = append(about, "observes: the stream stays as it is")
	}
	if f.Native {
		about = append(about, "in a process of its own")
	}
	if len(f.Providers) > 0 {
		about = append(about, fmt.Sprintf("computed by %v", f.Providers))
	}
	if len(f.Weights) > 0 {
		about = append(about, "weights "+strings.Join(f.Weights, ", "))
	}
	fmt.Fprintf(w, "    %s\n", strings.Join(about, "; "))
	for _, p := range f.Parameters {
		when := "needs a restart"
		if p.Live {
			when = "live"
		}
		fmt.Fprintf(w, "    %-12s %s; %v unless given, %s: %s\n", p.Name, p.Takes(), p.Default, when, p.Help)
	}
}

func policyText(p models.Policy) string {
	return map[models.Policy]string{
		models.Skip: "the frame is left out", models.Hold: "the last one is shown again", models.Pass: "the frame goes on as it came",
	}[p]
}
