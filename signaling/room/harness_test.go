package room_test

import (
	"context"
	"io"
	"log/slog"
	"net/http/httptest"
	"testing"
	"time"

	pionmedia "github.com/pion/webrtc/v4/pkg/media"
	"go.uber.org/goleak"

	"github.com/pion/webrtc/v4"
	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/session"
	"github.com/virtualcube/virtualcube/signaling/media"
	"github.com/virtualcube/virtualcube/signaling/protocol"
	"github.com/virtualcube/virtualcube/signaling/room"
	"github.com/virtualcube/virtualcube/signaling/room/roomclient"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var silent = slog.New(slog.NewTextHandler(io.Discard, nil))

// node is a node with rooms alone.
type node struct {
	t        *testing.T
	ctx      context.Context
	endpoint *room.Endpoint
	url      string
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
	server := httptest.NewServer(endpoint)
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
	return &node{t: t, ctx: ctx, endpoint: endpoint, url: server.URL}
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
	config.URL, config.Log = n.url, silent
	if config.Room == "" {
		config.Room = "demo"
	}
	config.Settings = webrtc.SettingEngine{}
	config.Settings.SetIncludeLoopbackCandidate(true)
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
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

// enter dials and waits until the guest is in.
func (n *node) enter(name string) *guest {
	n.t.Helper()
	g := n.dial(roomclient.Config{Name: name})
	g.until("in the room", func(v roomclient.View) bool { return v.Welcome.You != "" && v.State.Revision > 0 })
	return g
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
