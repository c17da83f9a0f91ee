package netem

import (
	"math/rand/v2"
	"net"
	"sync"

	"github.com/pion/transport/v5"
	"github.com/pion/transport/v5/stdnet"
)

// Link is the way between one client and all others. Its methods may be called
// from any goroutine.
type Link struct {
	Up   *Way // what the client sends
	Down *Way // what it gets

	mu   sync.Mutex    // guards open
	open chan struct{} // closed while packets pass
}

// New makes a link that does nothing yet. What it will do by chance, the seed
// says.
func New(seed uint64) *Link {
	l := &Link{open: make(chan struct{})}
	close(l.open)
	l.Up = &Way{link: l, random: rand.New(rand.NewPCG(seed, 1))}
	l.Down = &Way{link: l, random: rand.New(rand.NewPCG(seed, 2))}
	return l
}

// Set gives both directions the same path.
func (l *Link) Set(p Path) error {
	if err := l.Up.Set(p); err != nil {
		return err
	}
	return l.Down.Set(p)
}

// Cut lets nothing pass any more, Mend everything again. What was on its way
// arrives.
func (l *Link) Cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case <-l.open:
		l.open = make(chan struct{})
	default:
	}
}

// Mend ends a cut.
func (l *Link) Mend() {
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case <-l.open:
	default:
		close(l.open)
	}
}

// passable is closed while packets pass.
func (l *Link) passable() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.open
}

func (l *Link) cut() bool {
	select {
	case <-l.passable():
		return false
	default:
		return true
	}
}

// network is the machine's network behind a link.
type network struct {
	*stdnet.Net
	link *Link
}

// Net is the machine's network behind the link, for the SetNet of a
// webrtc.SettingEngine.
func (l *Link) Net() (transport.Net, error) {
	n, err := stdnet.NewNet()
	if err != nil {
		return nil, err
	}
	return &network{Net: n, link: l}, nil
}

// ListenUDP implements transport.Net.
func (n *network) ListenUDP(network string, address *net.UDPAddr) (transport.UDPConn, error) {
	c, err := n.Net.ListenUDP(network, address)
	if err != nil {
		return nil, err
	}
	return newConn(c, n.link), nil
}

// ListenPacket implements transport.Net.
func (n *network) ListenPacket(network, address string) (net.PacketConn, error) {
	resolved, err := net.ResolveUDPAddr(network, address)
	if err != nil {
		return nil, err
	}
	return n.ListenUDP(network, resolved)
}
