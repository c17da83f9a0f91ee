package render_test

import (
	"context"
	"log/slog"
	"math"
	"testing"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/render"
	"github.com/virtualcube/virtualcube/render/gl"
)

// sphere is a scene whose every picture can be computed: a ball whose colour
// is a function of the place on it.
type sphere struct {
	centre space.Vec3
	radius float64
}

var ball = sphere{centre: space.Vec3{X: 0.02, Y: -0.05, Z: 0.03}, radius: 0.22}

func (s sphere) hit(r space.Ray) (space.Vec3, bool) {
	o := r.Origin.Sub(s.centre)
	b := o.Dot(r.Direction)
	d := b*b - o.Dot(o) + s.radius*s.radius
	if d < 0 {
		return space.Vec3{}, false
	}
	return r.At(-b - math.Sqrt(d)), true
}

// colour is smooth, so that resampling costs little: luma, Cb, Cr in full range.
func (s sphere) colour(p space.Vec3) (y, cb, cr float64) {
	q := p.Sub(s.centre).Scale(1 / s.radius)
	return 128 + 70*math.Sin(6*q.X)*math.Cos(5*q.Y), 128 + 50*q.X, 128 + 50*q.Y
}

func (s sphere) frame(index int, c capture.Camera) *capture.Frame {
	f := capture.NewFrame(nil)
	f.Camera, f.Sequence, f.Captured = index, 1, 1e9
	d := c.Depth.Lens
	f.Depth = capture.DepthPicture{Width: d.Width, Height: d.Height, Millimetres: make([]uint16, d.Width*d.Height)}
	back := c.Depth.Pose.Inverse()
	for i := range f.Depth.Millimetres {
		if r, ok := c.Depth.Ray(float64(i%d.Width), float64(i/d.Width)); ok {
			if p, ok := s.hit(r); ok {
				f.Depth.Millimetres[i] = uint16(1000*back.Apply(p).Z + 0.5)
			}
		}
	}
	l := c.Colour.Lens
	f.Colour = capture.Picture{
		Format: capture.NV12, Range: capture.Full, Width: l.Width, Height: l.Height,
		Planes: [3][]byte{make([]byte, l.Width*l.Height), make([]byte, l.Width*l.Height/2)}, Strides: [3]int{l.Width, l.Width},
	}
	for v := range l.Height {
		for u := range l.Width {
			y, cb, cr := 30.0, 128.0, 128.0
			if r, ok := c.Colour.Ray(float64(u), float64(v)); ok {
				if p, ok := s.hit(r); ok {
					y, cb, cr = s.colour(p)
				}
			}
			f.Colour.Planes[0][v*l.Width+u] = byte(y + 0.5)
			if u%2 == 0 && v%2 == 0 {
				f.Colour.Planes[1][v/2*l.Width+u] = byte(cb + 0.5)
				f.Colour.Planes[1][v/2*l.Width+u+1] = byte(cr + 0.5)
			}
		}
	}
	return f
}

// ballRig is four cameras before the ball, each with two distorted lenses.
func ballRig() capture.Rig {
	rig := capture.Rig{Name: "ball", Rate: 30, Volume: space.Box{Min: space.Vec3{X: -0.4, Y: -0.4, Z: -0.4}, Max: space.Vec3{X: 0.4, Y: 0.4, Z: 0.4}}}
	for i, angle := range []float64{-0.6, -0.1, 0.35, 0.8} {
		at := space.Vec3{X: 1.1 * math.Sin(angle), Y: 0.2 * float64(i%2), Z: 1.1 * math.Cos(angle)}
		depth := space.LookAt(at, space.Vec3{}, space.Vec3{Y: 1})
		colour := depth.Mul(space.Rigid{R: space.RotationAbout(space.Vec3{X: 1}, 0.02), T: space.Vec3{X: 0.032}})
		rig.Cameras = append(rig.Cameras, capture.Camera{
			Name:   string(rune('a' + i)),
			Depth:  space.Camera{Pose: depth, Lens: space.Lens{Width: 320, Height: 288, Fx: 252, Fy: 252, Cx: 158, Cy: 145, K: [6]float64{0.3, 0.1, 0.01, 0.5, 0.15, 0.02}, P1: 1e-4, P2: -2e-4}},
			Colour: space.Camera{Pose: colour, Lens: space.Lens{Width: 640, Height: 360, Fx: 305, Fy: 305, Cx: 321, Cy: 178, K: [6]float64{0.4, -2, 1.2, 0.3, -1.8, 1.1}, P1: 3e-4, P2: 1e-4}},
		})
	}
	return rig
}

func ballSet(rig capture.Rig) *capture.FrameSet {
	var frames []*capture.Frame
	for i, c := range rig.Cameras {
		frames = append(frames, ball.frame(i, c))
	}
	return capture.NewFrameSet(1, 1e9, frames)
}

// newRenderer runs a device until the test ends.
func newRenderer(t testing.TB, rig capture.Rig, o render.Options) (*render.Renderer, *gl.Device) {
	t.Helper()
	d := gl.New(slog.New(slog.DiscardHandler))
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- d.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("run device: %v", err)
		}
	})
	r, err := render.New(d, rig, o)
	if err != nil {
		t.Fatal(err)
	}
	return r, d
}
