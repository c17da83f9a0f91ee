package synthetic

import (
	"math"

	"github.com/virtualcube/virtualcube/capture/space"
)

// Marker is a coloured disc of 3 cm on the person, for measuring where things
// are drawn. It is drawn unlit, in its pure colour (full channels come out at
// 247 of 255, the others at 0, before noise).
type Marker struct {
	Name     string
	Colour   [3]uint8   // sRGB
	Position space.Vec3 // of its centre, metres, in the cube
	Normal   space.Vec3 // unit, out of its face
}

const (
	markerRadius = 0.015
	markerSpokes = 24
)

// marker is a disc that follows one vertex of the person.
type marker struct {
	pinned
	name   string
	colour [3]uint8
}

func (*marker) mesh() (int, [][3]int32) {
	var triangles [][3]int32
	for k := range int32(markerSpokes) {
		triangles = append(triangles, [3]int32{0, 1 + k, 1 + (k+1)%markerSpokes})
	}
	return markerSpokes + 1, triangles
}

func (m *marker) place(s *Scene, p *pose, positions, normals []space.Vec3) {
	centre, n := m.at(s, p)
	x := n.Cross(space.Vec3{X: 0.3, Y: 1}).Unit()
	y := n.Cross(x)
	positions[0], normals[0] = centre, n
	for k := range markerSpokes {
		sin, cos := math.Sincos(2 * math.Pi * float64(k) / markerSpokes)
		positions[1+k] = centre.Add(x.Scale(markerRadius * cos)).Add(y.Scale(markerRadius * sin))
		normals[1+k] = n
	}
}

// addMarkers puts the discs on the vertices of the person that are nearest
// to where they belong, 4 mm over the surface.
func (s *Scene) addMarkers() {
	up, front := space.Vec3{Y: 1}, space.Vec3{Z: 1}
	for _, m := range []struct {
		name   string
		colour [3]uint8
		at     space.Vec3
		normal space.Vec3
	}{
		{"forehead", [3]uint8{255, 0, 0}, space.Vec3{Y: 0.050, Z: 0.10}, front.Add(up.Scale(0.15))},
		{"chest", [3]uint8{0, 255, 0}, space.Vec3{X: 0.06, Y: -0.36, Z: 0.06}, front.Add(up.Scale(0.1))},
		{"left shoulder", [3]uint8{0, 0, 255}, space.Vec3{X: 0.165, Y: -0.215, Z: 0.02}, front.Add(up.Scale(0.6))},
		{"left knee", [3]uint8{255, 0, 255}, space.Vec3{X: 0.15, Y: -0.575, Z: 0.43}, front.Add(up)},
		{"left forearm", [3]uint8{0, 255, 255}, space.Vec3{X: 0.235, Y: -0.49, Z: 0.10}, front.Add(up)},
	} {
		d := &marker{pinned: s.pin(m.at, m.normal.Unit(), markerRadius*1.3), name: m.name, colour: m.colour}
		s.markers = append(s.markers, d)
		s.addProp(prop{shape: d, light: pure(m.colour)})
	}
}

// Markers returns the discs at an instant; none unless the option is set.
func (s *Scene) Markers(t Instant) []Marker {
	if len(s.markers) == 0 {
		return nil
	}
	p := s.pose(t, nil)
	out := make([]Marker, 0, len(s.markers))
	for _, m := range s.markers {
		c, n := m.at(s, p)
		out = append(out, Marker{Name: m.name, Colour: m.colour, Position: c, Normal: n})
	}
	return out
}
