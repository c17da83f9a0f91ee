package assembly

import (
	"fmt"
	"math"

	"github.com/virtualcube/virtualcube/capture/space"
)

// MaxSeats bounds the places of one world.
const MaxSeats = 12

// Seat is one place.
type Seat struct {
	Name string      // of the place, not of who sits there; unique in its assembly
	Pose space.Rigid // cube to world
}

// Facing is the direction from the seat to its front screen, in the world.
func (s Seat) Facing() space.Vec3 { return s.Pose.R.Column(2) }

// Assembly is the places of one world. It is immutable.
type Assembly struct {
	Layout string // name of the layout
	Seats  []Seat
	items  func(index int) Place
}

// New gives all places of a layout at once. It refuses a number of seats that
// the layout has no meaning for, and says what to do.
func New(layout Layout, seats int) (Assembly, error) {
	if err := layout.validate(); err != nil {
		return Assembly{}, fmt.Errorf("arrange %s: %w", layout.Name, err)
	}
	if seats < 1 || seats > MaxSeats {
		return Assembly{}, fmt.Errorf("arrange %s: %d seats, 1 to %d are possible", layout.Name, seats, MaxSeats)
	}
	a := Assembly{Layout: layout.Name}
	var err error
	switch {
	case layout.File != nil:
		err = a.fromFile(*layout.File, seats)
	case layout.Name == FaceToFace:
		err = a.faceToFace(layout, seats)
	case layout.Name == RoundTable:
		a.roundTable(layout, seats)
	default: // validate knows no other
		a.sideBySide(layout, seats)
	}
	if err != nil {
		return Assembly{}, fmt.Errorf("arrange %s: %w", layout.Name, err)
	}
	return a, nil
}

// Between returns T_ij: the cube of seat j to the cube of seat i.
func (a Assembly) Between(i, j int) space.Rigid {
	return a.Seats[i].Pose.Inverse().Mul(a.Seats[j].Pose)
}

// Poses are the transforms of all seats, cube to world.
func (a Assembly) Poses() []space.Rigid {
	poses := make([]space.Rigid, len(a.Seats))
	for k, s := range a.Seats {
		poses[k] = s.Pose
	}
	return poses
}

// Vacant is the free place from which a newcomer and those who sit already see
// each other most nearly straight ahead, the first of equals; ok is false where
// all are taken. taken may be shorter than the seats, which are then free.
func (a Assembly) Vacant(taken []bool) (seat int, ok bool) {
	seat = -1
	least := math.Inf(1)
	for k := range a.Seats {
		if k < len(taken) && taken[k] {
			continue
		}
		aside := 0.0
		for j := range a.Seats {
			if j < len(taken) && taken[j] {
				aside += a.aside(j, k) + a.aside(k, j)
			}
		}
		if aside < least-1e-9 {
			seat, least = k, aside
		}
	}
	return seat, seat >= 0
}

// aside is the angle between straight ahead of seat i and the head of seat j.
func (a Assembly) aside(i, j int) float64 {
	return space.Angle(space.Vec3{Z: 1}, a.Between(i, j).T)
}

// Item is the natural pose of the shared work item number index, from 0, in
// the world. Any number has a place.
func (a Assembly) Item(index int) Place { return a.items(max(0, index)) }

// turned is a rotation about the vertical and a position.
func turned(yaw float64, at space.Vec3) space.Rigid {
	return space.Rigid{R: space.RotationAbout(space.Vec3{Y: 1}, yaw), T: at}
}

// numbered names the seats by their numbers, from 1.
func numbered(poses []space.Rigid) []Seat {
	seats := make([]Seat, len(poses))
	for k, p := range poses {
		seats[k] = Seat{Name: fmt.Sprintf("seat %d", k+1), Pose: p}
	}
	return seats
}
