package figure

import (
	"sync"

	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/capture/synthetic/solid"
)

// Part says what a triangle belongs to.
type Part uint8

// Parts of the person.
const (
	Skin Part = iota
	Hair
	Brow // hairs of the eyebrows
	Lid
	LeftEye
	RightEye
	Teeth
	LeftHand
	RightHand
	Clothes // shirt and knitted vest
	Collar
	Trousers
	PartCount
)

// Bone names what a vertex's weight follows.
type Bone uint8

// Bones; see Motion.
const (
	BoneTorso Bone = iota
	BoneHead
	BoneJaw
	BoneUpperLid
	BoneLowerLid
	BoneLeftEye
	BoneRightEye
	BoneForearm // of the gesturing arm
	BoneWrist
	BoneBreath
	BoneCount
)

// Vertex is a point of the surface in the rest pose.
type Vertex struct {
	Rest, Normal space.Vec3
	// Local is the position that surface colours are a function of: Rest, or
	// the part's own frame for eyes and hands, or (along, across, strand) for hairs.
	Local   space.Vec3
	Tag     float64 // Clothes: inside the vest, metres
	Open    float64 // share of the surroundings that is not occluded, 0..1
	Key     float64 // share of the key light that arrives, 0..1
	Weights [BoneCount]float32
}

// Figure is the person in the rest pose. It is immutable.
type Figure struct {
	Vertices  []Vertex
	Triangles [][3]int32
	Parts     []Part // a triangle
	TwoSided  []bool // a triangle
}

// Person returns the person, built at the first call. Building takes about a
// second of one core.
var Person = sync.OnceValue(build)

func build() *Figure {
	f := &Figure{}
	f.add(Skin, solid.Polygonise(head,
		solid.Steps(-0.098, 0.098, 0.0045, -0.044, 0.044, 0.0026),
		append(append(solid.Steps(-0.25, -0.0835, 0.0090, -0.104, -0.08, 0.0030), solid.Even(-0.0822, -0.0705, 0.0012)...),
			solid.Steps(-0.068, 0.130, 0.0090, -0.104, 0.020, 0.0025)...),
		solid.Steps(-0.125, 0.128, 0.0062, 0.064, 0.128, 0.0030)), nil)
	f.addEyes()
	f.addHair()
	f.addBrows()
	f.addHands()
	f.add(Clothes, solid.Polygonise(clothes, solid.Even(-0.345, 0.345, 0.0115), solid.Even(-0.705, -0.15, 0.0115), solid.Even(-0.20, 0.26, 0.0115)), nil)
	f.add(Collar, solid.Polygonise(collar, solid.Even(-0.10, 0.10, 0.0046), solid.Even(-0.25, -0.16, 0.0042), solid.Even(-0.14, 0.06, 0.0046)), nil)
	f.add(Trousers, solid.Polygonise(legs, solid.Even(-0.24, 0.24, 0.021), solid.Even(-1.23, -0.54, 0.021), solid.Even(-0.18, 0.57, 0.021)), nil)
	parts := f.vertexParts()
	f.weigh(parts)
	f.light(parts)
	return f
}

// vertexParts returns the part of every vertex.
func (f *Figure) vertexParts() []Part {
	parts := make([]Part, len(f.Vertices))
	for i, t := range f.Triangles {
		for _, k := range t {
			parts[k] = f.Parts[i]
		}
	}
	return parts
}

// add appends a mesh as a part; local, which may be nil, maps a rest position
// to the one that colours are a function of.
func (f *Figure) add(part Part, m solid.Mesh, local func(space.Vec3) space.Vec3) {
	base := int32(len(f.Vertices))
	for i, p := range m.Positions {
		w := Vertex{Rest: p, Normal: m.Normals[i], Local: p, Open: 1, Key: 1}
		if local != nil {
			w.Local = local(p)
		}
		if part == Clothes {
			w.Tag = vest(p)
		}
		f.Vertices = append(f.Vertices, w)
	}
	for _, t := range m.Triangles {
		f.Triangles = append(f.Triangles, [3]int32{base + t[0], base + t[1], base + t[2]})
		f.Parts = append(f.Parts, part)
		f.TwoSided = append(f.TwoSided, part == Hair || part == Brow || part == Lid || part == Teeth)
	}
}

// Frames of the hands in the rest pose: hand to cube. The right hand is the
// mirror image of the modelled left one.
var (
	leftHandFrame  = handFrame(leftArm.wrist.Add(v(-0.005, 0.004, 0.012)), v(-0.28, -0.22, 1), v(0.1, 1, 0.2))
	rightHandFrame = handFrame(rightArm.wrist.Add(v(0.003, 0.006, 0.008)), v(0.12, 0.85, 0.52), v(-0.45, 0.45, -0.78))
)

func (f *Figure) addHands() {
	for _, h := range []struct {
		part   Part
		grip   *grip
		frame  space.Rigid
		mirror float64
	}{{LeftHand, &restingGrip, leftHandFrame, 1}, {RightHand, &gesturingGrip, rightHandFrame, -1}} {
		m := solid.Polygonise(func(p space.Vec3) float64 { return hand(p, h.grip) },
			solid.Even(-0.06, 0.09, 0.0043), solid.Even(-0.035, 0.20, 0.0043), solid.Even(-0.10, 0.035, 0.0043))
		locals := m.Positions
		m.Positions = make([]space.Vec3, len(locals))
		for i, p := range locals {
			n := m.Normals[i]
			p.X, n.X = p.X*h.mirror, n.X*h.mirror
			m.Positions[i], m.Normals[i] = h.frame.Apply(p), h.frame.Rotate(n)
		}
		if h.mirror < 0 {
			for i, t := range m.Triangles {
				m.Triangles[i] = [3]int32{t[0], t[2], t[1]}
			}
		}
		first := len(f.Vertices)
		f.add(h.part, m, nil)
		for i, p := range locals {
			f.Vertices[first+i].Local = p
			f.Vertices[first+i].Tag = h.grip.nail(p)
		}
	}
}

// body is the whole person, for occlusion and shadow.
func body(p space.Vec3) float64 {
	d := 1.0
	if p.Y > -0.30 {
		d = min(d, head(p), scalp(p))
	}
	if p.Y < -0.12 {
		d = min(d, clothes(p))
	}
	if p.Y < -0.45 {
		d = min(d, legs(p))
	}
	for _, h := range [2]struct {
		frame  space.Rigid
		grip   *grip
		mirror float64
	}{{leftHandFrame, &restingGrip, 1}, {rightHandFrame, &gesturingGrip, -1}} {
		if q := h.frame.Inverse().Apply(p); q.Norm() < 0.3 {
			q.X *= h.mirror
			d = min(d, hand(q, h.grip))
		}
	}
	return d
}

// KeyDirection points to the main light.
var KeyDirection = v(0.45, 0.62, 0.72).Unit()

// light estimates occlusion and the key light's shadow at every vertex.
func (f *Figure) light(parts []Part) {
	for i := range f.Vertices {
		w := &f.Vertices[i]
		if parts[i] == Teeth { // lit by what comes through the lips
			w.Open, w.Key = 0.55, 0.25
			continue
		}
		p := w.Rest.Add(w.Normal.Scale(0.001))
		near := solid.Occlusion(body, p, w.Normal, 0.018)
		wide := solid.Occlusion(body, p, w.Normal, 0.12)
		w.Open = near * (0.35 + 0.65*wide)
		if parts[i] == Lid { // lies in the flesh's opening while the eye is open
			w.Open = 0.35 + 0.65*w.Open
		}
		// Where the surface turns away from the light its own shadow is soft:
		// the ray starts further out and the light fades with the angle.
		k := w.Normal.Dot(KeyDirection)
		away := 1 - smooth(0, 0.25, k)
		start := p.Add(w.Normal.Scale(0.004 + 0.010*away))
		w.Key = solid.Shadow(body, start, KeyDirection, 0.008, 0.35) * smooth(-0.45, -0.05, k)
	}
}
