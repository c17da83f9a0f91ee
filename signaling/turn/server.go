package turn

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	pion "github.com/pion/turn/v5"

	"github.com/virtualcube/virtualcube/signaling/pionlog"
)

const (
	// socketBuffer holds a burst of all clients over UDP, in bytes.
	socketBuffer = 1 << 20
	// portAttempts is how often a free port is tried for both protocols.
	portAttempts = 10
	// endWithin bounds the wait for what still runs at the end.
	endWithin = 5 * time.Second
)

// Server is a TURN server. New opens its sockets, Run serves.
type Server struct {
	config Config
	media  map[netip.AddrPort]*net.UDPAddr
	urls   []string
	secret [32]byte // of the passwords
	counts counts

	mu      sync.Mutex // guards what follows, and is held over no I/O
	ended   bool
	idle    chan struct{}      // closed when ended and nothing is left
	holders map[string]*holder // by participant
	relays  map[*relay]struct{}
	streams map[*stream]struct{}
}

type counts struct{ foreign, unauthorized, full atomic.Uint64 }

// Stats are counts of a server since its start, but for the first two.
type Stats struct {
	Allocations int // now
	Connections int // over TCP, now
	// Foreign are datagrams to and from other addresses than the media's, and
	// permissions asked for them.
	Foreign      uint64
	Unauthorized uint64 // requests with unknown or expired credentials
	Full         uint64 // allocations and connections refused by a limit
}

// New opens the sockets. Close, or the end of Run, closes them.
func New(config Config) (*Server, error) {
	s := &Server{
		config: config, media: map[netip.AddrPort]*net.UDPAddr{}, idle: make(chan struct{}),
		holders: map[string]*holder{}, relays: map[*relay]struct{}{}, streams: map[*stream]struct{}{},
	}
	err := s.config.complete()
	if err == nil {
		err = s.open()
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("start turn server: %w", err), s.Close())
	}
	_, _ = rand.Read(s.secret[:]) // crypto/rand.Read never fails
	for _, m := range s.config.Media {
		s.media[m] = net.UDPAddrFromAddrPort(m)
	}
	return s, nil
}

// open listens on the configured address.
func (s *Server) open() error {
	var bound net.Addr
	if s.config.Listen != "" {
		host, port, err := net.SplitHostPort(s.config.Listen)
		if err != nil {
			return fmt.Errorf("%q is not HOST:PORT: %w", s.config.Listen, err)
		}
		for range portAttempts {
			if bound, err = s.listen(host, port); err == nil || port != "0" {
				break
			}
		}
		if err != nil {
			return fmt.Errorf("listen on %s: %w (does another program use the port?)", s.config.Listen, err)
		}
	}
	var err error
	s.urls, err = s.config.urls(bound)
	return err
}

// listen opens one port for TCP and UDP.
func (s *Server) listen(host, port string) (net.Addr, error) {
	listener, err := net.Listen("tcp", net.JoinHostPort(host, port))
	if err != nil {
		return nil, err
	}
	if address, ok := listener.Addr().(*net.TCPAddr); ok {
		port = strconv.Itoa(address.Port)
	}
	packets, err := net.ListenPacket("udp", net.JoinHostPort(host, port))
	if err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	if conn, ok := packets.(*net.UDPConn); ok {
		// The kernel may grant less; that only makes bursts lossier.
		_ = conn.SetReadBuffer(socketBuffer)
		_ = conn.SetWriteBuffer(socketBuffer)
	}
	s.config.Streams = append(s.config.Streams, listener)
	s.config.Packets = append(s.config.Packets, packets)
	return listener.Addr(), nil
}

// URLs are what clients are told: of UDP first.
func (s *Server) URLs() []string { return append([]string(nil), s.urls...) }

// Snapshot is the server's state now.
func (s *Server) Snapshot() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	return Stats{
		Allocations: len(s.relays), Connections: len(s.streams),
		Foreign: s.counts.foreign.Load(), Unauthorized: s.counts.unauthorized.Load(), Full: s.counts.full.Load(),
	}
}

// Run serves until the context ends, and returns nil after all allocations are
// closed. It may be called once.
func (s *Server) Run(ctx context.Context) error {
	log := s.config.Log
	log.Info("turn server started", "urls", s.urls, "media", s.config.Media)
	server, err := pion.NewServer(s.pionConfig())
	if err != nil {
		err = errors.Join(fmt.Errorf("run turn server: %w", err), s.Close())
		log.Error("turn server ended", "reason", err)
		return err
	}
	<-ctx.Done()
	err = server.Close()
	s.end()
	timer := time.NewTimer(endWithin)
	defer timer.Stop()
	select {
	case <-s.idle:
	case <-timer.C:
		err = errors.Join(err, errors.New("allocations did not end"))
	}
	if err != nil {
		err = fmt.Errorf("end turn server: %w", err)
		log.Error("turn server ended", "reason", err)
		return err
	}
	log.Info("turn server ended", "reason", "stopped")
	return nil
}

func (s *Server) pionConfig() pion.ServerConfig {
	c := pion.ServerConfig{
		Realm: s.config.Realm, AuthHandler: s.authenticate, QuotaHandler: s.quota, LoggerFactory: pionlog.Factory{Log: s.config.Log},
		EventHandler: pion.EventHandler{OnAllocationCreated: s.allocationCreated, OnChannelCreated: s.channelCreated},
	}
	for _, p := range s.config.Packets {
		c.PacketConnConfigs = append(c.PacketConnConfigs, pion.PacketConnConfig{
			PacketConn: p, RelayAddressGenerator: generator{s}, PermissionHandler: s.permitted,
		})
	}
	for _, l := range s.config.Streams {
		c.ListenerConfigs = append(c.ListenerConfigs, pion.ListenerConfig{
			Listener: &listener{Listener: l, server: s}, RelayAddressGenerator: generator{s}, PermissionHandler: s.permitted,
		})
	}
	return c
}

// end closes what clients have open. pion then lets go of it, and the last one
// closes idle.
func (s *Server) end() {
	s.mu.Lock()
	s.ended = true
	var open []func()
	for r := range s.relays {
		open = append(open, r.cut)
	}
	for c := range s.streams {
		open = append(open, c.cut)
	}
	s.settle()
	s.mu.Unlock()
	for _, cut := range open {
		cut()
	}
}

func (s *Server) over() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ended
}

// settle closes idle when nothing is left. The mutex is held.
func (s *Server) settle() {
	if !s.ended || len(s.relays)+len(s.streams) > 0 {
		return
	}
	select {
	case <-s.idle:
	default:
		close(s.idle)
	}
}

// Close closes the sockets of a server that is not run.
func (s *Server) Close() error {
	var errs []error
	for _, p := range s.config.Packets {
		errs = append(errs, p.Close())
	}
	for _, l := range s.config.Streams {
		errs = append(errs, l.Close())
	}
	return errors.Join(errs...)
}
