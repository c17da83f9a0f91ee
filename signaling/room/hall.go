package room

import (
	"context"
	"time"

	"github.com/virtualcube/virtualcube/session"
)

// hall is a room with what the node has for it.
type hall struct {
	room     *session.Room
	exchange *exchange
	gallery  *gallery
	kept     bool // by the configuration

	// Endpoint.Run's.
	used  time.Time // when somebody was in it last
	close context.CancelFunc
}

func newHall(config session.Config, kept bool) (*hall, error) {
	r, err := session.New(config)
	if err != nil {
		return nil, err
	}
	return &hall{room: r, exchange: newExchange(), gallery: newGallery(), kept: kept, used: time.Now()}, nil
}
