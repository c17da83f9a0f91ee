package room

import (
	"time"

	"github.com/virtualcube/virtualcube/models/host"
	"github.com/virtualcube/virtualcube/session/fanout"
	"github.com/virtualcube/virtualcube/session/multiview"
	"github.com/virtualcube/virtualcube/session/view"
	"github.com/virtualcube/virtualcube/signaling/protocol"
)

// Views are what a room needs of a cube's views.
type Views interface {
	Watch() *multiview.Watcher
	// View returns the counts of one view, by the index of its ladder.
	View(i int) view.Stats
}

// Cube is one whose rig this node serves.
type Cube struct {
	Name    string
	Ladders []*fanout.Ladder // one a view
	Views   Views
	Packed  protocol.CubeView // Cube is filled in
	Voice   *fanout.Relay     // of the rig's microphone; nil: it has none
	// Filters are how the filters on the rig fare; nil: it takes none.
	Filters func() []host.LinkStats
	// Late is by how much filters make the rig's voice later; nil: by nothing.
	Late func() time.Duration
}
