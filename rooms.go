package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/session"
	"github.com/virtualcube/virtualcube/session/assembly"
	"github.com/virtualcube/virtualcube/session/fanout"
	"github.com/virtualcube/virtualcube/signaling/media"
	"github.com/virtualcube/virtualcube/signaling/protocol"
	"github.com/virtualcube/virtualcube/signaling/room"
	"github.com/virtualcube/virtualcube/signaling/token"
	"github.com/virtualcube/virtualcube/signaling/turn"
	"github.com/virtualcube/virtualcube/signaling/whip"
)

// rooms are the rooms of a node and who lets people into them.
type rooms struct {
	*room.Endpoint
	foreign *whip.RoomEndpoint
	tokens  *token.Verifier // nil: none are needed
	relay   *turn.Server    // nil: there is none
}

// newRooms makes the room that the rig is in and lets others be opened by
// token. Without tokens and without --dev there are none.
func newRooms(n *node, config *Config, tokens *token.Verifier, open sourceOptions) (*rooms, error) {
	if tokens == nil && !config.Dev {
		return nil, nil
	}
	first, err := config.session(open)
	if err != nil {
		return nil, err
	}
	first.Filters = n.known.Table
	if first.Chains, err = config.chains(); err != nil {
		return nil, err
	}
	first.Rigs[0].Filter, first.Rigs[0].Fare = n.pipeline.filters.set, n.pipeline.filters.fare
	first.Rigs[0].Look = func() (session.Look, bool) { return n.pipeline.filters.look(open.clock) }
	cube := n.hello(config)
	var voice *fanout.Relay
	if v := n.pipeline.voice; v != nil {
		voice = v.relay
		first.Rigs[0].Level = func() uint8 { return voice.Snapshot().Level }
	}
	made := room.Config{
		Rooms: []session.Config{first}, Admit: admit(tokens, config.Dev), Media: n.media, Version: version(), Clock: open.clock, Log: open.log,
		Filters: n.known.Table, Opener: n.open, Lift: lifter{config: config, device: n.pipeline.device, clock: open.clock, log: open.log}.lift,
		Cubes: []room.Cube{{
			Name: config.Cube, Ladders: n.pipeline.ladders, Views: n.pipeline.views, Voice: voice,
			Filters: n.pipeline.filters.links, Late: n.pipeline.filters.late,
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
	if made.Invite, err = invitations(config); err != nil {
		return nil, err
	}
	r := &rooms{tokens: tokens}
	if r.relay, err = newRelay(n, config, open); err != nil {
		return nil, err
	}
	if r.relay != nil {
		made.Ice = r.ice
		made.Left = r.relay.Release
	}
	if r.Endpoint, err = room.New(made); err != nil {
		return nil, errors.Join(err, r.close())
	}
	r.foreign = whip.NewRoomEndpoint(n.media, r.Endpoint, open.log)
	return r, nil
}

// ServeHTTP serves pages, and WHIP and WHEP for other software.
func (r *rooms) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	if strings.HasPrefix(q.URL.Path, "/room/") {
		r.foreign.ServeHTTP(w, q)
		return
	}
	r.Endpoint.ServeHTTP(w, q)
}

// invited is how long an invitation that a host makes is valid.
const invited = 24 * time.Hour

// invitations are signed with the first API key; without one there are none.
func invitations(config *Config) (func(room string) (string, error), error) {
	keys, err := config.apiKeys()
	if err != nil || len(keys) == 0 {
		return nil, err
	}
	signer, err := token.NewSigner(keys[0])
	if err != nil {
		return nil, err
	}
	return func(room string) (string, error) {
		return signer.Sign(&token.Token{Role: token.Speaker, Grants: token.Grants{RoomJoin: true, Room: room}}, invited)
	}, nil
}

// newRelay makes the TURN server, which relays to the media port alone.
func newRelay(n *node, config *Config, open sourceOptions) (*turn.Server, error) {
	if config.TURN == 0 {
		return nil, nil
	}
	host, _, err := net.SplitHostPort(config.Listen)
	if err != nil {
		return nil, err // validate has checked it
	}
	address, err := media.Address(host)
	if err != nil {
		return nil, err
	}
	made := turn.Config{
		Media:  []netip.AddrPort{netip.AddrPortFrom(address, uint16(n.media.Number()))},
		Listen: net.JoinHostPort(host, strconv.Itoa(config.TURN)), Log: open.log,
	}
	if len(config.Hosts) > 0 {
		made.Host = config.Hosts[0]
	}
	return turn.New(made)
}

// credentialsHold is how long a participant may take to allocate a relay.
const credentialsHold = 6 * time.Hour

// ice are the servers that a participant may use.
func (r *rooms) ice(participant string) []protocol.IceServer {
	username, password, urls := r.relay.Credentials(participant, credentialsHold)
	return []protocol.IceServer{{URLs: urls, Username: username, Credential: password}}
}

// close frees what newRooms opened, if it does not run.
func (r *rooms) close() error {
	if r == nil || r.relay == nil {
		return nil
	}
	return r.relay.Close()
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

// chains are the filters that are on every source from the beginning.
func (c *Config) chains() (map[session.Source][]models.Link, error) {
	chains := make(map[session.Source][]models.Link)
	for _, s := range []struct {
		source  session.Source
		setting string
		text    string
	}{{session.Microphone, "filter-microphone", c.FilterMicrophone}, {session.Camera, "filter-camera", c.FilterCamera}, {session.View, "filter-rig", c.FilterRig}} {
		links, err := models.ParseChain(s.text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", s.setting, err)
		}
		if len(links) > 0 {
			chains[s.source] = links
		}
	}
	return chains, nil
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
	parts.run(r.foreign.Run)
	if r.tokens != nil {
		parts.run(r.tokens.Run)
	}
	if r.relay != nil {
		parts.run(r.relay.Run)
	}
	return parts.join()
}
