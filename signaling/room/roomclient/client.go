package roomclient

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"
	"github.com/pion/webrtc/v4"

	"github.com/virtualcube/virtualcube/session"
	"github.com/virtualcube/virtualcube/signaling/protocol"
)

// Config says which room is entered, and how. URL, Room and Log are needed.
type Config struct {
	URL   string // of the node: http://host:port/
	Room  string
	Token string
	Name  string
	// Resume is a former Client's Welcome.Resume, to go on as the same
	// participant, and State its View.State: the node tells what changed since.
	Resume   string
	State    State
	Settings webrtc.SettingEngine
	// Tracks are published in place of the client's own, by source.
	Tracks map[session.Source]webrtc.TrackLocal
	// Packet, if not nil, takes the payload of every packet that comes, with the
	// stream that its section carries ("p2/camera", or "nothing"), from a goroutine
	// a section. It must not block, nor keep the payload.
	Packet func(stream string, payload []byte)
	// Reported, if not nil, takes which share of a source's packets is lost of
	// late, 0 to 1, as the node reports it, from a goroutine a source.
	Reported func(source session.Source, loss float64)
	// Asked, if not nil, is told when the node wants a key frame of a source, from a
	// goroutine a source.
	Asked func(source session.Source)
	Log   *slog.Logger
}

// ErrEnded is wrapped by Run's error where the node ended the session; an
// *EndError says why.
var ErrEnded = errors.New("the node ended the session")

// EndError is the node's last word.
type EndError struct{ protocol.End }

func (e *EndError) Error() string { return e.End.Error + ": " + e.Message }

// Unwrap returns ErrEnded.
func (e *EndError) Unwrap() error { return ErrEnded }

const (
	// pingEvery keeps the connection from being taken for dead.
	pingEvery = time.Second
	// writeWithin is how long the node may refuse to take a message.
	writeWithin = 10 * time.Second
)

// Client is one participant. Run owns it; the other methods may be called from
// any goroutine while Run runs.
type Client struct {
	config Config
	socket *websocket.Conn
	media  atomic.Pointer[media] // of the present session
	inside chan struct{}         // closed by the first Welcome
	ended  chan struct{}         // closed by Run

	mu       sync.Mutex // guards all below; held for a few instructions
	welcome  protocol.Welcome
	waiting  bool
	state    State
	figures  protocol.Figures
	windows  int
	req      int
	answers  map[int]chan answer
	changed  chan struct{} // closed and made anew when something changed
	messages map[string]int
}

// Dial connects and asks to enter. Run must be called.
func Dial(ctx context.Context, config Config) (*Client, error) {
	url := "ws" + strings.TrimPrefix(strings.TrimSuffix(config.URL, "/"), "http") + "/api/room"
	socket, _, err := websocket.Dial(ctx, url, nil)
	if err != nil {
		return nil, fmt.Errorf("reach the room: %w", err)
	}
	socket.SetReadLimit(8 * protocol.MaxRoomMessage)
	c := &Client{
		config: config, socket: socket, inside: make(chan struct{}), ended: make(chan struct{}), state: newState().with(config.State),
		answers: make(map[int]chan answer), changed: make(chan struct{}), messages: make(map[string]int),
	}
	m, err := newMedia(config)
	if err != nil {
		return nil, errors.Join(err, socket.CloseNow())
	}
	c.media.Store(m)
	err = c.send(ctx, protocol.Enter{
		Type: "enter", Protocol: protocol.RoomVersion, Room: config.Room, Token: config.Token, Name: config.Name, Resume: config.Resume, Revision: config.State.Revision,
	})
	if err != nil {
		return nil, errors.Join(err, socket.CloseNow(), c.media.Load().close())
	}
	return c, nil
}

// Run takes part until the context ends (it then leaves and returns nil), or
// the node or the network ends it.
func (c *Client) Run(ctx context.Context) error {
	defer close(c.ended)
	reading, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	var parts sync.WaitGroup
	failed := make(chan error, 1)
	parts.Go(func() { failed <- c.read(reading) })
	ticker := time.NewTicker(pingEvery)
	defer ticker.Stop()
	var err error
	for err == nil {
		select {
		case <-ticker.C:
			err = c.send(ctx, protocol.Ping{Type: "ping"})
		case err = <-failed:
		case <-ctx.Done():
			_ = c.send(reading, protocol.Leave{Type: "leave"}) // the node notices by itself
			err = context.Cause(ctx)
		}
	}
	cancel()
	_ = c.socket.CloseNow()
	parts.Wait() // before the peer closes: an answer under way would outlive it
	err = errors.Join(err, c.media.Load().close())
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// Cut breaks the connection without a word, as a network does.
func (c *Client) Cut() { _ = c.socket.CloseNow() }

// send writes a message. The context ends it before, not amid: half a message
// would end the connection.
func (c *Client) send(ctx context.Context, message any) error {
	text, err := json.Marshal(message)
	if err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("write to the room: %w", err)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeWithin)
	defer cancel()
	if err := c.socket.Write(ctx, websocket.MessageText, text); err != nil {
		return fmt.Errorf("write to the room: %w", err)
	}
	return nil
}

// View is what the client knows of itself and the room at one time.
type View struct {
	Welcome protocol.Welcome
	Waiting bool
	State   State
	Figures protocol.Figures
	Windows int // that were announced
}

// View returns what the client knows.
func (c *Client) View() View {
	c.mu.Lock()
	defer c.mu.Unlock()
	return View{Welcome: c.welcome, Waiting: c.waiting, State: c.state.clone(), Figures: c.figures, Windows: c.windows}
}

// Until waits until something is so; it is asked after every message.
func (c *Client) Until(ctx context.Context, so func(View) bool) error {
	for {
		c.mu.Lock()
		changed := c.changed
		c.mu.Unlock()
		if so(c.View()) {
			return nil
		}
		select {
		case <-changed:
		case <-c.ended:
			return ErrEnded
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Inside is closed when the client is in the room.
func (c *Client) Inside() <-chan struct{} { return c.inside }
