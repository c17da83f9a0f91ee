package turn

import (
	"errors"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pion/stun/v4"
	pion "github.com/pion/turn/v5"
)

var quiet = slog.New(slog.NewTextHandler(io.Discard, nil))

// opened is a server that does not run.
func opened(t testing.TB) *Server {
	t.Helper()
	s, err := New(Config{Media: []netip.AddrPort{netip.MustParseAddrPort("127.0.0.1:7882")}, Listen: "127.0.0.1:0", Log: quiet})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// TestExpiry holds what credentials are good for as time goes by.
func TestExpiry(t *testing.T) {
	s := opened(t)
	synctest.Test(t, func(t *testing.T) {
		username, password, _ := s.Credentials("p1", time.Hour)
		asks := func(method stun.Method, realm string) bool {
			who, key, ok := s.authenticate(&pion.RequestAttributes{Username: username, Realm: realm, Method: method})
			if ok && (who != "p1" || string(key) != string(pion.GenerateAuthKey(username, realm, password))) {
				t.Errorf("authenticated as %q", who)
			}
			return ok
		}
		if !asks(stun.MethodAllocate, "virtualcube") || asks(stun.MethodAllocate, "elsewhere") {
			t.Error("fresh credentials are for this realm")
		}
		<-time.After(time.Hour + time.Second)
		if asks(stun.MethodAllocate, "virtualcube") {
			t.Error("expired credentials open an allocation")
		}
		if !asks(stun.MethodRefresh, "virtualcube") {
			t.Error("an allocation is not kept up")
		}
		s.Release("p1")
		if asks(stun.MethodRefresh, "virtualcube") {
			t.Error("a released participant keeps its allocation")
		}
		long, _, _ := s.Credentials("p2", 1000*time.Hour)
		seconds, _, _ := strings.Cut(long, ":")
		if want := time.Now().Add(MaxLifetime).Unix(); seconds != asText(want) {
			t.Errorf("expiry %s, want %d", seconds, want)
		}
		for range 1000 { // joined, never released
			s.Credentials(asText(time.Now().UnixNano()), time.Second)
			<-time.After(2 * time.Second)
		}
		if len(s.holders) > 2 {
			t.Errorf("%d holders are kept", len(s.holders))
		}
	})
}

func asText(n int64) string { return strconv.FormatInt(n, 10) }

// TestStreamDeadlines holds how long a client over TCP may say nothing.
func TestStreamDeadlines(t *testing.T) {
	s := opened(t)
	synctest.Test(t, func(t *testing.T) {
		for _, test := range []struct {
			allocated bool
			want      time.Duration
		}{{false, allocateWithin}, {true, idleWithin}} {
			near, far := net.Pipe()
			c := s.admit(near)
			if test.allocated {
				s.allocationCreated(near.RemoteAddr(), near.LocalAddr(), "", "", "", nil, 0)
			}
			start := time.Now()
			_, err := c.Read(make([]byte, 1))
			if took := time.Since(start); !errors.Is(err, os.ErrDeadlineExceeded) || took != test.want {
				t.Errorf("allocated %t: %v after %v, want it after %v", test.allocated, err, took, test.want)
			}
			start = time.Now()
			_, err = c.Write([]byte("x")) // nobody reads
			if took := time.Since(start); !errors.Is(err, os.ErrDeadlineExceeded) || took != writeWithin {
				t.Errorf("write: %v after %v", err, took)
			}
			if _, err := far.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
				t.Errorf("after a failed write the connection goes on: %v", err)
			}
			if err := errors.Join(c.Close(), far.Close()); err != nil {
				t.Error(err)
			}
		}
		if len(s.streams) != 0 {
			t.Errorf("%d connections are left", len(s.streams))
		}
	})
}

// TestChannels holds that an allocation ends with too many channels.
func TestChannels(t *testing.T) {
	s := opened(t)
	s.Credentials("p1", time.Hour)
	conn, at, err := generator{s}.AllocatePacketConn(pion.AllocateListenerConfig{Network: "udp4", UserID: "p1"})
	if err != nil {
		t.Fatal(err)
	}
	bind := func() { s.channelCreated(nil, nil, "", "p1", "", at, nil, 0) }
	for range maxChannels {
		bind()
	}
	if err := conn.SetReadDeadline(time.Now()); err != nil {
		t.Errorf("closed by %d channels: %v", maxChannels, err)
	}
	bind()
	if err := conn.SetReadDeadline(time.Now()); !errors.Is(err, net.ErrClosed) {
		t.Errorf("open with %d channels: %v", maxChannels+1, err)
	}
	if err := conn.Close(); err != nil || s.Snapshot().Allocations != 0 {
		t.Errorf("close: %v, %+v", err, s.Snapshot())
	}
}

func TestGeneratorRefuses(t *testing.T) {
	s := opened(t)
	s.Credentials("p1", time.Hour)
	for name, c := range map[string]pion.AllocateListenerConfig{
		"reserved port":        {Network: "udp4", UserID: "p1", RequestedPort: 5000},
		"probe for even ports": {Network: "udp4"},
		"another family":       {Network: "udp6", UserID: "p1"},
		"nobody":               {Network: "udp4", UserID: "p2"},
	} {
		if conn, _, err := (generator{s}).AllocatePacketConn(c); err == nil {
			t.Errorf("%s: a relay was opened", name)
			_ = conn.Close()
		}
	}
}

func TestConfig(t *testing.T) {
	media := []netip.AddrPort{netip.MustParseAddrPort("127.0.0.1:7882"), netip.MustParseAddrPort("[::1]:7882"), netip.MustParseAddrPort("[::ffff:127.0.0.1]:7882")}
	for _, test := range []struct {
		name   string
		config Config
		want   string // first URL without its port, or in the message
	}{
		{"address", Config{Media: media, Listen: "127.0.0.1:0"}, "turn:127.0.0.1:"},
		{"name", Config{Media: media, Listen: "127.0.0.1:0", Host: "node.example"}, "turn:node.example:"},
		{"IPv6", Config{Media: media, Listen: "127.0.0.1:0", Host: "2001:db8::1"}, "turn:[2001:db8::1]:"},
		{"everywhere", Config{Media: media, Listen: ":0"}, "turn:127.0.0.1:"},
		{"no media", Config{Listen: "127.0.0.1:0"}, "no media address"},
		{"media without a port", Config{Media: []netip.AddrPort{netip.MustParseAddrPort("127.0.0.1:0")}, Listen: "127.0.0.1:0"}, "no port"},
		{"nowhere", Config{Media: media}, "neither"},
		{"no port", Config{Media: media, Listen: "localhost"}, "HOST:PORT"},
		{"not ours", Config{Media: media, Listen: "192.0.2.1:0"}, "192.0.2.1"},
		{"limit", Config{Media: media, Listen: "127.0.0.1:0", Allocations: -1}, "negative"},
	} {
		test.config.Log = quiet
		s, err := New(test.config)
		if err != nil {
			if !strings.Contains(err.Error(), test.want) {
				t.Errorf("%s: %v, want %q", test.name, err, test.want)
			}
			continue
		}
		if !strings.HasPrefix(s.URLs()[0], test.want) {
			t.Errorf("%s: %v, want %s", test.name, s.URLs(), test.want)
		}
		if len(s.config.Media) != 2 {
			t.Errorf("%s: media %v", test.name, s.config.Media)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	all, err := expand([]netip.AddrPort{netip.MustParseAddrPort("0.0.0.0:7882")})
	for _, a := range all {
		if !a.Addr().Is4() || a.Addr().IsLoopback() || a.Addr().IsUnspecified() || a.Port() != 7882 {
			t.Errorf("this machine's addresses hold %v", a)
		}
	}
	if len(all) == 0 && err == nil {
		t.Error("no address and no error")
	}
}

func FuzzAuthenticate(f *testing.F) {
	s := opened(f)
	good, _, _ := s.Credentials("p1", time.Hour)
	for _, seed := range []string{good, "", ":", "p1", "1:p1", "-1:p1", "99999999999999999999:p1", good + ":", strings.Repeat("9", 400) + ":p1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, username string) {
		who, _, ok := s.authenticate(&pion.RequestAttributes{Username: username, Realm: "virtualcube", Method: stun.MethodAllocate})
		if ok && (who != "p1" || len(username) > maxUsername) {
			t.Fatalf("%q is %q", username, who)
		}
	})
}
