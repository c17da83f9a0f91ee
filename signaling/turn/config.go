package turn

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"strconv"
)

// Limits by default.
const (
	DefaultAllocations    = 256
	DefaultPerParticipant = 8
	DefaultConnections    = 512
	DefaultPerAddress     = 32
)

// Config is what a server is made of.
type Config struct {
	// Realm names the server to clients; "virtualcube" if empty.
	Realm string
	// Media are the addresses that the node's media port is reached at, and
	// that relays reach. An unspecified one, 0.0.0.0 or ::, stands for all
	// addresses of this machine but loopback and link-local ones.
	Media []netip.AddrPort

	// Listen is HOST:PORT for clients over UDP and TCP, with port 0 for any
	// free one. It may be empty where Packets or Streams are given.
	Listen string
	// Host is the name or address of Listen for clients; by default that of
	// Listen, or the first of Media if Listen has none.
	Host string
	// Packets and Streams are further sockets, such as a TLS listener. They
	// belong to the server from New on, even if it fails.
	Packets []net.PacketConn
	Streams []net.Listener
	// URLs are those of Packets and Streams, such as
	// turns:node.example:443?transport=tcp.
	URLs []string

	// Limits: allocations in all and a participant, TCP connections in all and
	// an address (a /64 network of IPv6). Zero takes the default.
	Allocations, PerParticipant, Connections, PerAddress int

	Log *slog.Logger
}

// complete fills in defaults and checks what needs no socket.
func (c *Config) complete() error {
	if c.Log == nil {
		return errors.New("a log is needed")
	}
	if c.Listen == "" && len(c.Packets) == 0 && len(c.Streams) == 0 {
		return errors.New("neither an address nor a socket to listen on is given")
	}
	if len(c.URLs) == 0 && c.Listen == "" {
		return errors.New("the URLs of the given sockets are needed")
	}
	if c.Realm == "" {
		c.Realm = "virtualcube"
	}
	for limit, otherwise := range map[*int]int{
		&c.Allocations: DefaultAllocations, &c.PerParticipant: DefaultPerParticipant,
		&c.Connections: DefaultConnections, &c.PerAddress: DefaultPerAddress,
	} {
		if *limit == 0 {
			*limit = otherwise
		}
		if *limit < 0 {
			return fmt.Errorf("a limit of %d is negative", *limit)
		}
	}
	var err error
	c.Media, err = expand(c.Media)
	return err
}

// expand puts this machine's addresses in the place of unspecified ones.
func expand(media []netip.AddrPort) ([]netip.AddrPort, error) {
	var all []netip.AddrPort
	for _, m := range media {
		address := netip.AddrPortFrom(m.Addr().Unmap(), m.Port())
		if !address.IsValid() || address.Port() == 0 {
			return nil, fmt.Errorf("media address %v has no address or no port", m)
		}
		if !address.Addr().IsUnspecified() {
			all = append(all, address)
			continue
		}
		local, err := net.InterfaceAddrs()
		if err != nil {
			return nil, fmt.Errorf("list the addresses of this machine: %w", err)
		}
		for _, l := range local {
			prefix, err := netip.ParsePrefix(l.String())
			if err != nil {
				continue // no IP address
			}
			ip := prefix.Addr().Unmap()
			if ip.IsLoopback() || ip.IsLinkLocalUnicast() || address.Addr().Is4() && !ip.Is4() {
				continue
			}
			all = append(all, netip.AddrPortFrom(ip, address.Port()))
		}
	}
	if len(all) == 0 {
		return nil, errors.New("there is no media address to relay to")
	}
	slices.SortStableFunc(all, func(a, b netip.AddrPort) int { return a.Addr().BitLen() - b.Addr().BitLen() }) // IPv4 first
	return slices.Compact(all), nil
}

// urls are what clients are told.
func (c *Config) urls(bound net.Addr) ([]string, error) {
	if bound == nil {
		return slices.Clone(c.URLs), nil
	}
	address, err := netip.ParseAddrPort(bound.String())
	if err != nil {
		return nil, fmt.Errorf("bound to %v: %w", bound, err)
	}
	host := c.Host
	if host == "" {
		if host, _, err = net.SplitHostPort(c.Listen); err != nil {
			return nil, err
		}
		if ip, err := netip.ParseAddr(host); host == "" || err == nil && ip.IsUnspecified() {
			host = c.Media[0].Addr().String()
		}
	}
	at := "turn:" + net.JoinHostPort(host, strconv.Itoa(int(address.Port())))
	return append([]string{at + "?transport=udp", at + "?transport=tcp"}, c.URLs...), nil
}
