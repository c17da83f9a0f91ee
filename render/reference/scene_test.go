package reference

import (
	"errors"
	"math"
	"testing"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
)

// scene is a ball, seen by two cameras whose lenses bend.
type scene struct{ rig capture.Rig }

const radius = 0.22

func newScene() scene {
	rig := capture.Rig{Name: "ball", Rate: 30, Volume: space.Box{Min: space.Vec3{X: -0.3, Y: -0.3, Z: -0.3}, Max: space.Vec3{X: 0.3, Y: 0.3, Z: 0.3}}}
	for _, x := range []float64{-0.2, 0.25} {
		pose := space.LookAt(space.Vec3{X: x, Z: 1}, space.Vec3{}, space.Vec3{Y: 1})
		rig.Cameras = append(rig.Cameras, capture.Camera{
			Depth: space.Camera{Pose: pose, Lens: space.Lens{Width: 160, Height: 144, Fx: 126, Fy: 126, Cx: 79, Cy: 72, K: [6]float64{0.3, 0.1, 0, 0.5, 0.1, 0}, P1: 1e-4}},
			Colour: space.Camera{Pose: pose.Mul(space.Rigid{R: space.Identity3(), T: space.Vec3{X: 0.032}}),
				Lens: space.Lens{Width: 320, Height: 180, Fx: 152, Fy: 152, Cx: 160, Cy: 90, K: [6]float64{0.4, -2, 1.2, 0.3, -1.8, 1.1}}},
		})
	}
	return scene{rig}
}

func hit(r space.Ray) (space.Vec3, bool) {
	b := r.Origin.Dot(r.Direction)
	d := b*b - r.Origin.Dot(r.Origin) + radius*radius
	if d < 0 {
		return space.Vec3{}, false
	}
	return r.At(-b - math.Sqrt(d)), true
}

func luma(p space.Vec3) float64 { return 120 + 60*math.Sin(20*p.X) + 40*math.Cos(18*p.Y) }

func (s scene) set() *capture.FrameSet {
	var frames []*capture.Frame
	for i, c := range s.rig.Cameras {
		f := capture.NewFrame(nil)
		f.Camera = i
		d, l := c.Depth.Lens, c.Colour.Lens
		f.Depth = capture.DepthPicture{Width: d.Width, Height: d.Height, Millimetres: make([]uint16, d.Width*d.Height)}
		for k := range f.Depth.Millimetres {
			r, _ := c.Depth.Ray(float64(k%d.Width), float64(k/d.Width))
			if p, ok := hit(r); ok {
				f.Depth.Millimetres[k] = uint16(math.Round(1000 * c.Depth.Pose.Inverse().Apply(p).Z))
			}
		}
		f.Colour = capture.Picture{Format: capture.NV12, Range: capture.Limited, Width: l.Width, Height: l.Height, Strides: [3]int{l.Width, l.Width}}
		f.Colour.Planes[0], f.Colour.Planes[1] = make([]byte, l.Width*l.Height), filled(l.Width*l.Height/2, 128)
		for k := range f.Colour.Planes[0] {
			r, _ := c.Colour.Ray(float64(k%l.Width), float64(k/l.Width))
			if p, ok := hit(r); ok {
				f.Colour.Planes[0][k] = byte(math.Round(luma(p)))
			}
		}
		frames = append(frames, f)
	}
	return capture.NewFrameSet(1, 0, frames)
}

// The oracle itself is held against a scene whose pictures can be computed. A
// depth pixel covers 8 mm of the ball here, and the rim is eroded by one.
func TestRenderIsWhatTheEyeSees(t *testing.T) {
	s := newScene()
	set := s.set()
	target := space.Camera{
		Lens: space.Lens{Width: 160, Height: 144, Fx: 220, Fy: 220, Cx: 79.5, Cy: 71.5},
		Pose: space.LookAt(space.Vec3{X: 0.05, Y: 0.1, Z: 0.9}, space.Vec3{}, space.Vec3{Y: 1}),
	}
	v, err := Render(s.rig, set, target, Middle(s.rig, set), Options{Geometry: 2, Colour: 2})
	if err != nil {
		t.Fatal(err)
	}
	back := target.Pose.Inverse()
	both, either, n := 0, 0, 0.0
	var colour, depth float64
	for i := range v.Y {
		r, _ := target.Ray(float64(i%160), float64(i/160))
		p, truth := hit(r)
		here := v.Matte[i] > 0.5
		if truth || here {
			either++
		}
		if !truth || !here {
			continue
		}
		both++
		if -p.Unit().Dot(r.Direction) < 0.6 {
			continue // the rim
		}
		n++
		colour += math.Pow(255*v.Y[i]-luma(p), 2)
		depth += math.Pow(1000*(v.Distance[i/320*80+i%160/2]-back.Apply(p).Z), 2)
	}
	if iou := float64(both) / float64(either); iou < 0.93 {
		t.Errorf("silhouette: intersection over union %.3f", iou)
	}
	if e := math.Sqrt(colour / n); e > 1.5 {
		t.Errorf("luma is off by %.2f levels rms", e)
	}
	if e := math.Sqrt(depth / n); e > 2 {
		t.Errorf("depth is off by %.2f mm rms", e)
	}
	if n < 3000 {
		t.Errorf("only %.0f pixels compared", n)
	}
}

func TestRenderOfNobody(t *testing.T) {
	s := newScene()
	set := s.set()
	for _, f := range set.Frames {
		clear(f.Depth.Millimetres)
	}
	if _, err := Render(s.rig, set, s.rig.Cameras[0].Depth, space.Vec3{}, Options{Geometry: 2, Colour: 2}); !errors.Is(err, ErrNobody) {
		t.Errorf("error %v", err)
	}
	if Middle(s.rig, set) != s.rig.Volume.Center() {
		t.Error("the middle of nobody is not the volume's")
	}
}
