package lift_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/capture/synthetic"
	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/lift"
	"github.com/virtualcube/virtualcube/models/matte/mattetest"
	"github.com/virtualcube/virtualcube/models/matte/plane"
)

const width, height = 1280, 720

// opened is the filter with real weights.
func opened(tb testing.TB, values map[string]any, observe func(models.Observation)) func(*mattetest.Picture) *capture.Frame {
	tb.Helper()
	e := environment(tb)
	e.Observe = observe
	d, err := lift.Definition()
	if err != nil {
		tb.Fatal(err)
	}
	v, err := d.Parameters.Defaults().With(values)
	if err != nil {
		tb.Fatal(err)
	}
	s, err := d.OpenVideo(tb.Context(), e, v)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Error(err)
		}
	})
	return func(p *mattetest.Picture) *capture.Frame {
		out, err := s.Process(p.Frame(), v)
		if err != nil {
			tb.Fatal(err)
		}
		return out
	}
}

func environment(tb testing.TB) models.Environment {
	tb.Helper()
	return mattetest.Environment(tb, "onnxruntime", "selfie", "blazeface", "facemesh", "iris")
}

// misses are medians of absolute differences from the truth, in mm: as they are,
// and when the part's own mean is taken off, which leaves the relief's; flat is what
// a flat card at the true distance would miss.
type misses struct{ all, relief, face, faceRelief, body, bodyRelief, flat float64 }

func (e *misses) add(o misses, by float64) {
	for _, pair := range [][2]*float64{{&e.all, &o.all}, {&e.relief, &o.relief}, {&e.face, &o.face}, {&e.faceRelief, &o.faceRelief},
		{&e.body, &o.body}, {&e.bodyRelief, &o.bodyRelief}, {&e.flat, &o.flat}} {
		*pair[0] += by * *pair[1]
	}
}

func (e misses) String() string {
	return fmt.Sprintf("all %.0f mm (relief %.1f; of a flat card %.0f), face %.0f (%.1f), body %.0f (%.1f)", e.all, e.relief, e.flat, e.face, e.faceRelief, e.body, e.bodyRelief)
}

// compare measures a depth against the truth in mm, 0 where there is none. The face
// is what lies in an ellipse round the eyes, whose place is in pixels.
func compare(f *capture.Frame, truth *plane.Plane, eyes [2]float64, perPixel float64) misses {
	var all, face, body, real []float64
	for i, want := range truth.V {
		if want == 0 || f.Matte.Coverage[i] < 200 {
			continue
		}
		d := float64(f.Depth.Millimetres[i]) - float64(want)
		all, real = append(all, d), append(real, float64(want))
		x, y := (float64(i%width)-eyes[0])*perPixel, (float64(i/width)-eyes[1])*perPixel
		switch e := math.Hypot(x/75, (y-25)/100); {
		case e < 1:
			face = append(face, d)
		case y > 130:
			body = append(body, d)
		}
	}
	var e misses
	e.all, e.relief = medians(all)
	_, e.flat = medians(real)
	e.face, e.faceRelief = medians(face)
	e.body, e.bodyRelief = medians(body)
	return e
}

// medians are of the absolute differences, and of what is left without their mean.
func medians(list []float64) (plain, aligned float64) {
	if len(list) == 0 {
		return math.NaN(), math.NaN()
	}
	mean := 0.0
	for _, v := range list {
		mean += v / float64(len(list))
	}
	middle := func(from float64) float64 {
		sizes := make([]float64, len(list))
		for i, v := range list {
			sizes[i] = math.Abs(v - from)
		}
		slices.Sort(sizes)
		return sizes[len(sizes)/2]
	}
	return middle(0), middle(mean)
}

// seat is the synthetic rig's person before a webcam that looks down by a tilt in
// degrees.
func seat(s *synthetic.Scene, at float64, tilt float64) (*mattetest.Picture, *plane.Plane, [2]float64, float64) {
	eye := space.Vec3{Y: 0.12 * tilt / 10, Z: 0.78}
	target := eye.Add(space.Vec3{Y: -math.Tan(tilt * math.Pi / 180), Z: -1})
	lens := lift.Camera(width, height, 70, 0).Lens
	camera := space.Camera{Lens: lens, Pose: space.LookAt(eye, target, space.Vec3{Y: 1})}
	t := synthetic.Instant(at)
	img := s.Render(camera, t)
	p := mattetest.New(width, height)
	var truth plane.Plane
	truth.Resize(width, height)
	for i, m := range img.PersonMask {
		for k := range p.Colour {
			p.Colour[k].V[i] = float32(img.RGB[3*i+k])
		}
		p.Cover.V[i] = float32(m) / 255
		truth.V[i] = 0
		if m > 200 {
			truth.V[i] = 1000 * img.Depth[i]
		}
	}
	eyes := s.Truth(t).Eyes
	between := camera.Pose.Inverse().Apply(eyes[0].Lerp(eyes[1], 0.5))
	u, v, _ := lens.Project(between)
	return p, &truth, [2]float64{u, v}, 1000 * between.Z / lens.Fx
}

func TestDepthOfSyntheticRig(t *testing.T) {
	if testing.Short() {
		t.Skip("the person takes seconds to build")
	}
	s := synthetic.NewScene(synthetic.Default())
	for _, c := range []struct {
		tilt, told         float64
		all, relief, faces float64 // what they may miss at most
	}{{0, 0, 45, 12, 9}, {12, 12, 45, 13, 9}, {12, 0, 55, 40, 9}} {
		process := opened(t, map[string]any{"tilt": c.told}, nil)
		var total misses
		const frames = 5
		for n := range frames {
			p, truth, eyes, perPixel := seat(s, float64(n)*1.3, c.tilt)
			got := process(p)
			e := compare(got, truth, eyes, perPixel)
			total.add(e, 1./frames)
		}
		t.Logf("camera tilted by %v degrees, told %v: %v", c.tilt, c.told, total)
		if !(total.all < c.all && total.relief < c.relief && total.faceRelief < c.faces) {
			t.Error("the depth is worse than it was")
		}
	}
}

// TestEyesOfSyntheticRig measures the eyes' place in the cube and where the face
// points, against the truth.
func TestEyesOfSyntheticRig(t *testing.T) {
	if testing.Short() {
		t.Skip("the person takes seconds to build")
	}
	s := synthetic.NewScene(synthetic.Default())
	var last models.Gaze
	process := opened(t, nil, func(o models.Observation) { last = *o.Gaze })
	aside, along, angle, n := 0.0, 0.0, 0.0, 0
	for f := range 5 {
		at := float64(f) * 1.3
		p, _, _, _ := seat(s, at, 0)
		process(p)
		truth := s.Truth(synthetic.Instant(at))
		// seat's camera is 0.78 m before the cube of the rig, lift's Seat before its.
		eye := truth.Eyes[0].Lerp(truth.Eyes[1], 0.5).Add(space.Vec3{Z: lift.Seat - 0.78})
		off := last.Eye.Sub(eye)
		aside += math.Hypot(off.X, off.Y) * 1000
		along += math.Abs(off.Z) * 1000
		facing := truth.Head.Rotate(space.Vec3{Z: 1})
		angle += math.Acos(min(1, facing.Dot(last.Direction))) * 180 / math.Pi
		n++
	}
	t.Logf("eyes are %.1f mm off across and %.1f along the axis, the face points %.1f degrees off, on average of %d", aside/float64(n), along/float64(n), angle/float64(n), n)
	if aside/float64(n) > 10 || along/float64(n) > 45 || angle/float64(n) > 15 {
		t.Error("the eyes are worse than they were")
	}
}
