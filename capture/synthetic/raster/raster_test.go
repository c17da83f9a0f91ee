package raster

import (
	"math"
	"testing"

	"github.com/virtualcube/virtualcube/capture/space"
)

// sphere is a finely cut sphere, counter-clockwise seen from outside.
func sphere(c space.Vec3, r float64, n int) Mesh {
	var m Mesh
	for j := range n + 1 {
		for i := range 2 * n {
			s, k := math.Sincos(math.Pi * float64(j) / float64(n))
			sin, cos := math.Sincos(math.Pi * float64(i) / float64(n))
			m.Positions = append(m.Positions, c.Add(space.Vec3{X: r * s * cos, Y: r * k, Z: r * s * sin}))
		}
	}
	at := func(j, i int) int32 { return int32(j*2*n + i%(2*n)) }
	for j := range n {
		for i := range 2 * n {
			m.Triangles = append(m.Triangles, [3]int32{at(j, i), at(j, i+1), at(j+1, i)}, [3]int32{at(j, i+1), at(j+1, i+1), at(j+1, i)})
		}
	}
	return m
}

func lens() space.Lens {
	return space.Lens{Width: 200, Height: 150, Fx: 160, Fy: 162, Cx: 101, Cy: 73, K: [6]float64{0.5, -0.1, 0.01, 0.45, -0.05, 0.01}, P1: 2e-4, P2: -1e-4, MaxRadius: 1.7}
}

// draw returns the whole screen as one band.
func draw(m Mesh, c space.Camera, samples int) (*Screen, *Band) {
	s, b := &Screen{}, &Band{}
	s.Project(m, c, samples)
	b.Reset(s, 0, s.Height)
	s.Draw(b)
	return s, b
}

func TestSphere(t *testing.T) {
	centre, r := space.Vec3{X: 0.05, Y: -0.02, Z: -1.3}, 0.4
	c := space.Camera{Lens: lens(), Pose: space.LookAt(space.Vec3{X: 0.3, Y: 0.2}, centre, space.Vec3{Y: 1})}
	s, b := draw(sphere(centre, r, 260), c, 1)
	seen, missed := 0, 0
	for y := range s.Height {
		for x := range s.Width {
			ray, ok := c.Ray(float64(x), float64(y))
			if !ok {
				t.Fatalf("pixel %d,%d has no ray", x, y)
			}
			// |o + t d - centre|² = r²
			oc := ray.Origin.Sub(centre)
			half := oc.Dot(ray.Direction)
			disc := half*half - oc.Dot(oc) + r*r
			id := b.Triangle[y*s.Width+x]
			if (disc > 0) != (id != None) {
				if math.Abs(disc) > 0.012 {
					t.Fatalf("pixel %d,%d: drawn %v, discriminant %.4f", x, y, id != None, disc)
				}
				missed++
				continue
			}
			if disc < 0.01 {
				continue
			}
			seen++
			p := ray.At(-half - math.Sqrt(disc))
			want := c.Pose.Inverse().Apply(p).Z
			h := s.At(id, float64(x), float64(y))
			if math.Abs(h.Depth-want) > 2e-4 {
				t.Fatalf("pixel %d,%d: depth %.6f, want %.6f", x, y, h.Depth, want)
			}
			if sum := h.Weights[0] + h.Weights[1] + h.Weights[2]; math.Abs(sum-1) > 1e-9 {
				t.Fatalf("pixel %d,%d: weights sum to %v", x, y, sum)
			}
		}
	}
	if seen < 4000 || missed > 60 {
		t.Errorf("%d pixels compared, %d at the rim disagree", seen, missed)
	}
}

// A floor that begins behind the camera is cut at the near plane, and its
// attributes stay perspective-correct.
func TestNearPlane(t *testing.T) {
	l := lens()
	l.K, l.P1, l.P2, l.MaxRadius = [6]float64{}, 0, 0, 0
	c := space.Camera{Lens: l, Pose: space.LookAt(space.Vec3{Y: 1}, space.Vec3{Y: 0.6, Z: -1}, space.Vec3{Y: 1})}
	m := Mesh{
		Positions: []space.Vec3{{X: -9, Z: 4}, {X: 9, Z: 4}, {X: 9, Z: -30}, {X: -9, Z: -30}},
		Triangles: [][3]int32{{0, 1, 2}, {0, 2, 3}},
	}
	for _, samples := range []int{1, 2} {
		s, b := draw(m, c, samples)
		drawn := 0
		for y := range s.Height {
			for x := range s.Width {
				id := b.Triangle[y*samples*s.Width*samples+x*samples]
				ray, _ := c.Ray(float64(x), float64(y))
				k := -ray.Origin.Y / ray.Direction.Y
				p := ray.At(k)
				inside := k > 0 && math.Abs(p.X) < 8 && p.Z > -20 && p.Z < 3.9
				if id == None {
					if inside {
						t.Fatalf("%d samples: pixel %d,%d sees no floor at %v", samples, x, y, p)
					}
					continue
				}
				if !inside {
					continue
				}
				drawn++
				h := s.At(id, float64(x), float64(y))
				var q space.Vec3
				for i, v := range m.Triangles[h.Triangle] {
					q = q.Add(m.Positions[v].Scale(h.Weights[i]))
				}
				if q.Sub(p).Norm() > 1e-6*p.Sub(ray.Origin).Norm() {
					t.Fatalf("%d samples: pixel %d,%d sees %v, want %v", samples, x, y, q, p)
				}
			}
		}
		if drawn < 10000 {
			t.Errorf("%d samples: %d pixels of floor", samples, drawn)
		}
	}
}

func TestCulling(t *testing.T) {
	c := space.Camera{Lens: lens(), Pose: space.LookAt(space.Vec3{Z: 1}, space.Vec3{}, space.Vec3{Y: 1})}
	for name, test := range map[string]struct {
		triangle [3]int32
		twoSided []bool
		want     bool
	}{
		"front":           {[3]int32{0, 1, 2}, nil, true},
		"back":            {[3]int32{0, 2, 1}, nil, false},
		"back, two sides": {[3]int32{0, 2, 1}, []bool{true}, true},
	} {
		m := Mesh{Positions: []space.Vec3{{X: -0.2, Y: -0.2}, {X: 0.2, Y: -0.2}, {Y: 0.2}}, Triangles: [][3]int32{test.triangle}, TwoSided: test.twoSided}
		s, b := draw(m, c, 1)
		if got := b.Triangle[73*s.Width+101] != None; got != test.want {
			t.Errorf("%s: drawn %v, want %v", name, got, test.want)
		}
	}
}

// The nearer surface wins whatever the order, and what the band held before
// counts as a surface.
func TestDepthTest(t *testing.T) {
	c := space.Camera{Lens: lens(), Pose: space.LookAt(space.Vec3{Z: 1}, space.Vec3{}, space.Vec3{Y: 1})}
	far, near := sphere(space.Vec3{}, 0.2, 20), sphere(space.Vec3{Z: 0.3}, 0.1, 20)
	m := Mesh{Positions: append(near.Positions, far.Positions...)}
	k := int32(len(near.Positions))
	for _, tr := range far.Triangles {
		m.Triangles = append(m.Triangles, [3]int32{tr[0] + k, tr[1] + k, tr[2] + k})
	}
	m.Triangles = append(m.Triangles, near.Triangles...)
	s, b := draw(m, c, 1)
	middle := 73*s.Width + 101
	if int(b.Triangle[middle]) < len(far.Triangles) {
		t.Error("the far sphere hides the near one")
	}
	b.Reset(s, 0, s.Height)
	b.Inverse[middle] = 10 // something at 10 cm
	s.Draw(b)
	if b.Triangle[middle] != None {
		t.Error("what lay in front was drawn over")
	}
}
