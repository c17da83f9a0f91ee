package netem

import (
	"net"
	"os"
	"sync"
	"time"

	"github.com/pion/transport/v5"
	"github.com/pion/transport/v5/deadline"
)

// maxPacket bounds one packet, in bytes.
const maxPacket = 2048

// conn is a UDP socket behind a link. Its two goroutines, which Close ends,
// empty the socket at once, so that all waiting is the link's, and send what is
// due.
type conn struct {
	transport.UDPConn
	link     *Link
	deadline *deadline.Deadline
	free     sync.Pool // of *packet
	up, down *line
	closing  chan struct{} // closed by Close
	closed   sync.Once
	done     chan struct{} // closed by receive
	err      error         // why done was closed
	parts    sync.WaitGroup
}

func newConn(c transport.UDPConn, l *Link) *conn {
	n := &conn{
		UDPConn: c, link: l, deadline: deadline.New(), up: newLine(), down: newLine(),
		closing: make(chan struct{}), done: make(chan struct{}),
	}
	n.free.New = func() any { return new(packet) }
	n.parts.Go(n.receive)
	n.parts.Go(n.send)
	return n
}

func (c *conn) receive() {
	defer close(c.done)
	for {
		p, _ := c.free.Get().(*packet)
		var err error
		if p.size, p.address, err = c.UDPConn.ReadFrom(p.data[:]); err != nil {
			c.err = err
			return
		}
		c.pass(c.link.Down, c.down, p)
	}
}

// pass lets a packet wait in a line for as long as a way takes.
func (c *conn) pass(w *Way, l *line, p *packet) {
	at, ok := w.pass(time.Now(), p.size)
	if p.at = at; ok && l.put(p) {
		return
	}
	if ok {
		w.dropped.Add(1)
	}
	c.free.Put(p)
}

func (c *conn) send() {
	for {
		p := c.up.take(c.closing, nil)
		if p == nil {
			return
		}
		_, _ = c.UDPConn.WriteTo(p.data[:p.size], p.address) // as lost as on any network
		c.free.Put(p)
	}
}

// ReadFrom implements net.PacketConn.
func (c *conn) ReadFrom(buffer []byte) (int, net.Addr, error) {
	p := c.down.take(c.done, c.deadline.Done())
	if p == nil {
		select {
		case <-c.done:
			return 0, nil, c.err
		default:
			return 0, nil, os.ErrDeadlineExceeded
		}
	}
	defer c.free.Put(p)
	return copy(buffer, p.data[:p.size]), p.address, nil
}

// Read implements net.Conn.
func (c *conn) Read(buffer []byte) (int, error) {
	n, _, err := c.ReadFrom(buffer)
	return n, err
}

// WriteTo implements net.PacketConn. What is longer than a packet is cut off.
func (c *conn) WriteTo(b []byte, to net.Addr) (int, error) {
	select {
	case <-c.closing:
		return 0, net.ErrClosed
	default:
	}
	p, _ := c.free.Get().(*packet)
	p.size, p.address = copy(p.data[:], b), to
	c.pass(c.link.Up, c.up, p)
	return len(b), nil
}

// SetReadDeadline implements net.Conn.
func (c *conn) SetReadDeadline(t time.Time) error {
	c.deadline.Set(t)
	return nil
}

// SetDeadline implements net.Conn.
func (c *conn) SetDeadline(t time.Time) error {
	c.deadline.Set(t)
	return c.SetWriteDeadline(t)
}

// Close implements net.Conn; it returns after the goroutines.
func (c *conn) Close() error {
	c.closed.Do(func() { close(c.closing) })
	err := c.UDPConn.Close()
	c.parts.Wait()
	return err
}
