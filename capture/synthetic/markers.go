package synthetic

import (
	"math"

	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/capture/synthetic/figure"
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
	markerRadius   = 0.015
	markerSpokes   = 24
	markerVertices = markerSpokes + 1
)

// marker is a disc that follows one vertex of the person.
type marker struct {
	name   string
	colour [3]uint8
	light  figure.RGB
	vertex int        // whose motion it follows
	centre space.Vec3 // at rest
	normal space.Vec3
}

// part is a part of the person or, above, a marker.
type part int

func (p part) marker() int { return int(p) - int(figure.PartCount) }

// strands says whether the part's texture needs every sample shaded.
func (p part) strands() bool {
	switch figure.Part(p) {
	case figure.Hair, figure.Brow, figure.Lid, figure.LeftEye, figure.RightEye:
		return true
	}
	return false
}

// partOf returns what a triangle of the scene's mesh is.
func (s *Scene) partOf(triangle int32) part {
	if n := int32(len(s.person.Parts)); triangle >= n {
		return part(int(figure.PartCount) + int(triangle-n)/markerSpokes)
	}
	return part(s.person.Parts[triangle])
}

// addMarkers puts the discs on the vertices of the person that are nearest
// to where they belong, 4 mm over the surface, and joins their triangles to
// the person's.
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
		best, nearest := math.Inf(1), 0
		for i := range s.person.Vertices {
			if d := s.person.Vertices[i].Rest.Sub(m.at).Norm(); d < best {
				best, nearest = d, i
			}
		}
		n := m.normal.Unit()
		d := marker{name: m.name, colour: m.colour, vertex: nearest, normal: n}
		d.centre = s.clear(s.person.Vertices[nearest].Rest, n)
		for c := range d.light {
			d.light[c] = float64(m.colour[c]) / 255
		}
		s.markers = append(s.markers, d)
	}
	s.joinMarkers()
}

// clear moves a disc's centre along its normal until no vertex of the person
// lies in front of it.
func (s *Scene) clear(centre, n space.Vec3) space.Vec3 {
	lift := 0.0
	for i := range s.person.Vertices {
		d := s.person.Vertices[i].Rest.Sub(centre)
		h := d.Dot(n)
		if d.Sub(n.Scale(h)).Norm() < markerRadius*1.3 && h < 0.05 {
			lift = max(lift, h)
		}
	}
	return centre.Add(n.Scale(lift + 0.004))
}

func (s *Scene) joinMarkers() {
	s.triangles = append([][3]int32(nil), s.triangles...)
	s.twoSided = append([]bool(nil), s.twoSided...)
	base := int32(len(s.person.Vertices))
	for range s.markers {
		for k := range int32(markerSpokes) {
			s.triangles = append(s.triangles, [3]int32{base, base + 1 + k, base + 1 + (k+1)%markerSpokes})
			s.twoSided = append(s.twoSided, true)
		}
		base += markerVertices
	}
}

// placeMarkers appends the discs to a posed person.
func (s *Scene) placeMarkers(p *pose) {
	at := len(s.person.Vertices)
	for i := range s.markers {
		centre, n := s.markerAt(&s.markers[i], p)
		x := n.Cross(space.Vec3{X: 0.3, Y: 1}).Unit()
		y := n.Cross(x)
		p.positions[at], p.normals[at] = centre, n
		for k := range markerSpokes {
			sin, cos := math.Sincos(2 * math.Pi * float64(k) / markerSpokes)
			p.positions[at+1+k] = centre.Add(x.Scale(markerRadius * cos)).Add(y.Scale(markerRadius * sin))
			p.normals[at+1+k] = n
		}
		at += markerVertices
	}
}

// markerAt moves a disc as its vertex moved; the discs turn with the head
// only where they are on it.
func (s *Scene) markerAt(m *marker, p *pose) (centre, normal space.Vec3) {
	v := &s.person.Vertices[m.vertex]
	turn := space.Identity3()
	if v.Weights[figure.BoneHead] == 1 {
		turn = p.motion.Head.R
	}
	return p.positions[m.vertex].Add(turn.Apply(m.centre.Sub(v.Rest))), turn.Apply(m.normal)
}

// Markers returns the discs at an instant; none unless the option is set.
func (s *Scene) Markers(t Instant) []Marker {
	if len(s.markers) == 0 {
		return nil
	}
	p := s.pose(t, nil)
	out := make([]Marker, 0, len(s.markers))
	for i := range s.markers {
		m := &s.markers[i]
		c, n := s.markerAt(m, p)
		out = append(out, Marker{Name: m.name, Colour: m.colour, Position: c, Normal: n})
	}
	return out
}
