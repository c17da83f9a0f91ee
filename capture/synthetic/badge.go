package synthetic

import (
	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/capture/synthetic/figure"
)

// The badge is a square on the chest that flashes.
const (
	badgeSide  = 0.12 // metres
	badgeCells = 12   // along a side; small, for the lens
)

type badge struct{ pinned }

// Badge returns the centre of the badge at an instant, in the cube, and
// whether there is one. It is a square of 12 cm.
func (s *Scene) Badge(t Instant) (centre space.Vec3, ok bool) {
	if s.badge == nil {
		return space.Vec3{}, false
	}
	centre, _ = s.badge.at(s, s.pose(t, nil))
	return centre, true
}

// addBadge pins the badge to the chest, in front of all of it and away from
// the hand that gestures.
func (s *Scene) addBadge() {
	n := space.Vec3{Y: 0.1, Z: 1}.Unit()
	s.badge = &badge{s.pin(space.Vec3{X: 0.03, Y: -0.405, Z: 0.06}, n, 0.71*badgeSide)}
	s.addProp(prop{shape: s.badge, light: figure.RGB{1, 1, 1}, flashes: true})
}

func (*badge) mesh() (int, [][3]int32) {
	var triangles [][3]int32
	const row = badgeCells + 1
	for j := range int32(badgeCells) {
		for i := range int32(badgeCells) {
			a := j*row + i
			triangles = append(triangles, [3]int32{a, a + 1, a + row + 1}, [3]int32{a, a + row + 1, a + row})
		}
	}
	return row * row, triangles
}

func (b *badge) place(s *Scene, p *pose, positions, normals []space.Vec3) {
	centre, n := b.at(s, p)
	x := space.Vec3{Y: 1}.Cross(n).Unit()
	y := n.Cross(x)
	for k := range positions {
		u, v := float64(k%(badgeCells+1))/badgeCells-0.5, float64(k/(badgeCells+1))/badgeCells-0.5
		positions[k] = centre.Add(x.Scale(u * badgeSide)).Add(y.Scale(v * badgeSide))
		normals[k] = n
	}
}
