package landmarks_test

import (
	"fmt"
	"syscall"
	"testing"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/synthetic"
	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/filtertest"
	"github.com/virtualcube/virtualcube/models/landmarks"
)

func TestContract(t *testing.T) {
	d, err := landmarks.Definition()
	if err != nil {
		t.Fatal(err)
	}
	filtertest.Run(t, d, filtertest.Options{Environment: environment(t)})
}

// looks: there are as many as the rate says, or as there are sets.
func looks(t *testing.T, r recording) {
	set := r.sets[0]
	for _, c := range []struct {
		rate       float64
		each       time.Duration
		want, most int
	}{{10, time.Second / 30, 20, 21}, {30, time.Second / 30, 58, 60}, {4, 100 * time.Millisecond, 8, 9}, {30, 200 * time.Millisecond, 10, 10}} {
		var sets []*capture.FrameSet
		for i := range int(2 * time.Second / c.each) {
			s := capture.NewFrameSet(uint64(i), 0, []*capture.Frame{nil, set.Frames[1].Retain(), nil, nil, nil, nil}) // the middle one
			s.Captured = capture.Time(time.Second) + capture.Time(i)*capture.Time(c.each)
			sets = append(sets, s)
		}
		seen := 0
		for _, g := range watch(t, r.rig, sets, map[string]any{"rate": c.rate, "cameras": 1}) {
			if g != nil {
				seen++
			}
		}
		if seen < c.want || seen > c.most {
			t.Errorf("at %v a second, sets every %v: %d looks in 2 s, not %d", c.rate, c.each, seen, c.want)
		}
	}
}

// BenchmarkLandmarks is a look through the cameras that are used as a rule.
func BenchmarkLandmarks(b *testing.B) {
	r := record(b, synthetic.Default(), []int{0})
	set := r.sets[0]
	d, err := landmarks.Definition()
	if err != nil {
		b.Fatal(err)
	}
	for _, cameras := range []int{1, 2, 3, 6} {
		b.Run(fmt.Sprint(cameras), func(b *testing.B) {
			v, err := d.Parameters.Defaults().With(map[string]any{"rate": 30.0, "cameras": cameras})
			if err != nil {
				b.Fatal(err)
			}
			e, seen := environment(b), 0
			e.Rig, e.Observe = r.rig, func(models.Observation) { seen++ }
			f, err := d.OpenRGBD(b.Context(), e, v)
			if err != nil {
				b.Fatal(err)
			}
			defer f.Close() // it only frees
			b.ReportAllocs()
			began := processorTime(b)
			for b.Loop() {
				set.Captured += capture.Time(time.Second) / 30 // nobody else has it
				out, err := f.Process(set, v)
				if err != nil {
					b.Fatal(err)
				}
				out.Release()
			}
			b.ReportMetric(float64(processorTime(b)-began)/float64(b.N), "cpu-ns/op")
			if seen < b.N {
				b.Errorf("%d looks of %d saw nobody", b.N-seen, b.N)
			}
		})
	}
}

// processorTime is what this process has computed, in nanoseconds: it tells the cost
// on a machine that others work on too.
func processorTime(b *testing.B) int64 {
	b.Helper()
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		b.Fatal(err)
	}
	return r.Utime.Nano() + r.Stime.Nano()
}
