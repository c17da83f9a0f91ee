package replay

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/virtualcube/virtualcube/capture"
)

// Shot is one camera's pictures of an instant. Free, which may be nil, takes
// the planes back when the last holder has released the frame.
type Shot struct {
	Camera int
	Colour capture.Picture
	Depth  capture.DepthPicture
	Free   func()
}

// Drop is a frame that a camera lost.
type Drop struct {
	Camera int
	Reason capture.DropReason
}

// Instant is what the cameras saw at one time of the recording.
type Instant struct {
	Offset time.Duration // since the recording's beginning, increasing
	Shots  []Shot
	Drops  []Drop
}

// Reel is a recording that is read from its beginning to its end, once or
// again and again. Its methods are called from one goroutine at a time.
type Reel interface {
	// Next decodes the next instant. It returns io.EOF after the last one; any
	// other error ends the playing.
	Next(ctx context.Context) (Instant, error)
	// Rewind goes back to the beginning.
	Rewind() error
}

// decodedAhead is how many decoded instants wait to be due. When that many
// wait, the decoder pauses.
const decodedAhead = 3

// Player plays a reel. The fields are set before Run.
type Player struct {
	Name  string // for errors and logs
	Reel  Reel
	Clock *capture.Clock
	// Period is the time from the last instant of a loop to its first, and
	// what counts as late.
	Period time.Duration
	// Speed multiplies the recorded pace; zero means 1.
	Speed   float64
	Loop    bool
	Cameras int
	Log     *slog.Logger // nil discards

	started   atomic.Bool
	sequences []uint64
}

// Run plays until the context ends or the recording does. It may be called
// once.
func (p *Player) Run(ctx context.Context, sink capture.Sink) error {
	if p.started.Swap(true) {
		return fmt.Errorf("play %s: run called twice", p.Name)
	}
	if p.Log == nil {
		p.Log = slog.New(slog.DiscardHandler)
	}
	if p.Speed == 0 {
		p.Speed = 1
	}
	p.sequences = make([]uint64, p.Cameras)
	p.Log.Info("playing", "source", p.Name, "loop", p.Loop)
	inner, cancel := context.WithCancel(ctx)
	queue := make(chan Instant, decodedAhead)
	var decoding sync.WaitGroup
	var failed error // of the decoder, read after it has ended
	decoding.Go(func() {
		failed = p.decode(inner, queue)
		close(queue)
	})
	p.emit(inner, queue, sink)
	cancel()
	decoding.Wait()
	for rest := range queue {
		rest.free()
	}
	err := failed
	if ctx.Err() != nil || errors.Is(err, io.EOF) {
		err = nil
	}
	reason := any("end of the recording")
	if err != nil {
		reason = err
	} else if ctx.Err() != nil {
		reason = ctx.Err()
	}
	p.Log.Info("playing ended", "source", p.Name, "reason", reason)
	return err
}

// decode reads the reel into the queue until its end, an error or the context.
func (p *Player) decode(ctx context.Context, queue chan<- Instant) error {
	base, last := time.Duration(0), time.Duration(-1)
	some := false
	for {
		i, err := p.Reel.Next(ctx)
		if errors.Is(err, io.EOF) && p.Loop && some {
			base, some = last+p.Period, false
			if err := p.Reel.Rewind(); err != nil {
				return fmt.Errorf("rewind %s: %w", p.Name, err)
			}
			continue
		}
		if err != nil {
			return err
		}
		some = true
		i.Offset = max(last+1, base+time.Duration(float64(i.Offset)/p.Speed))
		last = i.Offset
		select {
		case queue <- i:
		case <-ctx.Done():
			i.free()
			return ctx.Err()
		}
	}
}

// emit hands instants on when they are due.
func (p *Player) emit(ctx context.Context, queue <-chan Instant, sink capture.Sink) {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	var start capture.Time
	slow := false
	for first := true; ; first = false {
		var i Instant
		var more bool
		select {
		case i, more = <-queue:
			if !more {
				return
			}
		case <-ctx.Done():
			return
		}
		now := p.Clock.Now()
		if first {
			start = now.Add(-i.Offset)
		}
		due := start.Add(i.Offset)
		if late := now.Sub(due); late > p.Period {
			if len(queue) > 0 {
				i.skip(sink)
				continue
			}
			start, due = start.Add(late), now
			if !slow {
				slow = true
				p.Log.Warn("decoding is slower than the recording; it plays slower", "source", p.Name, "late", late)
			}
		} else if late < 0 {
			timer.Reset(-late)
			select {
			case <-timer.C:
			case <-ctx.Done():
				i.free()
				return
			}
		}
		p.hand(i, due, sink)
	}
}

// hand makes the instant's frames and gives them to the sink.
func (p *Player) hand(i Instant, due capture.Time, sink capture.Sink) {
	for _, d := range i.Drops {
		p.sequences[d.Camera]++
		sink.Dropped(d.Camera, d.Reason)
	}
	for _, s := range i.Shots {
		var free func(*capture.Frame)
		if s.Free != nil {
			free = func(*capture.Frame) { s.Free() }
		}
		f := capture.NewFrame(free)
		f.Camera, f.Sequence = s.Camera, p.sequences[s.Camera]
		f.Colour, f.Depth = s.Colour, s.Depth
		f.Captured, f.Emitted = due, p.Clock.Now()
		p.sequences[s.Camera]++
		sink.Frame(f)
	}
}

// free gives the planes back of an instant that nobody sees.
func (i Instant) free() {
	for _, s := range i.Shots {
		if s.Free != nil {
			s.Free()
		}
	}
}

// skip drops an instant in favour of a newer one.
func (i Instant) skip(sink capture.Sink) {
	for _, d := range i.Drops {
		sink.Dropped(d.Camera, d.Reason)
	}
	for _, s := range i.Shots {
		sink.Dropped(s.Camera, capture.DropOverrun)
	}
	i.free()
}
