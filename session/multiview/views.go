package multiview

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/session/encode"
	"github.com/virtualcube/virtualcube/session/vantage"
	"github.com/virtualcube/virtualcube/session/view"
)

// Sets gives the newest frame set of the cube's rig. The caller releases it.
type Sets interface {
	Next(ctx context.Context) (*capture.FrameSet, error)
}

// Ladder sends the encoded pictures of one view to whoever watches.
type Ladder interface {
	view.Ladder
	// Watched waits until somebody watches.
	Watched(ctx context.Context) error
}

// Config is what the views of a cube are made of. All but Rate and Traced is
// needed.
type Config struct {
	Cube   string    // its name, for the log
	Volume space.Box // that holds the person
	Rate   float64   // frame sets a second, nominal; 30 if zero
	Sets   Sets
	// Renderer is used by one goroutine.
	Renderer view.Renderer
	// Framing makes that of one view.
	Framing func() view.Framing
	// Ladders are those of the views. Their number is the budget: 1 to 16.
	Ladders []Ladder
	// Encoder opens an encoder for packed views of a size.
	Encoder func(width, height, bitsPerSecond int) (encode.Encoder, error)
	Clock   *capture.Clock
	Log     *slog.Logger
	// Traced, if not nil, is told of every view that was sent. It must not
	// block; each view calls it from a goroutine of its own.
	Traced func(view.Trace)
}

// Views are the views of one cube. Make them with New, then call Run once; the
// other methods may be called from any goroutine, before, during and after.
type Views struct {
	config   Config
	audience audience
	ready    atomic.Bool
	slots    []slot // views never change; the rest is Run's

	// Run's.
	planner        *vantage.Planner
	eyes           []vantage.Eye
	who            []*Watcher // whose eyes they are
	needed, looked []bool
	planned        time.Time
	period         time.Duration
	last           int // the view that was rendered last
	sequence       uint16
	opened         uint64 // views, for the log
	encoders       sync.WaitGroup
	failed         chan error // one slot: the first view that ended by itself
}

// slot is the place of one view.
type slot struct {
	view   *view.View
	ladder Ladder
	eye    space.Vec3
	open   bool
	log    *slog.Logger // of the view that is open
	since  time.Time
	close  context.CancelFunc
	ended  chan struct{} // closed when its encoders are; nil before the first
}

// New makes views that nobody watches yet.
func New(config Config) (*Views, error) {
	c := config
	if c.Sets == nil || c.Framing == nil || c.Clock == nil || c.Log == nil {
		return nil, errors.New("make views: sets, framing, clock and log are needed")
	}
	if c.Rate == 0 {
		c.Rate = 30
	}
	if !(c.Rate > 0) {
		return nil, fmt.Errorf("make views: %v frame sets a second", c.Rate)
	}
	center := c.Volume.Center()
	planner, err := vantage.NewPlanner(vantage.Config{Person: center, Budget: len(c.Ladders)})
	if err != nil {
		return nil, fmt.Errorf("make views: one ladder a view: %w", err)
	}
	v := &Views{
		config: c, audience: newAudience(center, len(c.Ladders)), slots: make([]slot, len(c.Ladders)), planner: planner,
		needed: make([]bool, len(c.Ladders)), looked: make([]bool, len(c.Ladders)), failed: make(chan error, 1),
		period: time.Duration(float64(time.Second) / c.Rate),
	}
	for i := range v.slots {
		s := &v.slots[i]
		s.ladder = c.Ladders[i]
		s.view, err = view.New(view.Config{
			Cube: c.Cube, Renderer: c.Renderer, Framing: c.Framing(), Ladder: s.ladder, Encoder: c.Encoder, Clock: c.Clock, Log: c.Log, Traced: c.Traced,
			Announce: func(w space.Window) space.Window { return v.audience.announce(i, w) },
		})
		if err != nil {
			return nil, err
		}
	}
	return v, nil
}

// Watch adds a viewer, who leaves by Watcher.Leave.
func (v *Views) Watch() *Watcher { return v.audience.watch() }

// Ready says whether a first frame set went through the renderer.
func (v *Views) Ready() bool { return v.ready.Load() }

// Open is how many views there are at present.
func (v *Views) Open() int {
	v.audience.mu.Lock()
	defer v.audience.mu.Unlock()
	n := 0
	for _, open := range v.audience.open {
		if open {
			n++
		}
	}
	return n
}

// Snapshot returns the counts of all views together.
func (v *Views) Snapshot() view.Stats {
	var sum view.Stats
	for i := range v.slots {
		sum = sum.Add(v.slots[i].view.Snapshot())
	}
	return sum
}

// View returns the counts of one view, by its index in Config.Ladders.
func (v *Views) View(i int) view.Stats { return v.slots[i].view.Snapshot() }

// Run renders, encodes and sends until the context ends (it then returns nil),
// there are no more frame sets or no encoder can be opened (an error).
func (v *Views) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	v.openView(ctx, cancel, 0)
	err := v.render(ctx, cancel)
	cancel()
	v.encoders.Wait()
	for i := range v.slots {
		v.slots[i].view.Discard()
	}
	select {
	case err = <-v.failed:
		return err // it names the cube
	default:
	}
	if err != nil {
		return fmt.Errorf("views of %s: %w", v.config.Cube, err)
	}
	return nil
}

// watched says whether somebody gets one of the view's rungs or waits for it.
func (s *slot) watched() bool {
	for i := range s.ladder.Rungs() {
		if s.ladder.Watching(i) {
			return true
		}
	}
	return false
}

// openView starts the encoders of a view. fail ends all of Run.
func (v *Views) openView(ctx context.Context, fail context.CancelFunc, i int) {
	s := &v.slots[i]
	if s.ended != nil {
		<-s.ended // it was closed before, and ends within a picture's time
	}
	v.opened++
	s.log = v.config.Log.With("cube", v.config.Cube, "view", v.opened)
	s.log.Info("view opened", "slot", i)
	s.open, s.since, s.ended = true, time.Now(), make(chan struct{})
	s.eye = frontEye(v.audience.center)
	ctx, s.close = context.WithCancel(ctx)
	ended := s.ended
	v.encoders.Go(func() {
		defer close(ended)
		if err := s.view.Run(ctx); err != nil {
			select {
			case v.failed <- err:
			default:
			}
			fail()
		}
	})
}

func (v *Views) closeView(i int) {
	s := &v.slots[i]
	s.open = false
	s.close()
	s.log.Info("view closed", "reason", "nobody is left", "after", time.Since(s.since).Round(time.Second))
}
