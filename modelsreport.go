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
	"text/tabwriter"

	"github.com/virtualcube/virtualcube/models/weights"
)

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
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "name\tMB\tlicence\tstate\tused by\twhat")
	for _, r := range reports {
		fmt.Fprintf(table, "%s\t%.1f\t%s\t%s\t%s\t%s\n", r.Name, float64(r.Size)/1e6, r.Licence, r.State, cmp.Or(strings.Join(r.UsedBy, ", "), "-"), r.Summary)
	}
	_ = table.Flush() // an output that cannot be written to has nobody to tell
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
