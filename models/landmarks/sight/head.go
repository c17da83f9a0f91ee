package sight

import (
	"math"
	"slices"

	"github.com/virtualcube/virtualcube/capture/space"
)

// Head is where a head is.
type Head struct {
	// Pose is head to cube: x to the person's left, y up, z ahead; the origin is in the
	// middle of the corners of the eyes.
	Pose space.Rigid
	// Width is the distance of the eyes' outer corners, m.
	Width float64
	// Spread is by how much rays pass the points that they go to, m; of one camera it
	// is not known, and 0.
	Spread float64
	// Cameras is how many see it.
	Cameras int

	lids [2]space.Vec3 // the middle of each eye's corners, in the cube
}

// Limits of what is taken for a head.
const (
	minWidth, maxWidth = 0.06, 0.12 // m
	maxSpread          = 0.012      // m
	doubted            = 0.004      // m: a spread from which on a camera may stray
)

// headOf finds the head that sightings agree on, and those that do. near is a guess of
// how it is turned. ok is false where they see no head, or not the same one.
func headOf(list []Sighting, near space.Mat3) (h Head, agreed []Sighting, ok bool) {
	if len(list) == 0 {
		return Head{}, nil, false
	}
	p, spread, crossed := locate(list, near)
	if crossed {
		// The guess may be far off: what is found tells better who sees what.
		if better, turned := axes(p); turned {
			near = better
			p, spread, crossed = locate(list, near)
		}
	}
	for crossed && spread > doubted && len(list) > 2 {
		fewer, least := without(list, near)
		if least > spread/2 {
			break // it is not one that strays
		}
		list = fewer
		p, spread, crossed = locate(list, near)
	}
	if !crossed {
		list = list[:1]
		p, spread = list[0].alone(), 0
	}
	turn, ok := axes(p)
	h = Head{Spread: spread, Cameras: len(list), Width: p[LeftOuter].Sub(p[RightOuter]).Norm()}
	h.lids = [2]space.Vec3{p[RightOuter].Lerp(p[RightInner], 0.5), p[LeftOuter].Lerp(p[LeftInner], 0.5)}
	h.Pose = space.Rigid{R: turn, T: h.lids[Right].Lerp(h.lids[Left], 0.5)}
	return h, list, ok && h.Width > minWidth && h.Width < maxWidth && h.Spread < maxSpread && h.Pose.T.Finite()
}

// without leaves out the sighting without which the others agree best.
func without(list []Sighting, near space.Mat3) (best []Sighting, least float64) {
	least = math.Inf(1)
	for i := range list {
		fewer := slices.Delete(slices.Clone(list), i, i+1)
		if _, spread, ok := locate(fewer, near); ok && spread < least {
			best, least = fewer, spread
		}
	}
	return best, least
}

// locate triangulates the points.
func locate(list []Sighting, turn space.Mat3) (p [points]space.Vec3, spread float64, ok bool) {
	lines := make([]Line, len(list))
	for i := range p {
		for k := range list {
			r := list[k].Rays[i]
			// Who sees a point badly is better than nobody.
			lines[k] = Line{r, 0.02 + weight(r, outward[i], turn)}
		}
		var rms float64
		if p[i], rms, ok = Triangulate(lines); !ok {
			return p, 0, false
		}
		spread += rms * rms / points
	}
	return p, math.Sqrt(spread), true
}

// lean is by how much the line from the lip to the brow leans back from the vertical
// of a head that looks straight ahead: 4 degrees in MediaPipe's average face, 0 in
// the synthetic person, and about 2 degrees either way between people.
const lean = 2 * math.Pi / 180

// axes are those of a head.
func axes(p [points]space.Vec3) (space.Mat3, bool) {
	x := p[LeftOuter].Add(p[LeftInner]).Add(p[LeftMouth]).Sub(p[RightOuter]).Sub(p[RightInner]).Sub(p[RightMouth]).Unit()
	up := p[Brow].Add(p[Bridge]).Sub(p[Nose]).Sub(p[Lip]).Unit()
	z := x.Cross(up)
	if !(z.Norm() > 0.5) {
		return space.Identity3(), false
	}
	y := z.Unit().Cross(x)
	z = z.Unit().Scale(math.Cos(lean)).Sub(y.Scale(math.Sin(lean)))
	return space.Columns(x, z.Cross(x), z), true
}
