package view_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/render"
	"github.com/virtualcube/virtualcube/session/encode"
	"github.com/virtualcube/virtualcube/session/view"
)

// The loop that renders is package multiview's, and most tests of both are
// there.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// pass lets time pass; in a bubble it is faked.
func pass(d time.Duration) { <-time.After(d) }

// parts are all that a view needs: 4 ms to render, 5 to encode.
type parts struct {
	window  space.Window
	openErr error

	mu        sync.Mutex
	announced []space.Window
	requests  []render.Request
	traces    []view.Trace
	closed    int // encoders
}

func (p *parts) Frame(*capture.FrameSet, space.Vec3) (space.Window, float64, float64, error) {
	return p.window, 1, 1.5, nil
}

func (p *parts) Render(_ context.Context, set *capture.FrameSet, q render.Request) (*render.View, error) {
	pass(4 * time.Millisecond)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.requests = append(p.requests, q)
	return &render.View{Request: q, Captured: set.Captured, Packed: capture.Picture{Format: capture.I420, Width: 64, Height: 112}}, nil
}

func (p *parts) Rungs() int                            { return 1 }
func (p *parts) Watching(int) bool                     { return true }
func (p *parts) KeyDue(int) bool                       { return false }
func (p *parts) Layered(int) bool                      { return false }
func (p *parts) SetLayers(bool) error                  { return nil }
func (p *parts) Target(int) int                        { return 1_000_000 }
func (p *parts) Send(int, encode.Packet, uint32) error { return nil }
func (p *parts) SetBitrate(int) error                  { return nil }

func (p *parts) Close() error { p.mu.Lock(); defer p.mu.Unlock(); p.closed++; return nil }

func (p *parts) Encode(capture.Picture, int64, bool) (encode.Packet, error) {
	pass(5 * time.Millisecond)
	return encode.Packet{Data: []byte{1}}, nil
}

func (p *parts) view(t *testing.T) *view.View {
	t.Helper()
	v, err := view.New(view.Config{
		Cube: "cube", Renderer: p, Framing: p, Ladder: p, Clock: capture.NewClock(), Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Announce: func(w space.Window) space.Window {
			w.ID += 100
			p.announced = append(p.announced, w)
			return w
		},
		Encoder: func(int, int, int) (encode.Encoder, error) { return p, p.openErr },
		Traced:  func(tr view.Trace) { p.traces = append(p.traces, tr) },
	})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestWindowGetsItsIDBeforeUse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &parts{}
		v := p.view(t)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- v.Run(ctx) }()
		set := capture.NewFrameSet(1, 0, nil)
		for n, id := range []uint16{1, 1, 2, 2} {
			p.window = space.Window{ID: id}
			if err := v.Render(ctx, set, space.Vec3{X: float64(n)}, uint16(n)); err != nil {
				t.Fatal(err)
			}
			pass(20 * time.Millisecond)
		}
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if len(p.announced) != 2 {
			t.Errorf("announced %v", p.announced)
		}
		var ids []uint16
		for _, tr := range p.traces {
			ids = append(ids, tr.Window)
		}
		if want := []uint16{101, 101, 102, 102}; !slices.Equal(ids, want) || p.requests[3].Window.ID != 102 || p.requests[3].Eye.X != 3 {
			t.Errorf("traced windows %v, want %v; requests %+v", ids, want, p.requests)
		}
		if s := v.Snapshot(); s.Views != 4 || s.Encodes != 4 || p.closed != 1 {
			t.Errorf("stats %+v, %d encoders closed", s, p.closed)
		}
		set.Release()
	})
}

func TestRunAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &parts{}
		v := p.view(t)
		set := capture.NewFrameSet(1, 0, nil)
		for n := range 3 {
			ctx, cancel := context.WithCancel(t.Context())
			done := make(chan error, 1)
			go func() { done <- v.Run(ctx) }()
			for range 3 {
				if err := v.Render(ctx, set, space.Vec3{}, 0); err != nil {
					t.Fatal(err)
				}
			}
			pass(time.Second)
			cancel()
			if err := <-done; err != nil || p.closed != n+1 {
				t.Errorf("run %d: %v, %d encoders closed", n, err, p.closed)
			}
		}
		if s := v.Snapshot(); s.Encodes+s.Drops[view.DropOverrun] != 9 {
			t.Errorf("stats %+v", s)
		}
		set.Release()
	})
}

func TestNoEncoder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &parts{openErr: errors.New("no codec")}
		v := p.view(t)
		set := capture.NewFrameSet(1, 0, nil)
		if err := v.Render(t.Context(), set, space.Vec3{}, 0); err != nil {
			t.Fatal(err)
		}
		if err := v.Run(t.Context()); !errors.Is(err, p.openErr) || !strings.Contains(err.Error(), "cube") {
			t.Errorf("error %v", err)
		}
		set.Release()
	})
}

func TestStatsAdd(t *testing.T) {
	a := view.Stats{Views: 3, Encodes: 2, Keys: 1, Bytes: 10, Target: 5, Drops: map[string]uint64{view.DropOverrun: 1}}
	b := view.Stats{Views: 30, Encodes: 20, Keys: 10, Bytes: 100, Target: 50, Drops: map[string]uint64{view.DropOverrun: 10, view.DropNobody: 7}}
	a.Stages[view.Encode].Count, b.Stages[view.Encode].Count = 2, 20
	a.Stages[view.Encode].Below[3], b.Stages[view.Encode].Below[3] = 1, 4
	for _, s := range []view.Stats{a.Add(b), b.Add(a), (view.Stats{}).Add(a).Add(b)} {
		if s.Views != 33 || s.Encodes != 22 || s.Keys != 11 || s.Bytes != 110 || s.Target != 55 || s.Drops[view.DropOverrun] != 11 || s.Drops[view.DropNobody] != 7 ||
			s.Stages[view.Encode].Count != 22 || s.Stages[view.Encode].Below[3] != 5 {
			t.Errorf("sum %+v", s)
		}
	}
	if a.Drops[view.DropOverrun] != 1 || b.Drops[view.DropOverrun] != 10 {
		t.Error("the summands changed")
	}
}
