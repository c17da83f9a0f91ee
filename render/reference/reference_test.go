package reference

import (
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
	for _, c := range []struct{ s, t, linear float64 }{
		{0.25, 0.25, 0}, {0.75, 0.25, 1}, {0.25, 0.75, 2}, {0.5, 0.5, 1.5},
		{0, 0, 0}, {1, 1, 3}, {-3, 0.75, 2}, {0.375, 0.25, 0.25},
	} {
		near(t, "linear", p.linear(c.s, c.t), c.linear, 1e-12)
	}
	near(t, "half", p.halve().v[0], 1.5, 1e-12)
	near(t, "nearest known of half", p.halveNearest().v[0], 1, 0)
}

// A square of two triangles, tilted in depth: every pixel is hit, and values
// are those of the ray's meeting with the plane.
func TestRasterise(t *testing.T) {
	const size = 16
	corner := func(x, y float64) vertex {
		return vertex{x: x, y: y, z: 1 + x, back: 2 + 2*x, values: [varyings]float64{x * (1 + x), y}}
	}
	a, b, c, d := corner(-0.5, -0.5), corner(15.5, -0.5), corner(-0.5, 15.5), corner(15.5, 15.5)
	// 1/z is linear from 1/0.5 to 1/16.5 over x.
	wantZ := func(x int) float64 {
		s := (float64(x) + 0.5) / 16
		return 1 / ((1-s)/0.5 + s/16.5)
	}
	hits := make([]int, size*size)
	draw := func(v [3]vertex) {
		rasterise(v, size, size, func(x, y int, back float64, values [varyings]float64) {
			hits[y*size+x]++
			z := wantZ(x)
			near(t, "tested distance", back, 2*z, 1e-9)
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
	share := func(x, widest float64) float64 {
		return smoothstep(0, faded, 1-(1-math.Cos(angle(x)))/(1-math.Cos(widest)))
	}
	c := choose(rig, set, eye, space.Vec3{}, 2)
	if len(c) != 2 || c[0].camera != 1 || c[1].camera != 2 {
		t.Fatalf("cameras %v, want 1 and 2", c)
	}
	near(t, "share beside one left out", c[1].share, share(0.5, angle(-1)), 1e-12)
	set.Frames[0] = nil
	c = choose(rig, set, eye, space.Vec3{}, 4)
	near(t, "share with none left out", c[2].share, share(2, beyondLast*angle(2)), 1e-12)
	if choose(rig, &capture.FrameSet{Frames: make([]*capture.Frame, 4)}, eye, space.Vec3{}, 4) != nil {
		t.Error("cameras chosen that sent nothing")
	}
}

func TestHalve(t *testing.T) {
	v := &View{Width: 2, Height: 2, Y: []float64{1, 0.5, 9, 9}, Cb: make([]float64, 4), Cr: make([]float64, 4), Matte: []float64{1, 0.5, 0, 0}}
	l := base(v).halve()
	near(t, "premultiplied Y", l.y.v[0], 1.25/4, 1e-12)
	near(t, "coverage", l.cover.v[0], 1.5/4, 1e-12)
}

func TestMatteClosesCracks(t *testing.T) {
	const side = 128
	n := side * side
	v := &View{Width: side, Height: side, Y: make([]float64, n), Cb: make([]float64, n), Cr: make([]float64, n), Matte: make([]float64, n), Distance: make([]float64, n/4)}
	for i := range n {
		if x, y := i%side, i/side; x >= 64 && x < 80 && y >= 64 && y < 80 && x != 71 {
			v.Matte[i], v.Y[i] = 1, 0.7
		}
	}
	out := fill(v)
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

func TestPack(t *testing.T) {
	if _, _, _, err := (&View{Width: 100, Height: 64}).Pack(0.5, 1); err == nil {
		t.Error("a size that the layout refuses was packed")
	}
	n := 128 * 128
	v := &View{Width: 128, Height: 128, Y: make([]float64, n), Cb: make([]float64, n), Cr: make([]float64, n), Matte: make([]float64, n), Distance: make([]float64, n/4)}
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
