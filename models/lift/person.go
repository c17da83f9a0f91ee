package lift

import (
	"math"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/face"
	"github.com/virtualcube/virtualcube/models/matte/plane"
	"github.com/virtualcube/virtualcube/models/matte/segment"
)

// tracker follows a face.
type tracker interface {
	Next(p capture.Picture, c space.Camera, within face.Square) (*face.Face, error)
	Iris(p capture.Picture, c space.Camera, f *face.Face, left bool) (face.Iris, bool, error)
	Forget()
}

// place is in a picture, pixels.
type place struct{ x, y float64 }

// person is what is known of them from frame to frame.
type person struct {
	faces  tracker
	parts  plane.Parts
	width  int // of the picture
	height int

	camera   space.Camera // that sees this frame, from the origin and along z
	face     *face.Face   // of this frame; nil where none was found
	places   [face.Points]place
	relief   [face.Points]float64 // mm behind the eyes
	distance float64              // mm to the eyes along the optical axis
	between  float64              // mm between the outer corners of the eyes
	byIris   float64              // the same by the irises alone
	looks    int                  // that are in it
	frames   int

	eye    place
	roll   float64 // radians from the picture's horizontal, positive where the left eye is lower
	yaw    float64 // radians by which the face is turned to a side, 0 towards the camera
	offset float64 // pixels from the top of the silhouette down to the eyes
	top    float64 // pixels: the column of the silhouette's top
	faced  bool    // whether a face was ever seen
}

const (
	// Outer corners of the eyes of adults: mean and deviation in mm.
	usualBetween, spreadBetween = 90, 4.5
	partShare                   = 8 // a part counts that has an eighth of the largest

	// nominal are mm, until a face was seen: to the person, and from the top of the
	// head to the eyes.
	nominalDistance, nominalTop = 1000 * Seat, 120
	leastDistance, mostDistance = 200, 6000
)

func newPerson(t tracker) *person { return &person{faces: t} }

// begin forgets, for a picture of another size.
func (p *person) begin(width, height int) {
	*p = person{faces: p.faces, width: width, height: height, distance: nominalDistance, between: usualBetween}
	p.faces.Forget()
}

// watch looks for the person's face in the next picture, which a lens has made.
func (p *person) watch(c capture.Picture, m *segment.Matte, lens space.Lens) error {
	if c.Width != p.width || c.Height != p.height {
		p.begin(c.Width, c.Height)
	} else if lens != p.camera.Lens {
		p.faces.Forget() // it knows directions, and they have changed
	}
	p.camera = space.Camera{Lens: lens, Pose: space.Identity()}
	p.frames++
	body := p.silhouette(m)
	var err error
	if p.face, err = p.faces.Next(c, p.camera, p.square(body)); err != nil {
		return err
	}
	if p.face != nil && !plausible(p.face) {
		p.faces.Forget()
		p.face = nil
	}
	if p.face == nil {
		p.guess(body)
		return nil
	}
	if err := p.measure(c); err != nil {
		return err
	}
	p.offset = p.eye.y - float64(body.Y0)
	return nil
}

// plausible says whether a face can be that of somebody.
func plausible(f *face.Face) bool {
	d := usualBetween * f.Eyes().Z
	return d > leastDistance && d < mostDistance
}

// square is what holds a part of the picture.
func (p *person) square(r plane.Rect) face.Square {
	x, y, _ := p.camera.Lens.Unproject(float64(r.X0+r.X1-1)/2, float64(r.Y0+r.Y1-1)/2) // a pinhole's pixel always has one
	return face.Square{
		Middle: space.Vec3{X: x, Y: y, Z: 1}, Up: space.Vec3{Y: -1},
		Size: float64(max(r.X1-r.X0, r.Y1-r.Y0)) / p.camera.Lens.Fx,
	}
}

// silhouette bounds the matte's parts but small ones, in pixels; the whole picture
// where there are none.
func (p *person) silhouette(m *segment.Matte) plane.Rect {
	p.parts.Find(m.Alpha.Width, m.Alpha.Height, func(i int) bool { return m.Alpha.V[i] > 0.5 })
	largest := 0
	for _, part := range p.parts.List {
		largest = max(largest, part.Area)
	}
	var all plane.Rect
	for _, part := range p.parts.List {
		if partShare*part.Area >= largest {
			all = all.Union(part.Bounds)
		}
	}
	if all.Empty() {
		p.top = float64(p.width) / 2
		return plane.Rect{X1: p.width, Y1: p.height}
	}
	p.top = float64(m.Cell) * (topmost(&m.Alpha, all) + 0.5)
	return plane.Rect{X0: all.X0 * m.Cell, Y0: all.Y0 * m.Cell, X1: all.X1 * m.Cell, Y1: all.Y1 * m.Cell}
}

// topmost is the middle column of the uppermost tenth of a silhouette.
func topmost(alpha *plane.Plane, r plane.Rect) float64 {
	sum, n := 0, 0
	for y := r.Y0; y < r.Y0+max(1, (r.Y1-r.Y0)/10); y++ {
		for x := r.X0; x < r.X1; x++ {
			if alpha.V[y*alpha.Width+x] > 0.5 {
				sum, n = sum+x, n+1
			}
		}
	}
	return float64(sum) / float64(max(1, n))
}

// guess places the eyes of somebody whose face is not seen.
func (p *person) guess(body plane.Rect) {
	if p.offset == 0 {
		p.offset = nominalTop * p.camera.Lens.Fx / p.distance
	}
	p.eye, p.roll, p.yaw = place{p.top, float64(body.Y0) + p.offset}, 0, 0
}

// measure learns distance and relief from the face.
func (p *person) measure(c capture.Picture) error {
	p.locate()
	if p.frames%irisEvery == 0 {
		if err := p.lookIntoEyes(c, p.frames/irisEvery%2 == 1); err != nil {
			return err
		}
	}
	eyes := p.face.Eyes()
	seen := p.between * eyes.Z
	fresh := !p.faced
	p.faced = true
	// Steady when at rest, quick when moving: a change of 4 % is followed at once.
	share := min(1, 0.1+25*math.Abs(seen/p.distance-1))
	if fresh {
		share = 1
	}
	p.distance += share * (seen - p.distance)

	for i, q := range p.face.Mesh {
		z := (q.Z - eyes.Z) * p.between
		share := min(1, 0.3+math.Abs(z-p.relief[i])/20)
		if fresh {
			share = 1
		}
		p.relief[i] += share * (z - p.relief[i])
	}
	return nil
}

// locate finds the face in the picture.
func (p *person) locate() {
	at := func(q space.Vec3) place {
		x, y, ok := p.camera.Lens.Project(q)
		if !ok {
			return place{-1, -1} // beside the picture
		}
		return place{x, y}
	}
	for i, q := range p.face.Mesh {
		p.places[i] = at(q)
	}
	eyes := p.face.Eyes()
	right, left := p.places[face.RightOuter], p.places[face.LeftOuter]
	p.eye, p.roll = at(eyes), math.Atan2(left.y-right.y, left.x-right.x)
	across := p.face.Mesh[face.LeftOuter].Sub(p.face.Mesh[face.RightOuter])
	p.yaw = math.Pi/2 - space.Angle(across, eyes)
}

// gaze is where the eyes are and the face points, in the cube.
func (p *person) gaze(camera space.Camera) (models.Gaze, bool) {
	if p.face == nil {
		return models.Gaze{}, false
	}
	x, y, ok := camera.Lens.Unproject(p.eye.x, p.eye.y)
	if !ok {
		return models.Gaze{}, false
	}
	across := p.face.Mesh[face.LeftSide].Sub(p.face.Mesh[face.RightSide])
	down := p.face.Mesh[face.Chin].Sub(p.face.Mesh[face.Forehead])
	out := down.Cross(across) // y x x: towards the camera
	d := p.distance / 1000
	return models.Gaze{
		Eye:        camera.Pose.Apply(space.Vec3{X: x * d, Y: y * d, Z: d}),
		Direction:  camera.Pose.Rotate(out).Unit(),
		Confidence: p.face.Score,
	}, true
}
