package multiview_test

import (
	"context"
	"io"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/render"
	"github.com/virtualcube/virtualcube/session/encode"
	"github.com/virtualcube/virtualcube/session/multiview"
	"github.com/virtualcube/virtualcube/session/view"
)

// hall is several views in a bubble of faked time: a frame set every 30 ms, of
// which the newest is given; every view takes renderTime, and its encoder 5 ms.
type hall struct {
	t          *testing.T
	clock      *capture.Clock
	views      *multiview.Views
	rows       []*row
	renderTime time.Duration
	openErr    func(n int) error // of the n-th encoder, from 1

	mu       sync.Mutex
	framings int
	rendered []render.Request
	opened   int // encoders
	closed   int
	last     int64 // period of the set that was given last
}

// row is a ladder with a number of subscribers.
type row struct {
	mu          sync.Mutex
	subscribers int
	watched     chan struct{}
}

func (r *row) Rungs() int        { return 1 }
func (r *row) Watching(int) bool { r.mu.Lock(); defer r.mu.Unlock(); return r.subscribers > 0 }
func (r *row) KeyDue(int) bool   { return false }
func (r *row) Layered(int) bool  { return false }
func (r *row) Target(int) int    { return 1_000_000 }

func (r *row) Send(int, encode.Packet, uint32) error { return nil }

func (r *row) Watched(ctx context.Context) error {
	r.mu.Lock()
	watched := r.watched
	r.mu.Unlock()
	select {
	case <-watched:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (r *row) add(n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.subscribers += n; r.subscribers == 0 {
		r.watched = make(chan struct{})
	} else if r.subscribers == n {
		close(r.watched)
	}
}

const period = 30 * time.Millisecond

func (h *hall) Next(ctx context.Context) (*capture.FrameSet, error) {
	for {
		if n := int64(h.clock.Now()) / int64(period); n > h.last {
			h.last = n
			at := capture.Time(n * int64(period))
			set := capture.NewFrameSet(uint64(n), at, nil)
			set.Captured, set.Emitted, set.Closed = at, at, at
			return set, nil
		}
		select {
		case <-time.After(time.Millisecond):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// oneFraming is that of the view whose number is its window's width.
type oneFraming struct{ window space.Window }

func (f *oneFraming) Frame(_ *capture.FrameSet, eye space.Vec3) (space.Window, float64, float64, error) {
	if side := eye.X > 0; f.window.ID == 0 || side != (f.window.ID%2 == 1) {
		f.window.ID++
	}
	return f.window, 1, 1.5, nil
}

func (h *hall) Render(_ context.Context, _ *capture.FrameSet, q render.Request) (*render.View, error) {
	pass(h.renderTime)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.rendered = append(h.rendered, q)
	return &render.View{Request: q, Packed: capture.Picture{Format: capture.I420, Width: 64, Height: 112}}, nil
}

type desk struct{ *hall }

func (desk) Encode(capture.Picture, int64, bool) (encode.Packet, error) {
	pass(5 * time.Millisecond)
	return encode.Packet{Data: []byte{1}}, nil
}
func (desk) SetBitrate(int) error { return nil }
func (desk) SetLayers(bool) error { return nil }
func (d desk) Close() error       { d.mu.Lock(); defer d.mu.Unlock(); d.closed++; return nil }

// guest is a viewer and its end of a ladder, as package whip does it.
type guest struct {
	*multiview.Watcher
	h    *hall
	at   int
	told []space.Window
}

func (h *hall) come(x float64) *guest {
	g := &guest{Watcher: h.views.Watch(), h: h}
	g.at = g.View()
	h.rows[g.at].add(1)
	g.look(x)
	return g
}

func (g *guest) look(x float64) { g.Look(space.Eye{Position: space.Vec3{X: x, Z: 1.2}}) }

// follow moves over to the view that the viewer belongs to.
func (g *guest) follow() {
	g.told = append(g.told, g.Windows()...)
	if to := g.View(); to != g.at {
		g.h.rows[to].add(1)
		g.h.rows[g.at].add(-1)
		g.at = to
		g.Arrived(to)
	}
}

func (g *guest) leave() {
	g.Leave()
	g.h.rows[g.at].add(-1)
}

func runHall(t *testing.T, budget int, change func(*hall), body func(*hall)) (*hall, error) {
	t.Helper()
	h := &hall{t: t, clock: capture.NewClock(), renderTime: 4 * time.Millisecond, openErr: func(int) error { return nil }}
	if change != nil {
		change(h)
	}
	var ladders []multiview.Ladder
	for range budget {
		r := &row{watched: make(chan struct{})}
		h.rows, ladders = append(h.rows, r), append(ladders, r)
	}
	var err error
	h.views, err = multiview.New(multiview.Config{
		Cube: "cube", Volume: capture.DefaultVolume(), Rate: 1 / period.Seconds(), Sets: h, Renderer: h, Ladders: ladders, Clock: h.clock,
		Framing: func() view.Framing {
			h.framings++
			return &oneFraming{space.Window{HalfWidth: float64(h.framings - 1)}}
		},
		Encoder: func(int, int, int) (encode.Encoder, error) {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.opened++
			return desk{h}, h.openErr(h.opened)
		},
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- h.views.Run(ctx) }()
	func() {
		defer func() {
			cancel()
			err = <-done
		}()
		body(h)
	}()
	if h.opened != h.closed && err == nil {
		t.Errorf("%d encoders were opened, %d closed", h.opened, h.closed)
	}
	return h, err
}

// take returns what was rendered since the last call, by view.
func (h *hall) take() map[int][]render.Request {
	h.mu.Lock()
	defer h.mu.Unlock()
	by := map[int][]render.Request{}
	for _, q := range h.rendered {
		by[int(q.Window.HalfWidth)] = append(by[int(q.Window.HalfWidth)], q)
	}
	h.rendered = nil
	return by
}
