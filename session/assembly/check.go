package assembly

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/virtualcube/virtualcube/capture/space"
)

// MaxGazeError is how far from one line two gazes may be, in radians.
const MaxGazeError = 0.1 * math.Pi / 180

// Report says what an assembly is like for cubes with given screens.
type Report struct {
	Sights []Sight // of every seat to every other, from head to head
	// GazeError is the worst of Mutual over all pairs that have screens for
	// each other and over eyes anywhere within 15 cm of the heads, in radians;
	// 0 if there is no such pair.
	GazeError float64
	// Unseen are the pairs of seats of which the first has no screen for the
	// second. It is no fault of a layout: in side-by-side it wants side screens.
	Unseen [][2]int
	// Overlaps are volumes and screens that reach into one another, Problems
	// what else is wrong, a sentence each. An assembly that has either should
	// not be used.
	Overlaps, Problems []string
}

// Draws of eyes a pair, and how far from the head they are, in metres.
const (
	eyesDrawn = 32
	eyeReach  = 0.15
)

// Check looks at everything that can be wrong with an assembly. screens are
// those of each seat's cube, DefaultScreens where there are none.
func (a Assembly) Check(screens [][]Screen) Report {
	var r Report
	cubes := make([][]Screen, len(a.Seats))
	for k := range a.Seats {
		if cubes[k] = DefaultScreens(1); k < len(screens) && len(screens[k]) > 0 {
			cubes[k] = screens[k]
		}
		if err := a.Seats[k].Pose.Validate(); err != nil {
			r.problem("%s: %v", a.Seats[k].Name, err)
		}
		if err := ValidateScreens(cubes[k]); err != nil {
			r.problem("%s: %v", a.Seats[k].Name, err)
		}
	}
	random := rand.New(rand.NewPCG(1, 2)) // the same eyes every time
	for i := range a.Seats {
		for j := range a.Seats {
			if i == j {
				continue
			}
			s := a.See(i, j, cubes[i], space.Vec3{}, space.Vec3{})
			r.Sights = append(r.Sights, s)
			if s.Screen == NoScreen {
				r.Unseen = append(r.Unseen, [2]int{i, j})
			}
			if i < j {
				a.pair(&r, random, cubes, i, j)
			}
		}
	}
	return r
}

func (r *Report) overlap(format string, args ...any) {
	r.Overlaps = append(r.Overlaps, fmt.Sprintf(format, args...))
}

func (r *Report) problem(format string, args ...any) {
	r.Problems = append(r.Problems, fmt.Sprintf(format, args...))
}

// pair checks two seats.
func (a Assembly) pair(r *Report, random *rand.Rand, cubes [][]Screen, i, j int) {
	worst := 0.0
	for range eyesDrawn {
		eyeI, eyeJ := nearHead(random), nearHead(random)
		e := Mutual(a.See(i, j, cubes[i], eyeI, eyeJ), a.See(j, i, cubes[j], eyeJ, eyeI))
		if e > worst { // false for NaN
			worst = e
		}
	}
	r.GazeError = max(r.GazeError, worst)
	one, other := a.Seats[i], a.Seats[j]
	if worst > MaxGazeError {
		r.problem("%s and %s: gazes miss each other by %.2f degrees", one.Name, other.Name, worst*180/math.Pi)
	}
	if VolumesOverlap(one.Pose, other.Pose) {
		s := Volume().Size()
		r.overlap("%s and %s: their volumes of %.1f x %.1f x %.1f m overlap; move them apart", one.Name, other.Name, s.X, s.Y, s.Z)
	}
	for m, p := range cubes[i] {
		for n, q := range cubes[j] {
			if ScreensIntersect(p.Moved(one.Pose), q.Moved(other.Pose)) {
				r.overlap("%s and %s: screen %d of the one and screen %d of the other intersect; move the seats apart", one.Name, other.Name, m+1, n+1)
			}
		}
	}
}

func nearHead(random *rand.Rand) space.Vec3 {
	one := func() float64 { return (2*random.Float64() - 1) * eyeReach }
	return space.Vec3{X: one(), Y: one(), Z: one()}
}
