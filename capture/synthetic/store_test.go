package synthetic

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/virtualcube/virtualcube/capture"
)

// open opens a rig and closes it with the test.
func open(t *testing.T, o Options) *Source {
	t.Helper()
	s, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func bake(t *testing.T, s *Source) {
	t.Helper()
	if err := s.Baked(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// pictures copies all planes of the loop.
func pictures(t *testing.T, s *Source) [][]byte {
	t.Helper()
	var out [][]byte
	for i := range s.options.Frames {
		frames, err := s.Frames(i, s.options.Seed)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range frames {
			out = append(out, bytes.Clone(f.Colour.Planes[0]), bytes.Clone(f.Colour.Planes[1]))
			for _, mm := range f.Depth.Millimetres {
				out[len(out)-1] = append(out[len(out)-1], byte(mm), byte(mm>>8))
			}
			f.Release()
		}
	}
	return out
}

func same(a, b [][]byte) bool { return slices.EqualFunc(a, b, bytes.Equal) }

// What is drawn for a caller, what is baked and what is read again are the
// same pictures.
func TestCacheHoldsWhatIsDrawn(t *testing.T) {
	o := small(t)
	s := open(t, o)
	drawn := pictures(t, s)
	bake(t, s)
	if !same(drawn, pictures(t, s)) {
		t.Error("the baked loop differs from the drawn one")
	}
	var baked int
	o.Progress = func(done, _ int) { baked = done }
	again := open(t, o)
	bake(t, again)
	if baked != o.Frames || !same(drawn, pictures(t, again)) {
		t.Errorf("a second source reads %d sets, or other pictures", baked)
	}
	other, err := again.Frames(1, o.Seed+1)
	if err != nil {
		t.Fatal(err)
	}
	mine, err := again.Frames(1, o.Seed)
	if err != nil {
		t.Fatal(err)
	}
	if slices.Equal(other[0].Depth.Millimetres, mine[0].Depth.Millimetres) {
		t.Error("another noise seed gives the same depth")
	}
	for _, f := range append(other, mine...) {
		f.Release()
	}
}

// A file that is cut off, of something else or damaged is rebuilt.
func TestBadCacheIsRebuilt(t *testing.T) {
	for name, spoil := range map[string]func(path string, size int64) error{
		"truncated": func(p string, size int64) error { return os.Truncate(p, size/2) },
		"empty":     func(p string, _ int64) error { return os.Truncate(p, 0) },
		"foreign":   func(p string, size int64) error { return os.WriteFile(p, bytes.Repeat([]byte("x"), int(size)), 0o644) },
		"header":    func(p string, _ int64) error { return overwrite(p, 50, 0xff) },
		"first set": func(p string, _ int64) error { return overwrite(p, page+1000, 0x55) },
		"last byte": func(p string, size int64) error { return overwrite(p, size-page, 0x55) },
		"count":     func(p string, _ int64) error { return overwrite(p, filledOffset+6, 0xff) },
	} {
		t.Run(name, func(t *testing.T) {
			o := small(t)
			first := open(t, o)
			bake(t, first)
			want := pictures(t, first)
			if err := first.Close(); err != nil {
				t.Fatal(err)
			}
			if err := spoil(first.store.path, first.store.size()); err != nil {
				t.Fatal(err)
			}
			second := open(t, o)
			bake(t, second)
			if !same(want, pictures(t, second)) {
				t.Error("the rebuilt loop shows something else")
			}
		})
	}
}

func overwrite(path string, at int64, b byte) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = f.WriteAt([]byte{b, b, b, b}, at)
	return err
}

// Several sources on one file: one bakes, the others read what it fills.
func TestConcurrentBake(t *testing.T) {
	o := small(t)
	var mu sync.Mutex
	var wait sync.WaitGroup
	var all [][][]byte
	for range 3 {
		s := open(t, o)
		wait.Go(func() {
			if err := s.Baked(t.Context()); err != nil {
				t.Error(err)
				return
			}
			p := pictures(t, s)
			mu.Lock()
			all = append(all, p)
			mu.Unlock()
		})
	}
	wait.Wait()
	for _, p := range all[1:] {
		if !same(all[0], p) {
			t.Error("the sources see different loops")
		}
	}
	files, err := filepath.Glob(filepath.Join(o.CacheDir, "loop-*.bin"))
	if err != nil || len(files) != 1 {
		t.Errorf("files %v, %v", files, err)
	}
}

func TestBakedEndsWithItsContext(t *testing.T) {
	s := open(t, small(t))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Baked(ctx); err == nil {
		t.Error("no error")
	}
	// What was not baked then is baked later.
	bake(t, s)
}

func TestOldLoopsArePruned(t *testing.T) {
	o := small(t)
	o.Frames, o.Cameras = 1, 1
	for seed := range uint64(maxStores + 2) {
		o.Seed = seed
		s := open(t, o)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	files, err := filepath.Glob(filepath.Join(o.CacheDir, "loop-*.bin"))
	if err != nil || len(files) != maxStores {
		t.Errorf("%d files, %v, want %d", len(files), err, maxStores)
	}
}

func TestCacheFolderThatCannotBe(t *testing.T) {
	o := small(t)
	file := filepath.Join(o.CacheDir, "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	o.CacheDir = filepath.Join(file, "below")
	if _, err := Open(o); err == nil {
		t.Error("no error")
	}
}

// Frames outlive Close; the map goes with the last of them.
func TestFramesOutliveClose(t *testing.T) {
	s, err := Open(small(t))
	if err != nil {
		t.Fatal(err)
	}
	bake(t, s)
	frames, err := s.Frames(0, s.options.Seed)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for _, f := range frames {
		if err := f.Colour.Validate(); err != nil || f.Colour.Planes[0][0] == 0 && f.Depth.Millimetres[0] == 0 {
			t.Errorf("camera %d: %v", f.Camera, err)
		}
		if s.store.data == nil {
			t.Error("the map is gone while a frame is held")
		}
		f.Release()
	}
	if s.store.data != nil {
		t.Error("the map is still there after the last frame")
	}
	if _, err := s.Frames(0, 1); err == nil {
		t.Error("Frames after Close: no error")
	}
}

// takes collects what a run hands on.
type takes struct {
	mu     sync.Mutex // guards all
	frames []*capture.Frame
	sounds []capture.Sound
	drops  int
	until  func(*takes) bool
	done   context.CancelFunc
}

func (k *takes) Frame(f *capture.Frame) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.frames = append(k.frames, f)
	if k.until(k) {
		k.done()
	}
}

func (k *takes) Sound(s capture.Sound) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.sounds = append(k.sounds, s)
	if k.until(k) {
		k.done()
	}
}

func (k *takes) Dropped(int, capture.DropReason) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.drops++
}

// The loop plays while it is baked: the first set comes before the last is
// there.
func TestPlaysWhileItFills(t *testing.T) {
	o := small(t)
	o.Frames, o.Rate = 40, 120
	s := open(t, o)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ready := -1
	k := &takes{done: cancel, until: func(k *takes) bool {
		if ready < 0 {
			ready, _ = s.ready.get()
		}
		return len(k.frames) > 4
	}}
	if err := s.Run(ctx, k); err != nil {
		t.Fatal(err)
	}
	if ready < 1 || ready == o.Frames {
		t.Errorf("the first frame came when %d of %d sets were baked", ready, o.Frames)
	}
	for _, f := range k.frames {
		f.Release()
	}
}
