package multiview

import (
	"math"

	"github.com/virtualcube/virtualcube/capture/space"
)

// Limits of an eye, in metres: its distance from the volume's centre, and how
// far it stays in front of it.
const (
	minEyeDistance = 0.4
	maxEyeDistance = 3.0
	minEyeFront    = 0.1
	eyeStep        = 0.001 // as the strip states it
	defaultEye     = 1.2   // metres in front of the cube's origin
)

// frontEye is where a view is rendered from while no eye is known.
func frontEye(center space.Vec3) space.Vec3 { return clampEye(space.Vec3{Z: defaultEye}, center) }

// clampEye moves an eye into the half shell in front of the volume's centre
// and onto the grid of the strip.
func clampEye(eye, center space.Vec3) space.Vec3 {
	d := eye.Sub(center)
	if n := d.Norm(); n > maxEyeDistance {
		d = d.Scale(maxEyeDistance / n)
	}
	if d.Z < minEyeFront {
		d.Z = minEyeFront
		// What moved forward must not leave the shell.
		flat, limit := math.Hypot(d.X, d.Y), math.Sqrt(maxEyeDistance*maxEyeDistance-minEyeFront*minEyeFront)
		if flat > limit {
			d.X, d.Y = d.X*limit/flat, d.Y*limit/flat
		}
	}
	if n := d.Norm(); n < minEyeDistance {
		d = d.Scale(minEyeDistance / n)
	}
	round := func(v float64) float64 { return math.Round(v/eyeStep) * eyeStep }
	p := center.Add(d)
	return space.Vec3{X: round(p.X), Y: round(p.Y), Z: round(p.Z)}
}
