package matte_test

import (
	"fmt"
	"syscall"
	"testing"

	"github.com/virtualcube/virtualcube/models/filtertest"
	"github.com/virtualcube/virtualcube/models/matte"
	"github.com/virtualcube/virtualcube/models/matte/mattetest"
)

func TestContract(t *testing.T) {
	d, err := matte.Definition()
	if err != nil {
		t.Fatal(err)
	}
	for _, mode := range []string{matte.Blur, matte.Remove} {
		t.Run(mode, func(t *testing.T) {
			filtertest.Run(t, d, filtertest.Options{
				Environment: mattetest.Environment(t, "onnxruntime", "selfie"), Values: map[string]any{"mode": mode}, Golden: mode + ".json", Tolerance: 0.02,
			})
		})
	}
}

func BenchmarkMatte(b *testing.B) {
	p := person5(b)[1]
	for _, c := range []struct {
		mode          string
		width, height int
	}{
		{matte.Blur, 1280, 720}, {matte.Replace, 1280, 720}, {matte.Remove, 1280, 720}, {matte.Blur, 640, 360}, {matte.Blur, 1920, 1080},
	} {
		b.Run(fmt.Sprintf("%s-%dx%d", c.mode, c.width, c.height), func(b *testing.B) {
			d, err := matte.Definition()
			if err != nil {
				b.Fatal(err)
			}
			v, err := d.Parameters.Parse(map[string]string{"mode": c.mode})
			if err != nil {
				b.Fatal(err)
			}
			s, err := d.OpenVideo(b.Context(), mattetest.Environment(b, "onnxruntime", "selfie"), v)
			if err != nil {
				b.Fatal(err)
			}
			in := p.Part(0, 0, width, height, c.width, c.height).Frame()
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
		})
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
