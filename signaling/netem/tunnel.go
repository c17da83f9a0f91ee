package netem

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"time"
)

const (
	chunk = 4096 // bytes that are forwarded at once
	// maxChunks bounds what is on its way in one direction of a connection; who
	// sends more waits, as with TCP's window.
	maxChunks = 64
)

// Tunnel forwards TCP connections over a link. Bytes are never lost: they come
// later, and wait for the end of a cut.
type Tunnel struct {
	link     *Link
	listener net.Listener
	target   string
}

// Tunnel opens a port of the loopback that leads over the link to an address.
// Run forwards.
func (l *Link) Tunnel(target string) (*Tunnel, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	return &Tunnel{link: l, listener: listener, target: target}, nil
}

// Address is host and port to connect to.
func (t *Tunnel) Address() string { return t.listener.Addr().String() }

// Run forwards until the context ends; it then closes all and returns nil.
func (t *Tunnel) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var parts sync.WaitGroup
	defer parts.Wait()
	stop := context.AfterFunc(ctx, func() { _ = t.listener.Close() })
	defer stop()
	for {
		near, err := t.listener.Accept()
		if err != nil {
			cancel()
			if errors.Is(err, net.ErrClosed) {
				return nil
			}
			return err
		}
		parts.Go(func() { t.forward(ctx, near) })
	}
}

// forward is one connection, until either end closes it.
func (t *Tunnel) forward(ctx context.Context, near net.Conn) {
	defer func() { _ = near.Close() }()
	far, err := new(net.Dialer).DialContext(ctx, "tcp", t.target)
	if err != nil {
		return // who connected sees it closed
	}
	defer func() { _ = far.Close() }()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stop := context.AfterFunc(ctx, func() { _, _ = near.Close(), far.Close() })
	defer stop()
	var parts sync.WaitGroup
	parts.Go(func() { t.carry(ctx, cancel, t.link.Up, near, far) })
	parts.Go(func() { t.carry(ctx, cancel, t.link.Down, far, near) })
	parts.Wait()
}

// delayed are bytes on their way.
type delayed struct {
	data []byte
	at   time.Time
}

// carry brings bytes from one end to the other, and then ends the connection.
func (t *Tunnel) carry(ctx context.Context, end context.CancelFunc, w *Way, from io.Reader, to io.Writer) {
	queue := make(chan delayed, maxChunks)
	var reading sync.WaitGroup
	defer reading.Wait()
	defer end() // before: it ends the read
	reading.Go(func() {
		defer close(queue)
		for {
			buffer := make([]byte, chunk)
			n, err := from.Read(buffer)
			select {
			case queue <- delayed{buffer[:n], w.stream(time.Now())}: // an end comes late too
			case <-ctx.Done():
				return
			}
			if err != nil {
				return
			}
		}
	})
	timer := time.NewTimer(0)
	defer timer.Stop()
	for d := range queue {
		timer.Reset(time.Until(d.at))
		select {
		case <-timer.C:
		case <-ctx.Done():
			return
		}
		select {
		case <-t.link.passable():
		case <-ctx.Done():
			return
		}
		if _, err := to.Write(d.data); err != nil {
			return
		}
	}
}
