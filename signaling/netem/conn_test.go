package netem

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"slices"
	"testing"
	"time"
)

// pair is a socket behind a link, and one that is not.
func pair(t *testing.T, l *Link) (behind, other net.PacketConn) {
	t.Helper()
	n, err := l.Net()
	if err != nil {
		t.Fatal(err)
	}
	if behind, err = n.ListenPacket("udp4", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	if other, err = net.ListenPacket("udp4", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = behind.Close(), other.Close() })
	return behind, other
}

func write(t *testing.T, from, to net.PacketConn, first byte) {
	t.Helper()
	if _, err := from.WriteTo(append([]byte{first}, make([]byte, 999)...), to.LocalAddr()); err != nil {
		t.Fatal(err)
	}
}

// TestConn says that packets come through whole and in order, that a deadline
// ends a read and loses nothing, and that closing ends all.
func TestConn(t *testing.T) {
	link := New(1)
	set(t, link.Down, Path{Rate: 800_000})
	conn, sender := pair(t, link)
	const packets = 15
	start := time.Now()
	for i := range packets {
		write(t, sender, conn, byte(i))
	}
	buffer := make([]byte, maxPacket)
	if err := conn.SetReadDeadline(time.Now().Add(time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	if _, _, err := conn.ReadFrom(buffer); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("before the first packet has passed: %v", err)
	}
	if err := conn.SetReadDeadline(time.Time{}); err != nil {
		t.Fatal(err)
	}
	for i := range packets {
		size, from, err := conn.ReadFrom(buffer)
		if err != nil || size != 1000 || buffer[0] != byte(i) || from.String() != sender.LocalAddr().String() {
			t.Fatalf("packet %d: %d bytes, first %d, from %v: %v", i, size, buffer[0], from, err)
		}
	}
	// 10 ms a packet: it cannot have been quicker.
	if took := time.Since(start); took < packets*10*time.Millisecond {
		t.Errorf("%d packets of 1000 bytes took %v at 800 kbit/s", packets, took)
	}
	ended := make(chan error, 1)
	go func() {
		_, _, err := conn.ReadFrom(buffer)
		ended <- err
	}()
	if err := conn.Close(); err != nil {
		t.Error(err)
	}
	if err := <-ended; !errors.Is(err, net.ErrClosed) {
		t.Errorf("a read of a closed link ends with %v", err)
	}
	if _, err := conn.WriteTo(buffer[:1], sender.LocalAddr()); !errors.Is(err, net.ErrClosed) {
		t.Errorf("a write to a closed link ends with %v", err)
	}
}

// TestOvertaking says that both ways are delayed and that what strays is
// overtaken.
func TestOvertaking(t *testing.T) {
	const delay, packets = 30 * time.Millisecond, 50
	link := New(5)
	if err := link.Set(Path{Delay: delay, Stray: 0.3, LateFrom: delay, LateTo: 2 * delay}); err != nil {
		t.Fatal(err)
	}
	behind, other := pair(t, link)
	for name, ends := range map[string][2]net.PacketConn{"up": {behind, other}, "down": {other, behind}} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			for i := range packets {
				write(t, ends[0], ends[1], byte(i))
			}
			buffer := make([]byte, maxPacket)
			var came []byte
			for range packets {
				if _, _, err := ends[1].ReadFrom(buffer); err != nil {
					t.Fatal(err)
				}
				if len(came) == 0 && time.Since(start) < delay {
					t.Errorf("the first came after %v", time.Since(start))
				}
				came = append(came, buffer[0])
			}
			if slices.IsSorted(came) {
				t.Error("all came in order")
			}
			slices.Sort(came)
			for i := range packets {
				if came[i] != byte(i) {
					t.Fatalf("these came: %v", came)
				}
			}
		})
	}
}

// TestTunnel says that a stream is delayed, waits for the end of a cut, loses
// nothing, and ends as its ends do.
func TestTunnel(t *testing.T) {
	server, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	go func() { // an echo
		for {
			c, err := server.Accept()
			if err != nil {
				return
			}
			_, _ = io.Copy(c, c)
			_ = c.Close()
		}
	}()
	const delay, cut = 20 * time.Millisecond, 60 * time.Millisecond
	link := New(2)
	if err := link.Set(Path{Delay: delay}); err != nil {
		t.Fatal(err)
	}
	tunnel, err := link.Tunnel(server.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- tunnel.Run(ctx) }()
	near, err := net.Dial("tcp", tunnel.Address())
	if err != nil {
		t.Fatal(err)
	}
	echoed := func(size int, least time.Duration) {
		t.Helper()
		start := time.Now()
		if _, err := near.Write(make([]byte, size)); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(near, make([]byte, size)); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took < least {
			t.Errorf("%d bytes there and back took %v, at least %v is wanted", size, took, least)
		}
	}
	echoed(1, 2*delay)
	echoed(20*chunk, 2*delay)
	link.Cut()
	mend := time.AfterFunc(cut, link.Mend)
	defer mend.Stop()
	echoed(1, cut)
	if err := link.Set(Path{Loss: 1}); err != nil {
		t.Fatal(err)
	}
	echoed(1, 2*resend)
	if err := near.Close(); err != nil {
		t.Error(err)
	}
	open, err := net.Dial("tcp", tunnel.Address())
	if err != nil {
		t.Fatal(err)
	}
	defer open.Close()
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if _, err := open.Read(make([]byte, 1)); err == nil {
		t.Error("the tunnel has ended and its connection lives")
	}
}
