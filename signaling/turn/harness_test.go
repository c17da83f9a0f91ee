package turn_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	pion "github.com/pion/turn/v5"
	"go.uber.org/goleak"

	"github.com/virtualcube/virtualcube/signaling/turn"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience bounds waits for what should come at once.
const patience = 10 * time.Second

// silence is how long is waited for what should not come.
const silence = 200 * time.Millisecond

func socket(t *testing.T, host string) *net.UDPConn {
	t.Helper()
	c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.ParseIP(host)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func addressOf(t *testing.T, c net.PacketConn) netip.AddrPort {
	t.Helper()
	a, err := netip.ParseAddrPort(c.LocalAddr().String())
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// start runs a server that relays to a media socket; the test's end stops it.
func start(t *testing.T, media net.PacketConn, change func(*turn.Config)) *turn.Server {
	t.Helper()
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	if testing.Verbose() {
		log = slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	config := turn.Config{Media: []netip.AddrPort{addressOf(t, media)}, Listen: "127.0.0.1:0", Log: log}
	if change != nil {
		change(&config)
	}
	s, err := turn.New(config)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if now := s.Snapshot(); now.Allocations != 0 || now.Connections != 0 {
			t.Errorf("at the end %+v are open", now)
		}
	})
	return s
}

// server is where a URL leads.
func server(t *testing.T, s *turn.Server, transport string) string {
	t.Helper()
	for _, u := range s.URLs() {
		address, found := strings.CutSuffix(strings.TrimPrefix(u, "turn:"), "?transport="+transport)
		if found {
			return address
		}
	}
	t.Fatalf("no URL of %v is for %s", s.URLs(), transport)
	return ""
}

// client connects with credentials. The test's end closes it.
func client(t *testing.T, s *turn.Server, transport, username, password string) *pion.Client {
	t.Helper()
	address := server(t, s, transport)
	var conn net.PacketConn
	if transport == "udp" {
		conn = socket(t, "127.0.0.1")
	} else {
		tcp, err := net.DialTimeout("tcp", address, patience)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { tcp.Close() })
		conn = pion.NewSTUNConn(tcp)
	}
	c, err := pion.NewClient(&pion.ClientConfig{
		STUNServerAddr: address, TURNServerAddr: address, Conn: conn, Username: username, Password: password, Realm: "virtualcube",
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	if err := c.Listen(); err != nil {
		t.Fatal(err)
	}
	return c
}

// allocate opens a relay for a participant.
func allocate(t *testing.T, s *turn.Server, transport, participant string) (*pion.Client, net.PacketConn) {
	t.Helper()
	username, password, _ := s.Credentials(participant, time.Hour)
	c := client(t, s, transport, username, password)
	relay, err := c.Allocate()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = relay.Close() })
	return c, relay
}

// receive is the next datagram, empty if none comes in time.
func receive(t *testing.T, c net.PacketConn, within time.Duration) (string, net.Addr) {
	t.Helper()
	if err := c.SetReadDeadline(time.Now().Add(within)); err != nil {
		t.Fatal(err)
	}
	buffer := make([]byte, 2048)
	n, from, err := c.ReadFrom(buffer)
	if err != nil {
		if timeout, ok := errors.AsType[net.Error](err); !ok || !timeout.Timeout() {
			t.Fatal(err)
		}
		return "", nil
	}
	return string(buffer[:n]), from
}

// until waits for a state of the server.
func until(t *testing.T, s *turn.Server, what string, reached func(turn.Stats) bool) {
	t.Helper()
	ticker := time.NewTicker(5 * time.Millisecond)
	defer ticker.Stop()
	late := time.After(patience)
	for !reached(s.Snapshot()) {
		select {
		case <-ticker.C:
		case <-late:
			t.Fatalf("%s: not reached, %+v", what, s.Snapshot())
		}
	}
}
