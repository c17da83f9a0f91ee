package synthetic

import (
	"math"

	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/capture/synthetic/figure"
)

// Tip is one of the two balls at the ends of the rod, which lies along the
// gaze, for measuring where a gaze seems to go. It is drawn unlit, in its pure
// colour, as markers are.
type Tip struct {
	Name     string
	Colour   [3]uint8   // sRGB
	Position space.Vec3 // of its centre, metres, in the cube
	Radius   float64    // metres
}

// The rod begins in front of the nose. The tip at its outer end, which one
// who is looked at has nearer, is the smaller one: from 0.8 m on the other is
// seen as a ring round it, of at least a third of its radius. The stick is
// thinner than both and lies behind the outer tip then. Their colours are
// opposite in chroma, so that video keeps them apart.
const (
	rodStart  = 0.12   // metres from the point between the eyes
	rodLength = 0.30   // from centre to centre
	stickSize = 0.0022 // radius
)

var tips = [2]Tip{
	{Name: "inner", Colour: [3]uint8{0, 255, 0}, Radius: 0.022},
	{Name: "outer", Colour: [3]uint8{255, 0, 255}, Radius: 0.009},
}

// rodEnds are the centres of the tips.
func rodEnds(m *figure.Motion) [2]space.Vec3 {
	from := m.Between()
	along := m.Gaze.Sub(from).Unit()
	return [2]space.Vec3{from.Add(along.Scale(rodStart)), from.Add(along.Scale(rodStart + rodLength))}
}

// Rod returns the tips at an instant, the inner one first; none unless the
// option is set.
func (s *Scene) Rod(t Instant) []Tip {
	if !s.options.Rod {
		return nil
	}
	m := s.motion(t)
	out := append([]Tip(nil), tips[:]...)
	for i, end := range rodEnds(&m) {
		out[i].Position = end
	}
	return out
}

func (s *Scene) addRod() {
	s.addProp(prop{shape: stick{}, light: figure.RGB{0.12, 0.12, 0.12}})
	for i := range tips {
		s.addProp(prop{shape: ball(i), light: pure(tips[i].Colour)})
	}
}

// withRod is the volume that holds the rod too, at every instant of the loop.
func withRod(box space.Box, o Options) space.Box {
	for i := range o.Frames {
		m := figure.Loop(float64(i)/o.Rate, o.period(), o.Gaze)
		for k, end := range rodEnds(&m) {
			r := tips[k].Radius + 0.01
			box.Min = space.Vec3{X: min(box.Min.X, end.X-r), Y: min(box.Min.Y, end.Y-r), Z: min(box.Min.Z, end.Z-r)}
			box.Max = space.Vec3{X: max(box.Max.X, end.X+r), Y: max(box.Max.Y, end.Y+r), Z: max(box.Max.Z, end.Z+r)}
		}
	}
	return box
}

// tube is the mesh of a surface of revolution: rings of spokes, joined.
func tube(rings, spokes int32) (int, [][3]int32) {
	var triangles [][3]int32
	for j := range rings - 1 {
		for i := range spokes {
			a, b := j*spokes+i, j*spokes+(i+1)%spokes
			triangles = append(triangles, [3]int32{a, b, b + spokes}, [3]int32{a, b + spokes, a + spokes})
		}
	}
	return int(rings * spokes), triangles
}

// across returns two unit vectors that are perpendicular to a unit vector and
// to each other.
func across(axis space.Vec3) (x, y space.Vec3) {
	x = axis.Cross(space.Vec3{Y: 1}).Unit()
	if x == (space.Vec3{}) {
		x = space.Vec3{X: 1}
	}
	return x, axis.Cross(x)
}

// ball is a tip, by its index.
type ball int

const (
	ballRings, ballSpokes   = 25, 32
	stickRings, stickSpokes = 31, 8
)

func (ball) mesh() (int, [][3]int32) { return tube(ballRings, ballSpokes) }

func (b ball) place(_ *Scene, p *pose, positions, normals []space.Vec3) {
	ends := rodEnds(&p.motion)
	axis := ends[1].Sub(ends[0]).Unit()
	x, y := across(axis)
	for k := range positions {
		sinRing, cosRing := math.Sincos(math.Pi * float64(k/ballSpokes) / (ballRings - 1))
		sin, cos := math.Sincos(2 * math.Pi * float64(k%ballSpokes) / ballSpokes)
		n := axis.Scale(cosRing).Add(x.Scale(sinRing * cos)).Add(y.Scale(sinRing * sin))
		positions[k], normals[k] = ends[b].Add(n.Scale(tips[b].Radius)), n
	}
}

// stick is the rod between the tips.
type stick struct{}

func (stick) mesh() (int, [][3]int32) { return tube(stickRings, stickSpokes) }

func (stick) place(_ *Scene, p *pose, positions, normals []space.Vec3) {
	ends := rodEnds(&p.motion)
	x, y := across(ends[1].Sub(ends[0]).Unit())
	for k := range positions {
		sin, cos := math.Sincos(2 * math.Pi * float64(k%stickSpokes) / stickSpokes)
		n := x.Scale(cos).Add(y.Scale(sin))
		positions[k] = ends[0].Lerp(ends[1], float64(k/stickSpokes)/(stickRings-1)).Add(n.Scale(stickSize))
		normals[k] = n
	}
}
