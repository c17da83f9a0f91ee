package rtc_test

import (
	"context"
	"sync"
	"testing"
	"time"

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
	"github.com/virtualcube/virtualcube/signaling/rtc"
)

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

// renderer draws a moving pattern.
type renderer struct{ n int }

func (r *renderer) Render(_ context.Context, set *capture.FrameSet, q render.Request) (*render.View, error) {
	r.n++
	p := encodetest.Scene(layout.FrameWidth(), layout.FrameHeight(), layout.FrameWidth(), r.n)
	return &render.View{Request: q, Captured: set.Captured, Packed: p}, nil
}

// framing has one window a view.
type framing struct{ window space.Window }

func (f *framing) Frame(*capture.FrameSet, space.Vec3) (space.Window, float64, float64, error) {
	if f.window.ID == 0 {
		f.window = space.Window{ID: 1, Right: space.Vec3{X: 1}, Up: space.Vec3{Y: 1}, HalfWidth: 0.5, HalfHeight: 0.6}
	}
	return f.window, 0.8, 1.6, nil
}

// cube is a rig without cameras, with a budget of two views.
type cube struct {
	views   *multiview.Views
	ladders []*fanout.Ladder
}

func newCube(t *testing.T, name string) *cube {
	t.Helper()
	c := &cube{}
	var ladders []multiview.Ladder
	for range 2 {
		l, err := fanout.NewLadder(fanout.Config{})
		if err != nil {
			t.Fatal(err)
		}
		c.ladders, ladders = append(c.ladders, l), append(ladders, l)
	}
	clock, ticker := capture.NewClock(), time.NewTicker(time.Second/30)
	var err error
	c.views, err = multiview.New(multiview.Config{
		Cube: name, Volume: capture.DefaultVolume(), Sets: &sets{clock: clock, ticker: ticker}, Renderer: &renderer{},
		Framing: func() view.Framing { return &framing{} }, Ladders: ladders, Clock: clock, Log: logger(t),
		Encoder: func(w, h, rate int) (encode.Encoder, error) { return vpx.NewEncoder(w, h, rate) },
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var run sync.WaitGroup
	run.Go(func() {
		if err := c.views.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() {
		cancel()
		run.Wait()
		ticker.Stop()
	})
	return c
}

// watch makes a participant's view of the cube, and counts its windows; the
// first two times they cannot be told.
func (c *cube) watch() (*rtc.View, *windows) {
	w := &windows{refuse: 2}
	return &rtc.View{Ladders: c.ladders, Watcher: c.views.Watch(), Windows: w.tell}, w
}

type windows struct {
	mu     sync.Mutex
	refuse int
	told   map[uint16]bool
}

func (w *windows) tell(windows []space.Window) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.refuse > 0 {
		w.refuse--
		return false
	}
	if w.told == nil {
		w.told = make(map[uint16]bool)
	}
	for _, window := range windows {
		w.told[window.ID] = true
	}
	return true
}

func (w *windows) count() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.told)
}

func (c *cube) subscribers() (n int) {
	for _, l := range c.ladders {
		n += l.Subscribers()
	}
	return n
}

// TestViews says that a participant gets the views of several cubes, each in an
// outlet, goes to another view with its eye, and leaves them.
func TestViews(t *testing.T) {
	port := listen(t)
	first, second := newCube(t, "first"), newCube(t, "second")
	p, other := join(t, port, nil), join(t, port, nil)
	a, told := first.watch()
	b, _ := second.watch()
	viewA, viewB := rtc.Stream{ID: "first", Kind: fanout.Video, View: a}, rtc.Stream{ID: "second", Kind: fanout.Video, View: b}
	mids := p.want(viewA, viewB)
	eventually(t, "both cubes are seen", func() bool { return p.hears(mids["first"]).packets > 20 && p.hears(mids["second"]).packets > 20 })
	eventually(t, "windows are told", func() bool { return told.count() > 0 })

	// Another participant stands elsewhere: one of the two gets another view.
	apart, _ := first.watch()
	other.want(rtc.Stream{ID: "first", Kind: fanout.Video, View: apart})
	a.Watcher.Look(space.Eye{Position: space.Vec3{X: -1, Z: 1.2}, Confidence: 1})
	apart.Watcher.Look(space.Eye{Position: space.Vec3{X: 1, Z: 1.2}, Confidence: 1})
	eventually(t, "each has a view", func() bool { return first.ladders[0].Subscribers() == 1 && first.ladders[1].Subscribers() == 1 })
	before, beside := p.hears(mids["first"]).packets, other.hears("v0").packets
	eventually(t, "both go on", func() bool {
		return p.hears(mids["first"]).packets > before+20 && other.hears("v0").packets > beside+20
	})
	if h := p.hears(mids["first"]); h.gaps != 0 || h.backwards != 0 || h.pictures != 0 {
		t.Errorf("%d gaps, %d times back, %d gaps of pictures", h.gaps, h.backwards, h.pictures)
	}
	if s := p.node.Snapshot(); s.Link.Views == 0 || s.Link.Share < 300_000 || s.Outlets[4].Stream != "first" {
		t.Errorf("the link is %+v", s.Link)
	}

	// One is wanted no longer, and the other's section stays.
	if got := p.want(viewB); got["second"] != mids["second"] {
		t.Errorf("the second cube moved from %v to %v", mids, got)
	}
	other.stop()
	eventually(t, "nobody watches the first cube", func() bool { return first.subscribers() == 0 && second.subscribers() == 1 })
}
