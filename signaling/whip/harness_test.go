package whip_test

import (
	"context"
	"io"
	"log/slog"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/render"
	"github.com/virtualcube/virtualcube/render/pack"
	"github.com/virtualcube/virtualcube/session/encode"
	"github.com/virtualcube/virtualcube/session/encode/encodetest"
	"github.com/virtualcube/virtualcube/session/encode/vpx"
	"github.com/virtualcube/virtualcube/session/fanout"
	"github.com/virtualcube/virtualcube/session/multiview"
	"github.com/virtualcube/virtualcube/session/view"
	"github.com/virtualcube/virtualcube/signaling/media"
	"github.com/virtualcube/virtualcube/signaling/protocol"
	"github.com/virtualcube/virtualcube/signaling/whip"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var layout = pack.Layout{Width: 128, Height: 128}

// sets emits empty frame sets at 30 a second.
type sets struct {
	clock  *capture.Clock
	ticker *time.Ticker
	n      uint64
}

func (s *sets) Next(ctx context.Context) (*capture.FrameSet, error) {
	select {
	case <-s.ticker.C:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	s.n++
	now := s.clock.Now()
	set := capture.NewFrameSet(s.n, now, nil)
	set.Captured, set.Emitted = now, now
	return set, nil
}

// renderer draws a moving pattern and the true strip.
type renderer struct{ n int }

func (r *renderer) Render(_ context.Context, set *capture.FrameSet, q render.Request) (*render.View, error) {
	r.n++
	p := encodetest.Scene(layout.FrameWidth(), layout.FrameHeight(), layout.FrameWidth(), r.n)
	err := layout.DrawStrip(p.Planes[0], p.Strides[0], pack.Strip{
		Sequence: q.Sequence, Milliseconds: uint32(set.Captured.Milliseconds() & (1<<24 - 1)), Eye: q.Eye, Near: q.Near, Far: q.Far, Window: q.Window.ID,
	})
	return &render.View{Request: q, Captured: set.Captured, Packed: p}, err
}

// framing changes its window when the eye goes to the other side.
type framing struct{ window space.Window }

func (f *framing) Frame(_ *capture.FrameSet, eye space.Vec3) (space.Window, float64, float64, error) {
	center := space.Vec3{X: 0.1}
	if eye.X < 0 {
		center.X = -0.1
	}
	if f.window.ID == 0 || f.window.Center != center {
		f.window = space.Window{ID: f.window.ID + 1, Center: center, Right: space.Vec3{X: 1}, Up: space.Vec3{Y: 1}, HalfWidth: 0.5, HalfHeight: 0.6}
	}
	return f.window, 0.8, 1.6, nil
}

// node is a whole node but for cameras and GL.
type node struct {
	url      string
	clock    *capture.Clock
	ladders  []*fanout.Ladder // as many as views
	views    *multiview.Views
	endpoint *whip.Endpoint
}

// startNode starts a node on free loopback ports; the test's end stops it.
func startNode(t *testing.T, change func(*whip.Config, *fanout.Config)) *node {
	t.Helper()
	return startViews(t, 1, change)
}

// startViews starts a node with a budget of views.
func startViews(t *testing.T, budget int, change func(*whip.Config, *fanout.Config)) *node {
	t.Helper()
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	if testing.Verbose() {
		log = slog.New(slog.NewTextHandler(t.Output(), nil))
	}
	n := &node{clock: capture.NewClock()}
	port, err := media.Listen("127.0.0.1", 0, log)
	if err != nil {
		t.Fatal(err)
	}
	config := whip.Config{Media: port, Clock: n.clock, Log: log}
	rung := fanout.Config{}
	if change != nil {
		change(&config, &rung)
	}
	var ladders []multiview.Ladder
	for range budget {
		l, err := fanout.NewLadder(rung)
		if err != nil {
			t.Fatal(err)
		}
		n.ladders, ladders = append(n.ladders, l), append(ladders, l)
	}
	volume := capture.DefaultVolume()
	ticker := time.NewTicker(time.Second / 30)
	n.views, err = multiview.New(multiview.Config{
		Cube: "cube", Volume: volume, Sets: &sets{clock: n.clock, ticker: ticker}, Renderer: &renderer{},
		Framing: func() view.Framing { return &framing{} }, Ladders: ladders, Clock: n.clock, Log: log,
		Encoder: func(w, h, rate int) (encode.Encoder, error) { return vpx.NewEncoder(w, h, rate) },
	})
	if err != nil {
		t.Fatal(err)
	}
	config.Cubes = []whip.Cube{{Name: "cube", Ladders: n.ladders, Views: n.views, Hello: protocol.Hello{
		Layout: protocol.Layout{Version: pack.Version, Width: layout.Width, Height: layout.Height},
		Volume: protocol.Volume{Min: protocol.Vector{volume.Min.X, volume.Min.Y, volume.Min.Z}, Max: protocol.Vector{volume.Max.X, volume.Max.Y, volume.Max.Z}},
		Rate:   30,
	}}}
	if n.endpoint, err = whip.NewEndpoint(config); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(n.endpoint)
	n.url = server.URL + "/cube/whep"
	ctx, cancel := context.WithCancel(context.Background())
	var parts sync.WaitGroup
	parts.Go(func() {
		if err := n.views.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	parts.Go(func() {
		if err := n.endpoint.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() {
		cancel()
		parts.Wait()
		server.Close()
		ticker.Stop()
		if err := port.Close(); err != nil {
			t.Error(err)
		}
	})
	return n
}
