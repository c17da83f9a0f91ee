package synthetic

import (
	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/capture/synthetic/figure"
)

// prop is a thing on or before the person that is drawn unlit, in its pure
// colour: a marker, a piece of the rod, the badge.
type prop struct {
	shape   shape
	light   figure.RGB // linear
	flashes bool       // it is dark but for the flash
}

// darkness is what a prop that flashes shows between the flashes.
var darkness = figure.RGB{0.015, 0.015, 0.015}

// shape is the mesh of a prop.
type shape interface {
	// mesh returns how many vertices the shape has, and its triangles,
	// counted from its own first vertex.
	mesh() (vertices int, triangles [][3]int32)
	// place computes the vertices of a posed person's prop.
	place(s *Scene, p *pose, positions, normals []space.Vec3)
}

// pure is a colour of full and empty channels in linear light.
func pure(colour [3]uint8) (light figure.RGB) {
	for c := range light {
		light[c] = float64(colour[c]) / 255
	}
	return light
}

// addProp joins a prop's triangles, seen from both sides, to the person's.
func (s *Scene) addProp(p prop) {
	n, triangles := p.shape.mesh()
	base := int32(s.vertices)
	if len(s.props) == 0 { // the person's own belong to all scenes
		s.triangles = append([][3]int32(nil), s.triangles...)
		s.twoSided = append([]bool(nil), s.twoSided...)
	}
	for _, t := range triangles {
		s.triangles = append(s.triangles, [3]int32{base + t[0], base + t[1], base + t[2]})
		s.twoSided = append(s.twoSided, true)
		s.propOf = append(s.propOf, uint8(len(s.props)))
	}
	s.props, s.vertices = append(s.props, p), s.vertices+n
}

// placeProps appends the props to a posed person.
func (s *Scene) placeProps(p *pose) {
	at := len(s.person.Vertices)
	for i := range s.props {
		n, _ := s.props[i].shape.mesh()
		s.props[i].shape.place(s, p, p.positions[at:at+n], p.normals[at:at+n])
		at += n
	}
}

// part is a part of the person or, above, a prop.
type part int

func (p part) prop() int { return int(p) - int(figure.PartCount) }

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
		return part(figure.PartCount) + part(s.propOf[triangle-n])
	}
	return part(s.person.Parts[triangle])
}

// glow is the light of a prop.
func (s *Scene) glow(k int, p *pose) figure.RGB {
	if s.props[k].flashes && !p.flash {
		return darkness
	}
	return s.props[k].light
}

// nearest returns the vertex of the person at rest that is nearest to a point.
func (s *Scene) nearest(at space.Vec3) int {
	best, nearest := -1.0, 0
	for i := range s.person.Vertices {
		if d := s.person.Vertices[i].Rest.Sub(at).Norm(); best < 0 || d < best {
			best, nearest = d, i
		}
	}
	return nearest
}

// clear moves the centre of something flat of a radius along its normal until
// no vertex of the person lies in front of it.
func (s *Scene) clear(centre, n space.Vec3, radius float64) space.Vec3 {
	lift := 0.0
	for i := range s.person.Vertices {
		d := s.person.Vertices[i].Rest.Sub(centre)
		h := d.Dot(n)
		if d.Sub(n.Scale(h)).Norm() < radius && h < 0.05 {
			lift = max(lift, h)
		}
	}
	return centre.Add(n.Scale(lift + 0.004))
}

// pinned is a place on the person: it moves as one vertex does, and turns
// with the head where it is on it.
type pinned struct {
	vertex int
	centre space.Vec3 // at rest
	normal space.Vec3
}

// pin fixes a flat thing of a radius to the surface near a point.
func (s *Scene) pin(at, normal space.Vec3, radius float64) pinned {
	k := s.nearest(at)
	return pinned{vertex: k, centre: s.clear(s.person.Vertices[k].Rest, normal, radius), normal: normal}
}

// at is where the place is on a posed person.
func (k *pinned) at(s *Scene, p *pose) (centre, normal space.Vec3) {
	v := &s.person.Vertices[k.vertex]
	turn := space.Identity3()
	if v.Weights[figure.BoneHead] == 1 {
		turn = p.motion.Head.R
	}
	return p.positions[k.vertex].Add(turn.Apply(k.centre.Sub(v.Rest))), turn.Apply(k.normal)
}
