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
	pionmedia "github.com/pion/webrtc/v4/pkg/media"

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

// FailedError is the node's refusal of a request.
type FailedError struct{ protocol.Failed }

func (e *FailedError) Error() string { return e.Failed.Error + ": " + e.Message }

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

type answer struct {
	done   protocol.Done
	failed *protocol.Failed
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

func (c *Client) read(ctx context.Context) error {
	for {
		_, data, err := c.socket.Read(ctx)
		if err != nil {
			return fmt.Errorf("read from the room: %w", err)
		}
		if err := c.take(ctx, data); err != nil {
			return err
		}
	}
}

// take does what a message of the node says.
func (c *Client) take(ctx context.Context, data []byte) error {
	var head struct {
		Type string `json:"type"`
	}
	if err := json.Unmarshal(data, &head); err != nil {
		return fmt.Errorf("read from the room: %w", err)
	}
	if head.Type == "offer" {
		var o protocol.Offer
		if err := json.Unmarshal(data, &o); err != nil {
			return err
		}
		m, err := c.current(o.SDP)
		if err != nil {
			return fmt.Errorf("answer: %w", err)
		}
		answer, err := m.answer(ctx, o.SDP)
		if err != nil {
			return fmt.Errorf("answer: %w", err)
		}
		return c.send(ctx, protocol.Answer{Type: "answer", ID: o.ID, SDP: answer})
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.messages[head.Type]++
	err := c.note(head.Type, data)
	close(c.changed)
	c.changed = make(chan struct{})
	return err
}

// current is the peer connection that an offer is for: a new one where the node
// has made its end anew, as after a time in the lobby.
func (c *Client) current(offer string) (*media, error) {
	session := ""
	if _, line, ok := strings.Cut(offer, "\no="); ok {
		session, _, _ = strings.Cut(line, "\n")
		session = strings.Join(strings.Fields(session)[:min(2, len(strings.Fields(session)))], " ")
	}
	m := c.media.Load()
	if m.session == "" || m.session == session {
		m.session = session
		return m, nil
	}
	if err := m.close(); err != nil {
		return nil, err
	}
	fresh, err := newMedia(c.config)
	if err != nil {
		return nil, err
	}
	fresh.session = session
	// What the sections carry was told before, and what came still counts.
	m.mu.Lock()
	fresh.mids, fresh.counts = m.mids, m.counts
	m.mu.Unlock()
	c.media.Store(fresh)
	return fresh, nil
}

// note takes over what a message says, under the lock.
func (c *Client) note(kind string, data []byte) error {
	switch kind {
	case "welcome":
		first := c.welcome.You == ""
		if err := json.Unmarshal(data, &c.welcome); err != nil {
			return err
		}
		c.waiting = false
		if first {
			close(c.inside)
		}
	case "waiting":
		c.waiting = true
	case "state":
		var m protocol.State
		if err := json.Unmarshal(data, &m); err != nil {
			return err
		}
		c.state.apply(m.Update)
	case "streams":
		var m protocol.Streams
		if err := json.Unmarshal(data, &m); err != nil {
			return err
		}
		c.media.Load().carry(m.Streams)
	case "window":
		c.windows++
	case "figures":
		var m protocol.Figures // whoever asked has the maps of the one before
		if err := json.Unmarshal(data, &m); err != nil {
			return err
		}
		c.figures = m
	case "done", "failed":
		return c.answered(kind, data)
	case "end":
		var m protocol.End
		if err := json.Unmarshal(data, &m); err != nil {
			return err
		}
		return &EndError{m}
	}
	return nil
}

func (c *Client) answered(kind string, data []byte) error {
	var a answer
	var re int
	if kind == "done" {
		if err := json.Unmarshal(data, &a.done); err != nil {
			return err
		}
		re = a.done.Re
	} else {
		a.failed = new(protocol.Failed)
		if err := json.Unmarshal(data, a.failed); err != nil {
			return err
		}
		re = a.failed.Re
	}
	if waits := c.answers[re]; waits != nil {
		delete(c.answers, re)
		waits <- a
	}
	return nil
}

// Ask sends the request that make returns for its number, and waits for the
// answer: an error is a *FailedError, where the node refused.
func (c *Client) Ask(ctx context.Context, request func(req int) any) (protocol.Done, error) {
	waits := make(chan answer, 1)
	c.mu.Lock()
	c.req++
	req := c.req
	c.answers[req] = waits
	c.mu.Unlock()
	defer func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.answers, req)
	}()
	if err := c.send(ctx, request(req)); err != nil {
		return protocol.Done{}, err
	}
	select {
	case a := <-waits:
		if a.failed != nil {
			return protocol.Done{}, &FailedError{*a.failed}
		}
		return a.done, nil
	case <-c.ended:
		return protocol.Done{}, ErrEnded
	case <-ctx.Done():
		return protocol.Done{}, ctx.Err()
	}
}

// Send sends a message that is not answered.
func (c *Client) Send(ctx context.Context, message any) error { return c.send(ctx, message) }

// Look tells where the eye is and looks; lost ones are not repeated.
func (c *Client) Look(l protocol.Look) error { return c.media.Load().look(l) }

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

// Microphone is the voice's track: Opus, sample by sample.
func (c *Client) Microphone() *webrtc.TrackLocalStaticSample { return c.media.Load().tracks[0] }

// Camera is the webcam's track: VP8.
func (c *Client) Camera() *webrtc.TrackLocalStaticSample { return c.media.Load().tracks[1] }

// Screen is the shared screen's track: VP8.
func (c *Client) Screen() *webrtc.TrackLocalStaticSample { return c.media.Load().tracks[2] }

// Play sends one Opus packet, or one picture of VP8, of a source; before the
// node takes media it is dropped.
func (c *Client) Play(source session.Source, data []byte, duration time.Duration) error {
	for i, s := range sources {
		if s == source {
			return c.media.Load().tracks[i].WriteSample(pionmedia.Sample{Data: data, Duration: duration})
		}
	}
	return fmt.Errorf("play %s: there is no such source", source)
}

// Received are the packets that came, by participant and source: "p2/camera".
func (c *Client) Received() map[string]Count { return c.media.Load().received() }

// Publish tells the room that a source is on or off.
func (c *Client) Publish(ctx context.Context, source session.Source, on bool) error {
	_, err := c.Ask(ctx, func(req int) any {
		return protocol.Publish{Type: "publish", Req: req, Source: string(source), On: on}
	})
	return err
}
