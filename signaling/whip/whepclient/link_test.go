package whepclient

import (
	"errors"
	"net"
	"os"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestLinkPass(t *testing.T) {
	now := time.Unix(1000, 0)
	l := NewLink(80_000) // 10 bytes a millisecond
	for i := range 26 {
		at, ok := l.pass(now, 100)
		if want := now.Add(time.Duration(i+1) * 10 * time.Millisecond); !ok || !at.Equal(want) {
			t.Fatalf("packet %d leaves after %v, %v", i, at.Sub(now), ok)
		}
	}
	if _, ok := l.pass(now, 100); ok || l.Dropped() != 1 {
		t.Error("the queue takes more than a quarter of a second")
	}
	l.SetRate(0)
	if at, ok := l.pass(now, 100); !ok || !at.Equal(now) {
		t.Errorf("without a limit a packet waits %v", at.Sub(now))
	}
	l.SetRate(80_000)
	if at, ok := l.pass(now.Add(time.Minute), 100); !ok || !at.Equal(now.Add(time.Minute+10*time.Millisecond)) {
		t.Error("a packet waits for what has passed long ago")
	}
}

// TestLinkConn says that packets come through whole and in order, that a
// deadline ends a read and loses nothing, and that closing ends all.
func TestLinkConn(t *testing.T) {
	link := NewLink(800_000)
	n, err := newLinkNet(link)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := n.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	sender, err := net.Dial("udp4", conn.LocalAddr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer sender.Close()
	const packets = 15
	start := time.Now()
	for i := range packets {
		if _, err := sender.Write(append([]byte{byte(i)}, make([]byte, 999)...)); err != nil {
			t.Fatal(err)
		}
	}
	buffer := make([]byte, linkPacket)
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
}

func TestKeySize(t *testing.T) {
	key := []byte{0x10, 0, 0, 0x9d, 0x01, 0x2a, 0x00, 0x42, 0x10, 0x43}
	if w, h, ok := keySize(key); w != 512 || h != 784 || !ok {
		t.Errorf("size %dx%d, %v", w, h, ok)
	}
	for _, data := range [][]byte{nil, key[:9], make([]byte, 10)} {
		if _, _, ok := keySize(data); ok {
			t.Errorf("% x has a size", data)
		}
	}
}
