package process_test

import (
	"slices"
	"testing"
	"time"

	"github.com/virtualcube/virtualcube/capture"
)

// BenchmarkCopy is one copy of a 720p picture, with which BenchmarkVideo is
// compared.
func BenchmarkCopy(b *testing.B) {
	in := picture(b, capture.I420, 1280, 720, 1)
	to := make([]byte, 0, 2<<20)
	for b.Loop() {
		to = to[:0]
		for _, p := range in.Colour.Planes {
			to = append(to, p...)
		}
	}
}

// BenchmarkVideo is a filter that returns its input, and one that makes a picture
// by a pass over it.
func BenchmarkVideo(b *testing.B) {
	for _, do := range []string{"same", "invert"} {
		b.Run(do, func(b *testing.B) {
			s, with := video(b, self)
			in := picture(b, capture.I420, 1280, 720, 1)
			v := with(do)
			for b.Loop() {
				out, err := s.Process(in, v)
				if err != nil {
					b.Fatal(err)
				}
				out.Release()
			}
		})
	}
}

// BenchmarkPaced is a filter that returns its input, thirty times a second, when
// caches are cold and everybody sleeps; medians, in turn with one copy.
func BenchmarkPaced(b *testing.B) {
	s, with := video(b, self)
	in := picture(b, capture.I420, 1280, 720, 1)
	v, to := with("same"), make([]byte, 0, 2<<20)
	ticker := time.NewTicker(time.Second / 60)
	defer ticker.Stop()
	var copies, frames []time.Duration
	for b.Loop() {
		<-ticker.C
		start := time.Now()
		to = to[:0]
		for _, p := range in.Colour.Planes {
			to = append(to, p...)
		}
		copies = append(copies, time.Since(start))
		<-ticker.C
		start = time.Now()
		out, err := s.Process(in, v)
		frames = append(frames, time.Since(start))
		if err != nil {
			b.Fatal(err)
		}
		out.Release()
	}
	slices.Sort(copies)
	slices.Sort(frames)
	copied, framed := copies[len(copies)/2], frames[len(frames)/2]
	b.ReportMetric(float64(copied.Microseconds()), "us-copy")
	b.ReportMetric(float64(framed.Microseconds()), "us-frame")
	b.ReportMetric(float64((framed - copied).Microseconds()), "us-beyond")
}

// BenchmarkAudio is 20 ms of sound.
func BenchmarkAudio(b *testing.B) {
	d := self.Isolate(shaky())
	v := d.Parameters.Defaults()
	s, err := d.OpenAudio(b.Context(), environment(), v)
	if err != nil {
		b.Fatal(err)
	}
	in := sound(1)
	for b.Loop() {
		if _, err := s.Process(in, v); err != nil {
			b.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkOpen is the start of a process, and its end.
func BenchmarkOpen(b *testing.B) {
	d := self.Isolate(shaky())
	v := d.Parameters.Defaults()
	for b.Loop() {
		s, err := d.OpenAudio(b.Context(), environment(), v)
		if err != nil {
			b.Fatal(err)
		}
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
