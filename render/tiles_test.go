package render

import (
	"math/rand/v2"
	"testing"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
)

// checkGroups says whether each square in which a camera has a weight is in
// the group of its cameras, once, and no other is in any.
func checkGroups(t *testing.T, s *tiles) {
	t.Helper()
	grouped := map[[2]uint16]int{}
	for mask := range 1 << Cameras {
		from, to := s.groups[mask], s.groups[mask+1]
		if from > to || to > len(s.order) {
			t.Fatalf("group %04b is indices %d to %d of %d", mask, from, to, len(s.order))
		}
		for i := from; i < to; i++ {
			v := s.vertices[s.order[i]]
			at := [2]uint16{v[0], v[1]}
			grouped[at]++
			for k := range Cameras {
				if weighs := s.weights[Cameras*(int(at[1])*s.columns+int(at[0]))+k] > slightest; weighs != (mask>>k&1 == 1) {
					t.Errorf("square %v is in group %04b, camera %d weighs: %v", at, mask, k, weighs)
				}
			}
		}
	}
	if s.groups[0] != s.groups[1] {
		t.Error("squares that no camera colours are drawn")
	}
	for i := range s.indices {
		v := s.vertices[s.indices[i]]
		want := 0
		if i < s.inner && s.set(int(v[0]), int(v[1])) != 0 {
			want = 1
		}
		if n := grouped[[2]uint16{v[0], v[1]}]; n != want {
			t.Errorf("square %d, %d is in %d groups, want %d", v[0], v[1], n, want)
		}
	}
}

// checkWidened says whether the squares are those marked and all beside them.
func checkWidened(t *testing.T, s *tiles) {
	t.Helper()
	drawn := map[[2]int]bool{}
	for i := range s.indices {
		v := s.vertices[s.indices[i]]
		drawn[[2]int{int(v[0]), int(v[1])}] = true
	}
	for y := range s.rows {
		for x := range s.columns {
			want := false
			for i, m := range s.marked {
				dx, dy := i%s.columns-x, i/s.columns-y
				want = want || m && dx*dx <= 1 && dy*dy <= 1
			}
			if drawn[[2]int{x, y}] != want {
				t.Fatalf("square %d, %d is drawn: %v", x, y, !want)
			}
		}
	}
}

func TestGroup(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	s := newTiles(16*9, 16*7+3)
	for round := range 20 {
		for i := range s.marked {
			s.marked[i] = random.IntN(10) < round
		}
		for i := range s.weights {
			s.weights[i] = uint8(max(0, random.IntN(300)-100*(round%4)) % 256)
		}
		s.build()
		checkWidened(t, s)
		s.group()
		checkGroups(t, s)
	}
}

// TestSquaresHoldTheMesh looks at a mesh from near and far: all of it lies in
// squares.
func TestSquaresHoldTheMesh(t *testing.T) {
	c := testCamera(48, 40)
	c.observe(testFrame(c, 1, func(x, y int) uint16 {
		if dx, dy := x-24, y-20; dx*dx+dy*dy < 150 {
			return uint16(1000 + dx*dx + dy*dy)
		}
		return 0
	}))
	if !c.mesher.mesh() {
		t.Fatal("no mesh")
	}
	for _, at := range []space.Vec3{{}, {X: 0.3, Z: 0.1}, {X: -0.2, Y: 0.2, Z: 0.6}, {Z: -2}} {
		target := space.Camera{Pose: space.LookAt(at, space.Vec3{Z: 1}, space.Vec3{Y: 1}), Lens: space.Lens{Width: 150, Height: 130, Fx: 130, Fy: 130, Cx: 74.5, Cy: 64.5}}
		s := newTiles(target.Lens.Width, target.Lens.Height)
		s.cover([]*camera{c}, target)
		squares := map[[2]int]bool{}
		for _, k := range s.indices[:s.inner] {
			v := s.vertices[k]
			squares[[2]int{int(v[0]), int(v[1])}] = true
		}
		inside := 0
		for i := 0; i < len(c.mesher.indices); i += 3 {
			var p [3]space.Vec3
			for k := range p {
				p[k] = placed(c, c.mesher.vertices[c.mesher.indices[i+k]])
			}
			for _, w := range [4]space.Vec3{{X: 1}, {Y: 1}, {Z: 1}, {X: 1.0 / 3, Y: 1.0 / 3, Z: 1.0 / 3}} {
				u, v, _, ok := target.Project(p[0].Scale(w.X).Add(p[1].Scale(w.Y)).Add(p[2].Scale(w.Z)))
				if x, y := int(u+0.5), int(v+0.5); ok && u >= 0 && v >= 0 && x < target.Lens.Width && y < target.Lens.Height {
					inside++
					if !squares[[2]int{x / tileSide, y / tileSide}] {
						t.Fatalf("from %v: pixel %d, %d of the mesh is in no square", at, x, y)
					}
				}
			}
		}
		if inside < 20 {
			t.Errorf("from %v only %d points are in the picture", at, inside)
		}
	}
}

// placed is a vertex in the cube.
func placed(c *camera, v [4]uint16) space.Vec3 {
	at := 2 * (int(v[1])*c.mesher.width + int(v[0]))
	ray := space.Vec3{X: float64(c.rays[at]), Y: float64(c.rays[at+1]), Z: 1}
	return c.Depth.Pose.Apply(ray.Scale(float64(v[2]) / (1000 * eighths)))
}

// testCamera stands at the origin and looks along z, its pixels 1/60 of the
// distance wide. Its volume is from 0.5 to 2 m.
func testCamera(width, height int) *camera {
	lens := space.Lens{Width: width, Height: height, Fx: 60, Fy: 60, Cx: float64(width-1) / 2, Cy: float64(height-1) / 2}
	colour := lens.Resized(2*width, 2*height)
	stands := space.Rigid{R: space.Identity3()}
	volume := space.Box{Min: space.Vec3{X: -3, Y: -3, Z: 0.5}, Max: space.Vec3{X: 3, Y: 3, Z: 2}}
	return newCamera(capture.Camera{Name: "test", Depth: space.Camera{Pose: stands, Lens: lens}, Colour: space.Camera{Pose: stands, Lens: colour}}, volume, sharpening)
}

// testFrame is a depth picture, 33 ms after the one before.
func testFrame(c *camera, sequence int, z func(x, y int) uint16) *capture.Frame {
	w, h := c.Depth.Lens.Width, c.Depth.Lens.Height
	f := &capture.Frame{Sequence: uint64(sequence), Captured: capture.Time(sequence) * 33_000_000}
	f.Depth = capture.DepthPicture{Width: w, Height: h, Millimetres: make([]uint16, w*h)}
	for i := range f.Depth.Millimetres {
		f.Depth.Millimetres[i] = z(i%w, i/w)
	}
	return f
}
