// Package sourcetest is the contract of capture.Source as a test suite. The
// tests of every source call
//
//	sourcetest.Run(t, func(t testing.TB) capture.Source { … })
//
// with a function that opens a fresh source each time it is called. The
// source should have at least two frames a camera; a recording may loop. Where
// its rig has a microphone, sound comes in step with the frames.
package sourcetest

import (
	"context"
	"fmt"
	"hash/fnv"
	"reflect"
	"sync"
	"testing"
	"time"
	"unsafe"

	"go.uber.org/goleak"

	"github.com/virtualcube/virtualcube/capture"
)

const (
	patience = 60 * time.Second // for what must come, on a slow machine
	prompt   = 5 * time.Second  // for Run to return after its context ended
	enough   = 3                // frames a camera
	held     = 64               // frames kept to see whether they change
	heard    = 5                // stretches of sound
	inStep   = 200 * time.Millisecond
)

// Run holds a source to its contract.
func Run(t *testing.T, open func(testing.TB) capture.Source) {
	t.Run("rig", func(t *testing.T) { rig(t, open(t)) })
	t.Run("frames", func(t *testing.T) { frames(t, open(t)) })
	t.Run("cancelled before", func(t *testing.T) { cancelledBefore(t, open(t)) })
	t.Run("run twice", func(t *testing.T) { twice(t, open(t)) })
}

func rig(t *testing.T, s capture.Source) {
	defer shut(t, s)
	r := s.Rig()
	if err := r.Validate(); err != nil {
		t.Errorf("Rig: %v", err)
	}
	if !(r.Rate > 0) {
		t.Errorf("Rig: rate %v Hz", r.Rate)
	}
	if !reflect.DeepEqual(r, s.Rig()) {
		t.Error("Rig: the second call differs from the first")
	}
}

func shut(t *testing.T, s capture.Source) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
}

// frames plays until every camera gave enough frames, ends the context, and
// looks at what came.
func frames(t *testing.T, s capture.Source) {
	before := goleak.IgnoreCurrent()
	k := &keeper{rig: s.Rig(), count: make([]int, len(s.Rig().Cameras)), full: make(chan struct{}), last: make([]*capture.Frame, len(s.Rig().Cameras))}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx, k) }()
	select {
	case <-k.full:
		cancel()
		wait(t, ended, prompt, "after its context ended")
	case err := <-ended: // a recording that was over
		if err != nil {
			t.Errorf("Run: %v", err)
		}
	case <-time.After(patience):
		t.Errorf("only %v frames a camera came in %v", k.counts(), patience)
		cancel()
		wait(t, ended, prompt, "after its context ended")
	}
	if err := goleak.Find(before); err != nil {
		t.Errorf("Run returned before its goroutines: %v", err)
	}
	for c, n := range k.counts() {
		if n == 0 {
			t.Errorf("camera %d gave no frame", c)
		}
	}
	if n := k.stretches(); s.Rig().Microphone != (n > 0) {
		t.Errorf("Rig: microphone %v, and %d stretches of sound came", s.Rig().Microphone, n)
	}
	shut(t, s)
	k.settle(t)
}

func wait(t *testing.T, ended <-chan error, limit time.Duration, when string) {
	t.Helper()
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("Run %s: %v, want nil", when, err)
		}
	case <-time.After(limit):
		t.Fatalf("Run did not return within %v %s", limit, when)
	}
}

func cancelledBefore(t *testing.T, s capture.Source) {
	defer shut(t, s)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx, discard{}) }()
	wait(t, ended, prompt, "with an ended context")
}

func twice(t *testing.T, s capture.Source) {
	defer shut(t, s)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := s.Run(ctx, discard{}); err != nil {
		t.Errorf("first Run: %v", err)
	}
	if err := s.Run(ctx, discard{}); err == nil {
		t.Error("second Run: no error, want one")
	}
}

// discard is a sink that releases everything.
type discard struct{}

func (discard) Frame(f *capture.Frame)          { f.Release() }
func (discard) Sound(capture.Sound)             {}
func (discard) Dropped(int, capture.DropReason) {}

// keeper is a sink that checks frames as they come and holds the first ones.
type keeper struct {
	rig capture.Rig

	mu     sync.Mutex // guards the rest
	count  []int
	last   []*capture.Frame
	frames []*capture.Frame // held until settle
	sums   []uint64
	sounds []capture.Sound
	begun  capture.Time // of the first frame
	faults []string
	full   chan struct{} // closed when every camera gave enough
	closed bool
}

func (k *keeper) counts() []int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return append([]int(nil), k.count...)
}

func (k *keeper) stretches() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.sounds)
}

func (k *keeper) Frame(f *capture.Frame) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if f.Camera < 0 || f.Camera >= len(k.count) {
		k.faults = append(k.faults, "a frame of a camera that the rig does not have")
		f.Release()
		return
	}
	k.faults = append(k.faults, faults(f, k.rig.Cameras[f.Camera], k.last[f.Camera])...)
	if old := k.last[f.Camera]; old != nil {
		old.Release()
	}
	k.last[f.Camera] = f.Retain()
	if k.count[f.Camera]++; len(k.frames) < held {
		k.frames, k.sums = append(k.frames, f), append(k.sums, sum(f))
	} else {
		f.Release()
	}
	if k.begun == 0 {
		k.begun = f.Captured
	}
	k.sated()
}

// sated ends the playing once enough came. The caller holds the lock.
func (k *keeper) sated() {
	for _, n := range k.count {
		if n < enough {
			return
		}
	}
	if k.rig.Microphone && len(k.sounds) < heard {
		return
	}
	if !k.closed {
		k.closed = true
		close(k.full)
	}
}

func (k *keeper) Sound(s capture.Sound) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if err := s.Validate(); err != nil {
		k.faults = append(k.faults, err.Error())
	}
	if n := len(k.sounds); n > 0 && s.Captured != k.sounds[n-1].Captured.Add(capture.SoundLength) {
		k.faults = append(k.faults, fmt.Sprintf("stretch %d of sound begins %v after the one before", n, s.Captured.Sub(k.sounds[n-1].Captured)))
	}
	k.sounds = append(k.sounds, s)
	k.sated()
}

func (k *keeper) Dropped(camera int, reason capture.DropReason) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if camera < 0 || camera >= len(k.count) || reason == "" {
		k.faults = append(k.faults, "a drop without camera or reason")
	}
}

// faults compares a frame with its camera and with the one before.
func faults(f *capture.Frame, c capture.Camera, before *capture.Frame) (out []string) {
	if f.Colour.Empty() && f.Depth.Empty() {
		out = append(out, "frame has neither colour nor depth")
	}
	if !f.Colour.Empty() {
		if err := f.Colour.Validate(); err != nil {
			out = append(out, err.Error())
		}
		if l := c.Colour.Lens; f.Colour.Width != l.Width || f.Colour.Height != l.Height {
			out = append(out, "colour is not of the lens's size")
		}
	}
	if !f.Depth.Empty() {
		if err := f.Depth.Validate(); err != nil {
			out = append(out, err.Error())
		}
		if l := c.Depth.Lens; f.Depth.Width != l.Width || f.Depth.Height != l.Height {
			out = append(out, "depth is not of the lens's size")
		}
	}
	if f.Captured == 0 || f.Emitted < f.Captured {
		out = append(out, "frame is emitted before it is captured")
	}
	if before != nil && (f.Sequence <= before.Sequence || f.Captured <= before.Captured) {
		out = append(out, "sequence or capture instant does not increase")
	}
	return out
}

// settle says what was wrong and releases the frames, after Close.
func (k *keeper) settle(t *testing.T) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, f := range k.faults {
		t.Error(f)
	}
	if len(k.sounds) > 0 && k.sounds[0].Captured.Sub(k.begun).Abs() > inStep {
		t.Errorf("sound begins %v after the frames", k.sounds[0].Captured.Sub(k.begun))
	}
	for i, f := range k.frames {
		if sum(f) != k.sums[i] {
			t.Errorf("frame %d of camera %d changed after it was handed on, or did not survive Close", f.Sequence, f.Camera)
		}
		f.Release()
	}
	for _, f := range k.last {
		if f != nil {
			f.Release()
		}
	}
}

// sum hashes a frame's planes.
func sum(f *capture.Frame) uint64 {
	h := fnv.New64a()
	for _, p := range f.Colour.Planes {
		_, _ = h.Write(p)
	}
	if d := f.Depth.Millimetres; len(d) > 0 {
		_, _ = h.Write(unsafe.Slice((*byte)(unsafe.Pointer(&d[0])), 2*len(d)))
	}
	return h.Sum64()
}
