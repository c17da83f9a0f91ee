package figure

import (
	"math"

	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/capture/synthetic/solid"
)

// addEyes adds balls, lids and the upper teeth.
func (f *Figure) addEyes() {
	for _, side := range [2]float64{1, -1} {
		c := eyeCentre
		c.X *= side
		part, bone := LeftEye, BoneLeftEye
		if side < 0 {
			part, bone = RightEye, BoneRightEye
		}
		first := len(f.Vertices)
		f.add(part, ball(c), func(p space.Vec3) space.Vec3 { return p.Sub(c) })
		f.follow(first, bone)
		f.addLid(c, side, true)
		f.addLid(c, side, false)
	}
	f.addTeeth()
}

func (f *Figure) follow(first int, bone Bone) {
	for i := first; i < len(f.Vertices); i++ {
		f.Vertices[i].Weights[bone] = 1
	}
}

// ball is the front of an eyeball with the bulge of its cornea: latitudes
// around the optical axis, +z in the rest pose.
func ball(c space.Vec3) solid.Mesh {
	const rings, spokes = 16, 28
	var m solid.Mesh
	m.Positions, m.Normals = append(m.Positions, c.Add(v(0, 0, eyeRadius+0.0006))), append(m.Normals, v(0, 0, 1))
	for r := 1; r <= rings; r++ {
		a := float64(r) / rings * 1.75
		bulge := 0.0006 * (1 - smooth(0.2, 0.55, a))
		for s := range spokes {
			sin, cos := math.Sincos(2 * math.Pi * float64(s) / spokes)
			n := v(math.Sin(a)*cos, math.Sin(a)*sin, math.Cos(a))
			m.Positions, m.Normals = append(m.Positions, c.Add(n.Scale(eyeRadius+bulge))), append(m.Normals, n)
		}
	}
	at := func(r, s int) int32 {
		if r == 0 {
			return 0
		}
		return int32(1 + (r-1)*spokes + s%spokes)
	}
	for r := range rings {
		for s := range spokes {
			if r > 0 {
				m.Triangles = append(m.Triangles, [3]int32{at(r, s), at(r+1, s), at(r, s+1)})
			}
			m.Triangles = append(m.Triangles, [3]int32{at(r, s+1), at(r+1, s), at(r+1, s+1)})
		}
	}
	return m
}

// Elevations of the lids' edges over the ball at x across the eye, -1..1
// from the inner to the outer corner, in radians.
func upperEdge(x float64) float64 { return 0.34*(1-x*x)*(1+0.10*x) + 0.06*x - 0.02 }
func lowerEdge(x float64) float64 { return -0.31*(1-x*x)*(1+0.12*x) + 0.06*x - 0.03 }

// addLid adds one lid: a patch over the ball from its edge into the flesh. Its
// first two rows are the thickness of the edge.
func (f *Figure) addLid(c space.Vec3, side float64, upper bool) {
	const columns, rows = 22, 8
	var m solid.Mesh
	weights := make([]float32, 0, columns*rows)
	for j := range rows {
		for i := range columns {
			x := -1.14 + 2.28*float64(i)/(columns-1)
			azimuth := x * 1.12
			edge, back := upperEdge(x), 1.05
			if !upper {
				edge, back = lowerEdge(x), -0.95
			}
			t := max(0, float64(j-1)/(rows-2))
			elevation := edge + (back-edge)*t
			r := lidRadius + 0.0005*math.Sin(math.Pi*t)
			if j == 0 {
				r = eyeRadius - 0.0004
			}
			n := v(side*math.Sin(azimuth)*math.Cos(elevation), math.Sin(elevation), math.Cos(azimuth)*math.Cos(elevation))
			m.Positions, m.Normals = append(m.Positions, c.Add(n.Scale(r))), append(m.Normals, n)
			weights = append(weights, float32(1-smooth(0, 0.9, t)))
		}
	}
	for j := range rows - 1 {
		for i := range columns - 1 {
			a, b := int32(j*columns+i), int32((j+1)*columns+i)
			m.Triangles = append(m.Triangles, [3]int32{a, b, a + 1}, [3]int32{a + 1, b, b + 1})
		}
	}
	first, bone := len(f.Vertices), BoneUpperLid
	if !upper {
		bone = BoneLowerLid
	}
	f.add(Lid, m, nil)
	for i, w := range weights {
		vertex := &f.Vertices[first+i]
		vertex.Weights[bone] = w
		// Tag is the distance from the edge in rows: lashes grow at the edge.
		vertex.Tag = float64(i / columns)
		if !upper {
			vertex.Tag = 10 + vertex.Tag
		}
	}
}

// addTeeth adds the upper row, seen when the mouth opens: a curved band with
// the gaps painted by surface colour.
func (f *Figure) addTeeth() {
	const columns = 17
	var m solid.Mesh
	for i := range columns {
		x := -0.023 + 0.046*float64(i)/(columns-1)
		z := 0.0790 - 22*x*x
		n := v(44*x, 0, 1).Unit()
		m.Positions = append(m.Positions, v(x, mouth.Y+0.010, z-0.001), v(x, mouth.Y-0.0015, z))
		m.Normals = append(m.Normals, n, n)
	}
	for i := range int32(columns - 1) {
		a := 2 * i
		m.Triangles = append(m.Triangles, [3]int32{a, a + 1, a + 2}, [3]int32{a + 2, a + 1, a + 3})
	}
	f.add(Teeth, m, nil)
}
