package face

import (
	"errors"
	"math"
	"testing"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/weights"
)

// bent is a camera that lies on its side, with a lens as Azure Kinects have.
func bent() space.Camera {
	return space.Camera{
		Lens: space.Lens{
			Width: 640, Height: 360, Fx: 305, Fy: 304, Cx: 318, Cy: 183,
			K: [6]float64{0.48, -0.1, 0.02, 0.42, -0.06, 0.01}, P1: 0.0002, P2: -0.0001,
		},
		Pose: space.LookAt(space.Vec3{X: 0.3, Y: 0.2, Z: 1.1}, space.Vec3{Y: -0.1}, space.Vec3{X: 1, Y: 0.1}),
	}
}

// shade is what is in a direction: red, green and blue from 0 to 255, all smooth.
func shade(d space.Vec3) [3]float64 {
	d = d.Unit()
	return [3]float64{128 + 200*d.X, 128 + 200*d.Y, 128 + 100*(d.X-d.Y)}
}

// paint makes a picture of what a camera sees of shade.
func paint(c space.Camera, format capture.Format, full bool) capture.Picture {
	w, h := c.Lens.Width, c.Lens.Height
	p := capture.Picture{Format: format, Width: w, Height: h, Range: capture.Limited}
	lumas, lift, chromas := 219.0/255, 16.0, 224.0/255
	if full {
		p.Range, lumas, lift, chromas = capture.Full, 1, 0, 1
	}
	p.Planes[0], p.Strides[0] = make([]byte, w*h), w
	step, u, v := 1, make([]byte, w*h/4), make([]byte, w*h/4)
	p.Planes[1], p.Planes[2], p.Strides[1], p.Strides[2] = u, v, w/2, w/2
	if format == capture.NV12 {
		uv := make([]byte, w*h/2)
		step, u, v = 2, uv, uv[1:]
		p.Planes, p.Strides = [3][]byte{p.Planes[0], uv}, [3]int{w, w}
	}
	yuv := func(x, y float64) (float64, float64, float64) {
		ray, _ := c.Ray(x, y)
		s := shade(ray.Direction)
		l := 0.299*s[0] + 0.587*s[1] + 0.114*s[2]
		return lift + lumas*l, 128 + chromas*(s[2]-l)/1.772, 128 + chromas*(s[0]-l)/1.402
	}
	for y := range h {
		for x := range w {
			l, _, _ := yuv(float64(x), float64(y))
			p.Planes[0][y*w+x] = byte(l + 0.5)
			if x%2 == 0 && y%2 == 0 {
				_, a, b := yuv(float64(x)+0.5, float64(y)+0.5)
				i := step * (y/2*(w/2) + x/2)
				u[i], v[i] = byte(a+0.5), byte(b+0.5)
			}
		}
	}
	return p
}

func TestSamplerSeesWhereItLooks(t *testing.T) {
	c := bent()
	var s Sampler
	for _, format := range []capture.Format{capture.NV12, capture.I420} {
		for _, full := range []bool{true, false} {
			p := paint(c, format, full)
			for _, metres := range []float64{0.2, 0.9} { // larger than the picture's pixels, and smaller
				for _, mirrored := range []bool{false, true} {
					const side = 96
					v := Around(c, space.Vec3{Y: -0.1}, space.Vec3{Y: 1}, metres, side)
					to := make([]float32, 3*side*side)
					if err := s.Sample(to, p, c, v, mirrored, Scale{2, -1}); err != nil {
						t.Fatal(err)
					}
					worst, dark := 0.0, 0
					for y := range side {
						for x := range side {
							at := x
							if mirrored {
								at = side - 1 - x
							}
							pixel := to[3*(y*side+at):][:3]
							if pixel[0] == -1 && pixel[1] == -1 && pixel[2] == -1 {
								dark++
								continue
							}
							ray, _ := v.Ray(float64(x), float64(y))
							for k, want := range shade(ray.Direction) {
								worst = max(worst, math.Abs((float64(pixel[k])+1)/2*255-want))
							}
						}
					}
					if worst > 3 || dark > 0 {
						t.Errorf("%v, full %v, %.1f m, mirrored %v: off by %.1f levels, %d pixels are black", format, full, metres, mirrored, worst, dark)
					}
				}
			}
		}
	}
}

func TestOutsideThePictureIsBlack(t *testing.T) {
	c := bent()
	const side = 64
	var s Sampler
	to := make([]float32, 3*side*side)
	for name, point := range map[string]space.Vec3{"beside": {X: 3, Z: 0.5}, "behind": c.Pose.Apply(space.Vec3{Z: -1})} {
		for i := range to {
			to[i] = 9
		}
		if err := s.Sample(to, paint(c, capture.NV12, true), c, Around(c, point, space.Vec3{Y: 1}, 0.3, side), false, Scale{1, 0}); err != nil {
			t.Fatal(err)
		}
		for i, v := range to {
			if v != 0 {
				t.Fatalf("%s: %v at %d", name, v, i)
			}
		}
	}
}

func TestPicturesThatCannotBeUsed(t *testing.T) {
	c := bent()
	good := paint(c, capture.NV12, true)
	short, packed := good, good
	short.Planes[1] = short.Planes[1][:100]
	packed.Format = capture.RGBA
	v := Around(c, space.Vec3{}, space.Vec3{Y: 1}, 0.3, 64)
	var s Sampler
	for name, p := range map[string]capture.Picture{"short": short, "packed": packed, "none": {}} {
		if err := s.Sample(make([]float32, 3*64*64), p, c, v, false, Scale{1, 0}); !errors.Is(err, ErrPicture) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := s.Sample(make([]float32, 5), good, c, v, false, Scale{1, 0}); !errors.Is(err, ErrPicture) {
		t.Errorf("too few numbers: %v", err)
	}
}

func TestPartOfAView(t *testing.T) {
	c := bent()
	v := Around(c, space.Vec3{Y: -0.1}, space.Vec3{Y: 1}, 0.5, 192)
	sin, cos := math.Sincos(0.3)
	part := v.Part(120, 60, 40, sin, cos, 64)
	middle, _ := part.Ray(31.5, 31.5)
	want, _ := v.Ray(120, 60)
	if a := space.Angle(middle.Direction, want.Direction); a > 1e-9 {
		t.Errorf("the middle of the part is off by %v", a)
	}
	for _, edge := range []struct{ x, y, u, v float64 }{{31.5, -0.5, 120 - 20*sin, 60 - 20*cos}, {63.5, 31.5, 120 + 20*cos, 60 - 20*sin}} {
		got, _ := part.Ray(edge.x, edge.y)
		want, _ := v.Ray(edge.u, edge.v)
		if a := space.Angle(got.Direction, want.Direction) * v.Lens.Fx; a > 0.3 {
			t.Errorf("%v, %v of the part is off by %.2f pixels of the view", edge.x, edge.y, a)
		}
	}
}

func environment(tb testing.TB) models.Environment {
	tb.Helper()
	store, err := weights.Open("")
	if err != nil {
		tb.Fatal(err)
	}
	for _, name := range []string{"onnxruntime", DetectorWeights, MeshWeights, IrisWeights} {
		if _, err := store.Path(name); err != nil {
			tb.Skipf("%v", err)
		}
	}
	return models.Environment{Provider: models.CPU, Weights: store.Path}
}

func TestNetworksSeeNoFaceInNothing(t *testing.T) {
	e, c := environment(t), bent()
	p := paint(c, capture.NV12, true)
	d, err := OpenDetector(e)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close() // it only frees
	found, err := d.Detect(p, c, Around(c, space.Vec3{}, space.Vec3{Y: 1}, 0.7, DetectorSide))
	if err != nil || found.Score > 0.5 {
		t.Errorf("a face of %.2f is in a gradient, %v", found.Score, err)
	}
	m, err := OpenMesher(e)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close() // it only frees
	var mesh Mesh
	if err := m.Find(&mesh, p, c, Around(c, space.Vec3{}, space.Vec3{Y: 1}, 0.27, MeshSide)); err != nil || mesh.Score > 0.5 {
		t.Errorf("a mesh of %.2f is in a gradient, %v", mesh.Score, err)
	}
	e.Provider = ""
	if _, err := OpenIrisFinder(e); err == nil {
		t.Error("networks open with no provider")
	}
}

func BenchmarkLook(b *testing.B) {
	e, c := environment(b), bent()
	p := paint(c, capture.NV12, true)
	d, err := OpenDetector(e)
	if err != nil {
		b.Fatal(err)
	}
	defer d.Close() // it only frees
	m, err := OpenMesher(e)
	if err != nil {
		b.Fatal(err)
	}
	defer m.Close() // it only frees
	i, err := OpenIrisFinder(e)
	if err != nil {
		b.Fatal(err)
	}
	defer i.Close() // it only frees
	var mesh Mesh
	for name, do := range map[string]func() error{
		"detector": func() error {
			_, err := d.Detect(p, c, Around(c, space.Vec3{}, space.Vec3{Y: 1}, 0.7, DetectorSide))
			return err
		},
		"mesh": func() error { return m.Find(&mesh, p, c, Around(c, space.Vec3{}, space.Vec3{Y: 1}, 0.27, MeshSide)) },
		"iris": func() error {
			_, err := i.Find(p, c, Around(c, space.Vec3{}, space.Vec3{Y: 1}, 0.07, IrisSide), true)
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
