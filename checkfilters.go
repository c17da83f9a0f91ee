package main

import (
	"fmt"
	"strings"

	"github.com/virtualcube/virtualcube/models/weights"
)

// checkFilters says which filters have what they need.
func checkFilters(env *environment) []finding {
	known, err := allFilters(env.ctx, env.config.Filters)
	if err != nil {
		return []finding{{Check: "filters", Level: warning, Found: err.Error(), Remedy: "mend or remove it; --filters names the folder"}}
	}
	store, err := weights.Open(env.config.Models)
	if err != nil {
		return []finding{{Check: "filters", Level: warning, Found: err.Error(), Remedy: "name a folder with --models"}}
	}
	var ready []string
	var lacking []finding
	for _, d := range known.Table {
		var lacks, remedies []string
		for _, name := range d.Weights {
			state, _ := store.State(name)
			if state == weights.Here {
				continue
			}
			lacks = append(lacks, fmt.Sprintf("%s (%s)", name, state))
			if state != weights.Unavailable {
				remedies = append(remedies, name)
			}
		}
		if len(lacks) == 0 {
			ready = append(ready, d.Name)
			continue
		}
		f := finding{Check: "filters", Level: warning, Found: d.Name + " lacks the weights " + strings.Join(lacks, ", ")}
		if len(remedies) > 0 {
			f.Remedy = "virtualcube models pull " + strings.Join(remedies, " ")
		}
		lacking = append(lacking, f)
	}
	found := fmt.Sprintf("%d of %d have all that they need", len(ready), len(known.Table))
	if len(ready) > 0 {
		found += ": " + strings.Join(ready, ", ")
	}
	return append([]finding{{Check: "filters", Level: good, Found: found}}, lacking...)
}
