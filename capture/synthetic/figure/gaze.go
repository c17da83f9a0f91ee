package figure

import (
	"fmt"
	"math"

	"github.com/virtualcube/virtualcube/capture/space"
)

// How a gaze is shared by head and eyes, in radians. The head takes most of
// it, up to what is comfortable for a neck; the eyes do the rest. Backwards it
// tilts by 13 degrees only, so as to stay in the volume: the chair is near.
const (
	headYawShare, headNodShare = 0.8, 0.7
	maxHeadYaw                 = math.Pi / 3
	maxHeadDown, maxHeadUp     = math.Pi / 6, math.Pi / 14
	// attentive is how much of its idle movement the head of one keeps who
	// looks at something.
	attentive = 0.3
)

// Limits of Reach.
const (
	reachSide    = 80.0 // degrees to either side of straight ahead
	reachDown    = 45.0
	reachUp      = 35.0
	reachNearest = 0.30 // metres from the eyes; nearer the eyes would cross
)

// between is the point between the eyes, in the rest pose.
var between = v(0, eyeCentre.Y, eyeCentre.Z)

// Between returns the point between the eyes, in the cube: where a gaze begins.
func (m *Motion) Between() space.Vec3 { return m.Eyes[0].Lerp(m.Eyes[1], 0.5) }

// Reach says why head and eyes cannot turn to a point in the cube; nil where
// they can.
func Reach(p space.Vec3) error {
	if !p.Finite() {
		return fmt.Errorf("the point %v is not finite", p)
	}
	yaw, nod := turnTo(p)
	from := headTurn(yaw, nod).Apply(between)
	if d := p.Sub(from).Norm(); d < reachNearest {
		return fmt.Errorf("the point is %.0f cm from the eyes, which need %.0f", 100*d, 100*reachNearest)
	}
	side, down := direction(p.Sub(from))
	if a := side * 180 / math.Pi; math.Abs(a) > reachSide {
		return fmt.Errorf("the point is %.0f degrees to the side, head and eyes turn by %.0f", math.Abs(a), reachSide)
	}
	if a := down * 180 / math.Pi; a > reachDown || -a > reachUp {
		return fmt.Errorf("the point is %.0f degrees up, head and eyes turn up by %.0f and down by %.0f", -a, reachUp, reachDown)
	}
	return nil
}

// headTurn turns the head on the neck: to the person's left, and down.
func headTurn(yaw, nod float64) space.Rigid {
	return about(neckPivot, v(0, 1, 0), yaw).Mul(about(neckPivot, v(1, 0, 0), nod))
}

// turnTo is how far the head turns to look at a point. The eyes move with the
// head, so it is found by iteration; each step is some three times nearer at
// 30 cm, more further away.
func turnTo(p space.Vec3) (yaw, nod float64) {
	for range 20 {
		side, down := direction(p.Sub(headTurn(yaw, nod).Apply(between)))
		yaw = min(maxHeadYaw, max(-maxHeadYaw, headYawShare*side))
		nod = min(maxHeadDown, max(-maxHeadUp, headNodShare*down))
	}
	return yaw, nod
}

// direction splits a direction into angles to the person's left and down.
func direction(d space.Vec3) (side, down float64) {
	return math.Atan2(d.X, d.Z), math.Atan2(-d.Y, math.Hypot(d.X, d.Z))
}
