package turn_test

import (
	"bytes"
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/pion/stun/v4"
	pion "github.com/pion/turn/v5"

	"github.com/virtualcube/virtualcube/signaling/turn"
)

func TestRelaysToMedia(t *testing.T) {
	for _, transport := range []string{"udp", "tcp"} {
		t.Run(transport, func(t *testing.T) {
			media := socket(t, "127.0.0.1")
			s := start(t, media, nil)
			_, relay := allocate(t, s, transport, "p1")
			for range 3 { // the first by Send indications, later ones by a channel
				if _, err := relay.WriteTo([]byte("to media"), media.LocalAddr()); err != nil {
					t.Fatal(err)
				}
				text, from := receive(t, media, patience)
				if text != "to media" || from.String() != relay.LocalAddr().String() {
					t.Fatalf("media got %q from %v, want it from %v", text, from, relay.LocalAddr())
				}
				if _, err := media.WriteTo([]byte("from media"), from); err != nil {
					t.Fatal(err)
				}
				if text, from := receive(t, relay, patience); text != "from media" || from.String() != media.LocalAddr().String() {
					t.Fatalf("the client got %q from %v", text, from)
				}
			}
		})
	}
}

// TestNowhereElse: another address is refused, and another port of the media
// address reaches nobody, in either direction.
func TestNowhereElse(t *testing.T) {
	for _, transport := range []string{"udp", "tcp"} {
		t.Run(transport, func(t *testing.T) {
			media, victim, elsewhere := socket(t, "127.0.0.1"), socket(t, "127.0.0.1"), socket(t, "127.0.0.2")
			s := start(t, media, nil)
			c, relay := allocate(t, s, transport, "p1")

			err := c.CreatePermission(elsewhere.LocalAddr())
			if err == nil || !strings.Contains(err.Error(), "403") {
				t.Errorf("permission for another address: %v", err)
			}
			if _, err := relay.WriteTo([]byte("x"), elsewhere.LocalAddr()); err == nil {
				t.Error("a datagram to another address was taken")
			}
			for range 3 {
				if _, err := relay.WriteTo([]byte("x"), victim.LocalAddr()); err != nil {
					t.Fatal(err) // the permission is one for the media's address
				}
			}
			until(t, s, "dropped datagrams", func(now turn.Stats) bool { return now.Foreign >= 4 })
			if text, _ := receive(t, victim, silence); text != "" {
				t.Errorf("another port got %q", text)
			}
			if text, _ := receive(t, elsewhere, silence); text != "" {
				t.Errorf("another address got %q", text)
			}
			before := s.Snapshot().Foreign
			if _, err := victim.WriteTo([]byte("x"), relay.LocalAddr()); err != nil {
				t.Fatal(err)
			}
			until(t, s, "dropped answer", func(now turn.Stats) bool { return now.Foreign > before })
			if text, from := receive(t, relay, silence); text != "" {
				t.Errorf("the client got %q from %v", text, from)
			}
			// The allocation is as good as before.
			if _, err := relay.WriteTo([]byte("to media"), media.LocalAddr()); err != nil {
				t.Fatal(err)
			}
			if text, _ := receive(t, media, patience); text != "to media" {
				t.Errorf("media got %q", text)
			}
		})
	}
}

func TestCredentialsRefused(t *testing.T) {
	s := start(t, socket(t, "127.0.0.1"), nil)
	username, password, urls := s.Credentials("p1", time.Hour)
	other, _, _ := s.Credentials("p2", time.Hour)
	expired, old, _ := s.Credentials("p1", -time.Second)
	_, rest, _ := strings.Cut(username, ":")
	if len(urls) != 2 || !strings.HasSuffix(urls[0], "?transport=udp") || !strings.HasSuffix(urls[1], "?transport=tcp") {
		t.Errorf("urls %q", urls)
	}
	for _, test := range []struct{ name, username, password string }{
		{"expired", expired, old},
		{"lifetime changed", "99999999999:" + rest, password},
		{"another participant's name", other, password},
		{"wrong password", username, password + "x"},
		{"no password", username, ""},
		{"unknown participant", strings.Replace(username, "p1", "p3", 1), password},
		{"no time", "p1", password},
		{"nothing", ":", ""},
		{"long", username + strings.Repeat("x", 400), password},
	} {
		t.Run(test.name, func(t *testing.T) {
			relay, err := client(t, s, "udp", test.username, test.password).Allocate()
			if err == nil {
				_ = relay.Close()
				t.Fatal("an allocation was opened")
			}
			if !strings.Contains(err.Error(), "401") && !strings.Contains(err.Error(), "Unauthorized") {
				t.Errorf("error %v, want 401", err)
			}
		})
	}
	if s.Snapshot().Allocations != 0 {
		t.Errorf("%+v", s.Snapshot())
	}
}

func TestQuota(t *testing.T) {
	s := start(t, socket(t, "127.0.0.1"), func(c *turn.Config) { c.PerParticipant, c.Allocations = 2, 3 })
	for _, who := range []string{"p1", "p1", "p2"} {
		allocate(t, s, "udp", who)
	}
	for _, who := range []string{"p1", "p3"} { // its own, and the node's are used up
		username, password, _ := s.Credentials(who, time.Hour)
		if _, err := client(t, s, "udp", username, password).Allocate(); err == nil || !strings.Contains(err.Error(), "486") {
			t.Errorf("%s: %v, want 486", who, err)
		}
	}
	if now := s.Snapshot(); now.Allocations != 3 || now.Full != 2 {
		t.Errorf("%+v", now)
	}
	s.Release("p1")
	until(t, s, "released", func(now turn.Stats) bool { return now.Allocations == 1 })
	allocate(t, s, "tcp", "p3")
}

func TestRelease(t *testing.T) {
	media := socket(t, "127.0.0.1")
	s := start(t, media, nil)
	username, password, _ := s.Credentials("p1", time.Hour)
	_, relay := allocate(t, s, "tcp", "p1")
	s.Release("p1")
	until(t, s, "released", func(now turn.Stats) bool { return now.Allocations == 0 })
	_, _ = relay.WriteTo([]byte("x"), media.LocalAddr()) // refused or lost
	if text, _ := receive(t, media, silence); text != "" {
		t.Errorf("media got %q of a released participant", text)
	}
	if _, err := client(t, s, "udp", username, password).Allocate(); err == nil {
		t.Error("released credentials opened an allocation")
	}
	s.Release("nobody")
}

func TestOtherTransports(t *testing.T) {
	s := start(t, socket(t, "127.0.0.1"), nil)
	username, password, _ := s.Credentials("p1", time.Hour)
	if _, err := client(t, s, "tcp", username, password).AllocateTCP(); err == nil {
		t.Error("a relay over TCP was opened")
	}
	v6, err := pion.NewClient(&pion.ClientConfig{
		TURNServerAddr: server(t, s, "udp"), STUNServerAddr: server(t, s, "udp"), Conn: socket(t, "127.0.0.1"),
		Username: username, Password: password, RequestedAddressFamily: pion.RequestedAddressFamilyIPv6,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer v6.Close()
	if err := v6.Listen(); err != nil {
		t.Fatal(err)
	}
	if _, err := v6.Allocate(); err == nil {
		t.Error("a relay of a family without media was opened")
	}
	if s.Snapshot().Allocations != 0 {
		t.Errorf("%+v", s.Snapshot())
	}
}

// TestConnections holds the limits of TCP, and that a client that goes takes
// its allocation with it.
func TestConnections(t *testing.T) {
	s := start(t, socket(t, "127.0.0.1"), func(c *turn.Config) { c.PerAddress = 2 })
	dial := func() net.Conn {
		c, err := net.DialTimeout("tcp", server(t, s, "tcp"), patience)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		return c
	}
	first, second := dial(), dial()
	until(t, s, "two connections", func(now turn.Stats) bool { return now.Connections == 2 })
	third := dial()
	if err := third.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	if n, err := third.Read(make([]byte, 1)); n != 0 || errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the third connection read %d bytes, %v; want it closed", n, err)
	}
	if _, err := first.Write(bytes.Repeat([]byte{0xff}, 100)); err != nil {
		t.Fatal(err)
	}
	second.Close()
	until(t, s, "garbage and a closed one gone", func(now turn.Stats) bool { return now.Connections == 0 })

	username, password, _ := s.Credentials("p1", time.Hour)
	tcp := dial()
	c, err := pion.NewClient(&pion.ClientConfig{
		TURNServerAddr: server(t, s, "tcp"), STUNServerAddr: server(t, s, "tcp"), Conn: pion.NewSTUNConn(tcp), Username: username, Password: password,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.Listen(); err != nil {
		t.Fatal(err)
	}
	relay, err := c.Allocate()
	if err != nil {
		t.Fatal(err)
	}
	defer relay.Close()
	until(t, s, "an allocation", func(now turn.Stats) bool { return now.Allocations == 1 })
	tcp.Close()
	until(t, s, "the allocation gone", func(now turn.Stats) bool { return now.Allocations == 0 && now.Connections == 0 })
}

// TestGarbage sends what is no TURN, and holds that the server goes on.
func TestGarbage(t *testing.T) {
	media := socket(t, "127.0.0.1")
	s := start(t, media, nil)
	to, err := net.ResolveUDPAddr("udp4", server(t, s, "udp"))
	if err != nil {
		t.Fatal(err)
	}
	c := socket(t, "127.0.0.1")
	request, err := stun.Build(stun.TransactionID, stun.NewType(stun.MethodAllocate, stun.ClassRequest))
	if err != nil {
		t.Fatal(err)
	}
	for _, data := range [][]byte{{}, {0}, []byte("garbage garbage garbage"), {0x40, 0, 0xff, 0xff, 1}, make([]byte, 3000), request.Raw[:19]} {
		if _, err := c.WriteTo(data, to); err != nil {
			t.Fatal(err)
		}
	}
	if _, relay := allocate(t, s, "udp", "p1"); relay == nil {
		t.Error("no allocation after garbage")
	}
}
