package host

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/limitedlog"
	"github.com/virtualcube/virtualcube/models"
)

// Config is what a chain needs. Open, Out and Log are needed.
type Config[T any] struct {
	// Name tells the chain from others in the log: "p3/camera".
	Name string
	// Open opens a filter. observe takes what it observes.
	Open func(ctx context.Context, b models.Bound, observe func(models.Observation)) (models.Stage[T], error)
	// Out takes over what comes out. It is called by one goroutine at a time and
	// does not block.
	Out func(T)
	// Observe, if not nil, takes what a link observed, from the goroutine of its
	// filter. It does not block.
	Observe func(link string, o models.Observation)
	// Wedged is after what time a filter that has not returned is cut out; 2 s if
	// zero.
	Wedged time.Duration
	Log    *slog.Logger
}

// Chain is an ordered list of filters on one stream. Make one with NewAudio,
// NewVideo or NewRGBD. Run owns it; Put, Set, Reload and Stats may be called from
// any goroutine.
type Chain[T any] struct {
	config Config[T]
	medium stream[T]
	inbox  *inbox[T]
	log    *limitedlog.Log
	now    atomic.Pointer[Stats]

	mu      sync.Mutex // guards the four below; held for a few instructions
	wanted  []Link
	reloads []string
	strays  Totals        // filters that were abandoned
	wake    chan struct{} // one slot

	// Run's.
	parts  sync.WaitGroup // of everything that Run starts
	live   []*link[T]     // what frames go through
	next   []*link[T]     // what they will go through once all are open; nil: live is as wanted
	begun  bool           // whether an arrangement has been live
	hides  bool           // whether a filter ever was to hide what came
	opened chan opening[T]
	stats  Stats
	past   Totals                      // of links that are in the chain no more
	raw    []T                         // what came of late
	emit   func(T, []T, time.Duration) // lets a frame leave; given what came, to fill gaps with, and the look-ahead
	last   capture.Time                // of the newest that left
	pace   time.Duration               // from coming to leaving, smoothed
}

// NewAudio makes the chain of a voice.
func NewAudio(config Config[capture.Sound]) (*Chain[capture.Sound], error) {
	c, err := newChain(config, stream[capture.Sound](voice{}))
	if err == nil {
		l := &line{out: c.config.Out, stats: &c.stats}
		c.emit = l.take
	}
	return c, err
}

// NewVideo makes the chain of a webcam or a screen.
func NewVideo(config Config[*capture.Frame]) (*Chain[*capture.Frame], error) {
	return newChain(config, stream[*capture.Frame](pictures{}))
}

// NewRGBD makes the chain of a rig.
func NewRGBD(config Config[*capture.FrameSet], r capture.Rig) (*Chain[*capture.FrameSet], error) {
	return newChain(config, stream[*capture.FrameSet](rig{of: r}))
}

func newChain[T any](config Config[T], m stream[T]) (*Chain[T], error) {
	if config.Open == nil || config.Out == nil || config.Log == nil {
		return nil, errors.New("make chain: opener, sink and log are needed")
	}
	if config.Wedged == 0 {
		config.Wedged = 2 * time.Second
	}
	c := &Chain[T]{
		config: config, medium: m, inbox: newInbox(m), wake: make(chan struct{}, 1), opened: make(chan opening[T]),
		log: limitedlog.New(config.Log.With("chain", config.Name)),
	}
	c.emit = c.leave
	c.now.Store(&Stats{})
	return c, nil
}

// Put hands a frame to the chain, which takes the caller's reference over. It does
// not block.
func (c *Chain[T]) Put(frame T) { c.inbox.put(frame) }

// ErrLinks is wrapped by Set's error.
var ErrLinks = errors.New("invalid chain")

// Set says what the chain should be from soon on. A link of an ID that is there
// already stays the same, and only its parameters change, unless another filter
// or a parameter that is not live is asked for.
func (c *Chain[T]) Set(links []Link) error {
	if len(links) > models.MaxLinks {
		return fmt.Errorf("%w: %d filters, at most %d are possible", ErrLinks, len(links), models.MaxLinks)
	}
	for i, l := range links {
		if l.ID == "" || slices.ContainsFunc(links[:i], func(other Link) bool { return other.ID == l.ID }) {
			return fmt.Errorf("%w: the id %q of %s is empty or there twice", ErrLinks, l.ID, l.Name)
		}
	}
	c.mu.Lock()
	c.wanted = slices.Clone(links)
	c.mu.Unlock()
	c.stir()
	return nil
}

// Reload opens a link's filter anew, as after its weights were replaced, and
// changes over when it is ready. A link that there is not is left alone.
func (c *Chain[T]) Reload(id string) {
	c.mu.Lock()
	if len(c.reloads) < models.MaxLinks && !slices.Contains(c.reloads, id) {
		c.reloads = append(c.reloads, id)
	}
	c.mu.Unlock()
	c.stir()
}

func (c *Chain[T]) stir() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// Stats returns the counts as they were at the last frame.
func (c *Chain[T]) Stats() Stats {
	s := *c.now.Load()
	s.Overrun = c.inbox.overrun.Load()
	s.Queue = len(c.inbox.slots)
	s.Totals = slices.Clone(s.Totals)
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, t := range c.strays {
		s.Abandoned += t.Abandoned
		s.Totals = s.Totals.Add(t)
	}
	return s
}

// checkEvery is how often filters that hang are looked for, and those that were
// cut out are opened again.
const checkEvery = 100 * time.Millisecond

// Run passes frames through until the context ends; it then returns nil, after
// all that it started, but for filters that were abandoned. It may be called once.
func (c *Chain[T]) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer c.finish()
	defer cancel()
	c.config.Log.Info("a chain began", "chain", c.config.Name)
	ticker := time.NewTicker(checkEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-c.wake:
			c.arrange(ctx)
		case o := <-c.opened:
			c.arrived(o)
		case <-ticker.C:
			c.check(ctx)
		case a := <-c.inbox.slots:
			c.pass(ctx, a)
			continue
		}
		c.publish()
	}
}

// pass takes one frame through the chain.
func (c *Chain[T]) pass(ctx context.Context, a arrival[T]) {
	c.check(ctx)
	c.stats.In++
	c.remember(a.frame)
	defer c.publish()
	if !c.begun && slices.ContainsFunc(c.next, func(l *link[T]) bool { return l.Private }) {
		c.stats.Withheld++
		c.medium.Release(a.frame)
		return
	}
	frame := a.frame
	for _, l := range c.live {
		out, ok := l.through(frame)
		if !ok {
			return
		}
		frame = out
	}
	took := time.Since(a.at)
	c.pace += (took - c.pace) / 16
	raw := c.raw
	if c.hides {
		raw = nil
	}
	c.emit(frame, raw, c.lookAhead())
}

// leave sends a frame on unless its content has left already.
func (c *Chain[T]) leave(frame T, _ []T, _ time.Duration) {
	t := c.medium.Captured(frame)
	if back := c.last.Sub(t); back >= 0 && back <= models.MaxLookAhead && c.last != 0 {
		c.stats.Repeated++
		c.medium.Release(frame)
		return
	}
	c.last = t
	c.stats.Out++
	c.config.Out(frame)
}

// remember keeps what came: to warm up with, and, of sound, to fill gaps with.
func (c *Chain[T]) remember(frame T) {
	m := c.medium
	c.raw = append(c.raw, m.Retain(frame))
	oldest := m.Captured(frame)
	if k := m.keep(); k > 0 {
		oldest = oldest.Add(-k - c.lookAhead())
	}
	for len(c.raw) > 1 && (m.Captured(c.raw[0]) < oldest || len(c.raw) > maxRecent) {
		m.Release(c.raw[0])
		c.raw = c.raw[1:]
	}
}

func (c *Chain[T]) lookAhead() (sum time.Duration) {
	for _, l := range c.live {
		sum += l.LookAhead
	}
	return sum
}

// publish makes the counts readable.
func (c *Chain[T]) publish() {
	s := c.stats
	s.LookAhead = c.lookAhead()
	s.Delay = s.LookAhead + c.pace
	s.Totals = c.totals()
	list := c.live
	if c.next != nil {
		list = c.next
	}
	s.Links = make([]LinkStats, len(list))
	for i, l := range list {
		s.Links[i] = l.figures()
	}
	c.now.Store(&s)
}
