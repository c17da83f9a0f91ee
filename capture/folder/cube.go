package folder

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
)

const (
	crownToEyes = 0.12 // metres from the top of the head to the cube's origin
	headReach   = 0.25 // metres below the top that belong to the head
	margin      = 0.05 // metres round the person
	snap        = 12 * math.Pi / 180
)

// estimator places the cube and its volume where the rig does not state them.
type estimator struct {
	points        []space.Vec3  // in the folder's world
	cameras       []space.Rigid // to the folder's world
	matted, scene bool
	origin, front *space.Vec3  // stated
	cube          *space.Rigid // stated
	volume        *space.Box   // stated, in the cube

	box   space.Box
	notes []string
}

func (e *estimator) note(format string, values ...any) {
	e.notes = append(e.notes, fmt.Sprintf(format, values...))
}

// place returns the transform from the folder's world to the cube and sets
// box.
func (e *estimator) place() (space.Rigid, error) {
	var cube space.Rigid
	if e.cube != nil {
		cube = *e.cube
	} else {
		up := e.up()
		var err error
		if cube, err = e.stand(up); err != nil {
			return cube, err
		}
	}
	switch {
	case e.volume != nil:
		e.box = *e.volume
	case e.matted || e.scene:
		e.box = bounds(e.points, cube)
		size := e.box.Size()
		e.note("volume: %.2f x %.2f x %.2f m, the bounds of all valid depth", size.X, size.Y, size.Z)
	default:
		e.box = capture.DefaultVolume()
		e.note("volume: the default round a seated person, since depth holds the room too")
	}
	return cube, nil
}

// up finds the direction away from the floor.
func (e *estimator) up() space.Vec3 {
	var mx, my space.Vec3
	for _, c := range e.cameras {
		mx, my = mx.Add(c.R.Column(0)), my.Add(c.R.Column(1))
	}
	up, how, sure := my.Scale(-1).Unit(), "the cameras stand upright", true
	if mx.Norm() > my.Norm() {
		up, how, sure = mx.Unit(), "the cameras lie on their side", false
	}
	axis, elongated := principal(e.points)
	if e.matted && elongated && math.Abs(axis.Dot(up)) > math.Cos(25*math.Pi/180) {
		if axis.Dot(up) < 0 {
			axis = axis.Scale(-1)
		}
		up, how = axis, how+", the person's long axis agrees"
	}
	if e.matted && !sure {
		if headIsBelow(e.points, up) {
			up = up.Scale(-1)
		}
		how += ", the head is the narrower end"
	} else if !sure {
		how += ", their right hand side was taken for up"
	}
	for _, w := range []space.Vec3{{X: 1}, {Y: 1}, {Z: 1}, {X: -1}, {Y: -1}, {Z: -1}} {
		if space.Angle(w, up) < snap {
			up = w
			how += ", an axis of the calibration is near"
			break
		}
	}
	e.note("up: (%.2f, %.2f, %.2f) in the folder's world: %s", up.X, up.Y, up.Z, how)
	return up
}

// principal returns the direction in which the points extend most, and
// whether it stands out.
func principal(points []space.Vec3) (axis space.Vec3, elongated bool) {
	var mean space.Vec3
	for _, p := range points {
		mean = mean.Add(p.Scale(1 / float64(len(points))))
	}
	var m space.Mat3
	for _, p := range points {
		d := p.Sub(mean)
		for i, v := range [9]float64{d.X * d.X, d.X * d.Y, d.X * d.Z, d.Y * d.X, d.Y * d.Y, d.Y * d.Z, d.Z * d.X, d.Z * d.Y, d.Z * d.Z} {
			m[i] += v / float64(len(points))
		}
	}
	first, a := dominant(m)
	for i := range m { // deflation
		r, c := [3]float64{a.X, a.Y, a.Z}[i/3], [3]float64{a.X, a.Y, a.Z}[i%3]
		m[i] -= first * r * c
	}
	second, _ := dominant(m)
	return a, first > 2.5*second
}

// dominant returns the largest eigenvalue and its vector, by power iteration.
func dominant(m space.Mat3) (float64, space.Vec3) {
	v := space.Vec3{X: 0.57, Y: 0.59, Z: 0.61}
	for range 200 {
		n := m.Apply(v)
		if n.Norm() == 0 {
			return 0, v.Unit()
		}
		v = n.Unit()
	}
	return m.Apply(v).Dot(v), v
}

// headIsBelow says whether the lower end along up is the narrower one: a head
// is narrower than a pair of feet, and than a body that is cut off.
func headIsBelow(points []space.Vec3, up space.Vec3) bool {
	heights := make([]float64, len(points))
	for i, p := range points {
		heights[i] = p.Dot(up)
	}
	slices.Sort(heights)
	low, high := percentile(heights, 0.002), percentile(heights, 0.998)
	reach := (high - low) * 0.12
	return width(points, up, low, low+reach) < width(points, up, high-reach, high)
}

// width is the root mean square distance of a slab's points from its axis.
func width(points []space.Vec3, up space.Vec3, from, to float64) float64 {
	var mean space.Vec3
	var slab []space.Vec3
	for _, p := range points {
		if h := p.Dot(up); h >= from && h <= to {
			flat := p.Sub(up.Scale(h))
			slab = append(slab, flat)
			mean = mean.Add(flat)
		}
	}
	mean = mean.Scale(1 / float64(max(len(slab), 1)))
	sum := 0.0
	for _, p := range slab {
		d := p.Sub(mean)
		sum += d.Dot(d)
	}
	return math.Sqrt(sum / float64(max(len(slab), 1)))
}

func percentile(sorted []float64, p float64) float64 {
	return sorted[int(p*float64(len(sorted)-1))]
}

// stand puts the origin and the axes.
func (e *estimator) stand(up space.Vec3) (space.Rigid, error) {
	origin := e.head(up)
	to := e.cameras[0].T.Sub(origin)
	how := "towards the first camera"
	if e.scene {
		to, how = space.Vec3{}, "towards the middle of the cameras"
		for _, c := range e.cameras {
			to = to.Add(c.T.Sub(origin))
		}
	}
	if f, ok := e.facing(up); ok {
		to, how = f, "at right angles to the standing person's shoulders, on the side of the toes"
	}
	if e.front != nil {
		to, how = *e.front, ""
	}
	z := to.Sub(up.Scale(to.Dot(up))).Unit()
	if z == (space.Vec3{}) {
		return space.Rigid{}, errors.New("the front cannot be estimated: state it with ?front=x,y,z or give the cube in cameras.json")
	}
	if how != "" {
		e.note("front: %s", how)
	}
	toWorld := space.Rigid{R: space.Columns(up.Cross(z), up, z), T: origin}
	return toWorld.Inverse(), nil
}

// facing returns the direction in which a standing person looks: at right
// angles to the line of the shoulders, on the side to which the feet stick out
// from the shins. ok is false for a person who is not seen from top to toe.
func (e *estimator) facing(up space.Vec3) (direction space.Vec3, ok bool) {
	const standing = 1.4 // metres, a person who is seen whole
	if !e.matted || e.scene {
		return space.Vec3{}, false
	}
	heights := make([]float64, len(e.points))
	for i, p := range e.points {
		heights[i] = p.Dot(up)
	}
	slices.Sort(heights)
	floor, top := percentile(heights, 0.002), percentile(heights, 0.998)
	slab := func(from, to float64) []space.Vec3 {
		var flat []space.Vec3
		for _, p := range e.points {
			if h := (p.Dot(up) - floor) / (top - floor); h >= from && h < to {
				flat = append(flat, p.Sub(up.Scale(p.Dot(up))))
			}
		}
		return flat
	}
	// Heights as parts of the body's (shoulders at 0.82, knees at 0.28).
	shoulders, feet, shins := slab(0.70, 0.83), slab(0, 0.05), slab(0.05, 0.2)
	if top-floor < standing || min(len(shoulders), len(feet), len(shins)) < 50 {
		return space.Vec3{}, false
	}
	line, wide := principal(shoulders)
	ahead := up.Cross(line).Unit()
	if ahead.Dot(middle(feet).Sub(middle(shins))) < 0 {
		ahead = ahead.Scale(-1)
	}
	return ahead, wide
}

// head returns the cube's origin: stated, or 12 cm below the top of the
// person, or the middle of a scene.
func (e *estimator) head(up space.Vec3) space.Vec3 {
	if e.origin != nil {
		return *e.origin
	}
	points, what := e.points, "the person"
	switch {
	case e.scene:
		o := middle(points)
		e.note("origin: the middle of all valid depth, (%.2f, %.2f, %.2f) in the folder's world", o.X, o.Y, o.Z)
		return o
	case !e.matted:
		points, what = e.nearAxis(up), "what stands where the cameras look"
	}
	heights := make([]float64, len(points))
	for i, p := range points {
		heights[i] = p.Dot(up)
	}
	slices.Sort(heights)
	top := percentile(heights, 0.999)
	var crown []space.Vec3
	for _, p := range points {
		if h := p.Dot(up); h > top-headReach && h <= top {
			crown = append(crown, p)
		}
	}
	c := middle(crown)
	e.note("origin: %.0f cm below the top of %s", crownToEyes*100, what)
	return c.Add(up.Scale(top - crownToEyes - c.Dot(up)))
}

// nearAxis returns the points within 0.5 m of the vertical line through the
// middle of what the cameras look at; all points if there are few.
func (e *estimator) nearAxis(up space.Vec3) []space.Vec3 {
	var sum space.Vec3
	for _, c := range e.cameras {
		// 1.2 m ahead is where a rig's cameras look; it only has to be rough.
		sum = sum.Add(c.Apply(space.Vec3{Z: 1.2}))
	}
	center := sum.Scale(1 / float64(len(e.cameras)))
	var near []space.Vec3
	for _, p := range e.points {
		d := p.Sub(center)
		h := d.Dot(up)
		if math.Abs(h) < 1.2 && d.Sub(up.Scale(h)).Norm() < 0.5 {
			near = append(near, p)
		}
	}
	if len(near) < 100 {
		return e.points
	}
	return near
}

// middle is the median of each coordinate.
func middle(points []space.Vec3) space.Vec3 {
	c := [3][]float64{}
	for _, p := range points {
		c[0], c[1], c[2] = append(c[0], p.X), append(c[1], p.Y), append(c[2], p.Z)
	}
	for i := range c {
		slices.Sort(c[i])
	}
	return space.Vec3{X: percentile(c[0], 0.5), Y: percentile(c[1], 0.5), Z: percentile(c[2], 0.5)}
}

// bounds is the box round the points in the cube without one in a thousand at
// each face, which are flying pixels, and with a margin.
func bounds(points []space.Vec3, cube space.Rigid) space.Box {
	c := [3][]float64{}
	for _, p := range points {
		q := cube.Apply(p)
		c[0], c[1], c[2] = append(c[0], q.X), append(c[1], q.Y), append(c[2], q.Z)
	}
	var low, high [3]float64
	for i := range c {
		slices.Sort(c[i])
		low[i], high[i] = percentile(c[i], 0.001)-margin, percentile(c[i], 0.999)+margin
	}
	return space.Box{Min: vec(low[:]), Max: vec(high[:])}
}
