package synthetic

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/virtualcube/virtualcube/capture"
)

// Source plays the synthetic rig. It implements capture.Source.
type Source struct {
	options Options
	rig     capture.Rig
	clock   *capture.Clock
	store   *store
	studio  func() *studio // builds the scene at the first call
	ready   *gauge         // sets that may be played
	turn    chan struct{}  // held by the one who fills
	ran     atomic.Bool
	read    int // by Next
	closed  atomic.Bool
}

var _ capture.Recording = (*Source)(nil)

// Open prepares the rig that the options describe and its cache. Nothing is
// drawn yet: Run and Baked do that.
func Open(o Options) (*Source, error) {
	if err := o.Validate(); err != nil {
		return nil, fmt.Errorf("open synthetic rig: %w", err)
	}
	if o.CacheDir == "" {
		dir, err := os.UserCacheDir()
		if err != nil {
			return nil, fmt.Errorf("open synthetic rig: %w: name a folder for the cache", err)
		}
		o.CacheDir = filepath.Join(dir, "virtualcube")
	}
	if o.Clock == nil {
		o.Clock = capture.NewClock()
	}
	r := rig(o)
	if err := r.Validate(); err != nil {
		return nil, fmt.Errorf("open synthetic rig: %w", err)
	}
	st, err := openStore(o.CacheDir, o, r)
	if err != nil {
		return nil, fmt.Errorf("open synthetic rig: %w", err)
	}
	return &Source{
		options: o, rig: r, clock: o.Clock, store: st, ready: newGauge(), turn: make(chan struct{}, 1),
		studio: sync.OnceValue(func() *studio { return newStudio(o) }),
	}, nil
}

// Rig describes the cameras.
func (s *Source) Rig() capture.Rig { return s.rig }

// Options returns the options, defaults filled in.
func (s *Source) Options() Options { return s.options }

// Scene returns the truth behind the pictures. The first call of a process
// takes some seconds.
func (s *Source) Scene() *Scene { return s.studio().scene }

// Instant returns the time of a frame of the loop.
func (s *Source) Instant(index int) Instant { return s.Scene().Instant(index) }

// Baked returns when the whole loop lies in the cache, baking what is missing
// and nobody else bakes. It may be called before, during or without Run. It
// returns the context's error where that ends first.
func (s *Source) Baked(ctx context.Context) error {
	if s.closed.Load() {
		return errClosed
	}
	if err := s.fill(ctx); err != nil {
		return err
	}
	return ctx.Err()
}

var errClosed = errors.New("synthetic rig is closed")

// Frames returns one frame set of the loop without real time: from the cache
// where it is there and the noise is the options' own, else drawn for the
// caller. Captured is the frame's place in the loop after 1 s; the caller
// releases the frames.
func (s *Source) Frames(index int, noiseSeed uint64) ([]*capture.Frame, error) {
	if s.closed.Load() {
		return nil, errClosed
	}
	if n, _ := s.ready.get(); index < 0 || index >= n || noiseSeed != s.options.Seed {
		return s.studio().set(index, noiseSeed)
	}
	frames := make([]*capture.Frame, len(s.rig.Cameras))
	for i := range frames {
		frames[i] = s.store.frame(index, i)
		stamp(frames[i], index, s.options.Rate)
	}
	return frames, nil
}

// Next reads one loop out of time, see capture.Recording; it bakes it first.
func (s *Source) Next(ctx context.Context) (time.Duration, []*capture.Frame, error) {
	if s.read == 0 {
		if err := s.Baked(ctx); err != nil {
			return 0, nil, err
		}
	}
	if s.read == s.options.Frames {
		return 0, nil, io.EOF
	}
	frames, err := s.Frames(s.read, s.options.Seed)
	offset := time.Duration(math.Round(float64(s.read) / s.options.Rate * 1e9))
	s.read++
	for _, f := range frames {
		f.Captured = capture.Time(offset)
	}
	return offset, frames, err
}

// Close unmaps the cache once the last frame is released. Call it after Run
// has returned.
func (s *Source) Close() error {
	if s.closed.Swap(true) {
		return nil
	}
	return s.store.release()
}
