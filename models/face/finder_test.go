package face

import (
	"math"
	"testing"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/onnx"
	"github.com/virtualcube/virtualcube/models/weights"
)

func environment(tb testing.TB) models.Environment {
	tb.Helper()
	store, err := weights.Open("")
	if err != nil {
		tb.Fatal(err)
	}
	for _, name := range []string{onnx.Library, DetectorWeights, MeshWeights, IrisWeights} {
		if _, err := store.Path(name); err != nil {
			tb.Skipf("%v", err)
		}
	}
	return models.Environment{Provider: models.CPU, Weights: store.Path}
}

func openFinder(tb testing.TB) *Finder {
	tb.Helper()
	f, err := Open(environment(tb))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		for range 2 {
			if err := f.Close(); err != nil {
				tb.Error(err)
			}
		}
	})
	return f
}

// level is a face whose points lie in a plane, square to a camera's axis: so many
// units away, and turned by a roll.
func level(away, roll float64) *Face {
	f := &Face{Score: 1, up: space.Vec3{Y: -1}}
	sin, cos := math.Sincos(roll)
	set := func(i int, x, y float64) { f.Mesh[i] = space.Vec3{X: cos*x - sin*y, Y: sin*x + cos*y, Z: away} }
	for i := range f.Mesh {
		set(i, float64(i%20)/19-0.5, float64(i/20)/23-0.4)
	}
	set(RightOuter, -0.5, 0)
	set(LeftOuter, 0.5, 0)
	set(RightInner, -0.2, 0)
	set(LeftInner, 0.2, 0)
	set(Forehead, 0, -0.7)
	set(Chin, 0, 0.9)
	return f
}

// TestSquareOfAFace: it holds the points, turned as the eyes are.
func TestSquareOfAFace(t *testing.T) {
	for _, roll := range []float64{0, 0.4, -1.2, 3} {
		s := level(8, roll).Square()
		sin, cos := math.Sincos(roll)
		middle := space.Vec3{X: -sin * 0.1, Y: cos * 0.1, Z: 8} // of forehead and chin
		if a := space.Angle(s.Middle, middle); a > 1e-6 {
			t.Errorf("turned by %v: the middle is off by %v", roll, a)
		}
		if a := space.Angle(s.Up, space.Vec3{X: sin, Y: -cos}); a > 1e-6 {
			t.Errorf("turned by %v: up is off by %v", roll, a)
		}
		if size := s.Size / s.Middle.Norm() * middle.Norm(); math.Abs(size-1.6) > 0.01 {
			t.Errorf("turned by %v: a side is %v", roll, size)
		}
	}
}

// TestBox: a box of the detector lands where it was seen, turned as its eyes are.
func TestBox(t *testing.T) {
	v := Square{Middle: space.Vec3{Z: 2}, Up: space.Vec3{Y: -1}, Size: 2.56}.view(detectorSide)
	scores, boxes := make([]float32, manyAnchors), make([]float32, manyAnchors*values)
	const best = (8*16 + 7) * 2 // its cell's middle is at 119.5, 135.5
	scores[best], scores[3] = 2, 1
	copy(boxes[best*values:], []float32{16, -8, 64, 48, 0, 0, 32, 32}) // eyes aslant
	got := v.surest(scores, boxes, 16, 2)
	near := func(name string, got, want space.Vec3) {
		if got.Sub(want).Norm() > 1e-6 {
			t.Errorf("%s: %v, not %v", name, got, want)
		}
	}
	near("middle", got.Box.Middle, space.Vec3{X: 0.08, Z: 2})
	near("right eye", got.Right, space.Vec3{X: -0.08, Y: 0.08, Z: 2})
	near("left eye", got.Left, space.Vec3{X: 0.24, Y: 0.4, Z: 2})
	up := got.Box.Up.Unit()
	if a := math.Atan2(up.X, -up.Y); math.Abs(a-math.Pi/4) > 1e-6 || math.Abs(got.Box.Size-0.64) > 1e-6 || math.Abs(got.Score-1/(1+math.Exp(-2))) > 1e-6 {
		t.Errorf("it is turned by %v, %v large, with a score of %v", a, got.Box.Size, got.Score)
	}
}

func TestNetworksSeeNoFaceInNothing(t *testing.T) {
	f, c := openFinder(t), bent()
	p := paint(c, capture.NV12, true)
	found, err := f.Detect(p, c, around(c, space.Vec3{}, 0.7))
	if err != nil || found.Score > 0.5 {
		t.Errorf("a face of %.2f is in a gradient, %v", found.Score, err)
	}
	var face Face
	if err := f.Mesh(&face, p, c, around(c, space.Vec3{}, 0.18)); err != nil || face.Score > 0.5 {
		t.Errorf("a mesh of %.2f is in a gradient, %v", face.Score, err)
	}
	e := environment(t)
	e.Provider = ""
	if _, err := Open(e); err == nil {
		t.Error("networks open with no provider")
	}
}

// TestIrisOfAnEyeSeenFromItsSide: nobody looks into it.
func TestIrisOfAnEyeSeenFromItsSide(t *testing.T) {
	f, c := openFinder(t), bent()
	p, face := paint(c, capture.NV12, true), level(8, 0)
	for _, left := range []bool{false, true} {
		if _, ok, err := f.Iris(p, c, face, left); !ok || err != nil {
			t.Errorf("left %v: an eye that faces the camera is not looked into, %v", left, err)
		}
	}
	face.Mesh[LeftInner] = face.Mesh[LeftOuter].Scale(1.04)
	if _, ok, err := f.Iris(p, c, face, true); ok || err != nil {
		t.Errorf("an eye whose corners lie behind each other is looked into, %v", err)
	}
}

func BenchmarkFinder(b *testing.B) {
	f, c := openFinder(b), bent()
	p, face := paint(c, capture.NV12, true), level(8, 0)
	for name, do := range map[string]func() error{
		"detect": func() error {
			_, err := f.Detect(p, c, around(c, space.Vec3{}, 0.7))
			return err
		},
		"mesh": func() error { return f.Mesh(&Face{}, p, c, around(c, space.Vec3{}, 0.18)) },
		"iris": func() error {
			_, _, err := f.Iris(p, c, face, true)
			return err
		},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := do(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
