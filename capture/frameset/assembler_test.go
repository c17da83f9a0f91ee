package frameset

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const testRate = 25 // period 40 ms, deadline 26.67 ms

const period = time.Second / testRate

func testRig(cameras int) capture.Rig {
	lens := space.Lens{Width: 64, Height: 64, Fx: 64, Fy: 64, Cx: 31.5, Cy: 31.5}
	c := space.Camera{Lens: lens, Pose: space.Identity()}
	r := capture.Rig{Name: "test", Rate: testRate, Volume: capture.DefaultVolume()}
	for i := range cameras {
		r.Cameras = append(r.Cameras, capture.Camera{Name: string(rune('a' + i)), Colour: c, Depth: c})
	}
	return r
}

// script is a source that plays a function.
type script struct {
	rig  capture.Rig
	play func(ctx context.Context, sink capture.Sink) error
}

func (s script) Rig() capture.Rig { return s.rig }
func (s script) Close() error     { return nil }
func (s script) Run(ctx context.Context, sink capture.Sink) error {
	return s.play(ctx, sink)
}

// census counts the frames that were made and those that were freed.
type census struct{ made, freed atomic.Int64 }

func (c *census) frame(camera int, sequence int, captured, emitted capture.Time) *capture.Frame {
	c.made.Add(1)
	f := capture.NewFrame(func(*capture.Frame) { c.freed.Add(1) })
	f.Camera, f.Sequence, f.Captured, f.Emitted = camera, uint64(sequence), captured, emitted
	return f
}

func (c *census) check(t *testing.T) {
	t.Helper()
	if c.made.Load() != c.freed.Load() {
		t.Errorf("%d frames were made and %d freed", c.made.Load(), c.freed.Load())
	}
}

// closed is what is kept of a set.
type closed struct {
	members uint64
	at      time.Duration // from the start of the script
	spread  time.Duration
}

// run plays the script to its end and returns every set that was taken.
func run(t *testing.T, cameras int, change func(*Config), play func(a capture.Sink, clock *capture.Clock)) ([]closed, Stats) {
	t.Helper()
	clock := capture.NewClock()
	start := clock.Now()
	config := Config{Rig: testRig(cameras), Clock: clock}
	if change != nil {
		change(&config)
	}
	a, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	end := make(chan error, 1)
	go func() {
		end <- a.Run(t.Context(), script{config.Rig, func(_ context.Context, sink capture.Sink) error {
			play(sink, clock)
			return nil
		}})
	}()
	var sets []closed
	for {
		s, err := a.Next(t.Context())
		if err != nil {
			if !errors.Is(err, ErrEnded) {
				t.Errorf("Next: %v", err)
			}
			break
		}
		c := closed{at: s.Closed.Sub(start), spread: Spread(s)}
		for i, f := range s.Frames {
			if f != nil {
				if f.Camera != i {
					t.Errorf("frame of camera %d in place %d", f.Camera, i)
				}
				c.members |= 1 << i
			}
		}
		sets = append(sets, c)
		s.Release()
	}
	if err := <-end; err != nil {
		t.Errorf("Run: %v", err)
	}
	return sets, a.Stats()
}

func after(d time.Duration) { <-time.After(d) }

func TestCompleteSets(t *testing.T) {
	cases := []struct {
		name   string
		phases []time.Duration // of the cameras' capture instants
		jitter time.Duration
	}{
		{"one instant", []time.Duration{0, 0, 0, 0, 0, 0}, 0},
		{"wired sync offsets", []time.Duration{0, 160e3, 320e3, 480e3, 640e3, 800e3}, 50e3},
		{"up to half a period", []time.Duration{0, 9e6, 15e6}, 1e6},
		{"two opposed", []time.Duration{0, 19e6}, 0},
		{"free running", []time.Duration{0, 13333333, 26666667}, 0},
		{"one camera", []time.Duration{0}, 15e6},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				const rounds = 50
				var live census
				sets, stats := run(t, len(c.phases), nil, func(sink capture.Sink, clock *capture.Clock) {
					random := rand.New(rand.NewPCG(1, 2))
					for k := range rounds {
						round := clock.Now()
						for _, i := range random.Perm(len(c.phases)) {
							instant := round.Add(c.phases[i] + time.Duration(random.Int64N(int64(c.jitter)+1)))
							sink.Frame(live.frame(i, k, instant, clock.Now()))
						}
						after(period)
					}
				})
				if len(sets) != rounds || int(stats.Complete) != rounds {
					t.Errorf("%d sets, %d of them complete, want %d; %+v", len(sets), stats.Complete, rounds, stats)
				}
				live.check(t)
			})
		})
	}
}

func TestDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var live census
		sets, stats := run(t, 3, nil, func(sink capture.Sink, clock *capture.Clock) {
			now := clock.Now()
			sink.Frame(live.frame(0, 0, now, now))
			after(5 * time.Millisecond)
			sink.Frame(live.frame(1, 0, now+1000, clock.Now()))
			after(period - 10*time.Millisecond) // past the deadline
			sink.Frame(live.frame(2, 0, now, clock.Now()))
			after(5 * time.Millisecond)
		})
		want := closed{members: 0b011, at: period * 2 / 3, spread: 1000}
		if len(sets) != 1 || sets[0] != want {
			t.Errorf("sets %+v, want %+v", sets, want)
		}
		d := stats.Cameras[2].Drops
		if d[capture.DropLate] != 1 || d[capture.DropMissing] != 1 {
			t.Errorf("drops of the late camera: %v", d)
		}
		if stats.Spread != 1000 || stats.SpreadMax != 1000 {
			t.Errorf("spread %v", stats.Spread)
		}
		live.check(t)
	})
}

func TestCameraFallsSilentAndRejoins(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const silentAfter = 5
		var live census
		var stats Stats
		sets, final := run(t, 2, func(c *Config) { c.SilentAfter = silentAfter }, func(sink capture.Sink, clock *capture.Clock) {
			for k := range 30 {
				now := clock.Now()
				sink.Frame(live.frame(0, k, now, now))
				if k < 5 || k >= 20 {
					sink.Frame(live.frame(1, k, now, now))
				}
				after(period)
				if k == 15 {
					stats = sink.(*Assembler).Stats()
				}
			}
		})
		if !stats.Cameras[1].Silent || final.Cameras[1].Silent {
			t.Errorf("silent: %v then %v, want true then false", stats.Cameras[1].Silent, final.Cameras[1].Silent)
		}
		// The first frame of a camera that comes back finds its set closed.
		if d := final.Cameras[1].Drops; d[capture.DropMissing] != 16 || d[capture.DropLate] != 1 {
			t.Errorf("drops %v, want 16 missing and 1 late", d)
		}
		for k, s := range sets {
			begun := time.Duration(k) * period
			waited := s.at - begun
			switch {
			case k >= 5 && k < 5+silentAfter:
				if waited != period*2/3 {
					t.Errorf("set %d waited %v for a camera that may still come", k, waited)
				}
			case waited != 0:
				t.Errorf("set %d waited %v", k, waited)
			}
			wantMembers := uint64(0b11)
			if k >= 5 && k <= 20 {
				wantMembers = 0b01
			}
			if s.members != wantMembers {
				t.Errorf("set %d has members %b", k, s.members)
			}
		}
		live.check(t)
	})
}

// A camera that is late by more than the deadline falls silent for good: the
// sets do not wait for it again and again.
func TestSlowCameraIsNotWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var live census
		sets, stats := run(t, 2, nil, func(sink capture.Sink, clock *capture.Clock) {
			for k := range 60 {
				now := clock.Now()
				sink.Frame(live.frame(0, k, now, now))
				after(35 * time.Millisecond)
				sink.Frame(live.frame(1, k, now, clock.Now()))
				after(5 * time.Millisecond)
			}
		})
		waited := 0
		for k, s := range sets {
			if s.at != time.Duration(k)*period {
				waited++
			}
		}
		if len(sets) != 60 || waited != 15 || !stats.Cameras[1].Silent {
			t.Errorf("%d sets, %d of them waited, stats %+v", len(sets), waited, stats)
		}
		live.check(t)
	})
}

func TestNewestWins(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var live census
		clock := capture.NewClock()
		a, err := New(Config{Rig: testRig(2), Clock: clock})
		if err != nil {
			t.Fatal(err)
		}
		done := make(chan error, 1)
		go func() {
			done <- a.Run(t.Context(), script{testRig(2), func(_ context.Context, sink capture.Sink) error {
				for k := range 4 {
					now := clock.Now()
					sink.Frame(live.frame(0, k, now, now))
					sink.Frame(live.frame(1, k, now, now))
					after(period)
				}
				return nil
			}})
		}()
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		s, err := a.Next(t.Context())
		if err != nil || s.Sequence != 3 {
			t.Fatalf("set %+v, error %v, want the last of four", s, err)
		}
		s.Release()
		if _, err := a.Next(t.Context()); !errors.Is(err, ErrEnded) {
			t.Errorf("Next after the end: %v", err)
		}
		stats := a.Stats()
		if stats.Overrun != 3 || stats.Cameras[0].Drops[capture.DropOverrun] != 3 {
			t.Errorf("overrun %d, %v", stats.Overrun, stats.Cameras[0].Drops)
		}
		live.check(t)
	})
}

func TestNextFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broken := errors.New("cable pulled")
		a, err := New(Config{Rig: testRig(1), Clock: capture.NewClock()})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := a.Next(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("Next of a cancelled context: %v", err)
		}
		source := script{testRig(1), func(context.Context, capture.Sink) error { return broken }}
		if err := a.Run(t.Context(), source); !errors.Is(err, broken) {
			t.Errorf("Run: %v", err)
		}
		if _, err := a.Next(t.Context()); !errors.Is(err, broken) {
			t.Errorf("Next: %v", err)
		}
		if err := a.Run(t.Context(), source); err == nil || errors.Is(err, broken) {
			t.Errorf("second Run: %v", err)
		}
	})
}

func TestForeignCameras(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var live census
		sets, stats := run(t, 1, nil, func(sink capture.Sink, clock *capture.Clock) {
			sink.Frame(live.frame(1, 0, clock.Now(), clock.Now()))
			sink.Frame(live.frame(-1, 0, clock.Now(), clock.Now()))
			sink.Dropped(7, capture.DropTorn)
			sink.Dropped(0, capture.DropTorn)
		})
		if len(sets) != 0 || stats.Foreign != 3 || stats.Cameras[0].Drops[capture.DropTorn] != 1 {
			t.Errorf("sets %v, stats %+v", sets, stats)
		}
		live.check(t)
	})
}

// Every frame is released exactly once, whatever comes when: a second release
// panics in capture.
func TestRandomArrivals(t *testing.T) {
	for seed := range uint64(20) {
		synctest.Test(t, func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 7))
			cameras := 1 + random.IntN(8)
			var live census
			_, stats := run(t, cameras, nil, func(sink capture.Sink, clock *capture.Clock) {
				instants := make([]capture.Time, cameras)
				for k := range 400 {
					i := random.IntN(cameras)
					instants[i] += capture.Time(random.Int64N(int64(2 * period)))
					stamp := clock.Now() - capture.Time(random.Int64N(int64(period)))
					if random.IntN(4) == 0 {
						stamp = instants[i]
					}
					sink.Frame(live.frame(i, k, stamp, clock.Now()))
					if random.IntN(2) == 0 {
						after(time.Duration(random.Int64N(int64(period / time.Duration(cameras)))))
					}
				}
			})
			var placed, late, queue uint64
			for _, c := range stats.Cameras {
				placed += c.Frames
				late += c.Drops[capture.DropLate]
				queue += c.Drops[capture.DropOverrun]
			}
			if placed+late > 400 || placed+late+queue < 400 {
				t.Errorf("seed %d: %d placed, %d late, %d overrun of 400", seed, placed, late, queue)
			}
			live.check(t)
		})
	}
}

func TestConcurrentCamerasAndCancellation(t *testing.T) {
	var live census
	clock := capture.NewClock()
	a, err := New(Config{Rig: testRig(6), Clock: clock})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- a.Run(ctx, script{testRig(6), func(ctx context.Context, sink capture.Sink) error {
			end := make(chan struct{})
			for i := range 6 {
				go func() {
					defer func() { end <- struct{}{} }()
					for k := 0; ctx.Err() == nil; k++ {
						sink.Frame(live.frame(i, k, clock.Now(), clock.Now()))
					}
				}()
			}
			for range 6 {
				<-end
			}
			return nil
		}})
	}()
	for range 3 {
		s, err := a.Next(ctx)
		if err != nil {
			t.Fatal(err)
		}
		s.Retain().Release()
		s.Release()
	}
	cancel()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	live.check(t)
}

func TestNewRefuses(t *testing.T) {
	clock := capture.NewClock()
	slow, many := testRig(1), testRig(9)
	slow.Rate = 0
	for name, c := range map[string]Config{
		"no clock":  {Rig: testRig(1)},
		"no rate":   {Rig: slow, Clock: clock},
		"too many":  {Rig: many, Clock: clock},
		"no camera": {Rig: capture.Rig{Rate: 30}, Clock: clock},
	} {
		if _, err := New(c); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func BenchmarkGroup(b *testing.B) {
	g := grouping{period: period, deadline: period, silentAfter: 15, cameras: make([]cameraState, 6),
		tally: &tally{cameras: make([]CameraStats, 6)}, out: (*capture.FrameSet).Release}
	b.ReportAllocs()
	for k := 0; b.Loop(); k++ {
		now := capture.Time(k) * capture.Time(period)
		for i := range 6 {
			f := capture.NewFrame(nil)
			f.Camera, f.Captured = i, now
			g.place(f, now)
		}
	}
}
