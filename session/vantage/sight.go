package vantage

import (
	"math"

	"github.com/virtualcube/virtualcube/capture/space"
)

// Reach is the error that a client finishes by itself, in radians.
const Reach = 0.12

const (
	halfWidth = 0.3  // metres, a in the formula
	nearest   = 0.05 // metres, eyes nearer to the person count as this far
	rounds    = 24   // of moving a centre towards the farthest eye
)

// Error is what serving an eye from a vantage point costs, in radians: see the
// package comment. All are points in the cube, in metres.
func Error(person, eye, from space.Vec3) float64 {
	return sightOf(person, eye).error(sightOf(person, from))
}

// sight is a place as the error sees it.
type sight struct {
	direction space.Vec3 // from the person, of length one
	nearness  float64    // 1/metres
}

func sightOf(person, p space.Vec3) sight {
	d := p.Sub(person)
	n := d.Norm()
	if !d.Finite() || math.IsInf(n, 0) || n == 0 {
		return sight{direction: space.Vec3{Z: 1}, nearness: 1 / nearest}
	}
	return sight{direction: d.Scale(1 / n), nearness: 1 / max(n, nearest)}
}

func (s sight) place(person space.Vec3) space.Vec3 {
	return person.Add(s.direction.Scale(1 / s.nearness))
}

func (s sight) error(o sight) float64 {
	return space.Angle(s.direction, o.direction) + halfWidth*math.Abs(s.nearness-o.nearness)
}

// towards is the place at share t of the way to o: its error from s is t times,
// from o 1 - t times that between the two.
func (s sight) towards(o sight, t float64) sight {
	angle := space.Angle(s.direction, o.direction)
	side := o.direction.Sub(s.direction.Scale(s.direction.Dot(o.direction))).Unit()
	if side == (space.Vec3{}) { // the same direction, or the opposite: any way is as short
		side = s.direction.Cross(space.Vec3{X: 1}).Unit()
		if side == (space.Vec3{}) {
			side = space.Vec3{Y: 1}
		}
	}
	direction := s.direction.Scale(math.Cos(t * angle)).Add(side.Scale(math.Sin(t * angle)))
	return sight{direction: direction.Unit(), nearness: s.nearness + t*(o.nearness-s.nearness)}
}

// farthest returns the index of the sight with the greatest error from c, and
// that error. The first of equals wins; of none it is -1.
func farthest(c sight, sights []sight) (at int, worst float64) {
	at = -1
	for i, s := range sights {
		if e := c.error(s); at < 0 || e > worst {
			at, worst = i, e
		}
	}
	return at, worst
}

// center is the place with, nearly, the least worst error, and that error. For
// one and two sights it is exact; beyond, it moves towards the farthest by ever
// smaller steps (Badoiu and Clarkson, SODA 2003) and never ends worse than at an
// outer one of them. There must be a sight.
func center(sights []sight) (c sight, radius float64) {
	if len(sights) == 1 {
		return sights[0], 0
	}
	a, _ := farthest(sights[0], sights)
	b, radius := farthest(sights[a], sights)
	c = sights[a]
	at := c.towards(sights[b], 0.5)
	for i := range rounds {
		f, worst := farthest(at, sights)
		if worst < radius {
			c, radius = at, worst
		}
		if len(sights) == 2 {
			break
		}
		at = at.towards(sights[f], 1/float64(i+3))
	}
	return c, radius
}
