package synthetic

import (
	"math"

	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/capture/synthetic/figure"
	"github.com/virtualcube/virtualcube/capture/synthetic/solid"
)

// Surfaces of the room.
const (
	roomWall = iota
	roomFloor
	roomChair
)

// Extent of the cubicle: it encloses every camera and every eye of eval.
var (
	roomLow  = space.Vec3{X: -1.7, Y: -1.22, Z: -1.35}
	roomHigh = space.Vec3{X: 1.7, Y: 1.45, Z: 2.3}
)

// room is what does not move: walls, floor and chair.
type room struct {
	solid.Mesh
	kinds []uint8   // a triangle
	open  []float64 // a vertex
}

func newRoom() *room {
	r := &room{}
	lo, hi := roomLow, roomHigh
	dx, dy, dz := space.Vec3{X: hi.X - lo.X}, space.Vec3{Y: hi.Y - lo.Y}, space.Vec3{Z: hi.Z - lo.Z}
	r.sheet(lo, dx, dy, roomWall)                                                            // back
	r.sheet(space.Vec3{X: hi.X, Y: lo.Y, Z: hi.Z}, space.Vec3{X: lo.X - hi.X}, dy, roomWall) // front
	r.sheet(space.Vec3{X: lo.X, Y: lo.Y, Z: hi.Z}, space.Vec3{Z: lo.Z - hi.Z}, dy, roomWall) // left
	r.sheet(space.Vec3{X: hi.X, Y: lo.Y, Z: lo.Z}, dz, dy, roomWall)                         // right
	r.sheet(space.Vec3{X: lo.X, Y: lo.Y, Z: hi.Z}, dx, space.Vec3{Z: lo.Z - hi.Z}, roomFloor)
	r.sheet(space.Vec3{X: lo.X, Y: hi.Y, Z: lo.Z}, dx, dz, roomWall) // ceiling
	r.chair()
	return r
}

// sheet adds a rectangle in cells of about 6 cm, small enough for the lens.
func (r *room) sheet(corner, right, up space.Vec3, kind uint8) {
	nx, ny := int(math.Ceil(right.Norm()/0.06)), int(math.Ceil(up.Norm()/0.06))
	n := right.Cross(up).Unit()
	base := int32(len(r.Positions))
	for j := range ny + 1 {
		for i := range nx + 1 {
			p := corner.Add(right.Scale(float64(i) / float64(nx))).Add(up.Scale(float64(j) / float64(ny)))
			r.Positions, r.Normals = append(r.Positions, p), append(r.Normals, n)
			r.open = append(r.open, corners(p))
		}
	}
	for j := range int32(ny) {
		for i := range int32(nx) {
			a := base + j*int32(nx+1) + i
			b := a + int32(nx+1)
			r.Triangles = append(r.Triangles, [3]int32{a, a + 1, b + 1}, [3]int32{a, b + 1, b})
			r.kinds = append(r.kinds, kind, kind)
		}
	}
}

// corners darkens where walls meet and under the chair.
func corners(p space.Vec3) float64 {
	open := 1.0
	for _, d := range [5]float64{p.X - roomLow.X, roomHigh.X - p.X, p.Y - roomLow.Y, p.Z - roomLow.Z, roomHigh.Z - p.Z} {
		if d > 1e-9 {
			open *= 1 - 0.35*math.Exp(-d/0.18)
		}
	}
	under := space.Vec3{X: p.X, Y: (p.Y - roomLow.Y) * 2, Z: p.Z}.Norm()
	return open * (1 - 0.6*math.Exp(-under*under/0.12))
}

// chair stands behind and below the volume.
func chair(p space.Vec3) float64 {
	bow := 0.25 * p.X * p.X
	back := solid.Box(space.Vec3{X: p.X, Y: p.Y, Z: p.Z - bow}, space.Vec3{Y: -0.40, Z: -0.228}, space.Vec3{X: 0.215, Y: 0.225, Z: 0.024}, 0.02)
	seat := solid.Box(p, space.Vec3{Y: -0.805, Z: 0.03}, space.Vec3{X: 0.235, Y: 0.042, Z: 0.235}, 0.035)
	spine := solid.Cone(p, space.Vec3{Y: -0.30, Z: -0.265}, space.Vec3{Y: -0.84, Z: -0.20}, 0.03, 0.03)
	column := solid.Cone(p, space.Vec3{Y: -0.84}, space.Vec3{Y: -1.15}, 0.03, 0.03)
	foot := solid.Box(p, space.Vec3{Y: -1.19}, space.Vec3{X: 0.27, Y: 0.03, Z: 0.05}, 0.02)
	foot = min(foot, solid.Box(p, space.Vec3{Y: -1.19}, space.Vec3{X: 0.05, Y: 0.03, Z: 0.27}, 0.02))
	return min(back, seat, spine, column, foot)
}

func (r *room) chair() {
	m := solid.Polygonise(chair, solid.Even(-0.29, 0.29, 0.016), solid.Even(-1.24, -0.15, 0.016), solid.Even(-0.33, 0.31, 0.014))
	base := int32(len(r.Positions))
	r.Positions, r.Normals = append(r.Positions, m.Positions...), append(r.Normals, m.Normals...)
	for i, p := range m.Positions {
		// The sitter shades seat and back.
		up := (p.Y + 0.55) / 0.25
		shade := 0.55 * math.Exp(-p.X*p.X/0.03-up*up)
		r.open = append(r.open, solid.Occlusion(chair, p, m.Normals[i], 0.08)*(1-shade))
	}
	for _, t := range m.Triangles {
		r.Triangles = append(r.Triangles, [3]int32{base + t[0], base + t[1], base + t[2]})
		r.kinds = append(r.kinds, roomChair)
	}
}

// look is what the room's surfaces are like.
func (r *room) look(kind uint8, p space.Vec3) figure.Look {
	switch kind {
	case roomFloor:
		c := figure.RGB{0.16, 0.17, 0.18}.Times(1 + 0.25*figure.Noise(p.Scale(180)) + 0.15*figure.Noise(p.Scale(14)))
		return figure.Look{Albedo: c}
	case roomChair:
		weave := math.Sin(p.X*900) * math.Sin(p.Y*900+p.Z*900)
		return figure.Look{Albedo: figure.RGB{0.045, 0.048, 0.055}.Times(1 + 0.2*weave), Gloss: 0.04, Sharp: 12}
	}
	c := figure.RGB{0.40, 0.43, 0.45}.Times(1 + 0.04*figure.Noise(p.Scale(160)) + 0.05*figure.Noise(p.Scale(5)))
	// Panels of the cubicle, with a rail.
	seam := math.Abs(math.Mod(math.Abs(p.X+p.Z)+0.3, 0.8) - 0.4)
	if seam < 0.006 {
		c = c.Times(0.45)
	}
	if p.Y > 0.62 && p.Y < 0.66 {
		c = figure.RGB{0.18, 0.18, 0.19}
	} else if p.Y >= 0.66 { // plaster
		c = figure.RGB{0.62, 0.61, 0.58}
	}
	return figure.Look{Albedo: c}
}
