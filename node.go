package main

import (
	"context"
	"errors"
	"net"
	"net/http"

	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/client"
	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/render/pack"
	"github.com/virtualcube/virtualcube/session/view"
	"github.com/virtualcube/virtualcube/signaling"
	"github.com/virtualcube/virtualcube/signaling/media"
	"github.com/virtualcube/virtualcube/signaling/protocol"
	"github.com/virtualcube/virtualcube/signaling/whip"
)

// node is one running server: a pipeline, its media port and its HTTP server.
type node struct {
	pipeline *pipeline
	media    *media.Port
	rooms    *rooms // nil: there are none
	known    filterSet
	open     filterOpener
	server   *signaling.Server
}

// newNode opens the ports and the rig. traced, which may be nil, is told of
// every view that was sent.
func newNode(ctx context.Context, config *Config, open sourceOptions, traced func(view.Trace)) (_ *node, err error) {
	n := &node{}
	defer func() {
		if err != nil {
			err = errors.Join(err, n.close())
		}
	}()
	host, _, err := net.SplitHostPort(config.Listen)
	if err != nil {
		return nil, err // validate has checked it
	}
	if n.media, err = media.Listen(host, config.Media, open.log); err != nil {
		return nil, err
	}
	if n.known, err = allFilters(ctx, config.Filters); err != nil {
		return nil, err
	}
	if n.open, err = newFilterOpener(config.Models, models.Provider(config.Provider), n.known, open.log); err != nil {
		return nil, err
	}
	if n.pipeline, err = newPipeline(ctx, config, open, n.open, traced); err != nil {
		return nil, err
	}
	tokens, err := config.tokens(open.log)
	if err != nil {
		return nil, err
	}
	access := signaling.NewAccess(config.keys(), tokens)
	endpoint, err := whip.NewEndpoint(whip.Config{
		Media: n.media, Clock: open.clock, Log: open.log, Limit: config.Viewers,
		Authorized: func(r *http.Request) bool {
			_, err := access.Subscriber(r, config.Room) // the rig is in that room
			return err == nil
		},
		Cubes: []whip.Cube{{Name: config.Cube, Ladders: n.pipeline.ladders, Views: n.pipeline.views, Hello: n.hello(config)}},
	})
	if err != nil {
		return nil, err
	}
	served := n.serverConfig(config, open, endpoint)
	served.Tokens = tokens
	if n.rooms, err = newRooms(n, config, tokens, open); err != nil {
		return nil, err
	}
	if n.rooms != nil {
		served.Rooms = n.rooms
		served.Metrics.Rooms = n.rooms.Snapshot
	}
	if tokens != nil {
		served.Ready = append(served.Ready, signaling.Check{Name: "tokens", Test: tokens.Ready})
	}
	n.server, err = signaling.New(served)
	return n, err
}

func (n *node) hello(config *Config) protocol.Hello {
	rig := n.pipeline.source.Rig()
	return protocol.Hello{
		Layout: protocol.Layout{Version: pack.Version, Width: config.Size.Width, Height: config.Size.Height},
		Volume: protocolVolume(rig.Volume),
		Rate:   rig.Rate,
	}
}

func protocolVolume(box space.Box) protocol.Volume {
	low, high := box.Min, box.Max
	return protocol.Volume{Min: protocol.Vector{low.X, low.Y, low.Z}, Max: protocol.Vector{high.X, high.Y, high.Z}}
}

func (n *node) serverConfig(config *Config, open sourceOptions, endpoint *whip.Endpoint) signaling.Config {
	p := n.pipeline
	return signaling.Config{
		Listen: config.Listen,
		TLS: signaling.TLS{
			Mode: signaling.TLSMode(config.TLS), Cert: config.TLSCert, Key: config.TLSKey,
			Mail: config.ACMEMail, StateDir: config.StateDir,
		},
		Keys: config.keys(), Hosts: config.Hosts, Origins: config.Origins,
		Page: client.Files(),
		Node: protocol.Node{
			Version: version(),
			Cubes:   []protocol.NodeCube{{Name: config.Cube, Rig: config.Rig, WHEP: whepPath(config)}},
		},
		Endpoint: endpoint,
		Ready: []signaling.Check{
			{Name: "page", Test: client.Built},
			{Name: "opengl", Test: func() error { return when(p.device.Generation() > 0, "not open yet") }},
			{Name: "view", Test: func() error { return when(p.views.Ready(), "none rendered yet") }},
		},
		Metrics: signaling.Metrics{
			Cubes: []signaling.CubeMetrics{{Name: config.Cube, Sets: p.sets.Stats, View: p.views.Snapshot, Ladder: p.sent, Open: p.views.Open, Filters: p.filters.stats}},
			WHEP:  endpoint.Snapshot,
		},
		Log: open.log,
	}
}

func whepPath(config *Config) string { return "/" + config.Cube + "/whep" }

func when(condition bool, otherwise string) error {
	if condition {
		return nil
	}
	return errors.New(otherwise)
}

// Run serves until the context ends, the recording is over or a part fails, and
// returns after all parts. It may be called once.
func (n *node) Run(ctx context.Context) error {
	parts := newGroup(ctx)
	parts.run(n.server.Run)
	parts.run(n.pipeline.Run)
	return errors.Join(parts.join(), n.media.Close())
}

// close frees what newNode opened, if it does not run.
func (n *node) close() error {
	var errs []error
	if n.media != nil {
		errs = append(errs, n.media.Close())
	}
	if n.pipeline != nil {
		errs = append(errs, n.pipeline.source.Close())
	}
	errs = append(errs, n.rooms.close())
	return errors.Join(errs...)
}
