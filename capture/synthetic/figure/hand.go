package figure

import (
	"math"

	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/capture/synthetic/solid"
)

// finger is three phalanges in the palm's plane: where it starts, its lengths,
// its radius, how it spreads and how it curls, in radians a joint.
type finger struct {
	base    space.Vec3
	lengths [3]float64
	radius  float64
	spread  float64
	curl    [3]float64
}

// grip is how a whole hand is held.
type grip struct {
	fingers [4]finger
	thumb   [4]space.Vec3
}

// A hand lies in its own frame: the origin in the wrist, +y towards the
// fingers, +z out of the back of the hand, +x on the thumb's side.
func newGrip(curl float64, spread float64) grip {
	var g grip
	lengths := [4][3]float64{{0.040, 0.024, 0.019}, {0.044, 0.028, 0.020}, {0.041, 0.026, 0.020}, {0.032, 0.019, 0.017}}
	for i := range g.fingers {
		x := 0.0290 - 0.0193*float64(i)
		y := 0.086 - 0.0007*float64((i-1)*(i-1))*4
		g.fingers[i] = finger{
			base: v(x, y, 0), lengths: lengths[i], radius: [4]float64{0.0086, 0.0088, 0.0083, 0.0073}[i],
			spread: spread * (1.4 - float64(i)), curl: [3]float64{curl * (0.55 + 0.12*float64(i)), curl * (1 + 0.08*float64(i)), curl * 0.7},
		}
	}
	g.thumb = [4]space.Vec3{v(0.022, 0.022, -0.006), v(0.046, 0.044, -0.020), v(0.057, 0.070, -0.030), v(0.060, 0.093, -0.036)}
	return g
}

var (
	restingGrip   = newGrip(0.32, 0.05)
	gesturingGrip = newGrip(0.26, 0.13)
)

// hand is the distance to a hand in its own frame.
func hand(p space.Vec3, g *grip) float64 {
	q := p
	q.Z += 0.10 * (q.X - 0.004) * (q.X - 0.004) / 0.03 // the palm is hollow across
	d := solid.Box(q, v(0, 0.052, -0.001), v(0.0385, 0.042, 0.0125), 0.012)
	d = solid.Blend(d, solid.Cone(p, v(0, -0.06, 0), v(0, 0.02, 0), 0.0255, 0.0235), 0.025)
	d = solid.Blend(d, solid.Ellipsoid(p, v(0.022, 0.038, -0.010), v(0.017, 0.028, 0.012)), 0.012)
	for i := range g.fingers {
		d = g.fingers[i].add(p, d)
	}
	t := g.thumb
	thumb := solid.Cone(p, t[0], t[1], 0.0130, 0.0112)
	thumb = solid.Blend(thumb, solid.Cone(p, t[1], t[2], 0.0108, 0.0096), 0.004)
	thumb = solid.Blend(thumb, solid.Cone(p, t[2], t[3], 0.0098, 0.0080), 0.004)
	return solid.Blend(d, thumb, 0.012)
}

// add joins the finger to the hand.
func (f *finger) add(p space.Vec3, d float64) float64 {
	at := f.base
	bend, r := 0.0, f.radius
	out := math.Inf(1)
	for i, l := range f.lengths {
		bend += f.curl[i]
		s, c := math.Sincos(f.spread)
		next := at.Add(v(s*math.Cos(bend), c*math.Cos(bend), -math.Sin(bend)).Scale(l))
		out = solid.Blend(out, solid.Cone(p, at, next, r, r*0.92), 0.003)
		out = solid.Blend(out, solid.Sphere(p, at.Add(v(0, 0, 0.0012)), r*0.98), 0.004) // knuckle
		at, r = next, r*0.91
	}
	return solid.Blend(d, out, 0.007)
}

// nail is how far inside a nail a point of the hand's own frame lies.
func (g *grip) nail(p space.Vec3) float64 {
	best := -1.0
	for i := range g.fingers {
		f := &g.fingers[i]
		at, bend := f.base, 0.0
		s, c := math.Sincos(f.spread)
		var dir space.Vec3
		for k, l := range f.lengths {
			bend += f.curl[k]
			dir = v(s*math.Cos(bend), c*math.Cos(bend), -math.Sin(bend))
			at = at.Add(dir.Scale(l))
		}
		back := v(0, math.Sin(bend), math.Cos(bend))
		e := p.Sub(at.Add(back.Scale(f.radius * 0.7)))
		across := e.Sub(dir.Scale(e.Dot(dir))).Sub(back.Scale(e.Dot(back))).Norm()
		best = max(best, min(0.0048-across, 0.0060-math.Abs(e.Dot(dir)-0.001), e.Dot(back)+0.0012))
	}
	return best
}

// handFrame returns the rotation and origin that put a hand at the end of an
// arm: hand frame to cube. fingers is where the fingers point, back where the
// back of the hand faces; mirror is -1 for the hand whose thumb lies at -x.
func handFrame(wrist, fingers, back space.Vec3) space.Rigid {
	y := fingers.Unit()
	z := back.Sub(y.Scale(back.Dot(y))).Unit()
	return space.Rigid{R: space.Columns(y.Cross(z), y, z), T: wrist}
}
