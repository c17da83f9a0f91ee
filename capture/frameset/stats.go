package frameset

import (
	"maps"
	"math/bits"
	"sync"
	"time"

	"github.com/virtualcube/virtualcube/capture"
)

// Stats are the counters of an Assembler since its start.
type Stats struct {
	Sets     uint64 // closed
	Complete uint64 // of them with a frame of every camera
	Overrun  uint64 // of them replaced before anybody took them
	Foreign  uint64 // frames and drops of cameras that the rig does not have
	// Spread is the time between a set's oldest and newest frame: of the last
	// set, smoothed over some 30 sets, and the largest so far.
	Spread, SpreadMean, SpreadMax time.Duration
	Cameras                       []CameraStats
}

// CameraStats are the counters of one camera.
type CameraStats struct {
	Name   string
	Frames uint64 // that went into a set
	Drops  map[capture.DropReason]uint64
	Silent bool // not waited for at present
	// Clock is the camera's clock against the node's. Where the source stamps
	// on the node's clock its offset is 0 and Latency alone has a meaning.
	Clock Estimate
	// Latency is the smallest time from capture to emission of late, where
	// the source stamps on the node's clock.
	Latency time.Duration
}

// tally keeps the counters. Its lock is held for a few instructions only.
type tally struct {
	mu          sync.Mutex
	stats       Stats
	cameras     []CameraStats
	spreadFirst bool
}

func (t *tally) foreign() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.stats.Foreign++
}

func (t *tally) drop(camera int, reason capture.DropReason) {
	t.mu.Lock()
	defer t.mu.Unlock()
	c := &t.cameras[camera]
	if c.Drops == nil {
		c.Drops = make(map[capture.DropReason]uint64)
	}
	c.Drops[reason]++
}

func (t *tally) overrun(s *capture.FrameSet) {
	for _, f := range s.Frames {
		if f != nil {
			t.drop(f.Camera, capture.DropOverrun)
		}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.stats.Overrun++
}

func (t *tally) frame(camera int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.cameras[camera].Frames++
}

func (t *tally) silent(camera int, is bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.cameras[camera].Silent = is
}

func (t *tally) name(camera int) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.cameras[camera].Name
}

func (t *tally) clock(camera int, e Estimate, own bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	c := &t.cameras[camera]
	if own {
		c.Clock = e
		return
	}
	c.Latency = e.Offset
}

func (t *tally) set(spread time.Duration, members uint64, cameras int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := &t.stats
	s.Sets++
	if bits.OnesCount64(members) == cameras {
		s.Complete++
	}
	s.Spread, s.SpreadMax = spread, max(s.SpreadMax, spread)
	if t.spreadFirst {
		s.SpreadMean, t.spreadFirst = spread, false
	} else {
		s.SpreadMean += (spread - s.SpreadMean) / 30
	}
}

func (t *tally) snapshot() Stats {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := t.stats
	s.Cameras = make([]CameraStats, len(t.cameras))
	for i, c := range t.cameras {
		s.Cameras[i] = c
		s.Cameras[i].Drops = maps.Clone(c.Drops)
	}
	return s
}
