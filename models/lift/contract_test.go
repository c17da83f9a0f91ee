package lift_test

import (
	"math"
	"syscall"
	"testing"

	"github.com/virtualcube/virtualcube/models/filtertest"
	"github.com/virtualcube/virtualcube/models/lift"
)

func TestContract(t *testing.T) {
	d, err := lift.Definition()
	if err != nil {
		t.Fatal(err)
	}
	filtertest.Run(t, d, filtertest.Options{Environment: environment(t), Golden: "lift.json", Tolerance: 0.02})
}

// TestDepthBelongsToTheMatte: there is depth where there is something of the
// person, and only there; and it does not tremble.
func TestDepthBelongsToTheMatte(t *testing.T) {
	p, _, _, _ := standing(t, 1)
	process := opened(t, nil, nil)
	var last []uint16
	for n := range 15 {
		f := process(p)
		worst := 0.0
		for i, c := range f.Matte.Coverage {
			mm := f.Depth.Millimetres[i]
			if (c > 0) != (mm > 0) {
				t.Fatalf("coverage %d has the depth %d", c, mm)
			}
			if n > 8 && mm > 0 && last[i] > 0 {
				worst = max(worst, math.Abs(float64(mm)-float64(last[i])))
			}
		}
		if worst > 12 {
			t.Errorf("of a still picture the depth changes by %v mm", worst)
		}
		last = append(last[:0], f.Depth.Millimetres...)
	}
}

func BenchmarkLift(b *testing.B) {
	p, _, _, _ := standing(b, 1)
	e := environment(b)
	d, err := lift.Definition()
	if err != nil {
		b.Fatal(err)
	}
	v := d.Parameters.Defaults()
	s, err := d.OpenVideo(b.Context(), e, v)
	if err != nil {
		b.Fatal(err)
	}
	in := p.Frame()
	b.ReportAllocs()
	began := processorTime(b)
	for b.Loop() {
		out, err := s.Process(in, v)
		if err != nil {
			b.Fatal(err)
		}
		out.Release()
	}
	b.ReportMetric(float64(processorTime(b)-began)/float64(b.N), "cpu-ns/op")
	b.StopTimer()
	if err := s.Close(); err != nil {
		b.Error(err)
	}
}

// processorTime is what this process has computed, in nanoseconds: it tells the
// cost on a machine that others work on too.
func processorTime(b *testing.B) int64 {
	b.Helper()
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		b.Fatal(err)
	}
	return r.Utime.Nano() + r.Stime.Nano()
}
