package assembly

import (
	"math"

	"github.com/virtualcube/virtualcube/capture/space"
)

// Sides says from where a work item can be read.
type Sides uint8

// The sides of a work item.
const (
	// OneSide: as a screen on a wall, from where its normal points.
	OneSide Sides = iota
	// BothSides: its picture is upright and unmirrored from either side, as if
	// two screens stood back to back.
	BothSides
	// EachViewer: it turns about its vertical to whoever looks, so that all
	// round a table can read it. Every viewer has it at another angle.
	EachViewer
)

// String is the word that layout files use.
func (s Sides) String() string { return [...]string{"one", "both", "each"}[min(s, EachViewer)] }

// Place is where a work item is, in the world.
type Place struct {
	Center        space.Vec3 // metres
	Yaw           float64    // radians about y; its normal is then (sin, 0, cos)
	Width, Height float64    // metres; a picture of another shape is fitted in
	Sides         Sides
}

// Seen is the rectangle as it is for an eye in the world: its normal points to
// the eye's side, its Right is the reader's right. ok is false where the eye is
// behind an item that has one side, or in its plane.
func (p Place) Seen(eye space.Vec3) (Screen, bool) {
	to := eye.Sub(p.Center)
	yaw := p.Yaw
	if p.Sides == EachViewer {
		if math.Hypot(to.X, to.Z) < 1e-9 {
			return Screen{}, false
		}
		yaw = math.Atan2(to.X, to.Z)
	}
	front := to.X*math.Sin(yaw) + to.Z*math.Cos(yaw)
	if p.Sides == BothSides && front < 0 {
		yaw, front = yaw+math.Pi, -front
	}
	r := space.RotationAbout(space.Vec3{Y: 1}, yaw)
	return Screen{Center: p.Center, Right: r.Column(0), Up: r.Column(1), HalfWidth: p.Width / 2, HalfHeight: p.Height / 2}, front > 1e-9
}

// shape is height over width of an item.
const shape = 9.0 / 16

// window has items in the plane between two people, beside the face of the
// other one: on the left of the first and the right of the second, then on the
// other side, then below those. The other's face is half as large there as
// life, hence in the middle third.
func window(distance float64) func(int) Place {
	return func(index int) Place {
		width := 0.32 * distance
		at := space.Vec3{X: 0.27 * distance, Y: -float64(index/2) * width * shape * 1.1, Z: distance}
		if index%2 == 1 {
			at.X = -at.X
		}
		return Place{Center: at, Yaw: math.Pi, Width: width, Height: width * shape, Sides: BothSides}
	}
}

// What is free over the heads round a table, in metres: below it a line of
// sight passes to the top of a head on the other side.
const (
	overHeads = 0.1
	// rise is the slope at which the upper edge of an ordinary screen is seen.
	rise = 0.24
)

// middle has items over the middle of a table, where they hide nobody, then
// below the lines of sight, then above and below those.
func middle(center space.Vec3, radius float64) func(int) Place {
	return func(index int) Place {
		height := max(0.15, rise*radius-overHeads)
		up := overHeads + height/2 + float64(index/2)*height*1.1
		if index%2 == 1 {
			up = -up
		}
		return Place{Center: center.Add(space.Vec3{Y: up}), Yaw: math.Pi, Width: height / shape, Height: height, Sides: EachViewer}
	}
}

// wall has items in a line before a row of people, the first in the middle and
// others beside it in turn.
func wall(center space.Vec3, distance float64) func(int) Place {
	return func(index int) Place {
		width := 0.55 * distance
		beside := float64((index+1)/2) * width * 1.05
		if index%2 == 0 {
			beside = -beside
		}
		return Place{Center: center.Add(space.Vec3{X: beside}), Yaw: math.Pi, Width: width, Height: width * shape, Sides: OneSide}
	}
}
