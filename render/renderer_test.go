package render_test

import (
	"errors"
	"math"
	"testing"

	"go.uber.org/goleak"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/render"
	"github.com/virtualcube/virtualcube/render/gl"
	"github.com/virtualcube/virtualcube/render/pack"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var size = render.Options{Width: 256, Height: 256}

// request frames the ball from an eye between the cameras.
func request(t testing.TB, rig capture.Rig, set *capture.FrameSet) render.Request {
	t.Helper()
	q := render.Request{Eye: space.Vec3{X: 0.2, Y: 0.12, Z: 1.05}, Sequence: 7}
	var err error
	if q.Window, q.Near, q.Far, err = render.NewFraming(rig).Frame(set, q.Eye); err != nil {
		t.Fatal(err)
	}
	return q
}

// TestPictureIsWhatTheEyeSees compares every pixel with the computed scene.
func TestPictureIsWhatTheEyeSees(t *testing.T) {
	rig := ballRig()
	set := ballSet(rig)
	r, _ := newRenderer(t, rig, size)
	q := request(t, rig, set)
	camera, err := q.Window.Camera(q.Eye, 256, 256)
	if err != nil {
		t.Fatal(err)
	}
	m, err := r.Picture(t.Context(), set, camera)
	if err != nil {
		t.Fatal(err)
	}
	var both, either, inside, facing int
	var squares, depth float64
	back := camera.Pose.Inverse()
	for i := range m.Matte {
		ray, _ := camera.Ray(float64(i%256), float64(i/256))
		p, truth := ball.hit(ray)
		here := m.Matte[i] > 127
		if truth || here {
			either++
		}
		if !truth || !here {
			continue
		}
		both++
		// The rim, where the surface is grazed, is the matte's affair.
		tilt := -p.Sub(ball.centre).Unit().Dot(ray.Direction)
		if tilt < 0.35 {
			continue
		}
		inside++
		y, cb, cr := ball.colour(p)
		want := [3]float64{y + 1.402*(cr-128), y - 0.344136*(cb-128) - 0.714136*(cr-128), y + 1.772*(cb-128)}
		for k, w := range want {
			e := max(0, min(255, w)) - float64(m.RGB[3*i+k])
			squares += e * e / 3
		}
		if tilt > 0.6 {
			facing++
			e := back.Apply(p).Z - float64(m.Depth[i])
			depth += e * e
		}
	}
	iou, psnr := float64(both)/float64(either), 10*math.Log10(255*255*float64(inside)/squares)
	rms := 1000 * math.Sqrt(depth/float64(facing))
	t.Logf("iou %.4f, psnr %.1f dB, depth %.2f mm rms over %d pixels", iou, psnr, rms, inside)
	if iou < 0.975 {
		t.Errorf("silhouette: intersection over union %.4f, want 0.975", iou)
	}
	if psnr < 44 {
		t.Errorf("colour: %.1f dB, want 44", psnr)
	}
	if rms > 1 {
		t.Errorf("depth: %.2f mm rms, want 1", rms)
	}
}

// TestViewUnpacks draws three times, so that nothing of an earlier view shows.
func TestViewUnpacks(t *testing.T) {
	rig := ballRig()
	set := ballSet(rig)
	r, _ := newRenderer(t, rig, size)
	q := request(t, rig, set)
	layout := pack.Layout{Width: size.Width, Height: size.Height}
	var first []byte
	for range 3 {
		v, err := r.Render(t.Context(), set, q)
		if err != nil {
			t.Fatal(err)
		}
		if err := v.Packed.Validate(); err != nil {
			t.Fatal(err)
		}
		strip, err := layout.ReadStrip(v.Packed.Planes[0], v.Packed.Strides[0])
		if err != nil {
			t.Fatal(err)
		}
		if strip.Window != q.Window.ID || strip.Sequence != q.Sequence || strip.Eye.Sub(q.Eye).Norm() > 0.001 {
			t.Errorf("strip %+v does not describe %+v", strip, q)
		}
		d, depth := layout.Depth(), ball.centre.Sub(q.Eye).Dot(q.Window.Normal().Scale(-1))-ball.radius
		code := v.Packed.Planes[0][(d.Y+d.Height/2)*v.Packed.Strides[0]+d.X+d.Width/2]
		if got := pack.Depth(code, q.Near, q.Far); math.Abs(got-depth) > 0.02 {
			t.Errorf("depth in the middle %.3f m, want about %.3f", got, depth)
		}
		copied := append([]byte(nil), v.Packed.Planes[0]...)
		if first == nil {
			first = copied
		} else if string(first) != string(copied) {
			t.Error("drawing again gives another picture")
		}
		v.Release()
	}
}

func TestLostContextIsRebuilt(t *testing.T) {
	rig := ballRig()
	set := ballSet(rig)
	r, d := newRenderer(t, rig, size)
	q := request(t, rig, set)
	draw := func() ([]byte, error) {
		v, err := r.Render(t.Context(), set, q)
		if err != nil {
			return nil, err
		}
		defer v.Release()
		return append([]byte(nil), v.Packed.Planes[0]...), nil
	}
	want, err := draw()
	if err != nil {
		t.Fatal(err)
	}
	d.Lose()
	if _, err := draw(); !errors.Is(err, render.ErrContextLost) {
		t.Fatalf("drawing on a lost context: %v, want ErrContextLost", err)
	}
	got, err := draw()
	if err != nil {
		t.Fatalf("after the loss: %v", err)
	}
	if string(got) != string(want) {
		t.Error("the rebuilt renderer draws another picture")
	}
}

func TestDeadCamerasCostQualityNotThePicture(t *testing.T) {
	rig := ballRig()
	set := ballSet(rig)
	r, _ := newRenderer(t, rig, size)
	q := request(t, rig, set)
	for dead := range rig.Cameras {
		frames := append([]*capture.Frame(nil), set.Frames...)
		frames[dead] = nil
		v, err := r.Render(t.Context(), capture.NewFrameSet(2, 1, frames), q)
		if err != nil {
			t.Errorf("without camera %d: %v", dead, err)
			continue
		}
		v.Release()
	}
	empty := capture.NewFrameSet(3, 1, make([]*capture.Frame, len(rig.Cameras)))
	if _, err := r.Render(t.Context(), empty, q); !errors.Is(err, render.ErrNobody) {
		t.Errorf("without any camera: %v, want ErrNobody", err)
	}
}

func TestBadRequestsAreRefused(t *testing.T) {
	rig := ballRig()
	set := ballSet(rig)
	r, _ := newRenderer(t, rig, size)
	good := request(t, rig, set)
	for name, change := range map[string]func(*render.Request){
		"eye in the window":  func(q *render.Request) { q.Eye = q.Window.Center },
		"eye behind":         func(q *render.Request) { q.Eye = q.Window.Center.Sub(q.Window.Normal()) },
		"eye not a number":   func(q *render.Request) { q.Eye.X = math.NaN() },
		"depth range turned": func(q *render.Request) { q.Near, q.Far = q.Far, q.Near },
		"no depth range":     func(q *render.Request) { q.Near = 0 },
	} {
		q := good
		change(&q)
		if v, err := r.Render(t.Context(), set, q); err == nil {
			v.Release()
			t.Errorf("%s: drawn, want an error", name)
		}
	}
	for name, o := range map[string]render.Options{
		"odd size": {Width: 100, Height: 256}, "no size": {}, "many cameras": {Width: 256, Height: 256, Geometry: 9},
	} {
		if _, err := render.New(gl.New(nil), rig, o); err == nil {
			t.Errorf("options %s: accepted", name)
		}
	}
}

func TestDepthOfAnotherSizeIsRefused(t *testing.T) {
	rig := ballRig()
	set := ballSet(rig)
	r, _ := newRenderer(t, rig, size)
	q := request(t, rig, set)
	for _, f := range set.Frames {
		f.Depth = capture.DepthPicture{Width: 16, Height: 16, Millimetres: make([]uint16, 256)}
	}
	if v, err := r.Render(t.Context(), set, q); err == nil {
		v.Release()
		t.Error("drawn from depth of another size")
	}
}

func BenchmarkRender(b *testing.B) {
	rig := ballRig()
	set := ballSet(rig)
	r, _ := newRenderer(b, rig, render.Options{Width: 512, Height: 512})
	q := request(b, rig, set)
	b.ReportAllocs()
	for b.Loop() {
		v, err := r.Render(b.Context(), set, q)
		if err != nil {
			b.Fatal(err)
		}
		v.Release()
	}
}
