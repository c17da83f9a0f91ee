package raster

import (
	"math"

	"github.com/virtualcube/virtualcube/capture/space"
)

// Near is the near plane: triangles are clipped to it.
const Near = 0.02 // metres

// Mesh is what is drawn. Triangles are counter-clockwise seen from outside.
type Mesh struct {
	Positions []space.Vec3 // metres, in the cube
	Triangles [][3]int32
	// TwoSided says which triangles are seen from behind too; nil means none.
	TwoSided []bool
}

// vertex is a projected vertex in sample coordinates with 1/z.
type vertex struct {
	x, y, w float64
	ok      bool
}

// clipped is a piece of a triangle that crosses the near plane: three own
// vertices, each with its barycentric coordinates in the whole triangle.
type clipped struct {
	source int32
	v      [3]vertex
	bary   [3][3]float64
}

// Screen is a mesh projected into a camera, ready to be drawn in bands. Its
// memory is reused by Project. After Project it is read-only: several
// goroutines may draw bands of it at once.
type Screen struct {
	Width, Height int // pixels
	Samples       int // 1 or 2: samples along each side of a pixel

	mesh     Mesh
	vertices []vertex
	pieces   []clipped
	extent   []rows // of each triangle, then of each piece
}

// rows is the range of sample rows that a triangle touches; empty where it is
// not drawn.
type rows struct{ lo, hi int32 }

// Project projects a mesh. The mesh is borrowed until the next Project.
func (s *Screen) Project(m Mesh, c space.Camera, samples int) {
	s.Width, s.Height, s.Samples, s.mesh = c.Lens.Width, c.Lens.Height, samples, m
	inverse := c.Pose.Inverse()
	if cap(s.vertices) < len(m.Positions) {
		s.vertices = make([]vertex, len(m.Positions))
	}
	s.vertices = s.vertices[:len(m.Positions)]
	for i, p := range m.Positions {
		s.vertices[i] = s.project(c.Lens, inverse.Apply(p))
	}
	s.extent, s.pieces = s.extent[:0], s.pieces[:0]
	for i, t := range m.Triangles {
		a, b, d := s.vertices[t[0]], s.vertices[t[1]], s.vertices[t[2]]
		if a.ok && b.ok && d.ok {
			s.extent = append(s.extent, s.range3(i, a, b, d))
			continue
		}
		s.extent = append(s.extent, rows{})
		if a.w > 0 || b.w > 0 || d.w > 0 {
			s.clip(c.Lens, inverse, int32(i))
		}
	}
	for i := range s.pieces {
		p := &s.pieces[i]
		s.extent = append(s.extent, s.range3(int(p.source), p.v[0], p.v[1], p.v[2]))
	}
}

func (s *Screen) project(l space.Lens, q space.Vec3) vertex {
	if q.Z < Near {
		return vertex{}
	}
	n := float64(s.Samples)
	u, v, ok := l.Project(q)
	return vertex{(u+0.5)*n - 0.5, (v+0.5)*n - 0.5, 1 / q.Z, ok}
}

// range3 returns the rows of a triangle, none where it faces away, lies
// outside or is too thin to cover anything.
func (s *Screen) range3(source int, a, b, c vertex) rows {
	area := (b.x-a.x)*(c.y-a.y) - (b.y-a.y)*(c.x-a.x)
	// y points down, so a counter-clockwise triangle has a negative area.
	if area == 0 || (area > 0 && (s.mesh.TwoSided == nil || !s.mesh.TwoSided[source])) {
		return rows{}
	}
	if max(a.x, b.x, c.x) < 0 || min(a.x, b.x, c.x) > float64(s.Width*s.Samples-1) {
		return rows{}
	}
	lo, hi := math.Ceil(min(a.y, b.y, c.y)), math.Floor(max(a.y, b.y, c.y))
	lo, hi = max(lo, 0), min(hi, float64(s.Height*s.Samples-1))
	if lo > hi {
		return rows{}
	}
	return rows{int32(lo), int32(hi) + 1}
}

// clip cuts a triangle at the near plane (Sutherland-Hodgman) into pieces.
func (s *Screen) clip(l space.Lens, inverse space.Rigid, source int32) {
	t := s.mesh.Triangles[source]
	var q [3]space.Vec3
	for i, v := range t {
		q[i] = inverse.Apply(s.mesh.Positions[v])
	}
	var poly [4]space.Vec3
	var bary [4][3]float64
	n := 0
	for i := range 3 {
		j := (i + 1) % 3
		if q[i].Z >= Near {
			poly[n], bary[n][i] = q[i], 1
			n++
		}
		if (q[i].Z >= Near) != (q[j].Z >= Near) {
			f := (Near - q[i].Z) / (q[j].Z - q[i].Z)
			poly[n] = q[i].Lerp(q[j], f)
			poly[n].Z = Near
			bary[n][i], bary[n][j] = 1-f, f
			n++
		}
	}
	for k := 1; k+1 < n; k++ {
		p := clipped{source: source}
		whole := true
		for c, i := range [3]int{0, k, k + 1} {
			p.v[c], p.bary[c] = s.project(l, poly[i]), bary[i]
			whole = whole && p.v[c].ok
		}
		if whole {
			s.pieces = append(s.pieces, p)
		}
	}
}

// corners returns the three projected vertices of a drawn triangle.
func (s *Screen) corners(id int32) (a, b, c *vertex) {
	if n := int32(len(s.mesh.Triangles)); id >= n {
		p := &s.pieces[id-n]
		return &p.v[0], &p.v[1], &p.v[2]
	}
	t := &s.mesh.Triangles[id]
	return &s.vertices[t[0]], &s.vertices[t[1]], &s.vertices[t[2]]
}
