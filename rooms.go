package main

import (
	"context"
	"slices"
	"strings"

	"github.com/virtualcube/virtualcube/session"
	"github.com/virtualcube/virtualcube/session/assembly"
	"github.com/virtualcube/virtualcube/signaling/protocol"
	"github.com/virtualcube/virtualcube/signaling/room"
	"github.com/virtualcube/virtualcube/signaling/token"
)

// rooms are the rooms of a node and who lets people into them.
type rooms struct {
	*room.Endpoint
	tokens *token.Verifier // nil: none are needed
}

// newRooms makes the room that the rig is in and lets others be opened by
// token. Without tokens and without --dev there are none.
func newRooms(n *node, config *Config, open sourceOptions) (*rooms, error) {
	tokens, err := config.tokens(open.log)
	if err != nil || tokens == nil && !config.Dev {
		return nil, err
	}
	first, err := config.session(open)
	if err != nil {
		return nil, err
	}
	cube := n.hello(config)
	made := room.Config{
		Rooms: []session.Config{first}, Admit: admit(tokens, config.Dev), Media: n.media, Version: version(), Clock: open.clock, Log: open.log,
		Cubes: []room.Cube{{
			Name: config.Cube, Ladders: n.pipeline.ladders, Views: n.pipeline.views,
			Packed: protocol.CubeView{Layout: cube.Layout, Volume: cube.Volume, Rate: cube.Rate},
		}},
	}
	if tokens != nil {
		made.Open = func(name string) session.Config {
			other := first
			other.Name, other.Rigs = name, nil
			return other
		}
	}
	endpoint, err := room.New(made)
	if err != nil {
		return nil, err
	}
	return &rooms{Endpoint: endpoint, tokens: tokens}, nil
}

// admit lets people in by token, and with dev also without one.
func admit(tokens *token.Verifier, dev bool) func(context.Context, protocol.Enter) (session.Entry, error) {
	switch {
	case tokens == nil:
		return room.Unkeyed
	case !dev:
		return room.Keyed(tokens)
	}
	keyed := room.Keyed(tokens)
	return func(ctx context.Context, e protocol.Enter) (session.Entry, error) {
		if e.Token == "" {
			return room.Unkeyed(ctx, e)
		}
		return keyed(ctx, e)
	}
}

// session is the room of the configuration.
func (c *Config) session(open sourceOptions) (session.Config, error) {
	made := session.Config{Name: c.Room, Layout: c.Layout, Seats: c.Seats, Lobby: c.Lobby, Open: c.Dev, Log: open.log}
	made.Rigs = []session.Rig{{Cube: c.Cube, Name: c.person()}}
	if slices.Contains(assembly.Names(), c.Layout) {
		if made.Seats == 0 && c.Layout == assembly.FaceToFace {
			made.Seats = 2
		}
		return made, nil
	}
	layout, seats, err := readLayout(c.Layout)
	if err != nil {
		return made, err
	}
	made.Layout = layout.Name
	made.Layouts = func(name string) (assembly.Layout, error) {
		if name == layout.Name {
			return layout, nil
		}
		return assembly.Named(name)
	}
	if made.Seats == 0 {
		made.Seats = seats
	}
	return made, nil
}

// person is how who sits before the rig is called.
func (c *Config) person() string {
	if strings.HasPrefix(c.Rig, "synthetic:") {
		return "Synthetic person"
	}
	return c.Cube
}

// Run serves until the context ends and returns after everybody is gone.
func (r *rooms) Run(ctx context.Context) error {
	parts := newGroup(ctx)
	parts.run(r.Endpoint.Run)
	if r.tokens != nil {
		parts.run(r.tokens.Run)
	}
	return parts.join()
}
