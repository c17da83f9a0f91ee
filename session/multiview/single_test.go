package multiview_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/render"
	"github.com/virtualcube/virtualcube/session/encode"
	"github.com/virtualcube/virtualcube/session/multiview"
	"github.com/virtualcube/virtualcube/session/view"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// stage is everything round a view, in a bubble of faked time: a frame set
// every 30 ms, 4 ms to render, 5 ms to encode unless changed.
type stage struct {
	t     *testing.T
	clock *capture.Clock
	views *multiview.Views

	renderTime, encodeTime time.Duration
	renderErr              func(n int) error // of the n-th render, from 1
	picture                capture.Picture   // of every view
	sourceEnds             int               // after so many sets; 0: never

	frames   atomic.Int64 // references to frames that live
	sets     atomic.Int64
	rendered atomic.Int64

	mu       sync.Mutex
	watched  chan struct{}
	halves   bool // somebody watches the half size
	wholes   bool // somebody watches the full size
	size     int  // rungs
	requests []render.Request
	sent     []packet
	targets  []int
	target   int
	key      [2]bool
	encoders []string
	closed   int
	traces   []view.Trace
}

type packet struct {
	rung      int
	timestamp uint32
	key       bool
}

// pass lets time pass; in a bubble it is faked.
func pass(d time.Duration) { <-time.After(d) }

var errEnded = errors.New("recording is over")

func (s *stage) Next(ctx context.Context) (*capture.FrameSet, error) {
	if s.sourceEnds > 0 && int(s.sets.Load()) >= s.sourceEnds {
		return nil, errEnded
	}
	select {
	case <-time.After(30 * time.Millisecond):
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	n := s.sets.Add(1)
	s.frames.Add(1)
	frame := capture.NewFrame(func(*capture.Frame) { s.frames.Add(-1) })
	frame.Captured = s.clock.Now().Add(-7 * time.Millisecond)
	frame.Emitted = frame.Captured.Add(5 * time.Millisecond)
	return capture.NewFrameSet(uint64(n), s.clock.Now(), []*capture.Frame{frame}), nil
}

func (s *stage) Frame(_ *capture.FrameSet, eye space.Vec3) (space.Window, float64, float64, error) {
	id := uint16(1)
	if eye.X > 0 {
		id = 2
	}
	return space.Window{ID: id, HalfWidth: 1}, 1, 1.5, nil
}

func (s *stage) Render(_ context.Context, set *capture.FrameSet, q render.Request) (*render.View, error) {
	n := int(s.rendered.Add(1))
	pass(s.renderTime)
	if s.renderErr != nil {
		if err := s.renderErr(n); err != nil {
			return nil, err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = append(s.requests, q)
	return &render.View{
		Request: q, Captured: set.Captured, Packed: s.picture,
		Stages: render.Stages{Upload: time.Millisecond, Clean: time.Millisecond, Warp: time.Millisecond, Blend: time.Millisecond},
	}, nil
}

func (s *stage) Watched(ctx context.Context) error {
	s.mu.Lock()
	watched := s.watched
	s.mu.Unlock()
	select {
	case <-watched:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *stage) Rungs() int { return s.size }

func (s *stage) Watching(rung int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case <-s.watched:
	default:
		return false
	}
	return [2]bool{s.wholes, s.halves}[rung]
}

func (s *stage) Layered(int) bool { return false }

func (s *stage) KeyDue(rung int) bool { s.mu.Lock(); defer s.mu.Unlock(); return s.key[rung] }
func (s *stage) Target(rung int) int  { s.mu.Lock(); defer s.mu.Unlock(); return s.target >> rung }

func (s *stage) Send(rung int, p encode.Packet, timestamp uint32) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sent = append(s.sent, packet{rung: rung, timestamp: timestamp, key: p.Key})
	return nil
}

// audience changes who watches.
func (s *stage) audience(wholes, halves bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.wholes, s.halves = wholes, halves
}

// packets takes what was sent.
func (s *stage) packets() (of [2][]packet) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.sent {
		of[p.rung] = append(of[p.rung], p)
	}
	s.sent = nil
	return of
}

// encoder takes its time.
type encoder struct{ *stage }

func (e encoder) Encode(_ capture.Picture, _ int64, key bool) (encode.Packet, error) {
	pass(e.encodeTime)
	return encode.Packet{Data: []byte{1}, Key: key}, nil
}

func (e encoder) SetLayers(bool) error { return nil }

func (e encoder) SetBitrate(rate int) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.targets = append(e.targets, rate)
	return nil
}

func (e encoder) Close() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.closed++
	return nil
}

// run makes a view, lets change the stage, runs it while body does, and
// returns Run's error.
func run(t *testing.T, change func(*stage), body func(*stage)) (*stage, error) {
	t.Helper()
	s := &stage{t: t, clock: capture.NewClock(), picture: capture.Picture{Format: capture.I420, Width: 64, Height: 112}, watched: make(chan struct{}), wholes: true, size: 1, target: 1_000_000, renderTime: 4 * time.Millisecond, encodeTime: 5 * time.Millisecond}
	close(s.watched)
	if change != nil {
		change(s)
	}
	var err error
	s.views, err = multiview.New(multiview.Config{
		Cube: "cube", Volume: capture.DefaultVolume(), Sets: s, Renderer: s, Ladders: []multiview.Ladder{s}, Clock: s.clock,
		Framing: func() view.Framing { return s },
		Log:     slog.New(slog.NewTextHandler(io.Discard, nil)),
		Encoder: func(w, h, rate int) (encode.Encoder, error) {
			s.encoders = append(s.encoders, fmt.Sprintf("%dx%d@%d", w, h, rate))
			return encoder{s}, nil
		},
		Traced: func(tr view.Trace) { s.traces = append(s.traces, tr) },
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.views.Run(ctx) }()
	body(s)
	cancel()
	err = <-done
	if n := s.frames.Load(); n != 0 {
		t.Errorf("%d frames were not released", n)
	}
	return s, err
}

func TestFramesBecomePackets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, err := run(t, nil, func(*stage) { pass(time.Second) })
		if err != nil {
			t.Fatal(err)
		}
		stats := s.views.Snapshot()
		if len(s.sent) < 28 || stats.Encodes != uint64(len(s.sent)) || stats.Views < stats.Encodes || len(stats.Drops) != 0 {
			t.Errorf("%d packets, stats %+v", len(s.sent), stats)
		}
		for i, p := range s.sent[1:] {
			// A set comes every 30 ms after 4 ms of rendering.
			if d := p.timestamp - s.sent[i].timestamp; d != 34*90 {
				t.Fatalf("packet %d comes %d ticks after the one before", i+1, d)
			}
		}
		if want := []string{"64x112@1000000"}; !slices.Equal(s.encoders, want) || s.closed != 1 {
			t.Errorf("encoders %v, closed %d", s.encoders, s.closed)
		}
		for _, tr := range s.traces {
			sum := time.Duration(0)
			for _, d := range tr.Stages {
				sum += d
			}
			if sum != tr.Sent.Sub(tr.Captured) || tr.Stages[view.Source] != 5*time.Millisecond || tr.Stages[view.Sync] != 2*time.Millisecond || tr.Stages[view.Encode] != 5*time.Millisecond {
				t.Fatalf("stages %v do not add up to %v", tr.Stages, tr.Sent.Sub(tr.Captured))
			}
		}
		mean := stats.Mean(view.Stats{})
		if mean[view.Encode] != 5*time.Millisecond || stats.Stages[view.Encode].Below[3] != 0 || stats.Stages[view.Encode].Below[4] != stats.Encodes {
			t.Errorf("mean %v, histogram %+v", mean, stats.Stages[view.Encode])
		}
	})
}

func TestIdleWithoutViewers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, err := run(t, func(s *stage) { s.watched = make(chan struct{}) }, func(s *stage) {
			pass(time.Second)
			if n := s.rendered.Load(); n != 1 || !s.views.Ready() {
				t.Errorf("unwatched, %d views are rendered, ready %v", n, s.views.Ready())
			}
			close(s.watched)
			pass(time.Second)
			if n := s.rendered.Load(); n < 25 {
				t.Errorf("watched for a second, %d views are rendered", n)
			}
		})
		if err != nil {
			t.Error(err)
		}
	})
}

func TestSlowEncoderGetsTheNewest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, err := run(t, func(s *stage) { s.encodeTime = 100 * time.Millisecond }, func(*stage) { pass(2 * time.Second) })
		if err != nil {
			t.Fatal(err)
		}
		stats := s.views.Snapshot()
		if stats.Drops[view.DropOverrun] < 30 || stats.Encodes < 18 {
			t.Errorf("stats %+v", stats)
		}
		for _, tr := range s.traces[1:] {
			if tr.Stages[view.Wait] > 40*time.Millisecond {
				t.Fatalf("a view waited %v: not the newest", tr.Stages[view.Wait])
			}
		}
	})
}

func TestRendererErrors(t *testing.T) {
	lost := fmt.Errorf("draw: %w", render.ErrContextLost)
	for _, test := range []struct {
		name     string
		err      error
		reason   string
		least    int // attempts within ten seconds
		greatest int
	}{
		{"nobody there", render.ErrNobody, view.DropNobody, 280, 300},
		{"lost context", lost, view.DropLost, 8, 20},
		{"anything else", errors.New("shader on fire"), view.DropRender, 8, 20},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var broken atomic.Bool
				broken.Store(true)
				_, err := run(t, func(s *stage) {
					s.renderErr = func(int) error {
						if broken.Load() {
							return test.err
						}
						return nil
					}
				}, func(s *stage) {
					pass(10 * time.Second)
					n := int(s.rendered.Load())
					if drops := s.views.Snapshot().Drops; n < test.least || n > test.greatest || drops[test.reason] < uint64(n)-1 {
						t.Errorf("%d attempts in ten seconds, drops %v", n, drops)
					}
					broken.Store(false)
					pass(4 * time.Second)
					if s.views.Snapshot().Encodes < 30 {
						t.Errorf("does not recover: %+v", s.views.Snapshot())
					}
				})
				if err != nil {
					t.Error(err)
				}
			})
		})
	}
}

func TestSourceEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, err := run(t, func(s *stage) { s.sourceEnds = 3 }, func(*stage) { pass(time.Second) })
		if !errors.Is(err, errEnded) || !strings.Contains(err.Error(), "cube") {
			t.Errorf("error is %v", err)
		}
	})
}

func TestBitrateFollows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, err := run(t, nil, func(s *stage) {
			pass(1200 * time.Millisecond)
			s.mu.Lock()
			s.target = 700_000
			s.mu.Unlock()
			pass(2 * time.Second)
		})
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(s.targets, []int{700_000}) || s.views.Snapshot().Target != 700_000 {
			t.Errorf("targets %v", s.targets)
		}
	})
}
