package treatment

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/host"
	"github.com/virtualcube/virtualcube/session/fanout"
)

// Config is what a treatment of a stream of T is made of. All but Observe is
// needed.
type Config[T any] struct {
	Name   string        // for the log: "demo/p3/camera"
	Source *fanout.Relay // what is published
	// Open opens a filter.
	Open func(ctx context.Context, b models.Bound, observe func(models.Observation)) (models.Stage[T], error)
	// Ready is called once, from a goroutine of the treatment, when its relay has
	// content. It does not block for long.
	Ready   func(*fanout.Relay)
	Observe func(link string, o models.Observation)
	Clock   *capture.Clock
	Log     *slog.Logger
}

var errConfig = errors.New("make treatment: source, opener, ready, clock and log are needed")

func (c Config[T]) complete() bool {
	return c.Source != nil && c.Open != nil && c.Ready != nil && c.Clock != nil && c.Log != nil
}

// stamps make capture instants of RTP timestamps, which count up from an
// arbitrary one and wrap round (RFC 3550 section 5.1).
type stamps struct {
	rate  int64 // of the timestamps, hertz
	begun bool
	base  capture.Time // the instant of count 0
	count int64
	last  uint32
}

// resync is the step of timestamps from where on they begin anew.
const resync = 10 * time.Second

// at is the instant of a timestamp; now is used where they begin.
func (s *stamps) at(timestamp uint32, now capture.Time) capture.Time {
	step := int64(int32(timestamp - s.last))
	if !s.begun || ticks(step, s.rate) > resync || -step > s.rate {
		s.begun, s.base, s.count = true, now, 0
		step = 0
	}
	s.count += step
	s.last = timestamp
	return s.base.Add(ticks(s.count, s.rate))
}

// ticks are so many of a clock's as a duration. Whole seconds are taken apart: n
// times a second would overflow after a day.
func ticks(n, rate int64) time.Duration {
	return time.Duration(n/rate)*time.Second + time.Duration(n%rate)*time.Second/time.Duration(rate)
}

// ticksOf is the reverse.
func ticksOf(d time.Duration, rate int64) int64 {
	return int64(d/time.Second)*rate + int64(d%time.Second)*rate/int64(time.Second)
}

// delays measures by how much content leaves later than it came.
type delays struct {
	mean atomic.Int64 // ns

	mu   sync.Mutex
	came [128]moment // the newest, by turns
	next int
}

type moment struct {
	captured capture.Time
	at       time.Time
}

func (d *delays) arrived(captured capture.Time, at time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.came[d.next%len(d.came)] = moment{captured, at}
	d.next++
}

// left notes that content left now.
func (d *delays) left(captured capture.Time) {
	now := time.Now()
	d.mu.Lock()
	best := moment{}
	for _, m := range d.came {
		if !m.at.IsZero() && (best.at.IsZero() || m.captured.Sub(captured).Abs() < best.captured.Sub(captured).Abs()) {
			best = m
		}
	}
	d.mu.Unlock()
	if best.at.IsZero() {
		return
	}
	took := int64(now.Sub(best.at) - captured.Sub(best.captured))
	old := d.mean.Load()
	if old == 0 {
		old = took
	}
	d.mean.Store(old + (took-old)/4)
}

// Stats are the counts of a treatment.
type Stats struct {
	host.Stats
	Lost uint64 // packets or pictures that did not come or could not be decoded
	// Way is by how much content leaves later than it came, smoothed.
	Way time.Duration
}

// readiness tells once that there is content.
type readiness struct {
	once sync.Once
	tell func(*fanout.Relay)
}

func (r *readiness) now(relay *fanout.Relay) { r.once.Do(func() { r.tell(relay) }) }

// together runs parts until one of them ends, ends the others, and returns after
// all of them what the first ended with.
func together(ctx context.Context, parts ...func(context.Context) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var wait sync.WaitGroup
	for _, part := range parts {
		wait.Go(func() {
			if err := part(ctx); err != nil {
				cancel(err)
			}
			cancel(errOver)
		})
	}
	wait.Wait()
	if err := context.Cause(ctx); !errors.Is(err, errOver) && !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

var errOver = errors.New("the treatment is over")
