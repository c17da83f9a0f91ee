package room

import (
	"context"
	"time"

	"github.com/virtualcube/virtualcube/models/host"
	"github.com/virtualcube/virtualcube/session"
)

// hall is a room with what the node has for it.
type hall struct {
	room     *session.Room
	exchange *exchange
	gallery  *gallery
	filters  *filterFigures
	lifts    *lifts
	kept     bool // by the configuration
	invites  func(room string) (string, error)

	// Endpoint.Run's.
	used  time.Time // when somebody was in it last
	close context.CancelFunc
}

func newHall(config session.Config, invites func(string) (string, error), kept bool) (*hall, error) {
	r, err := session.New(config)
	if err != nil {
		return nil, err
	}
	return &hall{room: r, exchange: newExchange(), gallery: newGallery(), filters: &filterFigures{links: make(map[string][]host.LinkStats)}, lifts: &lifts{cubes: make(map[string]*lips)}, kept: kept, invites: invites, used: time.Now()}, nil
}

// invite makes an access token for guests.
func (h *hall) invite() (string, error) {
	if h.invites == nil {
		return "", &session.Refusal{Cause: session.ErrForbidden, Message: "This node makes no invitations: it has no API key. Ask its owner for a link."}
	}
	return h.invites(h.room.Name())
}
