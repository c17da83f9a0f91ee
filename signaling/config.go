package signaling

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/virtualcube/virtualcube/signaling/protocol"
	"github.com/virtualcube/virtualcube/signaling/token"
)

// Endpoint is a part of the server that has a life of its own: package whip's,
// package room's.
type Endpoint interface {
	http.Handler
	// Run owns the viewers, or the rooms, until the context ends.
	Run(ctx context.Context) error
}

// Check is one condition of readiness. Its error says what lacks.
type Check struct {
	Name string
	Test func() error
}

// Config is what a server is made of.
type Config struct {
	Listen string // HOST:PORT; port 0 takes any free one
	TLS    TLS
	// Keys are the bearer tokens that open the node, at least MinKey
	// characters each. None are needed on loopback.
	Keys []string
	// Tokens verify access tokens, which open the node as well; nil: there are
	// none. Who made them runs them.
	Tokens *token.Verifier
	// Hosts are names under which the node is reached, beside its addresses.
	Hosts []string
	// Origins are other sites whose pages may watch: https://host[:port].
	Origins []string

	Page     fs.FS // index.html at its root
	Node     protocol.Node
	Endpoint Endpoint // WHEP
	Rooms    Endpoint // below /api/room, and /room/{room}/whip and whep; nil: there are none
	Ready    []Check
	Metrics  Metrics
	Log      *slog.Logger
}

// MinKey is the least length of a key.
const MinKey = 16

// validate checks what needs no machine.
func (c Config) validate() error {
	if c.Page == nil || c.Endpoint == nil || c.Log == nil {
		return errors.New("page, endpoint and log are needed")
	}
	if !Loopback(c.Listen) && (c.TLS.Mode == TLSOff || len(c.Keys) == 0 && c.Tokens == nil) {
		return fmt.Errorf("listening on %s lets others in, which needs a key and TLS: set --keys or --api-keys, and --tls (files, self or acme), or listen on 127.0.0.1", c.Listen)
	}
	for _, k := range c.Keys {
		if len(k) < MinKey {
			return fmt.Errorf("a key of %d characters can be guessed, at least %d are needed", len(k), MinKey)
		}
	}
	for _, o := range c.Origins {
		u, err := url.Parse(o)
		if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.Path != "" || u.RawQuery != "" {
			return fmt.Errorf("origin %q must be http(s)://host[:port]", o)
		}
	}
	return c.TLS.validate(c.Hosts)
}

// Loopback says whether an address HOST:PORT is reached from this machine
// alone.
func Loopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}

// hostAllowed says whether a Host header names this node. Beyond loopback
// names are checked only where they are configured: TLS and keys already keep
// a rebound name out.
func (c Config) hostAllowed(header string) bool {
	host := header
	if h, _, err := net.SplitHostPort(header); err == nil {
		host = h
	}
	host = strings.ToLower(strings.Trim(host, "[]"))
	if slices.ContainsFunc(c.Hosts, func(h string) bool { return strings.EqualFold(h, host) }) {
		return true
	}
	ip, err := netip.ParseAddr(host)
	if Loopback(c.Listen) {
		return host == "localhost" || err == nil && ip.IsLoopback()
	}
	return err == nil || len(c.Hosts) == 0 && host != ""
}
