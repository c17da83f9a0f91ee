package signaling

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"syscall"
	"time"
)

// Limits of a connection. An offer of a viewer, the largest thing that comes
// in, has its own limit in package whip.
const (
	headerWithin   = 5 * time.Second
	readWithin     = 15 * time.Second
	writeWithin    = 30 * time.Second
	idleWithin     = 2 * time.Minute
	maxHeader      = 16 << 10 // bytes
	maxBody        = 1 << 20  // bytes
	shutdownWithin = 5 * time.Second
)

// Server is the node's HTTP server. New opens its port, Run serves.
type Server struct {
	config      Config
	listener    net.Listener
	http        *http.Server
	url         string
	fingerprint string
}

// New opens the port. Close, or the end of Run, closes it.
func New(config Config) (*Server, error) {
	if err := config.validate(); err != nil {
		return nil, fmt.Errorf("start server: %w", err)
	}
	handler, err := routes(config)
	if err != nil {
		return nil, fmt.Errorf("start server: %w", err)
	}
	security, fingerprint, err := config.TLS.open(config.Hosts)
	if err != nil {
		return nil, fmt.Errorf("start server: %w", err)
	}
	listener, err := net.Listen("tcp", config.Listen)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("start server: %s is in use: stop the program that uses it, or choose another address with --listen", config.Listen)
	}
	if err != nil {
		return nil, fmt.Errorf("start server: %w", err)
	}
	s := &Server{config: config, listener: listener, fingerprint: fingerprint}
	s.http = &http.Server{
		Handler: handler, TLSConfig: security,
		ReadHeaderTimeout: headerWithin, ReadTimeout: readWithin, WriteTimeout: writeWithin, IdleTimeout: idleWithin,
		MaxHeaderBytes: maxHeader, ErrorLog: slog.NewLogLogger(config.Log.Handler(), slog.LevelDebug),
	}
	s.url = address(config, listener.Addr(), security != nil)
	return s, nil
}

// routes builds the handler.
func routes(c Config) (http.Handler, error) {
	node, err := asJSON(c.Node)
	if err != nil {
		return nil, err
	}
	metrics, err := c.Metrics.handler()
	if err != nil {
		return nil, err
	}
	authorized := Authorized(c.Keys)
	access := NewAccess(c.Keys, c.Tokens)
	watches := func(r *http.Request) bool {
		_, err := access.Subscriber(r, "")
		return err == nil
	}
	mux := http.NewServeMux()
	mux.Handle("/", page(c.Page))
	mux.Handle("GET /api/node", keyed(watches, node))
	mux.Handle("GET /metrics", keyed(authorized, metrics))
	mux.HandleFunc("GET /healthz", healthy)
	mux.HandleFunc("GET /readyz", ready(c.Ready))
	mux.Handle("/{cube}/whep", c.Endpoint)
	mux.Handle("/{cube}/whep/{id}", c.Endpoint)
	all := http.NewServeMux()
	all.Handle("/", http.MaxBytesHandler(mux, maxBody))
	if c.Rooms != nil { // which has limits of its own
		all.Handle("/api/room", c.Rooms)
		all.Handle("/api/room/", c.Rooms)
		for _, method := range []string{"whip", "whep"} {
			all.Handle("/room/{room}/"+method, c.Rooms)
			all.Handle("/room/{room}/"+method+"/{id}", c.Rooms)
		}
	}
	strict := c.TLS.Mode == TLSFiles || c.TLS.Mode == TLSACME
	return secured(c.guard(all), strict), nil
}

// address is the URL of the page; a host or port that the configuration leaves
// open is filled in.
func address(c Config, bound net.Addr, secure bool) string {
	scheme := "http"
	if secure {
		scheme = "https"
	}
	host, _, _ := net.SplitHostPort(c.Listen) // it was listened on
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	if len(c.Hosts) > 0 && !Loopback(c.Listen) {
		host = c.Hosts[0]
	}
	_, port, _ := net.SplitHostPort(bound.String())
	return scheme + "://" + net.JoinHostPort(host, port) + "/"
}

// URL is the address of the page.
func (s *Server) URL() string { return s.url }

// Fingerprint is the SHA-256 of a self-signed certificate, empty otherwise.
func (s *Server) Fingerprint() string { return s.fingerprint }

// Close closes the port of a server that is not run.
func (s *Server) Close() error { return s.listener.Close() }

// Run serves, and runs the endpoints, until the context ends; it then lets
// viewers and requests end and returns nil.
func (s *Server) Run(ctx context.Context) error {
	log := s.config.Log.With("address", s.listener.Addr().String())
	log.Info("server started")
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var parts sync.WaitGroup
	var serveErr, endpointErr, roomsErr error
	parts.Go(func() {
		defer cancel()
		if err := s.serve(); !errors.Is(err, http.ErrServerClosed) {
			serveErr = fmt.Errorf("serve %s: %w", s.url, err)
		}
	})
	parts.Go(func() {
		defer cancel()
		endpointErr = s.config.Endpoint.Run(ctx)
	})
	if s.config.Rooms != nil {
		parts.Go(func() {
			defer cancel()
			roomsErr = s.config.Rooms.Run(ctx)
		})
	}
	<-ctx.Done()
	closing, stop := context.WithTimeout(context.WithoutCancel(ctx), shutdownWithin)
	defer stop()
	shutdownErr := s.http.Shutdown(closing)
	if errors.Is(shutdownErr, context.DeadlineExceeded) {
		shutdownErr = s.http.Close() // what still runs had its time
	}
	parts.Wait()
	err := errors.Join(serveErr, endpointErr, roomsErr, shutdownErr)
	if err != nil {
		log.Error("server ended", "reason", err)
		return err
	}
	log.Info("server ended", "reason", "stopped")
	return nil
}

func (s *Server) serve() error {
	if s.http.TLSConfig != nil {
		return s.http.ServeTLS(s.listener, "", "")
	}
	return s.http.Serve(s.listener)
}
