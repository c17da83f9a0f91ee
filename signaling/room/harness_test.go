package room_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/pion/webrtc/v4"
	pionmedia "github.com/pion/webrtc/v4/pkg/media"
	"go.uber.org/goleak"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/session"
	"github.com/virtualcube/virtualcube/signaling/media"
	"github.com/virtualcube/virtualcube/signaling/protocol"
	"github.com/virtualcube/virtualcube/signaling/room"
	"github.com/virtualcube/virtualcube/signaling/room/roomclient"
)

func TestMain(m *testing.M) {
	if os.Getenv(filterChild) != "" {
		serveChild()
	}
	goleak.VerifyTestMain(m)
}

var silent = slog.New(slog.NewTextHandler(io.Discard, nil))

// node is a node with rooms alone.
type node struct {
	t        *testing.T
	ctx      context.Context
	endpoint *room.Endpoint
	url      string
	patience time.Duration // of guests, with all they do
}

// serve starts a node that ends with the test.
func serve(t *testing.T, change func(*room.Config)) *node {
	t.Helper()
	port, err := media.Listen("127.0.0.1", 0, silent)
	if err != nil {
		t.Fatal(err)
	}
	config := room.Config{
		Rooms: []session.Config{{Name: "demo", Seats: 4, Open: true, Kept: 5 * time.Second, Log: silent}},
		Admit: room.Unkeyed, Media: port, Clock: capture.NewClock(), Log: silent, Version: "test",
	}
	if change != nil {
		change(&config)
	}
	endpoint, err := room.New(config)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(endpoint)
	server.Config.ConnContext = func(ctx context.Context, c net.Conn) context.Context {
		if tcp, ok := c.(*net.TCPConn); ok { // a page that does not read is soon to be felt
			_ = tcp.SetWriteBuffer(16 << 10)
		}
		return ctx
	}
	server.Start()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- endpoint.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		server.Close()
		if err := port.Close(); err != nil {
			t.Error(err)
		}
	})
	return &node{t: t, ctx: ctx, endpoint: endpoint, url: server.URL, patience: time.Minute}
}

// guest is a client that runs until the test ends or it is stopped.
type guest struct {
	*roomclient.Client
	t     *testing.T
	ctx   context.Context
	stop  context.CancelFunc
	ended chan error
}

func (n *node) dial(config roomclient.Config) *guest {
	n.t.Helper()
	config.Log = silent
	if config.URL == "" {
		config.URL = n.url
	}
	if config.Room == "" {
		config.Room = "demo"
	}
	config.Settings.SetIncludeLoopbackCandidate(true)
	ctx, cancel := context.WithTimeout(context.Background(), n.patience)
	c, err := roomclient.Dial(ctx, config)
	if err != nil {
		cancel()
		n.t.Fatal(err)
	}
	g := &guest{Client: c, t: n.t, ctx: ctx, stop: cancel, ended: make(chan error, 1)}
	go func() { g.ended <- c.Run(ctx) }()
	n.t.Cleanup(func() {
		cancel()
		g.ended <- <-g.ended
	})
	return g
}

// enters is dial for who must get in.
func (n *node) enters(config roomclient.Config) *guest {
	n.t.Helper()
	g := n.dial(config)
	g.until("in the room", inside)
	return g
}

func inside(v roomclient.View) bool { return v.Welcome.You != "" && v.State.Revision > 0 }

// enter dials and waits until the guest is in.
func (n *node) enter(name string) *guest {
	n.t.Helper()
	return n.enters(roomclient.Config{Name: name})
}

// refused dials and returns with what words the node ended it.
func (n *node) refused(config roomclient.Config) protocol.End {
	n.t.Helper()
	return n.dial(config).end()
}

// end waits until the node ends the guest, and returns its last message.
func (g *guest) end() protocol.End {
	g.t.Helper()
	err := <-g.ended
	g.ended <- err
	last, ok := errors.AsType[*roomclient.EndError](err)
	if !ok {
		g.t.Fatalf("the node did not say why it ended: %v", err)
	}
	return last.End
}

// fails sends a request that must be refused, and returns the error's name.
func (g *guest) fails(request func(req int) any) string {
	g.t.Helper()
	done, err := g.Ask(g.ctx, request)
	failed, ok := errors.AsType[*roomclient.FailedError](err)
	if !ok {
		g.t.Fatalf("%+v was answered by %+v, %v", request(0), done, err)
	}
	return failed.Failed.Error
}

// cut breaks the guest's connections without a word.
func (g *guest) cut() {
	g.t.Helper()
	g.Cut()
	err := <-g.ended
	g.ended <- err
	if err == nil || errors.Is(err, roomclient.ErrEnded) {
		g.t.Fatalf("a guest who was cut off ended with: %v", err)
	}
}

// page is a WebSocket by hand.
type page struct {
	t      *testing.T
	ctx    context.Context
	socket *websocket.Conn
}

func (n *node) page() *page {
	n.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	dial := func(ctx context.Context, network, address string) (net.Conn, error) {
		c, err := new(net.Dialer).DialContext(ctx, network, address)
		if tcp, ok := c.(*net.TCPConn); ok {
			err = tcp.SetReadBuffer(16 << 10)
		}
		return c, err
	}
	options := &websocket.DialOptions{HTTPClient: &http.Client{Transport: &http.Transport{DialContext: dial}}}
	socket, response, err := websocket.Dial(ctx, "ws"+n.url[len("http"):]+"/api/room", options)
	if response != nil && response.Body != nil {
		_ = response.Body.Close()
	}
	if err != nil {
		n.t.Fatal(err)
	}
	n.t.Cleanup(func() {
		_ = socket.CloseNow()
		cancel()
	})
	socket.SetReadLimit(8 * protocol.MaxRoomMessage)
	return &page{t: n.t, ctx: ctx, socket: socket}
}

func (p *page) say(text string) {
	p.t.Helper()
	if err := p.socket.Write(p.ctx, websocket.MessageText, []byte(text)); err != nil {
		p.t.Fatal(err)
	}
}

func (p *page) send(m any) {
	p.t.Helper()
	text, err := json.Marshal(m)
	if err != nil {
		p.t.Fatal(err)
	}
	p.say(string(text))
}

// enter is the first message of the room demo.
func (p *page) enter() {
	p.t.Helper()
	p.send(protocol.Enter{Type: "enter", Protocol: protocol.RoomVersion, Room: "demo", Name: "Page"})
}

// await reads up to a message of a type, into m.
func (p *page) await(kind string, m any) {
	p.t.Helper()
	for {
		_, data, err := p.socket.Read(p.ctx)
		if err != nil {
			p.t.Fatalf("no message %s came: %v", kind, err)
		}
		var head struct {
			Type string `json:"type"`
		}
		if err := json.Unmarshal(data, &head); err != nil {
			p.t.Fatal(err)
		}
		if head.Type == kind {
			if err := json.Unmarshal(data, m); err != nil {
				p.t.Fatal(err)
			}
			return
		}
	}
}

// end reads up to the last message.
func (p *page) end() protocol.End {
	p.t.Helper()
	var m protocol.End
	p.await("end", &m)
	return m
}

func (g *guest) id() string { return g.View().Welcome.You }

func (g *guest) until(what string, so func(roomclient.View) bool) {
	g.t.Helper()
	if err := g.Until(g.ctx, so); err != nil {
		g.t.Fatalf("%s: %v; state %+v", what, err, g.View())
	}
}

// ask sends a request that must not be refused.
func (g *guest) ask(request func(req int) any) protocol.Done {
	g.t.Helper()
	done, err := g.Ask(g.ctx, request)
	if err != nil {
		g.t.Fatal(err)
	}
	return done
}

// speak publishes Opus packets until the test or the guest ends.
func (g *guest) speak() {
	g.t.Helper()
	if err := g.Publish(g.ctx, session.Microphone, true); err != nil {
		g.t.Fatal(err)
	}
	go g.play(g.Microphone(), 20*time.Millisecond, opusFrame)
}

// opusFrame is 20 ms of CELT at 48 kHz: what is in it does not matter.
var opusFrame = append([]byte{0xf8}, make([]byte, 60)...)

func (g *guest) play(track *webrtc.TrackLocalStaticSample, every time.Duration, data []byte) {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			if err := track.WriteSample(pionmedia.Sample{Data: data, Duration: every}); err != nil {
				return
			}
		case <-g.ctx.Done():
			return
		}
	}
}

// gets waits until at least n more packets of a stream came.
func (g *guest) gets(stream string, n uint64) {
	g.t.Helper()
	begin := g.Received()[stream].Packets
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	for g.Received()[stream].Packets < begin+n {
		select {
		case <-ticker.C:
		case <-g.ctx.Done():
			g.t.Fatalf("%d packets of %s came, %d are wanted; all: %v", g.Received()[stream].Packets-begin, stream, n, g.Received())
		}
	}
}

// answered is an answer over HTTP.
type answered struct {
	status int
	kind   string // media type
	body   []byte
}

func do(t *testing.T, q *http.Request) answered {
	t.Helper()
	r, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(q)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Body.Close() }()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answered{status: r.StatusCode, kind: r.Header.Get("Content-Type"), body: body}
}

func get(t *testing.T, url string) answered {
	t.Helper()
	q, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	return do(t, q)
}

// pathOf is where a picture that was uploaded is.
func pathOf(t *testing.T, r answered) string {
	t.Helper()
	var answer struct{ Path string }
	if err := json.Unmarshal(r.body, &answer); err != nil || r.status != http.StatusCreated || answer.Path == "" {
		t.Fatalf("upload: %d, %+v, %v", r.status, answer, err)
	}
	return answer.Path
}
