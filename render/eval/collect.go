package eval

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync"

	"github.com/virtualcube/virtualcube/capture"
)

// patience is how many frames of one camera Collect waits for the others.
const patience = 60

// ErrNoFrames is returned where a source ends before a frame came.
var ErrNoFrames = errors.New("the source ended without a usable frame")

// Collect plays a source until it has handed on n frame sets in which every
// camera is present, and returns them; the caller releases them. Frames within
// half a frame period of one another make a set. A camera that is still
// missing after 60 frames of another is done without. Fewer than n sets are
// returned where the source ends early.
func Collect(ctx context.Context, source capture.Source, n int) ([]*capture.FrameSet, error) {
	rig := source.Rig()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	c := &collector{
		enough: cancel, want: n, latest: make([]*capture.Frame, len(rig.Cameras)), seen: make([]int, len(rig.Cameras)),
		spread: capture.Time(math.Round(1e9 / max(rig.Rate, 1) / 2)),
	}
	err := source.Run(ctx, c)
	sets := c.finish(err == nil)
	if err != nil && len(sets) < n {
		for _, s := range sets {
			s.Release()
		}
		return nil, fmt.Errorf("collect frames of rig %q: %w", rig.Name, err)
	}
	if len(sets) == 0 {
		if cause := context.Cause(ctx); cause != nil {
			return nil, fmt.Errorf("collect frames of rig %q: %w", rig.Name, cause)
		}
		return nil, fmt.Errorf("collect frames of rig %q: %w", rig.Name, ErrNoFrames)
	}
	return sets, nil
}

// collector is the sink of Collect. Its state is shared by the source's
// goroutines under mu.
type collector struct {
	enough context.CancelFunc
	want   int
	spread capture.Time

	mu     sync.Mutex
	latest []*capture.Frame
	seen   []int // frames a camera since the last set
	sets   []*capture.FrameSet
}

// Frame implements capture.Sink. A newer frame of a camera replaces the older.
func (c *collector) Frame(f *capture.Frame) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.sets) >= c.want || f.Camera < 0 || f.Camera >= len(c.latest) {
		f.Release()
		return
	}
	if old := c.latest[f.Camera]; old != nil {
		old.Release()
	}
	c.latest[f.Camera] = f
	c.seen[f.Camera]++
	if c.complete(f.Captured) || c.seen[f.Camera] >= patience {
		c.close()
	}
}

// complete drops frames that are older than now allows and says whether all
// cameras are left.
func (c *collector) complete(now capture.Time) bool {
	all := true
	for i, f := range c.latest {
		if f != nil && now-f.Captured > c.spread {
			f.Release()
			c.latest[i] = nil
		}
		all = all && c.latest[i] != nil
	}
	return all
}

func (c *collector) close() {
	c.sets = append(c.sets, capture.NewFrameSet(uint64(len(c.sets)+1), 0, c.latest))
	c.latest, c.seen = make([]*capture.Frame, len(c.latest)), make([]int, len(c.seen))
	if len(c.sets) == c.want {
		c.enough()
	}
}

// finish gives back what is in no set. Of a source that ended well before its
// first whole set it makes one of what is there.
func (c *collector) finish(well bool) []*capture.FrameSet {
	c.mu.Lock()
	defer c.mu.Unlock()
	some := false
	for _, f := range c.latest {
		some = some || f != nil
	}
	if some && well && len(c.sets) == 0 {
		c.close()
	}
	for _, f := range c.latest {
		if f != nil {
			f.Release()
		}
	}
	return c.sets
}

// Sound implements capture.Sink.
func (*collector) Sound(capture.Sound) {}

// Dropped implements capture.Sink.
func (*collector) Dropped(int, capture.DropReason) {}
