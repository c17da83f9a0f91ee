package rigfile

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync"
	"time"

	"github.com/virtualcube/virtualcube/capture"
)

const (
	// heldFrames is how many frames a camera may wait to be due. When more
	// do, the oldest is dropped and counted as overrun.
	heldFrames = 16
	// beginning is how long the sources that began wait for the others.
	beginning = 2 * time.Second
)

// arrival is what a source's sink hands to the rig's goroutine.
type arrival struct {
	child int
	frame *capture.Frame
}

// Run plays all sources.
func (s *Source) Run(ctx context.Context, sink capture.Sink) error {
	if s.started.Swap(true) {
		return fmt.Errorf("play %s: run called twice", s.name)
	}
	arrivals := make(chan arrival, heldFrames) // full: the oldest frame is dropped, see member.Frame
	sounds := newHearing()
	var running sync.WaitGroup
	ended := make(chan error, len(s.children))
	for i, m := range s.children {
		running.Go(func() {
			err := m.source.Run(ctx, &member{child: m, index: i, arrivals: arrivals, sink: sink, direct: !s.together, hears: i == s.microphone(), clock: s.clock, sounds: sounds})
			if err != nil {
				err = fmt.Errorf("play %s: %w", m.address, err)
				s.log.Error("a source of the rig has failed; the others go on", "rig", s.name, "error", err)
			}
			ended <- err
		})
	}
	a := alignment{source: s, sink: sink, begun: make([]capture.Time, len(s.children)), delay: make([]time.Duration, len(s.children))}
	err := a.loop(ctx, arrivals, sounds.stretches, ended)
	running.Wait()
	for {
		select {
		case x := <-arrivals:
			x.frame.Release()
			continue
		default:
		}
		break
	}
	a.release()
	if n := sounds.dropped.Load() + a.unheard; n > 0 {
		s.log.Warn("sound was dropped that waited for the other sources", "rig", s.name, "stretches", n)
	}
	return err
}

// member is the sink of one source. It gives frames the rig's camera numbers.
type member struct {
	*child
	index    int
	arrivals chan arrival
	sink     capture.Sink
	direct   bool // stamps are left alone
	hears    bool // it is the one whose microphone is the rig's
	clock    *capture.Clock
	sounds   *hearing
}

// Frame hands a frame of a camera that the rig uses on. It is the frame's only
// owner here, so that the number may be changed.
func (m *member) Frame(f *capture.Frame) {
	k := m.camera(f.Camera)
	if k < 0 {
		f.Release()
		return
	}
	f.Camera = k
	if m.direct {
		m.sink.Frame(f)
		return
	}
	for {
		select {
		case m.arrivals <- arrival{child: m.index, frame: f}:
			return
		default:
		}
		select {
		case old := <-m.arrivals:
			m.sink.Dropped(old.frame.Camera, capture.DropOverrun)
			old.frame.Release()
		default:
		}
	}
}

// Dropped hands a loss on.
func (m *member) Dropped(camera int, reason capture.DropReason) {
	if k := m.camera(camera); k >= 0 {
		m.sink.Dropped(k, reason)
	}
}

func (m *member) camera(c int) int {
	if c < 0 || c >= len(m.cameras) {
		return -1
	}
	return m.cameras[c]
}

// alignment holds the frames of the sources that were quicker to begin. The
// goroutine of Run owns it.
type alignment struct {
	source *Source
	sink   capture.Sink
	begun  []capture.Time // first capture instant a source, 0 before it
	delay  []time.Duration
	known  bool // the delays are
	until  capture.Time
	held   []waiting // by due

	heard   []capture.Sound // waits to be due; see hear
	unheard uint64          // was dropped
}

type waiting struct {
	child int
	due   capture.Time // when to hand it on
	frame *capture.Frame
}

// loop takes frames until all sources have ended and what they gave is out.
func (a *alignment) loop(ctx context.Context, arrivals <-chan arrival, sounds <-chan capture.Sound, ended <-chan error) error {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	var errs []error
	left := len(a.source.children)
	for left > 0 || a.known && len(a.held)+len(a.heard) > 0 && ctx.Err() == nil {
		timer.Reset(a.wait())
		var done <-chan struct{} // the sources themselves end with the context
		if left == 0 {
			done = ctx.Done()
		}
		select {
		case x := <-arrivals:
			a.take(x)
		case x := <-sounds:
			a.hear(x)
		case <-done:
		case err := <-ended:
			left--
			if err != nil {
				errs = append(errs, err)
			}
			a.drain(arrivals)
			if left == 0 {
				a.settle()
			}
		case <-timer.C:
			a.expire()
		}
	}
	if len(errs) == len(a.source.children) && ctx.Err() == nil {
		return errors.Join(errs...)
	}
	return nil
}

func (a *alignment) drain(arrivals <-chan arrival) {
	for {
		select {
		case x := <-arrivals:
			a.take(x)
		default:
			return
		}
	}
}

// take queues a frame, and learns when its source began.
func (a *alignment) take(x arrival) {
	now := a.source.clock.Now()
	if a.begun[x.child] == 0 {
		a.begun[x.child] = x.frame.Captured
		if a.until == 0 {
			a.until = now.Add(beginning)
		}
		if a.known { // after the others went ahead
			a.delay[x.child] = 0
		}
	}
	a.queue(waiting{x.child, x.frame.Captured, x.frame})
	if !a.known && (now >= a.until || a.all()) {
		a.settle()
	}
	a.expire()
}

func (a *alignment) all() bool {
	for _, t := range a.begun {
		if t == 0 {
			return false
		}
	}
	return true
}

// settle fixes the delays: all recordings begin, each with its offset, when
// the last source has begun.
func (a *alignment) settle() {
	if a.known {
		return
	}
	a.known = true
	last, least := capture.Time(0), time.Duration(math.MaxInt64)
	for i, t := range a.begun {
		if t != 0 {
			last, least = max(last, t), min(least, a.offset(i))
		}
	}
	for i, t := range a.begun {
		if t != 0 {
			a.delay[i] = last.Add(a.offset(i) - least).Sub(t)
		}
	}
	a.sortHeld()
}

func (a *alignment) offset(child int) time.Duration {
	return time.Duration(a.source.children[child].offset * float64(time.Second))
}

// queue adds a frame; with too many of one camera the oldest goes.
func (a *alignment) queue(w waiting) {
	n, oldest := 0, -1
	for i, h := range a.held {
		if h.frame.Camera == w.frame.Camera {
			n++
			if oldest < 0 {
				oldest = i
			}
		}
	}
	if n == heldFrames {
		old := a.held[oldest].frame
		a.held = append(a.held[:oldest], a.held[oldest+1:]...)
		a.sink.Dropped(old.Camera, capture.DropOverrun)
		old.Release()
	}
	a.held = append(a.held, w)
	a.sortHeld()
}

// sortHeld keeps the frames by due instant; there are few, nearly in order.
func (a *alignment) sortHeld() {
	due := func(w waiting) capture.Time { return w.due.Add(a.delay[w.child]) }
	for i := 1; i < len(a.held); i++ {
		for k := i; k > 0 && due(a.held[k]) < due(a.held[k-1]); k-- {
			a.held[k], a.held[k-1] = a.held[k-1], a.held[k]
		}
	}
}

// wait is the time to the next thing that is due.
func (a *alignment) wait() time.Duration {
	now := a.source.clock.Now()
	switch {
	case !a.known && a.until != 0:
		return max(a.until.Sub(now), 0)
	case a.known && len(a.held) > 0:
		h := a.held[0]
		return max(min(h.due.Add(a.delay[h.child]).Sub(now), a.soundWait(now)), 0)
	case a.known && len(a.heard) > 0:
		return max(a.soundWait(now), 0)
	}
	return time.Hour
}

// expire hands on what is due, with its new stamps.
func (a *alignment) expire() {
	now := a.source.clock.Now()
	if !a.known && a.until != 0 && now >= a.until {
		a.settle()
	}
	if !a.known {
		return
	}
	a.expireSound(now)
	for len(a.held) > 0 {
		h := a.held[0]
		captured := h.due.Add(a.delay[h.child])
		if captured > now {
			return
		}
		a.held = append(a.held[:0], a.held[1:]...)
		h.frame.Captured, h.frame.Emitted = captured, now
		a.sink.Frame(h.frame)
	}
}

// release gives up what was not handed on.
func (a *alignment) release() {
	for _, h := range a.held {
		h.frame.Release()
	}
	a.held = nil
}
