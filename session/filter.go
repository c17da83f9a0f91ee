package session

import (
	"context"
	"errors"
	"slices"

	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/host"
	"github.com/virtualcube/virtualcube/models/parameter"
)

// FilterLink is one filter of a chain as a participant asks for it: an ID that is
// there already changes that filter's parameters, an empty one adds a filter.
type FilterLink struct {
	ID     string            `json:"id"`
	Name   string            `json:"name"`
	Values map[string]string `json:"values"` // that differ from the defaults
}

// Fare is how one filter of a chain fares.
type Fare struct {
	ID    string
	State FilterState
	Error string
}

// kindOf is the kind of filters that a source takes.
func kindOf(s Source) (models.Kind, bool) {
	switch s {
	case Microphone:
		return models.KindAudio, true
	case Camera, Screen:
		return models.KindVideo, true
	case View:
		return models.KindRGBD, true
	}
	return "", false
}

// Filter says which filters work on a source of the participant, or of another:
// hosts may take others' filters away, and set those of a rig that nobody is at.
func (m *Member) Filter(ctx context.Context, of string, source Source, links []FilterLink) error {
	kind, known := kindOf(source)
	if !known {
		return refuse(ErrMalformed, "There is no source %.20q: microphone, camera, screen and view are possible.", string(source))
	}
	return m.act(ctx, func(t *table, p *person) error {
		q := p
		if of != "" && of != p.ID {
			if q = t.people[of]; q == nil {
				return refuse(ErrUnknown, "This participant is not in the room any more.")
			}
		}
		if err := t.mayFilter(p, q, source, links); err != nil {
			return err
		}
		chain, err := t.chain(q, source, kind, links)
		if err != nil {
			return err
		}
		t.filter(q, source, chain)
		return nil
	})
}

// mayFilter says why a participant may not set a chain of another.
func (t *table) mayFilter(p, q *person, source Source, links []FilterLink) error {
	rig := t.rig(q.Cube)
	switch {
	case p.Role == Listener:
		return refuse(ErrForbidden, "Listeners send nothing that could be filtered. Ask a host to become a speaker.")
	case (source == View || q.rig) && rig.Filter == nil:
		return refuse(ErrUnknown, "There is no rig whose frames could be filtered.")
	case p == q || (q.rig || q.Program) && p.Role == Host:
		return nil
	case p.Role != Host:
		return refuse(ErrForbidden, "Only who sends it and hosts may change its filters.")
	}
	for _, l := range links {
		if l.ID == "" || len(l.Values) > 0 {
			return refuse(ErrForbidden, "Hosts may take the filters of others away, not add or change them.")
		}
	}
	for _, old := range q.chains[source] {
		if old.Private && !slices.ContainsFunc(links, func(l FilterLink) bool { return l.ID == old.ID }) {
			return refuse(ErrForbidden, "The filter %s hides something of theirs: only they may take it away. You may switch their %s off.", old.Name, string(source))
		}
	}
	return nil
}

// chain makes the links of a chain that is asked for.
func (t *table) chain(q *person, source Source, kind models.Kind, links []FilterLink) ([]host.Link, error) {
	if len(links) > models.MaxLinks {
		return nil, refuse(ErrFull, "At most %d filters work on one source.", models.MaxLinks)
	}
	made := make([]host.Link, 0, len(links))
	for _, l := range links {
		if l.ID != "" {
			k := slices.IndexFunc(q.chains[source], func(old host.Link) bool { return old.ID == l.ID })
			if k < 0 || slices.ContainsFunc(made, func(other host.Link) bool { return other.ID == l.ID }) {
				return nil, refuse(ErrUnknown, "There is no filter %.20q there, or it is named twice.", l.ID)
			}
			old := q.chains[source][k]
			values, err := changed(old, l.Values)
			if err != nil {
				return nil, err
			}
			old.Values = values
			made = append(made, old)
			continue
		}
		bound, err := t.config.Filters.Bind([]models.Link{{Filter: l.Name, Parameters: l.Values}}, kind)
		if err != nil {
			return nil, refuse(ErrMalformed, "%s", sentence(err))
		}
		made = append(made, host.Link{ID: t.id('f'), Bound: bound[0]})
	}
	return made, nil
}

// changed are the values of a link with some that were asked for.
func changed(old host.Link, asked map[string]string) (parameter.Values, error) {
	written := old.Values.Written()
	for name, text := range asked {
		written[name] = text
	}
	values, err := old.Parameters.Parse(written)
	if err != nil {
		return values, refuse(ErrMalformed, "%s", sentence(err))
	}
	return values, nil
}

// sentence makes words for people of an error of package models.
func sentence(err error) string {
	if errors.Is(err, models.ErrUnknown) {
		return "This node has no such filter: " + err.Error() + "."
	}
	return "A filter cannot be set so: " + err.Error() + "."
}

// filter sets a chain.
func (t *table) filter(q *person, source Source, chain []host.Link) {
	chains := make(map[Source][]host.Link, len(q.chains)+1)
	for s, c := range q.chains {
		chains[s] = c
	}
	if chains[source] = chain; len(chain) == 0 {
		delete(chains, source)
	}
	old := q.Filters
	q.chains, q.Filters = chains, []Filter{}
	for _, s := range []Source{Microphone, Camera, Screen, View} {
		for _, l := range chains[s] {
			f := Filter{ID: l.ID, Source: s, Name: l.Name, Values: l.Values.Written(), State: FilterOpening}
			if k := slices.IndexFunc(old, func(o Filter) bool { return o.ID == l.ID }); k >= 0 {
				f.State, f.Error = old[k].State, old[k].Error
			}
			q.Filters = append(q.Filters, f)
		}
	}
	t.touch(q)
	q.chainsAt = q.at
	if rig := t.rig(q.Cube); rig.Filter != nil && (source == View || q.rig) {
		rig.Filter(source, chain)
	}
}

// Fared notes how the participant's filters fare.
func (m *Member) Fared(ctx context.Context, fares []Fare) error {
	return m.act(ctx, func(t *table, p *person) error {
		t.fared(p, fares)
		return nil
	})
}

func (t *table) fared(p *person, fares []Fare) {
	filters, differ := slices.Clone(p.Filters), false
	for _, f := range fares {
		k := slices.IndexFunc(filters, func(o Filter) bool { return o.ID == f.ID })
		if k >= 0 && (filters[k].State != f.State || filters[k].Error != f.Error) {
			filters[k].State, filters[k].Error, differ = f.State, f.Error, true
		}
	}
	if differ {
		p.Filters = filters
		t.touch(p)
	}
}

// fare asks how the filters of rigs fare.
func (t *table) fare() {
	for _, rig := range t.config.Rigs {
		if rig.Fare == nil {
			continue
		}
		for _, p := range t.people {
			if p.Cube == rig.Cube {
				t.fared(p, rig.Fare())
			}
		}
	}
}

// Lift says that the participant's webcam is seen by the views of a cube from now
// on, or with an empty name as it is. Who has a rig is left alone.
func (m *Member) Lift(ctx context.Context, cube string) error {
	return m.act(ctx, func(t *table, p *person) error {
		if t.rig(p.Cube).Cube == "" && p.Cube != cube {
			p.Cube = cube
			t.touch(p)
		}
		return nil
	})
}

// inherit gives a participant the filters of who was there before, on some sources.
func (t *table) inherit(p, before *person, sources ...Source) {
	for _, s := range sources {
		if before != nil && len(before.chains[s]) > 0 {
			t.filter(p, s, before.chains[s])
		}
	}
}

// equip gives a newcomer the room's own chains.
func (t *table) equip(p *person) {
	for source, links := range t.config.Chains {
		kind, _ := kindOf(source)
		switch {
		case p.rig && (source == Camera || source == Screen || t.rig(p.Cube).Filter == nil), !p.rig && source == View:
			continue
		case p.rig && source == Microphone && t.rig(p.Cube).Level == nil: // it has none
			continue
		}
		bound, err := t.config.Filters.Bind(links, kind)
		if err != nil {
			t.log.Error("no filters", "source", source, "error", err) // New has tried them
			continue
		}
		chain := make([]host.Link, len(bound))
		for i, b := range bound {
			chain[i] = host.Link{ID: t.id('f'), Bound: b}
		}
		t.filter(p, source, chain)
	}
}
