package render_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/render"
	"github.com/virtualcube/virtualcube/render/eval"
)

// noisy is a later frame set of the same scene, its depth noisy.
func noisy(set *capture.FrameSet, n int, random *rand.Rand) *capture.FrameSet {
	var frames []*capture.Frame
	for _, f := range set.Frames {
		g := capture.NewFrame(nil)
		g.Camera, g.Sequence, g.Captured, g.Colour, g.Depth = f.Camera, f.Sequence+uint64(n), f.Captured+capture.Time(n)*33_000_000, f.Colour, f.Depth
		g.Depth.Millimetres = slices.Clone(f.Depth.Millimetres)
		for i, z := range g.Depth.Millimetres {
			if z > 0 {
				g.Depth.Millimetres[i] = uint16(math.Round(float64(z) + 3*random.NormFloat64()))
			}
		}
		frames = append(frames, g)
	}
	return capture.NewFrameSet(set.Sequence+uint64(n), set.Captured+capture.Time(n)*33_000_000, frames)
}

// depthError is the root mean square in metres where the ball faces the eye.
func depthError(m *render.Image, camera space.Camera) float64 {
	squares, n := 0.0, 0.0
	back := camera.Pose.Inverse()
	for i := range m.Matte {
		x, y := i%m.Width, i/m.Width
		if m.Matte[i] < 255 || x%2+y%2 > 0 {
			continue // depth is of half the size
		}
		ray, _ := camera.Ray(float64(x)+0.5, float64(y)+0.5)
		if p, ok := ball.hit(ray); ok && -p.Sub(ball.centre).Unit().Dot(ray.Direction) > 0.6 {
			squares, n = squares+math.Pow(back.Apply(p).Z-float64(m.Depth[i]), 2), n+1
		}
	}
	return math.Sqrt(squares / n)
}

// TestObserveFollowsTheSurface: a renderer that saw the frames before knows the
// surface better than one that did not.
func TestObserveFollowsTheSurface(t *testing.T) {
	rig := ballRig()
	random := rand.New(rand.NewPCG(7, 8))
	still := ballSet(rig)
	r, device := newRenderer(t, rig, size)
	fresh, err := render.New(device, rig, size)
	if err != nil {
		t.Fatal(err)
	}
	for n := 1; n < 15; n++ {
		if err := r.Observe(t.Context(), noisy(still, n, random)); err != nil {
			t.Fatal(err)
		}
	}
	last := noisy(still, 15, random)
	camera := eval.TargetAt(space.Vec3{X: 0.1, Y: 0.1, Z: 0.9}, 160, 144)
	var errs [2]float64
	for i, renderer := range []*render.Renderer{r, fresh} {
		m, err := renderer.Picture(t.Context(), last, camera)
		if err != nil {
			t.Fatal(err)
		}
		errs[i] = depthError(m, camera)
	}
	t.Logf("depth is off by %.2f mm after 14 frames, %.2f mm without", 1000*errs[0], 1000*errs[1])
	if !(errs[0] < 0.6*errs[1]) {
		t.Errorf("depth is off by %.2f mm after 14 frames, %.2f mm without", 1000*errs[0], 1000*errs[1])
	}
}

func TestObserveRefusesWhatDoesNotFit(t *testing.T) {
	rig := ballRig()
	r, _ := newRenderer(t, rig, size)
	set := ballSet(rig)
	set.Frames[2].Depth = capture.DepthPicture{Width: 16, Height: 16, Millimetres: make([]uint16, 256)}
	if err := r.Observe(t.Context(), set); err == nil {
		t.Error("depth of another size is taken in")
	}
	for _, frames := range [][]*capture.Frame{nil, make([]*capture.Frame, 2), make([]*capture.Frame, 9)} {
		if err := r.Observe(t.Context(), capture.NewFrameSet(1, 1, frames)); err != nil {
			t.Errorf("a set of %d frames, none came: %v", len(frames), err)
		}
	}
}

// TestEveryEyeSeesWhatAFreshRendererShows renders sets from many eyes, with
// cameras that miss and come back: nothing of the view before shows.
func TestEveryEyeSeesWhatAFreshRendererShows(t *testing.T) {
	rig := ballRig()
	set := ballSet(rig)
	o := render.Options{Width: 64, Height: 64, Geometry: 2, Colour: 3, OwnColours: true}
	r, device := newRenderer(t, rig, o)
	without := func(dead int) *capture.FrameSet {
		frames := slices.Clone(set.Frames)
		frames[dead] = nil
		return capture.NewFrameSet(1, 1e9, frames)
	}
	// A second later, so that nothing of the surface before is followed.
	moved := ball
	moved.centre.X += 0.06
	var later []*capture.Frame
	for i, c := range rig.Cameras {
		f := moved.frame(i, c)
		f.Sequence, f.Captured = 30, 2e9
		later = append(later, f)
	}
	for i, view := range []struct {
		eye space.Vec3
		set *capture.FrameSet
	}{
		{space.Vec3{X: -0.5, Z: 0.9}, set}, {space.Vec3{X: 0.2, Y: 0.2, Z: 1}, set}, {space.Vec3{X: 0.2, Y: 0.2, Z: 1}, without(1)},
		{space.Vec3{X: 0.7, Z: 0.7}, set}, {space.Vec3{X: 0.7, Z: 0.7}, capture.NewFrameSet(30, 2e9, later)}, {space.Vec3{X: -0.5, Z: 0.9}, set},
	} {
		fresh, err := render.New(device, rig, o)
		if err != nil {
			t.Fatal(err)
		}
		camera := eval.TargetAt(view.eye, 97+i, 83) // odd sizes, too
		got, err := r.Picture(t.Context(), view.set, camera)
		if err != nil {
			t.Fatal(err)
		}
		want, err := fresh.Picture(t.Context(), view.set, camera)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got.RGB, want.RGB) || !slices.Equal(got.Matte, want.Matte) || !slices.Equal(got.Depth, want.Depth) {
			t.Errorf("view %d from %v is not what a fresh renderer shows", i, view.eye)
		}
		if slices.Max(got.Matte) < 255 {
			t.Errorf("view %d from %v is empty", i, view.eye)
		}
		if err := fresh.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}
}

// TestColourIsOfThisFrame takes away half of what the colour camera sees of the
// ball: where the others know a surface, its colour is none of an earlier frame.
func TestColourIsOfThisFrame(t *testing.T) {
	rig := ballRig()
	o := render.Options{Width: 64, Height: 64, Geometry: 4, Colour: 1, OwnColours: true}
	r, device := newRenderer(t, rig, o)
	fresh, err := render.New(device, rig, o)
	if err != nil {
		t.Fatal(err)
	}
	camera := eval.TargetAt(space.Vec3{X: -0.1, Z: 1}, 96, 96)
	if _, err := r.Picture(t.Context(), ballSet(rig), camera); err != nil {
		t.Fatal(err)
	}
	half := ballSet(rig)
	for _, f := range half.Frames {
		f.Sequence, f.Captured = 30, 2e9
	}
	nearest := half.Frames[1]
	clear(nearest.Depth.Millimetres[len(nearest.Depth.Millimetres)/2:])
	for i := range nearest.Colour.Planes[0] {
		nearest.Colour.Planes[0][i] = 255 - nearest.Colour.Planes[0][i]
	}
	got, err := r.Picture(t.Context(), half, camera)
	if err != nil {
		t.Fatal(err)
	}
	want, err := fresh.Picture(t.Context(), half, camera)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got.RGB, want.RGB) || !slices.Equal(got.Matte, want.Matte) {
		t.Error("colours of an earlier frame show")
	}
}

// TestBlindCamerasAreLeftOut covers the nearest cameras.
func TestBlindCamerasAreLeftOut(t *testing.T) {
	rig := ballRig()
	r, _ := newRenderer(t, rig, render.Options{Width: 64, Height: 64, Geometry: 2, Colour: 2})
	camera := eval.TargetAt(space.Vec3{X: -0.1, Z: 1}, 96, 96)
	set := ballSet(rig)
	clear(set.Frames[1].Depth.Millimetres) // the nearest
	m, err := r.Picture(t.Context(), set, camera)
	if err != nil {
		t.Fatal(err)
	}
	if slices.Max(m.Matte) < 255 {
		t.Error("nobody is seen where a second camera sees the ball")
	}
	for _, f := range set.Frames {
		f.Depth.Millimetres = make([]uint16, len(f.Depth.Millimetres))
		f.Sequence++
	}
	if _, err := r.Picture(t.Context(), set, camera); !errors.Is(err, render.ErrNobody) {
		t.Errorf("all cameras blind: %v, want ErrNobody", err)
	}
}
