package replay

import (
	"context"
	"errors"
	"io"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/virtualcube/virtualcube/capture"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const period = 40 * time.Millisecond

// reel is a recording of n instants, one period apart, of one camera.
type reel struct {
	n, at  int
	cost   func(k int) time.Duration
	fail   error
	drop   map[int]capture.DropReason
	made   int
	freed  atomic.Int64
	rewind int
}

func (r *reel) Next() (time.Duration, error) {
	if r.at == r.n {
		if r.fail != nil {
			return 0, r.fail
		}
		return 0, io.EOF
	}
	r.at++
	return time.Duration(r.at-1) * period, nil
}

func (r *reel) Decode(ctx context.Context) ([]Shot, []Drop, error) {
	k := r.at - 1
	if r.cost != nil {
		select {
		case <-time.After(r.cost(k)):
		case <-ctx.Done():
			return nil, nil, ctx.Err()
		}
	}
	if reason, ok := r.drop[k]; ok {
		return nil, []Drop{{0, reason}}, nil
	}
	r.made++
	return []Shot{{Free: func() { r.freed.Add(1) }}}, nil, nil
}

func (r *reel) Rewind() error {
	r.at = 0
	r.rewind++
	return nil
}

// sink keeps what a frame said.
type sink struct {
	captured, emitted []capture.Time
	sequences         []uint64
	drops             map[capture.DropReason]int
	stop              func(n int)
}

func (s *sink) Frame(f *capture.Frame) {
	s.captured, s.emitted = append(s.captured, f.Captured), append(s.emitted, f.Emitted)
	s.sequences = append(s.sequences, f.Sequence)
	f.Release()
	if s.stop != nil {
		s.stop(len(s.captured))
	}
}
func (s *sink) Sound(capture.Sound) {}
func (s *sink) Dropped(_ int, r capture.DropReason) {
	if s.drops == nil {
		s.drops = make(map[capture.DropReason]int)
	}
	s.drops[r]++
}

func play(t *testing.T, p *Player, r *reel, s *sink, want error) {
	t.Helper()
	p.Name, p.Reel, p.Clock, p.Period, p.Cameras = "test", r, capture.NewClock(), period, 1
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	inner := s.stop
	if inner == nil {
		s.stop = func(n int) {
			if n == 100 {
				cancel()
			}
		}
	}
	if err := p.Run(ctx, s); !errors.Is(err, want) {
		t.Errorf("Run: %v, want %v", err, want)
	}
	if int64(r.made) != r.freed.Load() {
		t.Errorf("%d shots made, %d freed", r.made, r.freed.Load())
	}
	if err := p.Run(ctx, s); err == nil {
		t.Error("ran twice")
	}
}

func TestPace(t *testing.T) {
	cases := []struct {
		name   string
		player *Player
		reel   *reel
		frames int
		step   time.Duration // between capture instants
	}{
		{"once", &Player{}, &reel{n: 10}, 10, period},
		{"half the pace", &Player{Speed: 0.5}, &reel{n: 10}, 10, 2 * period},
		{"a still, repeated", &Player{Loop: true}, &reel{n: 1}, 100, period},
		{"looped", &Player{Loop: true}, &reel{n: 7}, 100, period},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var s sink
				play(t, c.player, c.reel, &s, nil)
				if len(s.captured) != c.frames {
					t.Fatalf("%d frames, want %d", len(s.captured), c.frames)
				}
				for k := range s.captured {
					if s.sequences[k] != uint64(k) {
						t.Errorf("frame %d has sequence %d", k, s.sequences[k])
					}
					if k > 0 && s.captured[k].Sub(s.captured[k-1]) != c.step {
						t.Errorf("frame %d after %v", k, s.captured[k].Sub(s.captured[k-1]))
					}
					if late := s.emitted[k].Sub(s.captured[k]); late != 0 {
						t.Errorf("frame %d emitted %v after its instant", k, late)
					}
				}
			})
		})
	}
}

func TestLostFramesAreCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := reel{n: 10, drop: map[int]capture.DropReason{3: capture.DropTorn, 4: capture.DropSize}}
		var s sink
		play(t, &Player{}, &r, &s, nil)
		if len(s.captured) != 8 || s.drops[capture.DropTorn] != 1 || s.drops[capture.DropSize] != 1 {
			t.Errorf("%d frames, drops %v", len(s.captured), s.drops)
		}
		if s.sequences[3] != 5 {
			t.Errorf("the frame after two losses has sequence %d, want 5", s.sequences[3])
		}
	})
}

// With a slow decoder frames are passed over; those that are shown are hardly
// late, so that recordings that play together stay together.
func TestSlowDecoder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := reel{n: 200, cost: func(int) time.Duration { return 5 * period / 2 }}
		var s sink
		play(t, &Player{}, &r, &s, nil)
		if n := len(s.captured); n < 60 || n+s.drops[capture.DropOverrun] != 200 {
			t.Fatalf("%d frames, drops %v", n, s.drops)
		}
		for k := 10; k < len(s.captured); k++ {
			if late := s.emitted[k].Sub(s.captured[k]); late > period {
				t.Errorf("frame %d is %v late", k, late)
			}
			if apart := s.captured[k].Sub(s.captured[0]); apart%period != 0 {
				t.Errorf("frame %d is out of step by %v", k, apart%period)
			}
		}
	})
}

// After a hold-up the newest decoded instant wins.
func TestHoldUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := reel{n: 40}
		var s sink
		s.stop = func(n int) {
			if n == 10 {
				<-time.After(10 * period)
			}
		}
		play(t, &Player{}, &r, &s, nil)
		if s.drops[capture.DropOverrun] == 0 || len(s.captured)+s.drops[capture.DropOverrun] != 40 {
			t.Errorf("%d frames, drops %v", len(s.captured), s.drops)
		}
	})
}

// After a sleep of the machine the recording goes on, in step.
func TestSleep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := reel{n: 60, cost: func(k int) time.Duration {
			if k == 20 {
				return time.Hour
			}
			return 0
		}}
		var s sink
		play(t, &Player{}, &r, &s, nil)
		if len(s.captured) < 58 || len(s.captured)+s.drops[capture.DropOverrun] != 60 {
			t.Fatalf("%d frames, drops %v", len(s.captured), s.drops)
		}
		for k := 1; k < len(s.captured); k++ {
			if apart := s.captured[k].Sub(s.captured[k-1]); apart <= 0 || apart%period != 0 {
				t.Errorf("frame %d after %v", k, apart)
			}
		}
	})
}

func TestFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broken := errors.New("disk gone")
		r := reel{n: 3, fail: broken}
		var s sink
		play(t, &Player{Loop: true}, &r, &s, broken)
		if len(s.captured) != 3 {
			t.Errorf("%d frames before the failure", len(s.captured))
		}
	})
}

func TestEmptyReelEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s sink
		play(t, &Player{Loop: true}, &reel{}, &s, nil)
	})
}
