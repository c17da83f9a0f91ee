package solid

import (
	"math"
	"testing"

	"github.com/virtualcube/virtualcube/capture/space"
)

func TestPolygoniseSphere(t *testing.T) {
	c, r := V(0.01, -0.02, 0.03), 0.1
	for name, lines := range map[string][]float64{
		"even":    Even(-0.15, 0.15, 0.006),
		"stepped": Steps(-0.15, 0.15, 0.012, -0.02, 0.05, 0.004),
	} {
		m := Polygonise(func(p space.Vec3) float64 { return Sphere(p, c, r) }, lines, lines, lines)
		if len(m.Triangles) < 500 {
			t.Fatalf("%s: %d triangles", name, len(m.Triangles))
		}
		for i, p := range m.Positions {
			out := p.Sub(c)
			if math.Abs(out.Norm()-r) > 1e-4 {
				t.Fatalf("%s: vertex %v lies %.5f m off the sphere", name, p, out.Norm()-r)
			}
			if a := space.Angle(out, m.Normals[i]); a > 0.01 {
				t.Fatalf("%s: normal is off by %.3f rad", name, a)
			}
		}
		edges := map[[2]int32]int{}
		volume := 0.0
		for _, tr := range m.Triangles {
			a, b, d := m.Positions[tr[0]], m.Positions[tr[1]], m.Positions[tr[2]]
			volume += a.Dot(b.Cross(d)) / 6
			for k := range 3 {
				edges[[2]int32{tr[k], tr[(k+1)%3]}]++
			}
		}
		for e, n := range edges {
			if n != 1 || edges[[2]int32{e[1], e[0]}] != 1 {
				t.Fatalf("%s: edge %v is not shared by two triangles of one orientation", name, e)
			}
		}
		if want := 4.0 / 3 * math.Pi * r * r * r; math.Abs(volume-want) > 0.01*want {
			t.Errorf("%s: volume %.6f, want %.6f (negative: inside out)", name, volume, want)
		}
	}
}

func TestFields(t *testing.T) {
	for name, test := range map[string]struct{ got, want float64 }{
		"ellipsoid as a sphere": {Ellipsoid(V(0.3, 0, 0), V(0, 0, 0), V(0.1, 0.1, 0.1)), 0.2},
		"ellipsoid's centre":    {Ellipsoid(V(0, 0, 0), V(0, 0, 0), V(0.3, 0.1, 0.2)), -0.1},
		"cone beside":           {Cone(V(0.5, 0.3, 0), V(0, 0, 0), V(1, 0, 0), 0.1, 0.2), 0.15},
		"cone's end":            {Cone(V(2, 0, 0), V(0, 0, 0), V(1, 0, 0), 0.1, 0.2), 0.8},
		"box's face":            {Box(V(0, 0.5, 0), V(0, 0, 0), V(0.1, 0.2, 0.3), 0.02), 0.3},
		"box's edge":            {Box(V(0.4, 0.6, 0), V(0, 0, 0), V(0.1, 0.2, 0.3), 0), 0.5},
		"blend far apart":       {Blend(0.1, 0.5, 0.2), 0.1},
		"blend of equals":       {Blend(0.1, 0.1, 0.2), 0.05},
		"cut inside the tool":   {Cut(-0.3, -0.1, 0.01), 0.1},
	} {
		if math.Abs(test.got-test.want) > 1e-9 {
			t.Errorf("%s: %v, want %v", name, test.got, test.want)
		}
	}
}

// A point on open ground sees the sky; one between two walls does not.
func TestOcclusionAndShadow(t *testing.T) {
	ground := func(p space.Vec3) float64 { return p.Y }
	if o := Occlusion(ground, V(0, 0, 0), V(0, 1, 0), 0.1); math.Abs(o-1) > 1e-9 {
		t.Errorf("open ground: %v", o)
	}
	cleft := func(p space.Vec3) float64 { return min(p.Y, 0.02-math.Abs(p.X)) }
	if o := Occlusion(cleft, V(0, 0, 0), V(0, 1, 0), 0.1); o > 0.6 {
		t.Errorf("cleft: %v", o)
	}
	lid := func(p space.Vec3) float64 { return min(p.Y, Sphere(p, V(0, 0.2, 0), 0.05)) }
	if s := Shadow(lid, V(0, 0.001, 0), V(0, 1, 0), 0.01, 0.4); s != 0 {
		t.Errorf("under the sphere: %v of the light arrives", s)
	}
	if s := Shadow(lid, V(0.4, 0.001, 0), V(0, 1, 0), 0.01, 0.4); s < 0.99 {
		t.Errorf("far from the sphere: %v of the light arrives", s)
	}
}
