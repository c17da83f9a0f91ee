package reference

import (
	"errors"
	"math"
	"testing"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
)

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s is %.6f, want %.6f within %g", what, got, want, tolerance)
	}
}

func TestPlane(t *testing.T) {
	p := plane{2, 2, []float64{0, 1, 2, 3}}
	for _, c := range []struct{ s, t, linear, nearest float64 }{
		{0.25, 0.25, 0, 0}, {0.75, 0.25, 1, 1}, {0.25, 0.75, 2, 2}, {0.5, 0.5, 1.5, 3},
		{0, 0, 0, 0}, {1, 1, 3, 3}, {-3, 0.75, 2, 2}, {0.375, 0.25, 0.25, 0},
	} {
		near(t, "linear", p.linear(c.s, c.t), c.linear, 1e-12)
		near(t, "nearest", p.nearest(c.s, c.t), c.nearest, 0)
	}
}

// A square of two triangles, tilted in depth: every pixel is hit, and values
// are those of the ray's meeting with the plane.
func TestRasterise(t *testing.T) {
	const size = 16
	corner := func(x, y float64) vertex {
		return vertex{x: x, y: y, z: 1 + x, values: [varyings]float64{x * (1 + x), y}}
	}
	a, b, c, d := corner(-0.5, -0.5), corner(15.5, -0.5), corner(-0.5, 15.5), corner(15.5, 15.5)
	// 1/z is linear from 1/0.5 to 1/16.5 over x.
	wantZ := func(x int) float64 {
		s := (float64(x) + 0.5) / 16
		return 1 / ((1-s)/0.5 + s/16.5)
	}
	hits := make([]int, size*size)
	draw := func(v [3]vertex) {
		rasterise(v, size, size, func(x, y int, z float64, values [varyings]float64) {
			hits[y*size+x]++
			near(t, "z", z, wantZ(x), 1e-9)
			// The value over z is linear, too.
			s := (float64(x) + 0.5) / 16
			near(t, "value", values[0], z*((1-s)*-0.5+s*15.5), 1e-9)
		})
	}
	draw([3]vertex{a, b, c})
	draw([3]vertex{c, b, d})
	for i, n := range hits {
		if n < 1 || n > 2 || n == 2 && i%size+i/size != 15 {
			t.Errorf("pixel %d is hit %d times", i, n)
		}
	}
	behind := [3]vertex{a, c, b}
	close := [3]vertex{{z: 0.1}, {x: 5, z: 1}, {y: 5, z: 1}}
	for _, v := range [][3]vertex{behind, close} {
		rasterise(v, size, size, func(x, y int, _ float64, _ [varyings]float64) { t.Errorf("pixel %d, %d is hit", x, y) })
	}
}

func TestFlies(t *testing.T) {
	for _, c := range []struct {
		name string
		z    [9]uint16 // 3 x 3, the pixel in the middle
		want bool
	}{
		{"a surface", [9]uint16{1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000}, false},
		{"an edge", [9]uint16{1000, 1000, 0, 1000, 1000, 0, 1000, 1000, 2500}, false},
		{"a corner of three", [9]uint16{0, 0, 0, 0, 1000, 1000, 0, 1000, 1000}, false},
		{"the limit", [9]uint16{970, 1030, 0, 0, 1000, 0, 0, 0, 970}, false},
		{"beyond the limit", [9]uint16{969, 1031, 0, 0, 1000, 0, 0, 970, 970}, true},
		{"between two surfaces", [9]uint16{900, 1000, 1100, 900, 1000, 1100, 900, 1080, 1100}, true},
		{"alone", [9]uint16{4: 1000}, true},
	} {
		if got := flies(capture.DepthPicture{Width: 3, Height: 3, Millimetres: c.z[:]}, 1, 1); got != c.want {
			t.Errorf("%s flies: %v", c.name, got)
		}
	}
}

func TestChoose(t *testing.T) {
	rig := capture.Rig{Cameras: make([]capture.Camera, 4)}
	for i, x := range []float64{-1, 0, 0.5, 2} {
		rig.Cameras[i].Colour.Pose.T = space.Vec3{X: x, Z: 1}
	}
	set := &capture.FrameSet{Frames: []*capture.Frame{{}, {}, {}, {}}}
	eye := space.Vec3{X: 0.1, Z: 1}
	angle := func(x float64) float64 { return math.Abs(math.Atan(x) - math.Atan(0.1)) }
	c := choose(rig, set, eye, space.Vec3{}, 2)
	if len(c.cameras) != 2 || c.cameras[0] != 1 || c.cameras[1] != 2 {
		t.Errorf("cameras %v, want 1 and 2", c.cameras)
	}
	near(t, "bound", c.widest, angle(-1), 1e-12)
	set.Frames[0] = nil
	c = choose(rig, set, eye, space.Vec3{}, 4)
	near(t, "bound without a camera left out", c.widest, 1.25*angle(2), 1e-12)
}

func TestPlace(t *testing.T) {
	// A plane that falls 6 mm a pixel to the right, at 1 m, with one pixel of
	// something else.
	d := capture.DepthPicture{Width: 9, Height: 9, Millimetres: make([]uint16, 81)}
	for i := range d.Millimetres {
		d.Millimetres[i] = uint16(1000 + 6*(i%9-4))
	}
	l := space.Lens{Width: 9, Height: 9, Fx: 100, Fy: 100, Cx: 4, Cy: 4}
	p, facing, ok := place(l, d, corner{4, 4, 1000, 1, true})
	near(t, "depth", p.Z, 1, 1e-12)
	// 6 mm over a pixel, which is 10 mm wide there.
	near(t, "facing", facing, 1/math.Hypot(1, 0.6), 1e-6)
	if !ok || p.X != 0 {
		t.Errorf("corner at %v, %v", p, ok)
	}
	d.Millimetres[4*9+4] = 3000
	if p, _, _ = place(l, d, corner{4, 4, 1000, 1, true}); math.Abs(p.Z-1) > 1e-9 {
		t.Errorf("a foreign pixel moves the corner to %.3f m", p.Z)
	}
}

func TestHalve(t *testing.T) {
	v := &View{Width: 2, Height: 2, Y: []float64{1, 0.5, 9, 9}, Cb: make([]float64, 4), Cr: make([]float64, 4), Matte: []float64{1, 0.5, 0, 0}, Distance: []float64{2, 1.5, 0, 0}}
	l := base(v).halve()
	near(t, "premultiplied Y", l.y.v[0], 1.25/4, 1e-12)
	near(t, "coverage", l.cover.v[0], 1.5/4, 1e-12)
	near(t, "distance", l.distance.v[0], 1.5, 0)
}

func TestMatteClosesCracks(t *testing.T) {
	const side = 128
	n := side * side
	v := &View{Width: side, Height: side, Y: make([]float64, n), Cb: make([]float64, n), Cr: make([]float64, n), Matte: make([]float64, n), Distance: make([]float64, n)}
	for i := range n {
		if x, y := i%side, i/side; x >= 64 && x < 80 && y >= 64 && y < 80 && x != 71 {
			v.Matte[i], v.Y[i], v.Distance[i] = 1, 0.7, 1
		}
	}
	out := matte(v)
	crack, beyond, far := 72*side+71, 72*side+82, 0
	if out.Matte[crack] < 0.9 || math.Abs(out.Y[crack]-0.7) > 1e-9 {
		t.Errorf("the crack has matte %.2f and Y %.2f", out.Matte[crack], out.Y[crack])
	}
	if out.Matte[beyond] != 0 || math.Abs(out.Y[beyond]-0.7) > 1e-9 {
		t.Errorf("beyond the silhouette: matte %.2f, Y %.2f", out.Matte[beyond], out.Y[beyond])
	}
	if out.Matte[far] != 0 || math.Abs(out.Y[far]-greyY) > 1e-9 {
		t.Errorf("far off: matte %.2f, Y %.2f", out.Matte[far], out.Y[far])
	}
}

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
	v, err := Render(s.rig, set, target, Middle(s.rig, set), 2)
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
		depth += math.Pow(1000*(v.Distance[i]-back.Apply(p).Z), 2)
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
	if _, err := Render(s.rig, set, s.rig.Cameras[0].Depth, space.Vec3{}, 2); !errors.Is(err, ErrNobody) {
		t.Errorf("error %v", err)
	}
	if Middle(s.rig, set) != s.rig.Volume.Center() {
		t.Error("the middle of nobody is not the volume's")
	}
}

func TestPack(t *testing.T) {
	if _, _, _, err := (&View{Width: 100, Height: 64}).Pack(0.5, 1); err == nil {
		t.Error("a size that the layout refuses was packed")
	}
	n := 128 * 128
	v := &View{Width: 128, Height: 128, Y: make([]float64, n), Cb: make([]float64, n), Cr: make([]float64, n), Matte: make([]float64, n), Distance: make([]float64, n)}
	v.Y[5], v.Cb[0], v.Matte[0], v.Distance[0] = 0.5, 1, 1, 0.5
	y, u, _, err := v.Pack(0.5, 1)
	if err != nil {
		t.Fatal(err)
	}
	if y[5] != 128 || u[0] != 64 || y[128*128] != 232 || y[128*128+64] != 16+55 {
		t.Errorf("luma %d, U %d, depth %d, matte %d", y[5], u[0], y[128*128], y[128*128+64])
	}
	// Unknown depth takes that of the coarser levels.
	if y[128*128+3] != 232 || y[128*128+63] != 24 && y[128*128+63] != 232 {
		t.Errorf("extended depth %d, %d", y[128*128+3], y[128*128+63])
	}
}
