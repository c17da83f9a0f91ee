package turn

import (
	"errors"
	"net"
	"net/netip"
	"sync"

	pion "github.com/pion/turn/v5"
)

const (
	// relayBuffer bounds what waits in a relay for a client that reads slowly,
	// in bytes.
	relayBuffer = 128 << 10
	// maxChannels is how many channels an allocation may bind: a client needs
	// one for each media address. The allocation ends with one too many.
	maxChannels = 64
)

var (
	errForeign = errors.New("relays reach the node's media port alone")
	errFull    = errors.New("no allocation is left")
	errEnded   = errors.New("the server has ended")
)

// relay is the socket of one allocation. It passes what goes to and comes from
// the media addresses, and drops everything else.
type relay struct {
	*net.UDPConn
	server      *Server
	participant string
	closed      sync.Once
	channels    int // guarded by the server's mutex
}

// ReadFrom returns the next datagram of the media port.
func (r *relay) ReadFrom(p []byte) (int, net.Addr, error) {
	for {
		n, from, err := r.ReadFromUDPAddrPort(p)
		if err != nil {
			return 0, nil, err
		}
		if address := r.server.media[plain(from)]; address != nil {
			return n, address, nil
		}
		r.server.counts.foreign.Add(1)
	}
}

// WriteTo sends a datagram to the media port.
func (r *relay) WriteTo(p []byte, to net.Addr) (int, error) {
	address, ok := to.(*net.UDPAddr)
	if ok {
		if target := plain(address.AddrPort()); r.server.media[target] != nil {
			return r.WriteToUDPAddrPort(p, target)
		}
	}
	r.server.counts.foreign.Add(1)
	return 0, errForeign
}

// Close is called by pion when the allocation ends. Its error would keep other
// allocations open, so there is none.
func (r *relay) Close() error {
	r.closed.Do(func() {
		_ = r.UDPConn.Close() // a socket without a peer has nothing to lose
		s := r.server
		s.mu.Lock()
		delete(s.relays, r)
		if h := s.holders[r.participant]; h != nil {
			delete(h.relays, r)
		}
		s.settle()
		s.mu.Unlock()
		s.config.Log.Info("relay closed", "participant", r.participant)
	})
	return nil
}

// cut makes pion end the allocation, and close it.
func (r *relay) cut() { _ = r.UDPConn.Close() }

func plain(a netip.AddrPort) netip.AddrPort { return netip.AddrPortFrom(a.Addr().Unmap(), a.Port()) }

// permitted is pion's PermissionHandler, which knows no ports.
func (s *Server) permitted(_ net.Addr, peer net.IP) bool {
	ip, ok := netip.AddrFromSlice(peer)
	if ok {
		for _, m := range s.config.Media {
			if m.Addr() == ip.Unmap() {
				return true
			}
		}
	}
	s.counts.foreign.Add(1)
	return false
}

// channelCreated ends allocations that bind channels beyond all need.
func (s *Server) channelCreated(_, _ net.Addr, _, participant, _ string, at, _ net.Addr, _ uint16) {
	s.mu.Lock()
	var excess *relay
	if h := s.holders[participant]; h != nil {
		for r := range h.relays {
			if r.LocalAddr().String() != at.String() {
				continue
			}
			if r.channels++; r.channels > maxChannels {
				excess = r
			}
		}
	}
	s.mu.Unlock()
	if excess != nil {
		excess.cut()
	}
}

// generator opens relays for pion.
type generator struct{ server *Server }

var _ pion.RelayAddressGenerator = generator{}

// Validate implements pion.RelayAddressGenerator.
func (generator) Validate() error { return nil }

// AllocatePacketConn opens a relay on a media address of the asked family. A
// given port is a reserved one (EVEN-PORT), which nothing here needs.
func (g generator) AllocatePacketConn(c pion.AllocateListenerConfig) (net.PacketConn, net.Addr, error) {
	if c.RequestedPort != 0 || c.UserID == "" {
		return nil, nil, errors.New("ports are not reserved")
	}
	for _, m := range g.server.config.Media {
		if m.Addr().Is4() != (c.Network == "udp4") {
			continue
		}
		conn, err := net.ListenUDP(c.Network, net.UDPAddrFromAddrPort(netip.AddrPortFrom(m.Addr(), 0)))
		if err != nil {
			return nil, nil, err
		}
		_ = conn.SetReadBuffer(relayBuffer) // the kernel may grant less
		r := &relay{UDPConn: conn, server: g.server, participant: c.UserID}
		if err := g.server.claim(r); err != nil {
			return nil, nil, errors.Join(err, conn.Close())
		}
		g.server.config.Log.Info("relay opened", "participant", r.participant, "address", conn.LocalAddr())
		return r, conn.LocalAddr(), nil
	}
	return nil, nil, errors.New("the node has no media address of this family")
}

// claim puts a relay among the open ones.
func (s *Server) claim(r *relay) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := s.holders[r.participant]
	switch {
	case s.ended:
		return errEnded
	case h == nil || s.full(h):
		s.counts.full.Add(1)
		return errFull
	}
	s.relays[r] = struct{}{}
	h.relays[r] = struct{}{}
	return nil
}

// AllocateListener implements pion.RelayAddressGenerator: media is UDP.
func (generator) AllocateListener(pion.AllocateListenerConfig) (net.Listener, net.Addr, error) {
	return nil, nil, errForeign
}

// AllocateConn implements pion.RelayAddressGenerator: media is UDP.
func (generator) AllocateConn(pion.AllocateConnConfig) (net.Conn, error) { return nil, errForeign }
