package main

import (
	"context"
	"os"

	"github.com/virtualcube/virtualcube/models/cost"
	"github.com/virtualcube/virtualcube/models/manifest"
	"github.com/virtualcube/virtualcube/models/process"
)

// filterSocket is the file by which a filter process talks with its node.
const filterSocket = 3

// filterLauncher opens filters in processes of this very program.
func filterLauncher() process.Launcher {
	return process.Launcher{
		Command: []string{"/proc/self/exe", "filter-process"},
		// A home in which nothing is: a filter process reads no configuration,
		// which may hold keys.
		Environ:  []string{"HOME=/nonexistent"},
		Niceness: filterNiceness,
	}
}

// filterNiceness has the node's own work go first where processors are short.
const filterNiceness = 5

// filterProcessCommand is what the node starts for a native filter.
type filterProcessCommand struct{}

// Run works on frames until the node closes the connection. A signal to all
// processes of the service does not end it before the call ends.
func (filterProcessCommand) Run(env *environment) error {
	table, err := filters()
	if err != nil {
		return err
	}
	noop, err := cost.Noop() // of which filter bench measures what its process costs
	if err != nil {
		return err
	}
	table = append(table, noop)
	return process.Serve(context.WithoutCancel(env.ctx), process.Filters{Table: table, Manifest: manifest.Load}, os.NewFile(filterSocket, "node"), os.Stderr)
}
