package whepclient

import (
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/transport/v5"
	"github.com/pion/transport/v5/deadline"
	"github.com/pion/transport/v5/stdnet"
)

const (
	// linkDelay is how long a packet may wait in a link's queue; one that
	// would have to wait longer is dropped, as routers do.
	linkDelay = 250 * time.Millisecond
	// linkQueue bounds the packets that wait.
	linkQueue = 4096
	// linkPacket bounds one packet, in bytes.
	linkPacket = 2048
)

// Link is the way of UDP packets to one viewer through a bottleneck of this
// process: what a narrow connection does, without one. Its methods may be
// called from any goroutine.
type Link struct {
	rate    atomic.Int64 // bits a second; 0: as wide as the machine
	dropped atomic.Uint64

	mu   sync.Mutex
	free time.Time // when the packets so far will have passed
}

// NewLink makes a link of a rate in bits a second; 0 is no limit.
func NewLink(bitsPerSecond int) *Link {
	l := &Link{}
	l.SetRate(bitsPerSecond)
	return l
}

// SetRate changes the rate, for packets that come from now on.
func (l *Link) SetRate(bitsPerSecond int) { l.rate.Store(int64(bitsPerSecond)) }

// Dropped counts the packets that the queue had no room for.
func (l *Link) Dropped() uint64 { return l.dropped.Load() }

// pass says when a packet of a size leaves the bottleneck; ok is false where
// it is dropped.
func (l *Link) pass(now time.Time, size int) (at time.Time, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	rate := l.rate.Load()
	if l.free.Before(now) || rate == 0 {
		l.free = now
	}
	if l.free.Sub(now) > linkDelay {
		l.dropped.Add(1)
		return time.Time{}, false
	}
	if rate > 0 {
		l.free = l.free.Add(time.Duration(8 * int64(size) * int64(time.Second) / rate))
	}
	return l.free, true
}

// linkNet is the machine's network behind a link.
type linkNet struct {
	*stdnet.Net
	link *Link
}

func newLinkNet(l *Link) (*linkNet, error) {
	n, err := stdnet.NewNet()
	if err != nil {
		return nil, err
	}
	return &linkNet{Net: n, link: l}, nil
}

// ListenUDP implements transport.Net.
func (n *linkNet) ListenUDP(network string, address *net.UDPAddr) (transport.UDPConn, error) {
	c, err := n.Net.ListenUDP(network, address)
	if err != nil {
		return nil, err
	}
	return newLinkConn(c, n.link), nil
}

// ListenPacket implements transport.Net.
func (n *linkNet) ListenPacket(network, address string) (net.PacketConn, error) {
	resolved, err := net.ResolveUDPAddr(network, address)
	if err != nil {
		return nil, err
	}
	return n.ListenUDP(network, resolved)
}

// linkConn delays what is read from a socket. Its goroutine, which Close ends,
// empties the socket at once, so that all waiting is the link's.
type linkConn struct {
	transport.UDPConn
	link     *Link
	deadline *deadline.Deadline
	free     sync.Pool     // of *waiting
	queue    chan *waiting // when it is full, packets are dropped
	done     chan struct{} // closed by the goroutine
	head     chan *waiting // one slot: the packet that leaves next
	err      error         // why done was closed
}

// waiting is a packet on its way.
type waiting struct {
	data [linkPacket]byte
	size int
	from net.Addr
	at   time.Time
}

func newLinkConn(c transport.UDPConn, l *Link) *linkConn {
	conn := &linkConn{
		UDPConn: c, link: l, deadline: deadline.New(), queue: make(chan *waiting, linkQueue), done: make(chan struct{}),
		head: make(chan *waiting, 1),
	}
	conn.free.New = func() any { return new(waiting) }
	go conn.receive()
	return conn
}

func (c *linkConn) receive() {
	defer close(c.done)
	for {
		p, _ := c.free.Get().(*waiting)
		var err error
		if p.size, p.from, err = c.UDPConn.ReadFrom(p.data[:]); err != nil {
			c.err = err
			return
		}
		at, ok := c.link.pass(time.Now(), p.size)
		if p.at = at; ok {
			select {
			case c.queue <- p:
				continue
			default:
				c.link.dropped.Add(1)
			}
		}
		c.free.Put(p)
	}
}

// ReadFrom implements net.PacketConn. One goroutine reads at a time.
func (c *linkConn) ReadFrom(buffer []byte) (int, net.Addr, error) {
	var p *waiting
	select {
	case p = <-c.head: // a read before this one met its deadline
	default:
		select {
		case p = <-c.queue:
		case <-c.deadline.Done():
			return 0, nil, os.ErrDeadlineExceeded
		case <-c.done:
			return 0, nil, c.err
		}
	}
	if wait := time.Until(p.at); wait > 0 {
		timer := time.NewTimer(wait)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-c.deadline.Done():
			c.head <- p
			return 0, nil, os.ErrDeadlineExceeded
		case <-c.done:
			return 0, nil, c.err
		}
	}
	defer c.free.Put(p)
	return copy(buffer, p.data[:p.size]), p.from, nil
}

// Read implements net.Conn.
func (c *linkConn) Read(buffer []byte) (int, error) {
	n, _, err := c.ReadFrom(buffer)
	return n, err
}

// SetReadDeadline implements net.Conn.
func (c *linkConn) SetReadDeadline(t time.Time) error {
	c.deadline.Set(t)
	return nil
}

// SetDeadline implements net.Conn.
func (c *linkConn) SetDeadline(t time.Time) error {
	c.deadline.Set(t)
	return c.SetWriteDeadline(t)
}

// Close implements net.Conn; it returns after the goroutine.
func (c *linkConn) Close() error {
	err := c.UDPConn.Close()
	<-c.done
	return err
}
