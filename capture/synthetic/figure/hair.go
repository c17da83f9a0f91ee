package figure

import (
	"math"

	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/capture/synthetic/solid"
)

// hairDepth is how thick the hair lies on the skull at a point, in metres;
// negative where none grows.
func hairDepth(p space.Vec3) float64 {
	x := math.Abs(p.X)
	// The hairline: high in front, receding at the temples, round the ear,
	// low at the nape.
	line := 0.071 - 0.010*smooth(0.015, 0.045, x) // forehead
	line -= 0.048 * smooth(0.052, 0.070, x)
	line -= 0.040 * smooth(0.045, 0.005, p.Z)
	line -= 0.054 * smooth(-0.012, -0.050, p.Z)
	line += 0.0022*math.Sin(190*p.X+40*p.Z) + 0.0012*math.Sin(520*p.X)
	over := p.Y - line
	ear := v(0.0765, -0.012, -0.010)
	over = min(over, space.Vec3{X: (x - ear.X) * 0.6, Y: p.Y - ear.Y, Z: p.Z - ear.Z}.Norm()-0.034)
	top := smooth(-0.01, 0.085, p.Y)
	depth := 0.005 + 0.014*top
	return -0.004 + (depth+0.004)*smooth(-0.004, 0.014+0.022*smooth(-0.02, 0.06, p.Z), over)
}

// cranium is the skull that the hair follows.
func cranium(p space.Vec3) float64 {
	d := solid.Ellipsoid(p, v(0, 0.033, -0.014), v(0.0755, 0.084, 0.097))
	d = solid.Blend(d, solid.Ellipsoid(p, v(0, 0.038, 0.030), v(0.062, 0.056, 0.0635)), 0.03)
	return solid.Blend(d, solid.Cone(p, v(0, -0.030, -0.035), v(0, -0.10, -0.040), 0.060, 0.0555), 0.03)
}

// partingX is where the hair parts, on the person's left.
const partingX = 0.030

// parting returns the nearest point of the parting in plan view, x and z.
func parting(p space.Vec3) (x, z float64) {
	return partingX, min(0.048, max(-0.050, p.Z))
}

// flow is the direction in which the hair lies at a point, before it is laid
// onto the surface: away from the parting in plan view, and down; in front it
// is swept to the side.
func flow(p space.Vec3) space.Vec3 {
	x, z := parting(p)
	away := v(p.X-x, 0, p.Z-z).Unit()
	front := smooth(0.045, 0.085, p.Z) * smooth(0.03, 0.07, p.Y)
	return away.Add(v(math.Copysign(0.9, p.X-x)*front, -0.55, -0.15)).Unit()
}

// scalp is the distance to the mass of the hair, combed into locks.
func scalp(p space.Vec3) float64 {
	depth := hairDepth(p)
	across := combed(p)
	locks := math.Sin(across*330+1.5*math.Sin(p.Y*40+p.Z*31)) + 0.5*math.Sin(across*700+2*math.Sin(p.Y*70))
	beside := (p.X - partingX) / 0.0035
	furrow := math.Exp(-beside*beside) * smooth(0.07, 0.10, p.Y) * smooth(-0.05, -0.02, p.Z)
	return cranium(p) - depth*(1-0.35*furrow) - 0.0010*locks*smooth(0, 0.006, depth)
}

// combed is a coordinate across the strands, in metres: along the parting,
// and round its ends.
func combed(p space.Vec3) float64 {
	x, z := parting(p)
	side := math.Copysign(1, p.X-x)
	angle := math.Atan2(p.Z-z, math.Abs(p.X-x)+0.004)
	return side * (0.4 + z + 0.085*angle)
}

func (f *Figure) addHair() {
	m := solid.Polygonise(scalp, solid.Even(-0.105, 0.105, 0.0065), solid.Even(-0.135, 0.150, 0.0065), solid.Even(-0.140, 0.125, 0.0065))
	f.add(Hair, m, func(p space.Vec3) space.Vec3 { return v(p.Y, combed(p), 0.5) })
	seed := uint64(1)
	random := func() float64 { seed++; return Unit(seed) }
	for n := 0; n < 1300; n++ {
		a, z := 2*math.Pi*random(), 2*random()-1
		s := math.Sqrt(1 - z*z)
		p := onField(cranium, v(0.09*s*math.Cos(a), 0.03+0.10*z, -0.015+0.11*s*math.Sin(a)), 0)
		if hairDepth(p) < 0.0015+0.002*random() {
			continue
		}
		f.addTuft(p, 0.022+0.026*random(), 0.0011+0.0016*random(), random())
	}
}

// addTuft adds one lock of hair: a tapering ribbon that lies along the flow,
// rises a little over the mass of the hair and dips back into it.
func (f *Figure) addTuft(p space.Vec3, length, width, strand float64) {
	const pieces = 5
	var m solid.Mesh
	lift := 0.0006 + 0.0022*strand*strand
	for i := range pieces + 1 {
		t := float64(i) / pieces
		p = onField(scalp, p, lift*math.Sin(math.Pi*min(1, 0.15+t)))
		n := solid.Gradient(cranium, p, 1e-3)
		d := flow(p).Add(v(0.25*(strand-0.5), 0.15*(strand-0.5), 0))
		d = d.Sub(n.Scale(d.Dot(n))).Unit()
		side := d.Cross(n).Scale(width * (1 - 0.92*t*t))
		m.Positions = append(m.Positions, p.Sub(side), p.Add(side))
		m.Normals = append(m.Normals, n.Add(side.Unit().Scale(-0.4)).Unit(), n.Add(side.Unit().Scale(0.4)).Unit())
		p = p.Add(d.Scale(length / pieces))
	}
	for i := range pieces {
		a := int32(2 * i)
		m.Triangles = append(m.Triangles, [3]int32{a, a + 1, a + 2}, [3]int32{a + 1, a + 3, a + 2})
	}
	first := len(f.Vertices)
	f.add(Hair, m, nil)
	for i := range m.Positions {
		f.Vertices[first+i].Local = v(float64(i/2)/pieces*length, float64(i%2)*width*2+strand, strand)
	}
}

// onField moves a point along the gradient to where the field has a value.
func onField(f solid.Field, p space.Vec3, value float64) space.Vec3 {
	for range 4 {
		p = p.Sub(solid.Gradient(f, p, 1e-3).Scale(f(p) - value))
	}
	return p
}

// addBrows adds the eyebrows hair by hair.
func (f *Figure) addBrows() {
	seed := uint64(77777)
	random := func() float64 { seed++; return Unit(seed) }
	for _, side := range [2]float64{1, -1} {
		for range 170 {
			t, w := random(), random()-0.5
			thick := 0.0056 * (1 - 0.65*t*t)
			x := 0.0125 + 0.0395*t
			y := 0.0180 + 0.0062*math.Sin(math.Pi*(0.10+0.72*t)) - 0.004*t + w*2*thick*0.5
			p := onField(head, v(side*x, y, 0.098-0.020*t), 0.0004)
			n := solid.Gradient(head, p, 1e-3)
			d := v(side*(0.35+0.8*t), 0.75-1.25*t-0.5*w, -0.2)
			d = d.Sub(n.Scale(d.Dot(n))).Unit()
			length := 0.006 + 0.003*random()
			across := d.Cross(n).Scale(0.00042)
			q := onField(head, p.Add(d.Scale(length)), 0.0008)
			m := solid.Mesh{
				Positions: []space.Vec3{p.Sub(across), p.Add(across), q},
				Normals:   []space.Vec3{n, n, n},
				Triangles: [][3]int32{{0, 1, 2}},
			}
			f.add(Brow, m, nil)
		}
	}
}

// Unit hashes a number to 0..1 (splitmix64).
func Unit(x uint64) float64 { return float64(Hash(x)>>11) / (1 << 53) }

// Hash mixes a number (splitmix64, Steele et al. 2014).
func Hash(x uint64) uint64 {
	x += 0x9E3779B97F4A7C15
	x = (x ^ x>>30) * 0xBF58476D1CE4E5B9
	x = (x ^ x>>27) * 0x94D049BB133111EB
	return x ^ x>>31
}
