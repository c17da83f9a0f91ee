package room

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/coder/websocket"
	"golang.org/x/time/rate"

	"github.com/virtualcube/virtualcube/session"
	"github.com/virtualcube/virtualcube/signaling/protocol"
	"github.com/virtualcube/virtualcube/signaling/rtc"
)

const (
	figuresEvery  = time.Second
	messagesEvery = 50 // a second
	messagesBurst = 200
	// maxIgnored is how many messages a connection may send that make no sense
	// or come too fast, before it is cut off.
	maxIgnored = 1000
	// newsPause gathers changes of the room, which come in bursts.
	newsPause = 30 * time.Millisecond
)

// connection is one WebSocket. serve's goroutine owns what is not marked
// otherwise.
type connection struct {
	endpoint *Endpoint
	socket   *websocket.Conn
	log      *slog.Logger
	since    time.Time
	limit    *rate.Limiter
	ignored  int
	received time.Time // the newest message

	hall     *hall
	member   *session.Member
	self     session.Self
	streams  []session.Stream
	told     []protocol.Stream // that the page was told last; nil: nothing
	seats    seats
	peer     *rtc.Peer
	murmur   *murmurer
	sends    *sending           // nil without a peer
	endMedia context.CancelFunc // of peer, murmur and sends
	news     chan session.News
	changed  chan struct{} // of the exchange
	failed   chan error    // one slot: the peer's end
	windows  chan protocol.CubeWindow
	spoilt   chan session.Source // of which garbage came
	barred   map[session.Source]bool
	uplink   uplink
}

func newConnection(e *Endpoint, socket *websocket.Conn) *connection {
	return &connection{
		endpoint: e, socket: socket, log: e.config.Log, since: time.Now(), limit: rate.NewLimiter(messagesEvery, messagesBurst),
		news: make(chan session.News), failed: make(chan error, 1), windows: make(chan protocol.CubeWindow, maxWindows),
		spoilt: make(chan session.Source), barred: make(map[session.Source]bool),
	}
}

// errLeft says that the participant left; errCut that they are gone.
var (
	errLeft = errors.New("left")
	errCut  = errors.New("the connection was cut")
)

// run serves the connection until something ends it and returns after all its
// goroutines.
func (c *connection) run(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var parts sync.WaitGroup
	incoming := make(chan any, 16)
	parts.Go(func() {
		defer cancel()
		c.read(ctx, incoming)
	})
	reason := c.serve(ctx, incoming, &parts)
	c.part(context.WithoutCancel(ctx), reason)
	cancel()
	parts.Wait()
	if c.hall != nil {
		c.log.Info("connection ended", "reason", reason, "after", time.Since(c.since).Round(time.Second))
	}
}

// read hands on what comes until the socket closes. What waits for serve holds
// up the page, not the node.
func (c *connection) read(ctx context.Context, incoming chan<- any) {
	defer close(incoming)
	for {
		kind, data, err := c.socket.Read(ctx)
		if err != nil {
			return
		}
		var m any
		if kind == websocket.MessageText {
			m, err = protocol.ParseRoom(data)
		} else {
			err = errors.New("it is not text")
		}
		if err != nil {
			m = err
		}
		select {
		case incoming <- m:
		case <-ctx.Done():
			return
		}
	}
}

// serve is the connection from the first message to the last.
func (c *connection) serve(ctx context.Context, incoming <-chan any, parts *sync.WaitGroup) error {
	if err := c.enter(ctx, incoming); err != nil {
		return err
	}
	parts.Go(func() { c.follow(ctx) })
	c.changed = c.hall.exchange.watch()
	defer c.hall.exchange.unwatch(c.changed)
	defer c.seats.leave()
	defer func() { c.sends.end() }()
	ticker := time.NewTicker(figuresEvery)
	defer ticker.Stop()
	levels := time.NewTicker(levelsEvery)
	defer levels.Stop()
	for {
		var err error
		select {
		case m, open := <-incoming:
			if !open {
				return errCut
			}
			err = c.take(ctx, m)
		case n := <-c.news:
			err = c.tell(ctx, n, parts)
		case <-c.changed:
			err = c.connect(ctx)
		case p := <-c.published():
			c.publish(ctx, p, parts)
		case e := <-c.sends.exposures():
			c.sends.expose(e)
		case cube := <-c.sends.lifts():
			c.sends.lift(ctx, cube)
		case s := <-c.spoilt:
			c.bar(ctx, s)
		case w := <-c.windows:
			err = c.send(ctx, w)
		case err = <-c.failed:
			err = fmt.Errorf("media: %w", err)
		case <-levels.C:
			if c.sends != nil {
				c.sends.level()
				c.sends.wait()
			}
		case now := <-ticker.C:
			if now.Sub(c.received) > c.endpoint.config.Timeouts.Silent {
				return errCut
			}
			err = c.figures(ctx)
		case <-c.member.Over():
			return c.member.Reason()
		case <-ctx.Done():
			return ctx.Err()
		}
		if err != nil {
			return err
		}
	}
}

// enter takes the first message and lets the participant into the room.
func (c *connection) enter(ctx context.Context, incoming <-chan any) error {
	timer := time.NewTimer(c.endpoint.config.Timeouts.Enter)
	defer timer.Stop()
	var first any
	select {
	case m, open := <-incoming:
		if !open {
			return errCut
		}
		first = m
	case <-timer.C:
		return &session.Refusal{Cause: session.ErrMalformed, Message: "Nothing came: the first message has to be enter."}
	case <-ctx.Done():
		return ctx.Err()
	}
	c.received = time.Now()
	e, ok := first.(protocol.Enter)
	switch {
	case !ok:
		return &session.Refusal{Cause: session.ErrMalformed, Message: "The first message has to be enter."}
	case e.Protocol != protocol.RoomVersion:
		return &session.Refusal{Cause: errVersion, Message: fmt.Sprintf("This page speaks version %d of the room protocol, the node %d: reload it, or bring both to the same release.", e.Protocol, protocol.RoomVersion)}
	case !session.ValidName(e.Room):
		return &session.Refusal{Cause: session.ErrUnknown, Message: "A room's name has 1 to 64 letters, digits, - and _."}
	}
	entry, err := c.endpoint.config.Admit(ctx, e)
	if err != nil && !c.endpoint.keeps(ctx, e) {
		return err
	}
	if c.hall = c.endpoint.hall(ctx, e.Room); c.hall == nil {
		return errNoRoom
	}
	entry.Resume, entry.Revision = e.Resume, e.Revision
	c.member, err = c.hall.room.Enter(ctx, entry)
	return err
}

var errNoRoom = &session.Refusal{Cause: session.ErrUnknown, Message: "There is no such room on this node, and no more can be opened. Check the link."}

var errVersion = errors.New("protocol version")

// follow hands on the news of the room.
func (c *connection) follow(ctx context.Context) {
	for {
		n, err := c.member.Next(ctx)
		if err != nil {
			return // serve sees Over, or the context
		}
		select {
		case c.news <- n:
		case <-ctx.Done():
			return
		}
		t := time.NewTimer(newsPause)
		select {
		case <-t.C:
		case <-ctx.Done():
			t.Stop()
			return
		}
	}
}

// part tells the page why it is over, if it can be told, and the room.
func (c *connection) part(ctx context.Context, reason error) {
	ctx, cancel := context.WithTimeout(ctx, c.endpoint.config.Timeouts.Write)
	defer cancel()
	if c.member != nil {
		if errors.Is(reason, errLeft) {
			c.member.Leave(ctx)
		} else {
			c.member.Lose(ctx)
		}
	}
	c.released()
	end := farewell(reason)
	if end.Error != "" {
		c.endpoint.counts.refused(end.Error)
		_ = c.send(ctx, end) // it may be gone
	}
	_ = c.socket.Close(websocket.StatusNormalClosure, end.Error)
}
