package face_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/capture/synthetic"
	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/face"
	"github.com/virtualcube/virtualcube/models/weights"
)

const width, height = 640, 360

func open(t *testing.T) *face.Finder {
	t.Helper()
	store, err := weights.Open("")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{face.Detector, face.Mesh, face.Irises, face.Library} {
		if _, err := store.Path(name); err != nil {
			t.Skipf("%v", err)
		}
	}
	f, err := face.Open(models.Environment{Provider: models.CPU, Weights: store.Path})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for range 2 {
			if err := f.Close(); err != nil {
				t.Error(err)
			}
		}
	})
	return f
}

// picture is an I420 picture of what paint says, in red, green and blue.
func picture(paint func(x, y int) [3]float64) capture.Picture {
	p := capture.Picture{Format: capture.I420, Width: width, Height: height, Strides: [3]int{width, width / 2, width / 2}}
	p.Planes = [3][]byte{make([]byte, width*height), make([]byte, width*height/4), make([]byte, width*height/4)}
	for y := range height {
		for x := range width {
			c := paint(x, y)
			p.Planes[0][y*width+x] = byte(16.5 + (65.481*c[0]+128.553*c[1]+24.966*c[2])/255)
			if x%2 == 0 && y%2 == 0 {
				i := y/2*width/2 + x/2
				p.Planes[1][i] = byte(128.5 + (-37.797*c[0]-74.203*c[1]+112*c[2])/255)
				p.Planes[2][i] = byte(128.5 + (112*c[0]-93.786*c[1]-18.214*c[2])/255)
			}
		}
	}
	return p
}

var everywhere = face.Box{X1: width, Y1: height}

// TestEyesOfSyntheticRig compares eyes and irises with the truth.
func TestEyesOfSyntheticRig(t *testing.T) {
	if testing.Short() {
		t.Skip("the person takes seconds to build")
	}
	f := open(t)
	s := synthetic.NewScene(synthetic.Default())
	camera := space.Camera{
		Lens: space.Lens{Width: width, Height: height, Fx: 500, Fy: 500, Cx: width/2 - 0.5, Cy: height/2 - 0.5},
		Pose: space.LookAt(space.Vec3{Z: 0.75}, space.Vec3{}, space.Vec3{Y: 1}),
	}
	worst, mean, n := 0.0, 0.0, 0.0
	for k := range 8 {
		at := synthetic.Instant(0.6 * float64(k))
		img := s.Render(camera, at)
		p := picture(func(x, y int) [3]float64 {
			i := 3 * (y*width + x)
			return [3]float64{float64(img.RGB[i]), float64(img.RGB[i+1]), float64(img.RGB[i+2])}
		})
		found, err := f.Find(p, everywhere)
		if err != nil || found == nil || found.Score < 0.9 {
			t.Fatalf("picture %d: found %+v, %v", k, found, err)
		}
		// The first eye of the truth is the left one, at the right of the picture.
		for i, eye := range s.Truth(at).Eyes {
			u, v, _ := camera.Lens.Project(camera.Pose.Inverse().Apply(eye))
			left := u > found.Eyes().X
			if left != (i == 0) {
				t.Fatalf("eye %d is at %v, between them is %v", i, u, found.Eyes().X)
			}
			iris, err := f.Iris(p, found, left)
			if err != nil {
				t.Fatal(err)
			}
			off := math.Hypot(iris.X-u, iris.Y-v)
			worst, mean, n = max(worst, off), mean+off, n+1
			if iris.Diameter < 5 || iris.Diameter > 14 {
				t.Errorf("an iris is %v pixels wide", iris.Diameter)
			}
		}
	}
	t.Logf("irises are %.1f pixels off the middles of the eyes on average, %.1f at most", mean/n, worst)
	if mean/n > 4 || worst > 9 {
		t.Error("the eyes are not where they are")
	}
}

// TestNobody: no face is found in what has none.
func TestNobody(t *testing.T) {
	f := open(t)
	r := rand.New(rand.NewPCG(1, 2))
	for name, paint := range map[string]func(x, y int) [3]float64{
		"black": func(int, int) [3]float64 { return [3]float64{} },
		"grey":  func(int, int) [3]float64 { return [3]float64{128, 128, 128} },
		"noise": func(int, int) [3]float64 {
			return [3]float64{float64(r.IntN(256)), float64(r.IntN(256)), float64(r.IntN(256))}
		},
		"slope": func(x, y int) [3]float64 { return [3]float64{float64(x) / 3, float64(y) / 2, 90} },
	} {
		f.Forget()
		for range 6 {
			if found, err := f.Find(picture(paint), everywhere); err != nil || found != nil {
				t.Errorf("%s: found %v, %v", name, found, err)
			}
		}
	}
	if found, err := f.Find(picture(func(int, int) [3]float64 { return [3]float64{} }), face.Box{}); err != nil || found != nil {
		t.Errorf("in no part of a picture: %v, %v", found, err)
	}
	if _, err := f.Find(capture.Picture{Format: capture.RGBA}, everywhere); err == nil {
		t.Error("RGBA is looked at")
	}
}
