package rtc_test

import (
	"net"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pion/transport/v5"
	"github.com/pion/transport/v5/stdnet"
)

// cutNet is the machine's network, which loses everything while it is cut.
type cutNet struct {
	*stdnet.Net
	cut atomic.Bool
}

func newCutNet(t *testing.T) *cutNet {
	t.Helper()
	n, err := stdnet.NewNet()
	if err != nil {
		t.Fatal(err)
	}
	return &cutNet{Net: n}
}

// ListenUDP implements transport.Net.
func (n *cutNet) ListenUDP(network string, address *net.UDPAddr) (transport.UDPConn, error) {
	c, err := n.Net.ListenUDP(network, address)
	return &cutConn{UDPConn: c, cut: &n.cut}, err
}

// ListenPacket implements transport.Net.
func (n *cutNet) ListenPacket(network, address string) (net.PacketConn, error) {
	resolved, err := net.ResolveUDPAddr(network, address)
	if err != nil {
		return nil, err
	}
	return n.ListenUDP(network, resolved)
}

type cutConn struct {
	transport.UDPConn
	cut *atomic.Bool
}

// ReadFrom implements net.PacketConn.
func (c *cutConn) ReadFrom(b []byte) (int, net.Addr, error) {
	for {
		n, from, err := c.UDPConn.ReadFrom(b)
		if err != nil || !c.cut.Load() {
			return n, from, err
		}
	}
}

// WriteTo implements net.PacketConn.
func (c *cutConn) WriteTo(b []byte, to net.Addr) (int, error) {
	if c.cut.Load() {
		return len(b), nil
	}
	return c.UDPConn.WriteTo(b, to)
}

// cutTime is longer than ICE takes to notice.
const cutTime = 7 * time.Second

// TestCut says that a participant whose network dies for a while comes back
// without a new offer, and that the others do not notice.
func TestCut(t *testing.T) {
	port := listen(t)
	a, b := speak(enter(t, port, nil), 'a'), join(t, port, nil)
	network := newCutNet(t)
	c := enterOn(t, port, nil, network)
	c.negotiate(false)
	c.connected()
	for _, p := range []*participant{b, c} {
		p.want(audio("a", a.sound), video("a-cam", a.camera))
	}
	heard := func(p *participant, sound, pictures int) func() bool {
		return func() bool { return p.hears("a0").packets > sound && p.hears("v0").packets > pictures }
	}
	eventually(t, "both hear", func() bool { return heard(b, 10, 10)() && heard(c, 10, 10)() })
	network.cut.Store(true)
	<-time.After(cutTime)
	eventually(t, "the cut is noticed", func() bool { return c.node.Snapshot().State == "disconnected" })
	before := c.hears("a0").packets
	network.cut.Store(false)
	since := time.Now()
	eventually(t, "it hears again", heard(c, before+20, c.hears("v0").packets+10))
	c.connected()
	t.Logf("back within %v", time.Since(since))
	if h := b.hears("a0"); h.gaps != 0 {
		t.Errorf("the other one missed %d times", h.gaps)
	}
}
