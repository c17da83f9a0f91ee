package sight

import (
	"math"

	"github.com/virtualcube/virtualcube/capture/space"
)

// IrisReach is how far the middle of the iris's rim is before the centre of the
// eyeball, m: a ball of 12 mm that the rim, 11.7 mm wide, lies on.
const IrisReach = 0.0107

// Face is a head that looks.
type Face struct {
	Head
	Eyes [2]space.Vec3 // centres of the eyeballs, by eye
	// Gaze is where they look, of length 1. Where both are shut it goes with the head,
	// as it was before; Blind is for how many looks.
	Gaze  space.Vec3
	Blind int
	// Disagree is by how much the axes of eyes in cameras differ from the gaze, in
	// radians, root mean square; Axes is how many there are.
	Disagree float64
	Axes     int
}

// Eye is the point between the eyes.
func (f *Face) Eye() space.Vec3 { return f.Eyes[Right].Lerp(f.Eyes[Left], 0.5) }

// Confidence is from 0 to 1: how far the gaze can be relied on.
func (f *Face) Confidence() float64 {
	c := 1 - f.Disagree/doubtful
	switch {
	case f.Blind > blink:
		return 0.1
	case f.Blind > 0:
		return 0.3
	case f.Cameras == 1:
		c *= 0.4
	case f.Axes < 3:
		c *= 0.6
	}
	return min(max(c, 0.05), 1)
}

// blink is for how many looks eyes are shut at most that will look where they did.
const blink = 4

// doubtful is a disagreement from which on nothing can be said: 20 degrees.
const doubtful = 20 * math.Pi / 180

// Solver finds the face of one person, and learns how deep their eyes lie.
type Solver struct {
	sum, weight float64    // of depths
	before      space.Vec3 // the gaze in the head
	blind       int
}

// How deep an eyeball's centre lies behind the middle of the corners of its eye.
const (
	usualDepth = 0.009 // m
	usualTrust = 10    // looks
	maxTrust   = 300   // looks, after which what is old fades
	minDepth   = 0.002 // m
	maxDepth   = 0.016
)

// Depth is how deep the eyes are taken to lie, m.
func (s *Solver) Depth() float64 {
	d := (usualDepth*usualTrust + s.sum) / (usualTrust + s.weight)
	return min(max(d, minDepth), maxDepth)
}

// Forget is for another person.
func (s *Solver) Forget() { *s = Solver{} }

// Solve finds a face. near is a guess of how the head is turned. ok is false where
// the sightings are of no face, or not of one.
func (s *Solver) Solve(list []Sighting, near space.Mat3) (Face, bool) {
	h, list, ok := headOf(list, near)
	if !ok {
		return Face{}, false
	}
	f := Face{Head: h}
	ahead := h.Pose.R.Column(2)
	depth := s.Depth()
	for e := range f.Eyes {
		f.Eyes[e] = h.lids[e].Sub(ahead.Scale(depth))
	}
	f.look(list)
	if s.blind++; f.Axes > 0 {
		s.before, s.blind = h.Pose.R.Transpose().Apply(f.Gaze), 0
	} else if s.before != (space.Vec3{}) {
		f.Gaze = h.Pose.Rotate(s.before)
	}
	f.Blind = s.blind
	if !f.Gaze.Finite() {
		s.Forget()
		return f, false
	}
	for e := range f.Eyes {
		s.learn(list, e, &f, ahead)
	}
	return f, true
}

// axis is the optical axis of one eye as one camera sees it.
type axis struct {
	direction space.Vec3
	weight    float64
}

// rounds are how often the axes that stray are weighed anew.
const rounds = 4

// stretch is the angle from the mean at which an axis counts by half: 6 degrees.
const stretch = 6 * math.Pi / 180

// look finds the gaze.
func (f *Face) look(list []Sighting) {
	var axes []axis
	for k := range list {
		for e, open := range list[k].Open {
			r := list[k].Iris[e]
			w := weight(r, eyeward[e], f.Pose.R)
			if !open || w == 0 {
				continue
			}
			axes = append(axes, axis{meet(r, f.Eyes[e]), w})
		}
	}
	f.Gaze, f.Axes = f.Pose.R.Column(2), len(axes)
	if len(axes) == 0 {
		return
	}
	trust := make([]float64, len(axes))
	for i := range trust {
		trust[i] = 1
	}
	for range rounds {
		var sum space.Vec3
		for i, a := range axes {
			sum = sum.Add(a.direction.Scale(a.weight * trust[i]))
		}
		f.Gaze = sum.Unit()
		off, total := 0.0, 0.0
		for i, a := range axes {
			angle := space.Angle(a.direction, f.Gaze)
			off, total = off+a.weight*angle*angle, total+a.weight
			trust[i] = 1 / (1 + angle*angle/(stretch*stretch))
		}
		f.Disagree = math.Sqrt(off / total)
	}
}

// meet is the direction from an eyeball's centre to where a ray meets the sphere on
// which the iris is; or to where it passes the nearest.
func meet(r space.Ray, centre space.Vec3) space.Vec3 {
	to := centre.Sub(r.Origin)
	along := to.Dot(r.Direction)
	foot := r.At(along).Sub(centre)
	if in := IrisReach*IrisReach - foot.Dot(foot); in > 0 {
		foot = foot.Sub(r.Direction.Scale(math.Sqrt(in)))
	}
	return foot.Unit()
}

// What is learnt from: irises that cameras place well.
const (
	sure     = 0.0015 // m: by how much their rays pass each other at most
	squarely = 0.1    // the least weight of a ray
)

// learn compares where the iris is with where it should be.
func (s *Solver) learn(list []Sighting, e int, f *Face, ahead space.Vec3) {
	var lines []Line
	for k := range list {
		if w := weight(list[k].Iris[e], eyeward[e], f.Pose.R); list[k].Open[e] && w > squarely {
			lines = append(lines, Line{list[k].Iris[e], w})
		}
	}
	iris, rms, ok := Triangulate(lines)
	if !ok || rms > sure || len(lines) < 2 {
		return
	}
	depth := IrisReach*f.Gaze.Dot(ahead) - iris.Sub(f.lids[e]).Dot(ahead)
	if depth < minDepth || depth > maxDepth {
		return
	}
	if s.weight >= maxTrust {
		s.sum *= (maxTrust - 1) / s.weight
		s.weight = maxTrust - 1
	}
	s.sum, s.weight = s.sum+depth, s.weight+1
}
