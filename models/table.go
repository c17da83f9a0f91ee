package models

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/virtualcube/virtualcube/models/parameter"
)

// ErrUnknown is wrapped where a chain names a filter that there is not.
var ErrUnknown = errors.New("unknown filter")

// Table is the filters that there are, each once.
type Table []Definition

// Validate checks every description, and that no name is there twice.
func (t Table) Validate() error {
	for i, d := range t {
		if err := d.Validate(); err != nil {
			return err
		}
		opens := map[Kind]bool{KindAudio: d.OpenAudio != nil, KindVideo: d.OpenVideo != nil, KindRGBD: d.OpenRGBD != nil}
		if !opens[d.Kind] {
			return fmt.Errorf("%w: %s cannot be opened as %s", ErrDescription, d.Name, d.Kind)
		}
		if slices.ContainsFunc(t[:i], func(other Definition) bool { return other.Name == d.Name }) {
			return fmt.Errorf("%w: there are two of the name %s", ErrDescription, d.Name)
		}
	}
	return nil
}

// Find returns a filter, or an error that names those that there are.
func (t Table) Find(name string) (Definition, error) {
	names := make([]string, len(t))
	for i, d := range t {
		if d.Name == name {
			return d, nil
		}
		names[i] = d.Name
	}
	slices.Sort(names)
	return Definition{}, fmt.Errorf("%w %q: there are %s", ErrUnknown, name, strings.Join(names, ", "))
}

// Bound is one filter of a chain with its parameters.
type Bound struct {
	Definition
	Values parameter.Values
}

// Bind finds the filters of a chain and checks their parameters. Where a kind is
// given, every filter must be of it.
func (t Table) Bind(links []Link, kind Kind) ([]Bound, error) {
	chain := make([]Bound, 0, len(links))
	for _, l := range links {
		d, err := t.Find(l.Filter)
		if err != nil {
			return nil, err
		}
		if kind != "" && d.Kind != kind {
			return nil, fmt.Errorf("%w: %s filters %s, the stream is %s", ErrChain, d.Name, d.Kind, kind)
		}
		v, err := d.Parameters.Parse(l.Parameters)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", d.Name, err)
		}
		chain = append(chain, Bound{Definition: d, Values: v})
	}
	return chain, nil
}
