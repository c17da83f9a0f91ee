package lumigraph

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/render"
	"github.com/virtualcube/virtualcube/render/score"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// balls are a person: trunk, head, and a hand before the trunk.
var balls = []struct {
	centre space.Vec3
	radius float64
}{
	{space.Vec3{Y: -0.32}, 0.25}, {space.Vec3{Y: 0.04}, 0.12}, {space.Vec3{X: 0.1, Y: -0.24, Z: 0.25}, 0.05},
}

// hit returns where a ray meets the nearest ball.
func hit(r space.Ray) (at space.Vec3, ok bool) {
	nearest := math.Inf(1)
	for _, b := range balls {
		from := r.Origin.Sub(b.centre)
		half := from.Dot(r.Direction)
		if d := half*half - from.Dot(from) + b.radius*b.radius; d >= 0 {
			nearest = min(nearest, -half-math.Sqrt(d))
		}
	}
	return r.At(nearest), !math.IsInf(nearest, 1)
}

// paint is Y, Cb and Cr of a point, limited range.
func paint(p space.Vec3) [3]float64 {
	return [3]float64{
		120 + 50*math.Sin(60*p.X+20*p.Y) + 40*math.Cos(45*p.Y), 128 + 30*math.Sin(15*p.Y), 128 + 25*math.Cos(12*p.X),
	}
}

// newRig is five cameras in an arc, whose lenses bend, before a wall outside
// the volume.
func newRig() capture.Rig {
	rig := capture.Rig{Name: "balls", Rate: 30, Volume: space.Box{Min: space.Vec3{X: -0.45, Y: -0.6, Z: -0.4}, Max: space.Vec3{X: 0.45, Y: 0.4, Z: 0.5}}}
	for i, degrees := range []float64{-40, -20, 0, 20, 40} {
		sin, cos := math.Sincos(degrees * math.Pi / 180)
		pose := space.LookAt(space.Vec3{X: sin, Y: 0.1, Z: cos}, space.Vec3{Y: -0.15}, space.Vec3{Y: 1})
		rig.Cameras = append(rig.Cameras, capture.Camera{
			Name:  string(rune('a' + i)),
			Depth: space.Camera{Pose: pose, Lens: space.Lens{Width: 240, Height: 216, Fx: 190, Fy: 190, Cx: 119, Cy: 108, K: [6]float64{0.3, 0.1, 0, 0.5, 0.1, 0}, P1: 1e-4}},
			Colour: space.Camera{
				Pose: pose.Mul(space.Rigid{R: space.Identity3(), T: space.Vec3{X: 0.032}}),
				Lens: space.Lens{Width: 480, Height: 360, Fx: 420, Fy: 420, Cx: 240, Cy: 180, K: [6]float64{0.4, -2, 1.2, 0.3, -1.8, 1.1}},
			},
		})
	}
	return rig
}

// newSet is what the cameras see; the depth sensors are off by up to 4 mm and
// blind here and there.
func newSet(rig capture.Rig) *capture.FrameSet {
	var frames []*capture.Frame
	for i, c := range rig.Cameras {
		f := capture.NewFrame(nil)
		f.Camera = i
		d, l := c.Depth.Lens, c.Colour.Lens
		f.Depth = capture.DepthPicture{Width: d.Width, Height: d.Height, Millimetres: make([]uint16, d.Width*d.Height)}
		for k := range f.Depth.Millimetres {
			f.Depth.Millimetres[k] = 2500
			if r, ok := c.Depth.Ray(float64(k%d.Width), float64(k/d.Width)); ok {
				if p, person := hit(r); person {
					hash := uint32(k+i+1) * 2654435761 >> 16
					f.Depth.Millimetres[k] = uint16(math.Round(1000*c.Depth.Pose.Inverse().Apply(p).Z + float64(hash%9) - 4))
					if hash%13 == 0 {
						f.Depth.Millimetres[k] = 0
					}
				}
			}
		}
		f.Colour = capture.Picture{Format: capture.NV12, Range: capture.Limited, Width: l.Width, Height: l.Height, Strides: [3]int{l.Width, l.Width}}
		f.Colour.Planes[0], f.Colour.Planes[1] = make([]byte, l.Width*l.Height), make([]byte, l.Width*l.Height/2)
		for k := range f.Colour.Planes[0] {
			x, y := k%l.Width, k/l.Width
			r, _ := c.Colour.Ray(float64(x), float64(y))
			if p, ok := hit(r); ok {
				colour := paint(p)
				f.Colour.Planes[0][k] = byte(math.Round(colour[0] + float64(3*i)))
				at := y/2*l.Width + x/2*2
				f.Colour.Planes[1][at], f.Colour.Planes[1][at+1] = byte(math.Round(colour[1])), byte(math.Round(colour[2]))
			}
		}
		frames = append(frames, f)
	}
	return capture.NewFrameSet(1, 0, frames)
}

func newTarget() space.Camera {
	return space.Camera{
		Lens: space.Lens{Width: 160, Height: 144, Fx: 170, Fy: 170, Cx: 79.5, Cy: 71.5},
		Pose: space.LookAt(space.Vec3{X: 0.12, Y: 0.05, Z: 1}, space.Vec3{Y: -0.15}, space.Vec3{Y: 1}),
	}
}

// truth is what the target sees.
func truth(target space.Camera) (score.Picture, score.Mask) {
	w, h := target.Lens.Width, target.Lens.Height
	p, m := score.NewPicture(w, h), score.NewMask(w, h)
	for i := range w * h {
		r, _ := target.Ray(float64(i%w), float64(i/w))
		if at, ok := hit(r); ok {
			m.Set[i] = true
			c := paint(at)
			toRGB(p.RGB[3*i:3*i+3], surface{y: float32(c[0] / 255), cb: float32(c[1] / 255), cr: float32(c[2] / 255)})
		}
	}
	return p, m
}

// figures is what a picture comes to.
type figures struct {
	inside, halo, iou float64 // against the truth
	matte             float64 // pixels
	colour            [3]float64
	depth             float64 // metres
}

func figuresOf(t *testing.T, image *render.Image, target space.Camera) (f figures) {
	t.Helper()
	picture, mask := truth(target)
	m, err := score.Compare(score.Picture{Width: image.Width, Height: image.Height, RGB: image.RGB}, image.Matte, picture, mask)
	if err != nil {
		t.Fatal(err)
	}
	f.inside, f.halo, f.iou = m.PSNRInside, m.PSNRHalo, m.IoU
	known := 0.0
	for i, a := range image.Matte {
		f.matte += float64(a) / 255
		for c := range f.colour {
			f.colour[c] += float64(image.RGB[3*i+c]) * float64(a) / 255
		}
		if image.Depth[i] > 0 {
			known++
			f.depth += float64(image.Depth[i])
		}
	}
	for c := range f.colour {
		f.colour[c] /= f.matte
	}
	f.depth /= known
	return f
}

// TestFrozen holds the baseline where it is: a change that moves these figures
// makes it another baseline, and those of earlier days no longer comparable.
// (Processors that round otherwise may move them by a hair.)
func TestFrozen(t *testing.T) {
	rig := newRig()
	set, target := newSet(rig), newTarget()
	for _, c := range []struct {
		name    string
		cameras int
		missing []int
		want    figures
	}{
		{"three cameras", Cameras, nil, figures{30.4444, 27.4086, 0.97034, 6893.75, [3]float64{146.099, 118.857, 137.827}, 0.874325}},
		{"one camera", 1, nil, figures{26.0895, 24.6381, 0.92155, 6311.6, [3]float64{147.149, 116.480, 136.692}, 0.869783}},
		{"two cameras left", Cameras, []int{0, 2, 3}, figures{29.1169, 26.5401, 0.97162, 6835.3, [3]float64{145.711, 118.259, 137.289}, 0.874581}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := New(rig, c.cameras)
			if err != nil {
				t.Fatal(err)
			}
			some := capture.FrameSet{Frames: slices.Clone(set.Frames)}
			for _, i := range c.missing {
				some.Frames[i] = nil
			}
			image, err := r.Picture(t.Context(), &some, target)
			if err != nil {
				t.Fatal(err)
			}
			got := figuresOf(t, image, target)
			t.Logf("%+v", got)
			for _, v := range [][3]float64{
				{got.inside, c.want.inside, 0.002}, {got.halo, c.want.halo, 0.002}, {got.iou, c.want.iou, 0.0002}, {got.matte, c.want.matte, 1}, {got.depth, c.want.depth, 1e-5},
				{got.colour[0], c.want.colour[0], 0.02}, {got.colour[1], c.want.colour[1], 0.02}, {got.colour[2], c.want.colour[2], 0.02},
			} {
				if !(math.Abs(v[0]-v[1]) <= v[2]) {
					t.Errorf("%.6f, frozen at %.6f within %g", v[0], v[1], v[2])
				}
			}
			again, err := r.Picture(t.Context(), &some, target)
			if err != nil || !slices.Equal(again.RGB, image.RGB) || !slices.Equal(again.Matte, image.Matte) || !slices.Equal(again.Depth, image.Depth) {
				t.Errorf("drawn again it is another picture (%v)", err)
			}
		})
	}
}

func TestNobody(t *testing.T) {
	rig := newRig()
	r, err := New(rig, Cameras)
	if err != nil {
		t.Fatal(err)
	}
	set := newSet(rig)
	for _, f := range set.Frames {
		for i := range f.Depth.Millimetres {
			f.Depth.Millimetres[i] = 2500
		}
	}
	for name, frames := range map[string][]*capture.Frame{"a wall": set.Frames, "no frame": make([]*capture.Frame, 5)} {
		if _, err := r.Picture(t.Context(), &capture.FrameSet{Frames: frames}, newTarget()); !errors.Is(err, render.ErrNobody) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

func TestRefuses(t *testing.T) {
	rig := newRig()
	r, err := New(rig, Cameras)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := New(rig, 0); err == nil {
		t.Error("no camera a view was accepted")
	}
	if _, err := New(capture.Rig{}, 1); err == nil {
		t.Error("a rig without cameras was accepted")
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	set := newSet(rig)
	if _, err := r.Picture(ended, set, newTarget()); !errors.Is(err, context.Canceled) {
		t.Errorf("ended: error %v", err)
	}
	if _, err := r.Picture(t.Context(), set, rig.Cameras[0].Colour); err == nil || !strings.Contains(err.Error(), "pinhole") {
		t.Errorf("a bent target: error %v", err)
	}
	for name, spoil := range map[string]func(*capture.Frame){
		"depth":  func(f *capture.Frame) { f.Depth.Width /= 2 },
		"pixels": func(f *capture.Frame) { f.Depth.Millimetres = nil },
		"size":   func(f *capture.Frame) { f.Colour.Height /= 2 },
		"format": func(f *capture.Frame) { f.Colour.Format = capture.RGBA },
		"planes": func(f *capture.Frame) { f.Colour.Planes[1] = nil },
	} {
		spoilt := newSet(rig)
		spoil(spoilt.Frames[2])
		if _, err := r.Picture(t.Context(), spoilt, newTarget()); err == nil || !strings.Contains(err.Error(), `camera "c"`) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}
