package face

import (
	"testing"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/nv12"
	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/onnx"
	"github.com/virtualcube/virtualcube/models/weights"
)

func env(t testing.TB) models.Environment {
	s, err := weights.Open("")
	if err != nil {
		t.Fatal(err)
	}
	return models.Environment{Provider: models.CPU, Weights: s.Path}
}
func BenchmarkX(b *testing.B) {
	d, _ := OpenDetector(env(b))
	m, _ := OpenMesher(env(b))
	ir, _ := OpenIrisFinder(env(b))
	p := nv12.New(1280, 720, capture.Full)
	c := space.Camera{Lens: space.Lens{Width: 1280, Height: 720, Fx: 610, Fy: 610, Cx: 640, Cy: 360, K: [6]float64{.48, -.1, .02, .42, -.06, .01}}, Pose: space.LookAt(space.Vec3{Z: 1.2}, space.Vec3{}, space.Vec3{Y: 1})}
	for _, side := range []int{256, 192, 64} {
		v := Around(c, space.Vec3{}, space.Vec3{Y: 1}, 0.3, side)
		to := make([]float32, 3*side*side)
		var s Sampler
		b.Run("sample", func(b *testing.B) {
			for b.Loop() {
				s.Sample(to, p, c, v, false, Scale{1, 0})
			}
		})
	}
	for n, s := range map[string]*onnx.Session{"det": d.net.session, "mesh": m.net.session, "iris": ir.net.session} {
		b.Run(n, func(b *testing.B) {
			for b.Loop() {
				s.Run()
			}
		})
	}
}
