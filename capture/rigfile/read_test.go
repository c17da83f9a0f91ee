package rigfile

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/virtualcube/virtualcube/capture"
)

// recorded is a fake that can be read out of time: its frames are a period apart,
// except of those left out, which no camera has.
type recorded struct {
	*fake
	at   int
	left []int
}

func (r *recorded) Next(context.Context) (time.Duration, []*capture.Frame, error) {
	for slices.Contains(r.left, r.at) {
		r.at++
	}
	if r.at >= r.frames {
		return 0, nil, io.EOF
	}
	offset := time.Duration(r.at) * period
	var frames []*capture.Frame
	for i := range r.rig.Cameras {
		r.live.Add(1)
		f := capture.NewFrame(func(*capture.Frame) { r.live.Add(-1) })
		f.Camera, f.Captured = i, capture.Time(offset)
		frames = append(frames, f)
	}
	r.at++
	return offset, frames, nil
}

func TestReadOutOfTime(t *testing.T) {
	clock := capture.NewClock()
	one, two := &recorded{fake: newFake(clock, 1), left: []int{2}}, &recorded{fake: newFake(clock, 2), left: []int{5}}
	one.frames, two.frames = 8, 6
	s, err := composed(t, pair, clock, map[string]capture.Source{"one:": one, "two:": two})
	if err != nil {
		t.Fatal(err)
	}
	want := map[int][]int{0: {0, 1}, 1: {0, 1}, 2: {1}, 3: {0, 1}, 4: {0, 1}, 5: {0}, 6: {0}, 7: {0}}
	for k := range 8 {
		at, frames, err := s.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var cameras []int
		for _, f := range frames {
			cameras = append(cameras, f.Camera)
			if own := time.Duration(k)*period + time.Duration(f.Camera)*5*time.Millisecond; time.Duration(f.Captured) != own || at > own {
				t.Errorf("instant %d of %v: the frame of camera %d is of %v, want %v", k, at, f.Camera, f.Captured, own)
			}
			f.Release()
		}
		if !slices.Equal(cameras, want[k]) {
			t.Errorf("instant %d has cameras %v, want %v", k, cameras, want[k])
		}
	}
	if _, _, err := s.Next(t.Context()); !errors.Is(err, io.EOF) {
		t.Errorf("after the last: %v", err)
	}
	if n := one.live.Load() + two.live.Load(); n != 0 {
		t.Errorf("%d frames were not released", n)
	}
}

func TestCloseReleasesWhatWasReadAhead(t *testing.T) {
	clock := capture.NewClock()
	one, two := &recorded{fake: newFake(clock, 1)}, &recorded{fake: newFake(clock, 2)}
	s, err := composed(t, pair, clock, map[string]capture.Source{"one:": one, "two:": two})
	if err != nil {
		t.Fatal(err)
	}
	_, frames, err := s.Next(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	release(frames)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if n := one.live.Load() + two.live.Load(); n != 0 {
		t.Errorf("%d frames were not released", n)
	}
}

func TestLiveSourcesCannotBeReadOutOfTime(t *testing.T) {
	clock := capture.NewClock()
	s, err := composed(t, pair, clock, map[string]capture.Source{"one:": newFake(clock, 1), "two:": newFake(clock, 2)})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Next(t.Context()); err == nil || !strings.Contains(err.Error(), "one:") {
		t.Errorf("error %v", err)
	}
}
