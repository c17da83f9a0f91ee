package reference

import (
	"math"
	"testing"

	"github.com/virtualcube/virtualcube/capture/space"
)

// flat is a surface that a camera without distortion sees, its pixels 10 mm
// wide at 1 m.
func flat(side int, z func(x, y int) float64) surface {
	s := surface{depth: newPlane(side, side), mask: newPlane(side, side)}
	s.camera.Depth = space.Camera{Pose: space.Rigid{R: space.Identity3()}, Lens: space.Lens{Width: side, Height: side, Fx: 100, Fy: 100, Cx: 4, Cy: 4}}
	s.camera.Colour = s.camera.Depth
	for i := range s.depth.v {
		s.depth.v[i] = z(i%side, i/side)
	}
	return s
}

func TestPlace(t *testing.T) {
	// A plane that falls 6 mm a pixel to the right, at 1 m.
	s := flat(9, func(x, _ int) float64 { return float64(1000 + 6*(x-4)) })
	p, normal, facing, ok := s.place(corner{4, 4, 1000, 1})
	near(t, "depth", p.Z, 1, 1e-12)
	// 6 mm over a pixel, which is 10 mm wide there.
	near(t, "facing", facing, 1/math.Hypot(1, 0.6), 1e-9)
	near(t, "normal", normal.X/-normal.Z, 0.6, 1e-9)
	if !ok || p.X != 0 {
		t.Errorf("corner at %v, %v", p, ok)
	}
	s.depth.v[4*9+4] = 3000
	if p, _, _, _ = s.place(corner{4, 4, 1000, 1}); math.Abs(p.Z-1) > 1e-9 {
		t.Errorf("a foreign pixel moves the corner to %.3f m", p.Z)
	}
}

func TestMesh(t *testing.T) {
	const side = 27 // four wide cells and a border
	for _, c := range []struct {
		name      string
		z         func(x, y int) float64
		triangles int
	}{
		{"nothing", func(int, int) float64 { return 0 }, 0},
		{"even ground", func(int, int) float64 { return 1000 }, 4 * 2},
		{"a slope too steep for wide cells", func(x, _ int) float64 { return float64(1000 + 25*x) }, 16 * 2},
		// Right of two wide cells four that the step crosses and four that it
		// does not. Each of the former has, right of the step, two quads.
		{"a step", func(x, _ int) float64 { return float64(1000 + 500*(x/18)) }, 2 * (2 + 4*2 + 4)},
	} {
		m := makeMesh(flat(side, c.z))
		if len(m) != c.triangles {
			t.Errorf("%s: %d triangles, want %d", c.name, len(m), c.triangles)
		}
		for _, v := range m {
			if math.Abs(c.z(v[0].x, v[0].y)-c.z(v[2].x, v[2].y)) > 400 {
				t.Errorf("%s: the triangle %v crosses it", c.name, v)
			}
		}
	}
}

func TestMended(t *testing.T) {
	s := flat(9, func(x, y int) float64 {
		if x == 4 && y == 4 || x > 6 {
			return 0
		}
		return 1000
	})
	c := s.camera.Depth
	volume := space.Box{Min: space.Vec3{X: -1, Y: -1, Z: 0.5}, Max: space.Vec3{X: 1, Y: 1, Z: 2}}
	near(t, "a hole", s.mended(c, volume, 4, 4), 1000, 0)
	near(t, "beside a border", s.mended(c, volume, 7, 7), 0, 0)
	near(t, "a hole outside the volume", s.mended(c, space.Box{Min: space.Vec3{X: 5}, Max: space.Vec3{X: 6, Y: 1, Z: 1}}, 4, 4), 0, 0)
	s.depth.v[3*9+3] = 1031
	near(t, "a hole between surfaces", s.mended(c, volume, 4, 4), 0, 0)
}

// A look from aside at a plane finds the plane, however far off the point is.
func TestLook(t *testing.T) {
	s := flat(9, func(int, int) float64 { return 1000 })
	normal, ray := space.Vec3{Z: -1}, space.Vec3{X: 0.3, Z: 1}
	for _, off := range []float64{-0.015, 0, 0.01} {
		got, weight := s.look(space.Vec3{Z: 1 - off}, ray, normal)
		near(t, "way to the plane", got, off, 1e-12)
		near(t, "weight", weight, 1-off*off/(reach*reach), 1e-9)
	}
	if _, weight := s.look(space.Vec3{Z: 1.1}, ray, normal); weight != 0 {
		t.Error("another surface counts")
	}
	if _, weight := s.look(space.Vec3{Z: -1}, ray, normal); weight != 0 {
		t.Error("a point behind the camera counts")
	}
}

func TestShadow(t *testing.T) {
	s := flat(40, func(x, _ int) float64 {
		if x < 20 {
			return 1000
		}
		return 0
	})
	c := painter{camera: s.camera, shadow: cast(s)}
	for _, k := range []struct{ x, z, want float64 }{
		{10, 1, 1}, {10, 1.03, 1}, {10, 1.1, none}, {10, 0.9, none}, {30, 1, none}, {19.5, 1, 0.25},
	} {
		q := space.Vec3{X: (k.x - 4) / 100 * k.z, Y: 0.16 * k.z, Z: k.z}
		near(t, "clear", c.clear(q), k.want, 1e-12)
	}
	near(t, "clear at the border", c.clear(space.Vec3{X: -0.035, Y: 0.16, Z: 1}), smoothstep(0, feather, 1.0/40), 1e-9)
}

func TestWeights(t *testing.T) {
	s := flat(40, func(int, int) float64 { return 1000 })
	front := painter{camera: s.camera, share: 1, shadow: cast(s)}
	aside := front
	aside.camera.Colour.Pose.T.X = 0.5
	p, normal := space.Vec3{Y: 0.1, Z: 1}, space.Vec3{Z: -1}
	w := weights([]painter{front, aside}, space.Rigid{R: space.Identity3()}, p, normal)
	if w[0] != 1 || !(w[1] < 1) {
		t.Errorf("weights %.3f, want the first 1 and the other less", w)
	}
	front.shadow.depth = newPlane(front.shadow.depth.w, front.shadow.depth.h) // something before it
	w = weights([]painter{front}, space.Rigid{R: space.Identity3()}, p, normal)
	near(t, "weight of a single camera that sees another surface", w[0], 1, 1e-12)
}

func TestSharpen(t *testing.T) {
	p := newPlane(5, 3)
	for i := range p.v {
		p.v[i] = 0.5
	}
	near(t, "flat", sharpen(p, sharpening).v[7], 0.5, 1e-12)
	p.v[7] = 0.6
	near(t, "a dot", sharpen(p, sharpening).v[7], 0.6+4*0.1*sharpening, 1e-12)
	near(t, "beside a dot", sharpen(p, sharpening).v[6], 0.5-0.1*sharpening, 1e-12)
}

// At half size, a pixel of full size lies a quarter off the nearest.
func TestSample(t *testing.T) {
	g := geometry{distance: plane{2, 1, []float64{1, 1.01}}, matte: plane{2, 1, []float64{1, 0.5}}}
	s, known := g.sample(0.25, 0)
	if !known || s.x != 0 {
		t.Errorf("sample %+v, %v", s, known)
	}
	near(t, "between", s.z, 1.0025, 1e-12)
	near(t, "matte", s.matte, 0.875, 1e-12)
	g.distance.v[1] = 1.1
	s, _ = g.sample(0.25, 0)
	near(t, "beside a step", s.z, 1, 0)
	g.distance.v[0] = 0
	s, _ = g.sample(0.25, 0)
	near(t, "beside nothing", s.z, 1.1, 0)
	g.distance.v[1] = 0
	if _, known = g.sample(0.25, 0); known {
		t.Error("nothing is known")
	}
}
