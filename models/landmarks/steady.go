package landmarks

import (
	"math"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
)

// steady is the One Euro filter (Casiez, Roussel and Vogel, CHI 2012) of an eye and
// its direction: a low pass that opens with speed, so that what rests is still and
// what moves is not late. The zero value has seen nothing.
type steady struct {
	begun          bool
	at             capture.Time
	eye, direction lowPass
}

// tuning of a low pass, by the smoothing that is asked for, from 0 to 1.
type tuning struct {
	cutoff float64 // hertz at rest, of full smoothing
	slope  float64 // hertz more for each unit a second
}

var (
	eyeTuning  = tuning{cutoff: 0.6, slope: 30}  // m
	gazeTuning = tuning{cutoff: 0.6, slope: 6.0} // radians, all but
)

const speedCutoff = 1.5 // hertz

// forgotten is a pause after which what was before is of no use.
const forgotten = 1e9

// take filters what was seen at an instant.
func (s *steady) take(eye, direction space.Vec3, at capture.Time, smoothing float64) (space.Vec3, space.Vec3) {
	step := float64(at-s.at) / 1e9
	if !s.begun || step <= 0 || at-s.at > forgotten || smoothing == 0 {
		*s = steady{begun: true, eye: lowPass{value: eye, raw: eye}, direction: lowPass{value: direction, raw: direction}}
	} else {
		s.eye.take(eye, step, eyeTuning, smoothing)
		s.direction.take(direction, step, gazeTuning, smoothing)
		s.direction.value = s.direction.value.Unit()
		if s.direction.value == (space.Vec3{}) { // it turned right round
			s.direction = lowPass{value: direction, raw: direction}
		}
	}
	s.at = at
	return s.eye.value, s.direction.value
}

type lowPass struct {
	value, raw, speed space.Vec3
}

func (l *lowPass) take(raw space.Vec3, step float64, t tuning, smoothing float64) {
	l.speed = l.speed.Lerp(raw.Sub(l.raw).Scale(1/step), share(speedCutoff, step))
	l.value = l.value.Lerp(raw, share(t.cutoff/smoothing+t.slope*l.speed.Norm(), step))
	l.raw = raw
}

// share is what a low pass takes of a new value after a step in seconds.
func share(cutoff, step float64) float64 { return 1 / (1 + 1/(2*math.Pi*cutoff*step)) }
