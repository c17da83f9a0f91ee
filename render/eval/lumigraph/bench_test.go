package lumigraph_test

import (
	"testing"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/capture/synthetic"
	"github.com/virtualcube/virtualcube/render/eval"
	"github.com/virtualcube/virtualcube/render/eval/lumigraph"
)

func BenchmarkPicture512(b *testing.B) {
	o := synthetic.Default()
	o.CacheDir = b.TempDir()
	source, err := synthetic.Open(o)
	if err != nil {
		b.Fatal(err)
	}
	defer source.Close()
	frames, err := source.Frames(0, source.Options().Seed)
	if err != nil {
		b.Fatal(err)
	}
	set := capture.NewFrameSet(1, 0, frames)
	defer set.Release()
	r, err := lumigraph.New(source.Rig(), lumigraph.Cameras)
	if err != nil {
		b.Fatal(err)
	}
	target := eval.TargetAt(space.Vec3{X: 0.14, Y: 0.02, Z: 0.95}, 512, 512)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := r.Picture(b.Context(), set, target); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkNew(b *testing.B) {
	o := synthetic.Default()
	o.CacheDir = b.TempDir()
	source, err := synthetic.Open(o)
	if err != nil {
		b.Fatal(err)
	}
	defer source.Close()
	for b.Loop() {
		if _, err := lumigraph.New(source.Rig(), lumigraph.Cameras); err != nil {
			b.Fatal(err)
		}
	}
}
