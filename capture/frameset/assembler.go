package frameset

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/virtualcube/virtualcube/capture"
)

// Config says how an Assembler groups. Rig and Clock are needed.
type Config struct {
	Rig   capture.Rig
	Clock *capture.Clock
	// Deadline is how long after the arrival of its first frame a set waits.
	// Zero means two thirds of a frame period.
	Deadline time.Duration
	// SilentAfter is the number of sets in a row without a camera's frame
	// after which it is not waited for any more. Zero means 15.
	SilentAfter int
	// OwnClocks says that the source stamps Captured on each camera's own
	// clock; the assembler then maps it to the node's.
	OwnClocks bool
	// Sound, if set, takes the source's audio, in the source's goroutine.
	Sound func(capture.Sound)
	Log   *slog.Logger // nil discards
}

// ErrEnded is returned by Next after the source has ended without an error.
var ErrEnded = errors.New("source has ended")

// queuedFrames is how many frames a camera may wait to be grouped: enough for
// a burst, too few to add latency that anybody would notice.
const queuedFrames = 4

// Assembler groups the frames of one source into sets. It implements
// capture.Sink. Run owns the grouping; the other methods may be called from
// any goroutine.
type Assembler struct {
	config  Config
	frames  chan *capture.Frame    // bounded; full: the oldest is dropped (overrun)
	box     chan *capture.FrameSet // one slot; full: replaced (overrun)
	ended   chan struct{}          // closed when Run is over
	reason  error                  // why, written before ended is closed
	started atomic.Bool
	tally   tally
	group   grouping // owned by Run
}

var _ capture.Sink = (*Assembler)(nil)

// New returns an assembler for a rig.
func New(config Config) (*Assembler, error) {
	if err := config.Rig.Validate(); err != nil {
		return nil, fmt.Errorf("group frames: %w", err)
	}
	if !(config.Rig.Rate >= 0.1 && config.Rig.Rate <= 1000) {
		return nil, fmt.Errorf("group frames: rig %q runs at %g Hz, 0.1 to 1000 are possible", config.Rig.Name, config.Rig.Rate)
	}
	if config.Clock == nil {
		return nil, errors.New("group frames: no clock")
	}
	period := time.Duration(float64(time.Second) / config.Rig.Rate)
	if config.Deadline <= 0 {
		config.Deadline = period * 2 / 3
	}
	if config.SilentAfter <= 0 {
		config.SilentAfter = 15
	}
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	n := len(config.Rig.Cameras)
	a := &Assembler{
		config: config,
		frames: make(chan *capture.Frame, queuedFrames*n),
		box:    make(chan *capture.FrameSet, 1),
		ended:  make(chan struct{}),
		tally:  tally{cameras: make([]CameraStats, n), spreadFirst: true},
	}
	for i, c := range config.Rig.Cameras {
		a.tally.cameras[i].Name = c.Name
	}
	a.group = grouping{
		period: period, deadline: config.Deadline, silentAfter: config.SilentAfter,
		cameras: make([]cameraState, n), tally: &a.tally, out: a.post, log: config.Log,
	}
	return a, nil
}

// Frame takes over the caller's reference.
func (a *Assembler) Frame(f *capture.Frame) {
	if f.Camera < 0 || f.Camera >= len(a.config.Rig.Cameras) {
		a.tally.foreign()
		f.Release()
		return
	}
	for {
		select {
		case a.frames <- f:
			return
		default:
		}
		select {
		case old := <-a.frames:
			a.tally.drop(old.Camera, capture.DropOverrun)
			old.Release()
		default:
		}
	}
}

// Sound hands audio on.
func (a *Assembler) Sound(s capture.Sound) {
	if a.config.Sound != nil {
		a.config.Sound(s)
	}
}

// Dropped counts a frame that the source lost.
func (a *Assembler) Dropped(camera int, reason capture.DropReason) {
	if camera < 0 || camera >= len(a.config.Rig.Cameras) {
		a.tally.foreign()
		return
	}
	a.tally.drop(camera, reason)
}

// Run plays the source and groups its frames until the source ends or the
// context does. It returns the source's error. It may be called once.
func (a *Assembler) Run(ctx context.Context, source capture.Source) error {
	if a.started.Swap(true) {
		return errors.New("group frames: run called twice")
	}
	done := make(chan error, 1)
	var running sync.WaitGroup
	running.Go(func() { done <- source.Run(ctx, a) })
	a.config.Log.Info("grouping frames", "rig", a.config.Rig.Name, "cameras", len(a.config.Rig.Cameras), "rate", a.config.Rig.Rate)
	err := a.loop(done)
	running.Wait()
	a.finish(ctx, err)
	return err
}

// loop groups until the source has returned.
func (a *Assembler) loop(done <-chan error) error {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		timer.Reset(a.group.wait(a.config.Clock.Now()))
		select {
		case f := <-a.frames:
			a.take(f)
		case <-timer.C:
			a.group.expire(a.config.Clock.Now())
		case err := <-done:
			return err
		}
	}
}

// take places one frame; a camera's own stamp becomes the node's here, before
// anybody else sees the frame.
func (a *Assembler) take(f *capture.Frame) {
	camera := &a.group.cameras[f.Camera]
	mapped := camera.clock.Observe(f.Captured, f.Emitted)
	if a.config.OwnClocks {
		f.Captured = mapped
	}
	a.tally.clock(f.Camera, camera.clock.Estimate(), a.config.OwnClocks)
	a.group.place(f, a.config.Clock.Now())
}

// finish places what is left and ends Next. After a cancellation nobody is
// expected to take the last set, so it is released.
func (a *Assembler) finish(ctx context.Context, err error) {
	for {
		select {
		case f := <-a.frames:
			a.take(f)
			continue
		default:
		}
		break
	}
	a.group.flush(a.config.Clock.Now())
	if ctx.Err() != nil {
		select {
		case s := <-a.box:
			s.Release()
		default:
		}
	}
	a.reason = err
	if err == nil {
		a.reason = ErrEnded
	}
	a.config.Log.Info("grouping ended", "rig", a.config.Rig.Name, "reason", a.reason)
	close(a.ended)
}

// post puts a closed set into the mailbox. Only Run's goroutine sends, so the
// slot is free after an old set was taken out.
func (a *Assembler) post(s *capture.FrameSet) {
	select {
	case a.box <- s:
		return
	default:
	}
	select {
	case old := <-a.box:
		a.tally.overrun(old)
		old.Release()
	default:
	}
	a.box <- s
}

// Next waits for the newest set. The caller owns one reference to it. It
// fails with the context's error, the source's error, or ErrEnded; call it
// until it fails, so that the last set is released.
func (a *Assembler) Next(ctx context.Context) (*capture.FrameSet, error) {
	select {
	case s := <-a.box:
		return s, nil
	default:
	}
	select {
	case s := <-a.box:
		return s, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-a.ended:
	}
	select {
	case s := <-a.box:
		return s, nil
	default:
		return nil, a.reason
	}
}

// Stats returns a copy of the counters.
func (a *Assembler) Stats() Stats { return a.tally.snapshot() }
