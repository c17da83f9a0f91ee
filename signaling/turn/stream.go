package turn

import (
	"errors"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

const (
	allocateWithin = 20 * time.Second // from the connection on
	idleWithin     = time.Minute      // a client that says nothing is gone
	writeWithin    = 5 * time.Second
	// sendBuffer bounds what waits for a slow client, in bytes: a quarter of a
	// second at 2 Mbit/s.
	sendBuffer = 64 << 10
	// acceptAgain is the pause after a connection could not be accepted, for
	// want of file descriptors as a rule.
	acceptAgain = 100 * time.Millisecond
)

// listener accepts clients over TCP, within the limits.
type listener struct {
	net.Listener
	server *Server
}

// Accept returns the next client. It fails at the end alone: pion would stop at
// any error.
func (l *listener) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil && (errors.Is(err, net.ErrClosed) || l.server.over()) {
			return nil, err
		}
		if err != nil {
			l.server.config.Log.Debug("connection not accepted", "error", err)
			<-time.After(acceptAgain)
			continue
		}
		if c := l.server.admit(conn); c != nil {
			return c, nil
		}
		_ = conn.Close()
	}
}

// stream is a client over TCP.
type stream struct {
	net.Conn
	server    *Server
	from      netip.Prefix
	until     time.Time   // without an allocation
	allocated atomic.Bool // it has or had one
	closed    sync.Once
}

// admit takes a connection in, or returns nil if there are too many.
func (s *Server) admit(conn net.Conn) *stream {
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetWriteBuffer(sendBuffer) // only a larger one makes lag
	}
	c := &stream{Conn: conn, server: s, from: network(conn.RemoteAddr()), until: time.Now().Add(allocateWithin)}
	s.mu.Lock()
	defer s.mu.Unlock()
	same := 0
	for other := range s.streams {
		if other.from == c.from {
			same++
		}
	}
	if s.ended || len(s.streams) >= s.config.Connections || same >= s.config.PerAddress {
		s.counts.full.Add(1)
		return nil
	}
	s.streams[c] = struct{}{}
	return c
}

// network is what one client may have many addresses of.
func network(a net.Addr) netip.Prefix {
	address, err := netip.ParseAddrPort(a.String())
	if err != nil {
		return netip.Prefix{} // all that have none count as one
	}
	bits := 32
	if ip := address.Addr().Unmap(); ip.Is6() {
		bits = 64
	}
	prefix, err := address.Addr().Unmap().WithZone("").Prefix(bits)
	if err != nil {
		return netip.Prefix{}
	}
	return prefix
}

// Read fails after a minute of silence, and while there is no allocation by the
// time that one takes.
func (c *stream) Read(p []byte) (int, error) {
	deadline := c.until
	if c.allocated.Load() {
		deadline = time.Now().Add(idleWithin)
	}
	if err := c.SetReadDeadline(deadline); err != nil {
		return 0, err
	}
	return c.Conn.Read(p)
}

// allocationCreated is told by pion of every allocation.
func (s *Server) allocationCreated(from, at net.Addr, _, _, _ string, _ net.Addr, _ int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.streams {
		if c.RemoteAddr() == from || c.RemoteAddr().String() == from.String() && c.LocalAddr().String() == at.String() {
			c.allocated.Store(true)
		}
	}
}

// Write ends the connection of a client that does not read: half a message
// would spoil all that follow.
func (c *stream) Write(p []byte) (int, error) {
	if err := c.SetWriteDeadline(time.Now().Add(writeWithin)); err != nil {
		return 0, err
	}
	n, err := c.Conn.Write(p)
	if err != nil {
		c.cut()
	}
	return n, err
}

// Close is called by pion when it is done with the client.
func (c *stream) Close() error {
	err := c.Conn.Close()
	c.closed.Do(func() {
		c.server.mu.Lock()
		delete(c.server.streams, c)
		c.server.settle()
		c.server.mu.Unlock()
	})
	if errors.Is(err, net.ErrClosed) {
		return nil // it was cut
	}
	return err
}

// cut makes pion end the connection.
func (c *stream) cut() { _ = c.Conn.Close() }
