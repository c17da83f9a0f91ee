package assembly

import (
	"math"

	"github.com/virtualcube/virtualcube/capture/space"
)

// NoScreen stands for the screen of a line of sight that no screen shows.
const NoScreen = -1

// Sight is how one eye sees another.
type Sight struct {
	From, To int        // seats
	Eye      space.Vec3 // the other eye, in the cube of From, metres
	Distance float64    // between the eyes, metres
	// Aside is the angle of the other eye to straight ahead, in radians,
	// horizontally, positive to the left; Above is its elevation.
	Aside, Above float64
	// Screen is the index of the screen whose rectangle the line of sight
	// crosses, the nearest of several. Where none is, it is the front screen's
	// plane, with Within false; and NoScreen beyond 85 degrees of straight at
	// that plane: there a side screen is needed, or a turned head.
	Screen int
	Within bool
	U, V   float64 // where it crosses, -1 to 1 within the rectangle
	// Error is the angle in radians between the line of sight and the ray from
	// the eye to the pixel that shows the other eye. NaN with NoScreen.
	Error float64
	shown space.Vec3 // that ray, in the world
}

// maxOblique is the cosine of the angle to the front plane's normal beyond
// which it shows nothing.
var maxOblique = math.Cos(85 * math.Pi / 180)

// See says how an eye in the cube of seat i sees an eye in the cube of seat j
// through screens in the cube of i. The error is measured along the way that a
// site goes: the other eye by T_ij into the own cube, off-axis through the
// screen onto its nearest pixel; against the line from eye to eye in the world.
func (a Assembly) See(i, j int, screens []Screen, eyeI, eyeJ space.Vec3) Sight {
	other := a.Between(i, j).Apply(eyeJ)
	way := other.Sub(eyeI)
	s := Sight{
		From: i, To: j, Eye: other, Distance: way.Norm(), Error: math.NaN(),
		Aside: math.Atan2(way.X, way.Z), Above: math.Atan2(way.Y, math.Hypot(way.X, way.Z)),
	}
	s.Screen, s.Within, s.U, s.V = through(screens, eyeI, other)
	if s.Screen == NoScreen {
		return s
	}
	pixel, ok := shownAt(screens[s.Screen], eyeI, other)
	if !ok {
		s.Screen, s.Within = NoScreen, false
		return s
	}
	here, there := a.Seats[i].Pose, a.Seats[j].Pose
	s.shown = here.Rotate(pixel.Sub(eyeI))
	s.Error = space.Angle(s.shown, there.Apply(eyeJ).Sub(here.Apply(eyeI)))
	return s
}

// through finds the screen.
func through(screens []Screen, eye, other space.Vec3) (screen int, within bool, u, v float64) {
	screen = NoScreen
	nearest := math.Inf(1)
	for k, s := range screens {
		t, su, sv, ok := s.cross(eye, other)
		if ok && math.Abs(su) <= 1 && math.Abs(sv) <= 1 && t < nearest {
			screen, within, u, v, nearest = k, true, su, sv, t
		}
	}
	if within || len(screens) == 0 {
		return screen, within, u, v
	}
	front := screens[0]
	_, u, v, ok := front.cross(eye, other)
	if !ok || -other.Sub(eye).Unit().Dot(front.Normal()) < maxOblique {
		return NoScreen, false, 0, 0
	}
	return 0, false, u, v
}

// shownAt is the middle of the pixel that shows a point, in the cube.
func shownAt(s Screen, eye, point space.Vec3) (space.Vec3, bool) {
	columns, rows := s.pixels()
	camera, err := s.window().Camera(eye, columns, rows)
	if err != nil {
		return space.Vec3{}, false
	}
	x, y, _, ok := camera.Project(point)
	u := (math.Round(x)+0.5)/float64(columns)*2 - 1
	v := 1 - (math.Round(y)+0.5)/float64(rows)*2
	return s.At(u, v), ok
}

// Mutual is how far two eyes are from looking into each other, in radians: the
// worst of the errors of both sights and of the angle between the two rays in
// the world, of which one should be the other's way back. NaN where one of them
// has no screen.
func Mutual(there, back Sight) float64 {
	if there.Screen == NoScreen || back.Screen == NoScreen {
		return math.NaN()
	}
	return max(there.Error, back.Error, space.Angle(there.shown, back.shown.Scale(-1)))
}
