package rigfile

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/sourcetest"
)

type record struct {
	camera            int
	captured, emitted capture.Time
}

// recorder keeps what came. The sources' goroutines and the rig's call it.
type recorder struct {
	frames chan record // larger than anything that comes
	drops  chan capture.DropReason
	sounds chan capture.Sound
}

func newRecorder() *recorder {
	return &recorder{make(chan record, 10000), make(chan capture.DropReason, 10000), make(chan capture.Sound, 10000)}
}

func (r *recorder) Frame(f *capture.Frame) {
	r.frames <- record{f.Camera, f.Captured, f.Emitted}
	f.Release()
}
func (r *recorder) Sound(s capture.Sound)                    { r.sounds <- s }
func (r *recorder) Dropped(_ int, reason capture.DropReason) { r.drops <- reason }

func (r *recorder) byCamera() map[int][]record {
	close(r.frames)
	m := make(map[int][]record)
	for f := range r.frames {
		m[f.camera] = append(m[f.camera], f)
	}
	return m
}

const pair = "version: 1\ncameras:\n  - {name: a, source: 'one:'}\n  - {name: b, source: 'two:', camera: 1, offset: 0.005}\n"

// Recordings whose sources need different times to begin are played together.
func TestTogether(t *testing.T) {
	for name, begins := range map[string][2]time.Duration{
		"at once":          {0, 0},
		"the second later": {10 * time.Millisecond, 130 * time.Millisecond},
		"the first later":  {95 * time.Millisecond, 10 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				clock := capture.NewClock()
				one, two := newFake(clock, 1), newFake(clock, 2)
				one.begins, two.begins = begins[0], begins[1]
				s, err := opened(t, pair, clock, map[string]*fake{"one:": one, "two:": two})
				if err != nil {
					t.Fatal(err)
				}
				r := newRecorder()
				if err := s.Run(t.Context(), r); err != nil {
					t.Fatal(err)
				}
				got := r.byCamera()
				if len(got[0]) != 10 || len(got[1]) != 10 || len(got) != 2 {
					t.Fatalf("%d and %d frames", len(got[0]), len(got[1]))
				}
				for k := range got[0] {
					if apart := got[1][k].captured.Sub(got[0][k].captured); apart != 5*time.Millisecond {
						t.Errorf("frame %d: the two are %v apart, want the stated 5 ms", k, apart)
					}
					for c := range 2 {
						if late := got[c][k].emitted.Sub(got[c][k].captured); late != 0 {
							t.Errorf("frame %d of camera %d came %v after its instant", k, c, late)
						}
						if k > 0 && got[c][k].captured.Sub(got[c][k-1].captured) != period {
							t.Errorf("frame %d of camera %d after %v", k, c, got[c][k].captured.Sub(got[c][k-1].captured))
						}
					}
				}
				if n := one.live.Load() + two.live.Load(); n != 0 {
					t.Errorf("%d frames were not released", n)
				}
				if len(r.drops) != 10 { // those of camera 0 of the first source
					t.Errorf("%d losses were told, want 10", len(r.drops))
				}
			})
		})
	}
}

// The rig's sound is that of the first source with a microphone, and stays in
// step with that source's frames.
func TestSoundIsInStep(t *testing.T) {
	for name, test := range map[string]struct {
		text string
		mics [2]bool
		want time.Duration // after the first source's first frame
	}{
		"the first's":  {pair, [2]bool{true, true}, 0},
		"the second's": {pair, [2]bool{false, true}, 5 * time.Millisecond},
		"left alone":   {"together: false\n" + pair, [2]bool{false, true}, 130 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				clock := capture.NewClock()
				one, two := newFake(clock, 1), newFake(clock, 2)
				two.begins = 130 * time.Millisecond
				one.rig.Microphone, two.rig.Microphone = test.mics[0], test.mics[1]
				s, err := opened(t, test.text, clock, map[string]*fake{"one:": one, "two:": two})
				if err != nil {
					t.Fatal(err)
				}
				if !s.Rig().Microphone {
					t.Error("the rig has no microphone")
				}
				r := newRecorder()
				if err := s.Run(t.Context(), r); err != nil {
					t.Fatal(err)
				}
				begun := r.byCamera()[0][0].captured
				close(r.sounds)
				n := 0
				for x := range r.sounds {
					if want := begun.Add(test.want + time.Duration(n)*capture.SoundLength); x.Captured != want {
						t.Fatalf("stretch %d is %v from where it should be", n, x.Captured.Sub(want))
					}
					n++
				}
				if n != 20 {
					t.Errorf("%d stretches, want 20", n)
				}
			})
		})
	}
}

func TestStampsAreLeftAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		clock := capture.NewClock()
		one, two := newFake(clock, 1), newFake(clock, 2)
		two.begins = 13 * time.Millisecond
		s, err := opened(t, "together: false\n"+pair, clock, map[string]*fake{"one:": one, "two:": two})
		if err != nil {
			t.Fatal(err)
		}
		r := newRecorder()
		if err := s.Run(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		got := r.byCamera()
		if apart := got[1][4].captured.Sub(got[0][4].captured); apart != 13*time.Millisecond {
			t.Errorf("the two are %v apart", apart)
		}
	})
}

// A source that never begins does not hold the others for good.
func TestASourceThatDoesNotBegin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		clock := capture.NewClock()
		one, two := newFake(clock, 1), newFake(clock, 2)
		one.frames, two.begins = 100, time.Hour
		s, err := opened(t, pair, clock, map[string]*fake{"one:": one, "two:": two})
		if err != nil {
			t.Fatal(err)
		}
		r := newRecorder()
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		if err := s.Run(ctx, r); err != nil {
			t.Fatal(err)
		}
		if n := len(r.byCamera()[0]); n < 60 {
			t.Errorf("%d frames of the source that works", n)
		}
		if one.live.Load() != 0 {
			t.Errorf("%d frames were not released", one.live.Load())
		}
	})
}

func TestFailures(t *testing.T) {
	broken := errors.New("disk gone")
	for name, c := range map[string]struct{ one, two, want error }{
		"one of two": {broken, nil, nil},
		"both":       {broken, broken, broken},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				clock := capture.NewClock()
				one, two := newFake(clock, 1), newFake(clock, 2)
				one.frames, one.fail, two.fail = 3, c.one, c.two
				s, err := opened(t, pair, clock, map[string]*fake{"one:": one, "two:": two})
				if err != nil {
					t.Fatal(err)
				}
				r := newRecorder()
				if err := s.Run(t.Context(), r); !errors.Is(err, c.want) {
					t.Errorf("Run: %v", err)
				}
				if got := r.byCamera(); len(got[0]) != 3 || len(got[1]) != 10 {
					t.Errorf("%d and %d frames", len(got[0]), len(got[1]))
				}
			})
		})
	}
}

func TestContract(t *testing.T) {
	sourcetest.Run(t, func(t testing.TB) capture.Source {
		clock := capture.NewClock()
		one, two := newFake(clock, 1), newFake(clock, 2)
		one.frames, two.frames, two.rig.Microphone = 0, 0, true
		s, err := opened(t, pair, clock, map[string]*fake{"one:": one, "two:": two})
		if err != nil {
			t.Fatal(err)
		}
		return s
	})
}
