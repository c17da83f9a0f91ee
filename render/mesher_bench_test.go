package render

import (
	"testing"

	"github.com/virtualcube/virtualcube/capture/synthetic"
)

func BenchmarkMesher(b *testing.B) {
	o, err := synthetic.Parse("synthetic:?frames=1&cameras=2")
	if err != nil {
		b.Fatal(err)
	}
	o.CacheDir = b.TempDir()
	source, err := synthetic.Open(o)
	if err != nil {
		b.Fatal(err)
	}
	frames, err := source.Frames(0, 1)
	if err != nil {
		b.Fatal(err)
	}
	c := newCamera(source.Rig().Cameras[1], source.Rig().Volume, sharpening)
	c.observe(frames[1])
	b.ReportAllocs()
	for b.Loop() {
		if !c.mesher.mesh() {
			b.Fatal("nobody seen")
		}
	}
	b.ReportMetric(float64(len(c.mesher.indices)/3), "triangles")
	for _, f := range frames {
		f.Release()
	}
	if err := source.Close(); err != nil {
		b.Fatal(err)
	}
}
