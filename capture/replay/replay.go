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

// Reel is a recording that is read from its beginning to its end, once or
// again and again. Its methods are called from one goroutine at a time.
type Reel interface {
	// Next goes on to the next instant and returns its time since the
	// recording's beginning, which increases. It returns io.EOF after the last
	// one; any other error ends the playing.
	Next() (time.Duration, error)
	// Decode decodes the instant that Next went to, at most once. It also
	// tells what cameras lost since the last Decode.
	Decode(ctx context.Context) ([]Shot, []Drop, error)
	// Rewind goes back to the beginning.
	Rewind() error
}

// instant is what waits to be due.
type instant struct {
	offset time.Duration // since the player's start
	shots  []Shot
	drops  []Drop
}

// decodedAhead is how many decoded instants wait to be due. When that many
// wait, the decoder pauses.
const decodedAhead = 3

// Player plays a reel. The fields are set before Run.
type Player struct {
	Name  string // for errors and logs
	Reel  Reel
	Clock *capture.Clock
	// Period is the time from the last instant of a loop to its first, and how
	// late an instant may be.
	Period time.Duration
	// Speed multiplies the recorded pace; zero means 1.
	Speed   float64
	Loop    bool
	Cameras int
	Log     *slog.Logger // nil discards

	running   atomic.Bool
	started   atomic.Int64 // the instant of offset 0, once known
	sequences []uint64
	slow      bool // instants are passed over, and the log says so
}

// Run plays until the context ends or the recording does. It may be called
// once.
func (p *Player) Run(ctx context.Context, sink capture.Sink) error {
	if p.running.Swap(true) {
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
	queue := make(chan instant, decodedAhead)
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

// Next reads the reel out of time, see capture.Recording. It is called in place
// of Run.
func (p *Player) Next(ctx context.Context) (time.Duration, []*capture.Frame, error) {
	if p.sequences == nil {
		p.sequences = make([]uint64, p.Cameras)
	}
	for {
		offset, err := p.Reel.Next()
		if err != nil {
			return 0, nil, err
		}
		shots, drops, err := p.Reel.Decode(ctx)
		if err != nil {
			return 0, nil, err
		}
		for _, d := range drops {
			p.sequences[d.Camera]++
		}
		if len(shots) == 0 {
			continue
		}
		if p.Speed > 0 {
			offset = time.Duration(float64(offset) / p.Speed)
		}
		frames := make([]*capture.Frame, len(shots))
		for i, s := range shots {
			frames[i] = p.frame(s)
			frames[i].Captured = capture.Time(offset)
		}
		return offset, frames, nil
	}
}

// frame makes the next frame of a camera.
func (p *Player) frame(s Shot) *capture.Frame {
	var free func(*capture.Frame)
	if s.Free != nil {
		free = func(*capture.Frame) { s.Free() }
	}
	f := capture.NewFrame(free)
	f.Camera, f.Sequence = s.Camera, p.sequences[s.Camera]
	f.Colour, f.Depth = s.Colour, s.Depth
	p.sequences[s.Camera]++
	return f
}

// decode reads the reel into the queue until its end, an error or the context.
func (p *Player) decode(ctx context.Context, queue chan<- instant) error {
	base, last := time.Duration(0), time.Duration(-1)
	var cost time.Duration // of decoding, of late
	var passed []Drop
	for some := false; ctx.Err() == nil; some = true {
		offset, err := p.Reel.Next()
		if errors.Is(err, io.EOF) && p.Loop && some {
			base = last + p.Period
			if err := p.Reel.Rewind(); err != nil {
				return fmt.Errorf("rewind %s: %w", p.Name, err)
			}
			if offset, err = p.Reel.Next(); err != nil {
				return err
			}
		} else if err != nil {
			p.put(ctx, queue, instant{offset: last, drops: passed})
			return err
		}
		last = max(last+1, base+time.Duration(float64(offset)/p.Speed))
		begun := p.Clock.Now()
		if p.late(begun.Add(cost), last) {
			passed = p.pass(passed)
			continue
		}
		i := instant{offset: last}
		if i.shots, i.drops, err = p.Reel.Decode(ctx); err != nil {
			return err
		}
		i.drops = append(i.drops, passed...)
		passed = nil
		cost += (min(p.Clock.Now().Sub(begun), time.Second) - cost) / 4
		p.put(ctx, queue, i)
	}
	return ctx.Err()
}

func (p *Player) put(ctx context.Context, queue chan<- instant, i instant) {
	select {
	case queue <- i:
	case <-ctx.Done():
		i.free()
	}
}

// asleep is how late a player may be before it no longer catches up by passing
// over frames: the machine slept.
const asleep = 5 * time.Second

// late says whether an instant that is decoded at a time would be more than
// half a period late. After a sleep the recording goes on from where it was.
func (p *Player) late(decoded capture.Time, offset time.Duration) bool {
	start := capture.Time(p.started.Load())
	if start == 0 {
		return false
	}
	late := decoded.Sub(start.Add(offset))
	if late > asleep {
		p.Log.Warn("playing was held up; the recording goes on from where it was", "source", p.Name, "for", late)
		p.started.Store(int64(start.Add(late + p.Period - late%p.Period)))
		return false
	}
	return late > p.Period/2
}

// pass counts an instant that there is no time to decode.
func (p *Player) pass(drops []Drop) []Drop {
	if !p.slow {
		p.slow = true
		p.Log.Warn("this machine is too slow to decode every frame of the recording; some are passed over", "source", p.Name)
	}
	for c := range p.Cameras {
		drops = append(drops, Drop{c, capture.DropOverrun})
	}
	return drops
}

// emit hands instants on when they are due.
func (p *Player) emit(ctx context.Context, queue <-chan instant, sink capture.Sink) {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for first := true; ; first = false {
		var i instant
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
			p.started.Store(int64(now.Add(-i.offset)))
		}
		due := capture.Time(p.started.Load()).Add(i.offset)
		if now.Sub(due) > p.Period && len(queue) > 0 {
			i.skip(sink)
			continue
		}
		if due > now {
			timer.Reset(due.Sub(now))
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
func (p *Player) hand(i instant, due capture.Time, sink capture.Sink) {
	for _, d := range i.drops {
		p.sequences[d.Camera]++
		sink.Dropped(d.Camera, d.Reason)
	}
	for _, s := range i.shots {
		f := p.frame(s)
		f.Captured, f.Emitted = due, p.Clock.Now()
		sink.Frame(f)
	}
}

// free gives the planes back of an instant that nobody sees.
func (i instant) free() {
	for _, s := range i.shots {
		if s.Free != nil {
			s.Free()
		}
	}
}

// skip drops an instant in favour of a newer one.
func (i instant) skip(sink capture.Sink) {
	for _, d := range i.drops {
		sink.Dropped(d.Camera, d.Reason)
	}
	for _, s := range i.shots {
		sink.Dropped(s.Camera, capture.DropOverrun)
	}
	i.free()
}
