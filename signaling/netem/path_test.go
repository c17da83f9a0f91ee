package netem

import (
	"math"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var begin = time.Unix(1000, 0)

func set(t *testing.T, w *Way, p Path) {
	t.Helper()
	if err := w.Set(p); err != nil {
		t.Fatal(err)
	}
}

func TestRate(t *testing.T) {
	w := New(1).Down
	set(t, w, Path{Rate: 80_000}) // 10 bytes a millisecond
	for i := range 26 {
		at, ok := w.pass(begin, 100)
		if want := begin.Add(time.Duration(i+1) * 10 * time.Millisecond); !ok || !at.Equal(want) {
			t.Fatalf("packet %d leaves after %v, %v", i, at.Sub(begin), ok)
		}
	}
	if _, ok := w.pass(begin, 100); ok || w.Dropped() != 1 {
		t.Error("the queue takes more than a quarter of a second")
	}
	set(t, w, Path{})
	if at, ok := w.pass(begin, 100); !ok || !at.Equal(begin) {
		t.Errorf("without a limit a packet waits %v", at.Sub(begin))
	}
	set(t, w, Path{Rate: 80_000})
	if at, ok := w.pass(begin.Add(time.Minute), 100); !ok || !at.Equal(begin.Add(time.Minute+10*time.Millisecond)) {
		t.Error("a packet waits for what has passed long ago")
	}
}

// TestLoss says that a share is lost in runs of the stated mean length, and
// that a seed says which.
func TestLoss(t *testing.T) {
	const packets = 200_000
	for name, test := range map[string]struct {
		path Path
		run  float64 // mean, packets
	}{
		"each for itself": {Path{Loss: 0.05}, 1 / 0.95},
		"in bursts":       {Path{Loss: 0.05, Burst: 3}, 3},
		"in long bursts":  {Path{Loss: 0.2, Burst: 8}, 8},
	} {
		t.Run(name, func(t *testing.T) {
			first, again, other := New(7).Up, New(7).Up, New(8).Up
			for _, w := range []*Way{first, again, other} {
				set(t, w, test.path)
			}
			lost, runs, same, before := 0, 0, 0, true
			for range packets {
				_, ok := first.pass(begin, 100)
				if _, too := again.pass(begin, 100); too != ok {
					t.Fatal("the same seed loses others")
				}
				if _, too := other.pass(begin, 100); too == ok {
					same++
				}
				if !ok {
					lost++
					if before {
						runs++
					}
				}
				before = ok
			}
			share, run := float64(lost)/packets, float64(lost)/float64(runs)
			if math.Abs(share/test.path.Loss-1) > 0.1 || math.Abs(run/test.run-1) > 0.1 {
				t.Errorf("%.4f lost in runs of %.2f, want %.4f in runs of %.2f", share, run, test.path.Loss, test.run)
			}
			if first.Lost() != uint64(lost) || same == packets {
				t.Errorf("%d lost, %d counted; %d fates are those of another seed", lost, first.Lost(), same)
			}
		})
	}
}

func TestStray(t *testing.T) {
	w := New(3).Up
	set(t, w, Path{Delay: 100 * time.Millisecond, Stray: 0.1, LateFrom: 20 * time.Millisecond, LateTo: 60 * time.Millisecond})
	const packets = 10_000
	late := 0
	for range packets {
		at, ok := w.pass(begin, 100)
		more := at.Sub(begin) - 100*time.Millisecond
		if !ok || more != 0 && (more < 20*time.Millisecond || more > 60*time.Millisecond) {
			t.Fatalf("late by %v, %v", more, ok)
		}
		if more > 0 {
			late++
		}
	}
	if share := float64(late) / packets; math.Abs(share-0.1) > 0.02 {
		t.Errorf("%.3f are late", share)
	}
}

func TestCutWay(t *testing.T) {
	l := New(1)
	l.Cut()
	l.Cut()
	if _, ok := l.Up.pass(begin, 1); ok || l.Up.Lost() != 1 {
		t.Error("a packet passes a cut link")
	}
	l.Mend()
	l.Mend()
	if _, ok := l.Up.pass(begin, 1); !ok {
		t.Error("no packet passes a mended link")
	}
}

func TestValidate(t *testing.T) {
	for name, p := range map[string]Path{
		"rate": {Rate: -1}, "delay": {Delay: -1}, "loss": {Loss: 1.1}, "no share": {Loss: -0.1}, "stray": {Stray: 2}, "late": {LateFrom: 2, LateTo: 1},
		"bursts without pause": {Loss: 0.9, Burst: 3}, "burst": {Burst: -1},
	} {
		if err := New(1).Set(p); err == nil {
			t.Errorf("%s: %+v is taken", name, p)
		}
	}
}
