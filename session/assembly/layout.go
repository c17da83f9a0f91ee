package assembly

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/virtualcube/virtualcube/capture/space"
)

// The layouts that need no file.
const (
	FaceToFace = "face-to-face"
	RoundTable = "round-table"
	SideBySide = "side-by-side"
)

// Names are the layouts that need no file.
func Names() []string { return []string{FaceToFace, RoundTable, SideBySide} }

// What a cubicle measures unless the host says otherwise, in metres: three
// screens of 27 inches, the outer ones turned by 60 degrees, fit into it.
const (
	DefaultDistance = 0.7
	DefaultWidth    = 1.2
)

// Layout is what a host arranges.
type Layout struct {
	Name     string  // one of Names, or any name with a file
	Distance float64 // metres from a seat to its front screen, 0.3 to 5; 0 is DefaultDistance
	Width    float64 // metres that a cubicle is wide, 0.4 to 10; 0 is DefaultWidth
	File     *File   // of a layout file; the two lengths do not matter then
}

// Named returns a layout that needs no file.
func Named(name string) (Layout, error) {
	if !slices.Contains(Names(), name) {
		return Layout{}, fmt.Errorf("layout %q is not known: there are %s, and layout files", name, strings.Join(Names(), ", "))
	}
	return Layout{Name: name, Distance: DefaultDistance, Width: DefaultWidth}, nil
}

func (l *Layout) validate() error {
	if l.File != nil {
		return l.File.check()
	}
	if _, err := Named(l.Name); err != nil {
		return err
	}
	if l.Distance == 0 {
		l.Distance = DefaultDistance
	}
	if l.Width == 0 {
		l.Width = DefaultWidth
	}
	if !(l.Distance >= 0.3 && l.Distance <= 5) {
		return fmt.Errorf("distance of %g m, 0.3 to 5 are possible", l.Distance)
	}
	if !(l.Width >= 0.4 && l.Width <= 10) {
		return fmt.Errorf("width of %g m, 0.4 to 10 are possible", l.Width)
	}
	return nil
}

func (a *Assembly) faceToFace(l Layout, seats int) error {
	if seats > 2 {
		return fmt.Errorf("%d seats: only two people can sit face to face; take %s", seats, RoundTable)
	}
	// Not by way of the sine of π, which is not quite 0.
	half := space.Mat3{-1, 0, 0, 0, 1, 0, 0, 0, -1}
	poses := []space.Rigid{space.Identity(), {R: half, T: space.Vec3{Z: 2 * l.Distance}}}
	a.Seats = numbered(poses[:seats])
	a.items = window(l.Distance)
	return nil
}

func (a *Assembly) roundTable(l Layout, seats int) {
	radius := tableRadius(l, seats)
	poses := make([]space.Rigid, seats)
	for k := range poses {
		turn := turned(2*math.Pi*float64(k)/float64(seats), space.Vec3{})
		poses[k] = turn.Mul(space.Rigid{R: space.Identity3(), T: space.Vec3{Z: -radius}})
	}
	a.Seats = numbered(poses)
	a.items = middle(space.Vec3{}, radius)
}

// tableRadius is the least for which every cubicle stays in its own wedge.
func tableRadius(l Layout, seats int) float64 {
	if seats <= 2 {
		return l.Distance
	}
	return l.Distance + l.Width/2/math.Tan(math.Pi/float64(seats))
}

// The arc of those who sit side by side.
const (
	arcStep      = 20 * math.Pi / 180  // radians a seat
	arcMost      = 100 * math.Pi / 180 // radians in all
	wallDistance = 4                   // metres from a pair to what they work on
)

func (a *Assembly) sideBySide(l Layout, seats int) {
	if seats <= 2 {
		poses := make([]space.Rigid, seats)
		for k := range poses {
			poses[k] = turned(0, space.Vec3{X: (float64(seats-1)/2 - float64(k)) * l.Width})
		}
		a.Seats = numbered(poses)
		a.items = wall(space.Vec3{Z: wallDistance}, wallDistance)
		return
	}
	step := min(arcStep, arcMost/float64(seats-1))
	radius := l.Distance + l.Width/2/math.Tan(step/2)
	poses := make([]space.Rigid, seats)
	for k := range poses {
		turn := turned((float64(k)-float64(seats-1)/2)*step, space.Vec3{Z: radius})
		poses[k] = turn.Mul(space.Rigid{R: space.Identity3(), T: space.Vec3{Z: -radius}})
	}
	a.Seats = numbered(poses)
	a.items = wall(space.Vec3{Z: radius}, radius)
}
