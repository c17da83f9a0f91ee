package room

import (
	"sync"

	"github.com/virtualcube/virtualcube/models/host"
	"github.com/virtualcube/virtualcube/signaling/protocol"
)

// filterFigures are those of all filters of a room, by participant.
type filterFigures struct {
	mu    sync.Mutex // guards links; held for a few instructions
	links map[string][]host.LinkStats
}

// note replaces the figures of one participant's filters.
func (f *filterFigures) note(person string, links []host.LinkStats) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.links[person] = links; len(links) == 0 {
		delete(f.links, person)
	}
}

// all are the figures, with those of the rigs.
func (f *filterFigures) all(cubes []Cube) map[string]protocol.FilterFigures {
	all := make(map[string]protocol.FilterFigures)
	f.mu.Lock()
	for _, links := range f.links {
		for _, l := range links {
			all[l.ID] = protocol.FilterFiguresOf(l)
		}
	}
	f.mu.Unlock()
	for _, c := range cubes {
		if c.Filters == nil {
			continue
		}
		for _, l := range c.Filters() {
			all[l.ID] = protocol.FilterFiguresOf(l)
		}
	}
	return all
}
