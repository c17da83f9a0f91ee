package assembly

import (
	"fmt"
	"math"

	"github.com/virtualcube/virtualcube/capture/space"
)

// MaxScreens bounds the screens of one cube.
const MaxScreens = 3

// Screen is a rectangle that shows the world: a physical screen in its cube,
// declared by the participant, or a work item. Right and Up are unit vectors at
// right angles, as who looks at it has them; Right x Up points to the viewer.
type Screen struct {
	Center, Right, Up     space.Vec3 // metres
	HalfWidth, HalfHeight float64    // metres
	Columns, Rows         int        // pixels; 0 is 1920 and 1080
}

// Normal points from the screen to the viewer's side.
func (s Screen) Normal() space.Vec3 { return s.Right.Cross(s.Up) }

// At is the point at u and v, from -1 to 1, to the right and up.
func (s Screen) At(u, v float64) space.Vec3 {
	return s.Center.Add(s.Right.Scale(u * s.HalfWidth)).Add(s.Up.Scale(v * s.HalfHeight))
}

// Corners go round the rectangle.
func (s Screen) Corners() [4]space.Vec3 {
	return [4]space.Vec3{s.At(-1, -1), s.At(1, -1), s.At(1, 1), s.At(-1, 1)}
}

// Moved is the screen under a transform.
func (s Screen) Moved(r space.Rigid) Screen {
	s.Center, s.Right, s.Up = r.Apply(s.Center), r.Rotate(s.Right), r.Rotate(s.Up)
	return s
}

// cross is where a line from the viewer's side through to crosses the plane, as
// multiple t of the way and as u and v; ok is false where it goes along the
// plane, away from it, or comes from behind.
func (s Screen) cross(eye, to space.Vec3) (t, u, v float64, ok bool) {
	n := s.Normal()
	towards := -to.Sub(eye).Dot(n)
	before := eye.Sub(s.Center).Dot(n)
	if !(before > 0 && towards > 1e-12) {
		return 0, 0, 0, false
	}
	t = before / towards
	p := eye.Lerp(to, t).Sub(s.Center)
	return t, p.Dot(s.Right) / s.HalfWidth, p.Dot(s.Up) / s.HalfHeight, true
}

// window is the screen as the off-axis projection wants it.
func (s Screen) window() space.Window {
	return space.Window{ID: 1, Center: s.Center, Right: s.Right, Up: s.Up, HalfWidth: s.HalfWidth, HalfHeight: s.HalfHeight}
}

func (s Screen) pixels() (columns, rows int) {
	if s.Columns == 0 || s.Rows == 0 {
		return 1920, 1080
	}
	return s.Columns, s.Rows
}

// Limits on a declared screen, in metres.
const (
	minHalfSide  = 0.02
	maxHalfSide  = 5
	maxAway      = 10
	leastToEye   = 0.1 // from the seated head to the screen's plane
	maxPixelSide = 16384
)

// Validate refuses what is no screen before a seated head.
func (s Screen) Validate() error {
	if err := (space.Rigid{R: space.Columns(s.Right, s.Up, s.Normal()), T: s.Center}).Validate(); err != nil {
		return fmt.Errorf("right and up: %w", err)
	}
	if s.Center.Norm() > maxAway {
		return fmt.Errorf("centre %.2f m away, at most %d are possible", s.Center.Norm(), maxAway)
	}
	for _, half := range []float64{s.HalfWidth, s.HalfHeight} {
		if !(half >= minHalfSide && half <= maxHalfSide) {
			return fmt.Errorf("half a side of %g m, %g to %d are possible", half, minHalfSide, maxHalfSide)
		}
	}
	if s.Columns < 0 || s.Rows < 0 || s.Columns > maxPixelSide || s.Rows > maxPixelSide {
		return fmt.Errorf("%d x %d pixels, at most %d a side are possible", s.Columns, s.Rows, maxPixelSide)
	}
	if d := -s.Center.Dot(s.Normal()); !(d >= leastToEye) {
		return fmt.Errorf("the head is %.2f m before its plane, %g are needed: right x up points to the viewer", d, leastToEye)
	}
	return nil
}

// ValidateScreens checks those of one cube, of which the first is the front.
func ValidateScreens(screens []Screen) error {
	if n := len(screens); n < 1 || n > MaxScreens {
		return fmt.Errorf("%d screens, 1 to %d are possible", n, MaxScreens)
	}
	for k, s := range screens {
		if err := s.Validate(); err != nil {
			return fmt.Errorf("screen %d: %w", k+1, err)
		}
	}
	return nil
}

// Front is one screen straight ahead, its middle at the height of the head.
func Front(distance, width, height float64) Screen {
	return Screen{
		Center: space.Vec3{Z: distance}, Right: space.Vec3{X: -1}, Up: space.Vec3{Y: 1},
		HalfWidth: width / 2, HalfHeight: height / 2,
	}
}

// Surround is one to three screens of the same size: the front, then the left
// and the right one, joined to its edges and turned towards the seat by an
// angle in radians.
func Surround(count int, distance, width, height, turn float64) []Screen {
	front := Front(distance, width, height)
	screens := []Screen{front}
	for _, side := range []float64{-1, 1} { // left, right
		s := front
		r := space.RotationAbout(space.Vec3{Y: 1}, -side*turn)
		s.Right = r.Apply(front.Right)
		s.Center = front.At(side, 0).Add(s.Right.Scale(side * s.HalfWidth))
		screens = append(screens, s)
	}
	return screens[:max(1, min(count, MaxScreens))]
}

// DefaultScreens is what a cube has whose participant declared nothing, and
// three of it: 27 inches, 16:9, the outer ones turned by 60 degrees.
func DefaultScreens(count int) []Screen {
	return Surround(count, DefaultDistance, 0.598, 0.336, math.Pi/3)
}
