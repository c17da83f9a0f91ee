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

// finder follows a face.
type finder interface {
	Find(p capture.Picture, within face.Box) (*face.Face, error)
	Iris(p capture.Picture, f *face.Face, left bool) (face.Iris, error)
	Forget()
}

// person is what is known of them from frame to frame.
type person struct {
	faces  finder
	parts  plane.Parts
	width  int // of the picture
	height int

	face     *face.Face // of this frame; nil where none was found
	relief   [face.Points]float64
	distance float64 // mm to the eyes along the optical axis
	between  float64 // mm between the outer corners of the eyes
	byIris   float64 // the same by the irises alone
	looks    int     // that are in it
	frames   int

	eyeX, eyeY float64 // pixels
	roll       float64 // radians
	offset     float64 // pixels from the top of the silhouette down to the eyes
	top        float64 // pixels: the column of the silhouette's top
	faced      bool    // whether a face was ever seen
}

const (
	// Outer corners of the eyes of adults: mean and deviation in mm.
	usualBetween, spreadBetween = 90, 4.5
	// irisDiameter in mm, of nearly everybody to some 4 %: it cannot tell the
	// distance between the eyes any better than that.
	irisDiameter = 11.7
	irisSpread   = 0.04
	irisNoise    = 0.7  // pixels
	irisEvery    = 10   // frames
	mostLooks    = 100  // after which the oldest fade
	leastIris    = 8    // pixels, below which it tells nothing
	partShare    = 8    // a part counts that has an eighth of the largest
	mostYaw      = 0.3  // radians from which corners and irises are foreshortened too differently
	openEye      = 0.18 // height to width of an eye that is open

	// nominal are mm, until a face was seen: to the person, and from the top of the
	// head to the eyes.
	nominalDistance, nominalTop = 1000 * Seat, 120
	leastDistance, mostDistance = 200, 6000
)

func newPerson(f finder) *person { return &person{faces: f} }

// begin forgets, for a picture of another size.
func (p *person) begin(width, height int) {
	*p = person{faces: p.faces, width: width, height: height, distance: nominalDistance, between: usualBetween}
	p.faces.Forget()
}

// watch looks for the person's face in the next picture.
func (p *person) watch(c capture.Picture, m *segment.Matte, focal float64) error {
	if c.Width != p.width || c.Height != p.height {
		p.begin(c.Width, c.Height)
	}
	p.frames++
	body := p.silhouette(m)
	var err error
	if p.face, err = p.faces.Find(c, body); err != nil {
		return err
	}
	if p.face != nil && !p.plausible(p.face, focal) {
		p.faces.Forget()
		p.face = nil
	}
	if p.face == nil {
		p.guess(body, focal)
		return nil
	}
	if err := p.measure(c, focal); err != nil {
		return err
	}
	eyes := p.face.Eyes()
	p.eyeX, p.eyeY, p.roll = eyes.X, eyes.Y, p.face.Roll()
	p.offset = p.eyeY - body.Y0
	return nil
}

// plausible says whether a face can be that of somebody.
func (p *person) plausible(f *face.Face, focal float64) bool {
	d := focal * usualBetween / f.Mesh[face.RightOuter].Distance(f.Mesh[face.LeftOuter])
	return d > leastDistance && d < mostDistance
}

// silhouette bounds the matte's parts but small ones, in pixels; the whole picture
// where there are none.
func (p *person) silhouette(m *segment.Matte) face.Box {
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
		return face.Box{X1: float64(p.width), Y1: float64(p.height)}
	}
	cell := float64(m.Cell)
	p.top = cell * (topmost(&m.Alpha, all) + 0.5)
	return face.Box{X0: float64(all.X0) * cell, Y0: float64(all.Y0) * cell, X1: float64(all.X1) * cell, Y1: float64(all.Y1) * cell}
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
func (p *person) guess(body face.Box, focal float64) {
	if p.offset == 0 {
		p.offset = nominalTop * focal / p.distance
	}
	p.eyeX, p.eyeY, p.roll = p.top, body.Y0+p.offset, 0
}

// measure learns distance and relief from the face.
func (p *person) measure(c capture.Picture, focal float64) error {
	apart := p.face.Mesh[face.RightOuter].Distance(p.face.Mesh[face.LeftOuter])
	if p.frames%irisEvery == 0 {
		if err := p.lookIntoEyes(c, apart, p.frames/irisEvery%2 == 1); err != nil {
			return err
		}
	}
	seen := focal * p.between / apart
	fresh := !p.faced
	p.faced = true
	// Steady when at rest, quick when moving: a change of 4 % is followed at once.
	share := min(1, 0.1+25*math.Abs(seen/p.distance-1))
	if fresh {
		share = 1
	}
	p.distance += share * (seen - p.distance)

	perPixel := p.between / apart
	eyes := p.face.Eyes()
	for i, q := range p.face.Mesh {
		z := (q.Z - eyes.Z) * perPixel
		share := min(1, 0.3+math.Abs(z-p.relief[i])/20)
		if fresh {
			share = 1
		}
		p.relief[i] += share * (z - p.relief[i])
	}
	return nil
}

// lookIntoEyes corrects how far apart this person's eyes are by an iris.
func (p *person) lookIntoEyes(c capture.Picture, apart float64, left bool) error {
	if math.Abs(p.face.Yaw()) > mostYaw || !opened(p.face, left) {
		return nil
	}
	iris, err := p.faces.Iris(c, p.face, left)
	if err != nil {
		return err
	}
	if !(iris.Diameter >= leastIris) {
		return nil
	}
	measured := apart * irisDiameter / iris.Diameter
	if math.Abs(measured-usualBetween) > 4*spreadBetween {
		return nil
	}
	p.looks = min(p.looks+1, mostLooks)
	p.byIris += (measured - p.byIris) / float64(p.looks)
	// Looks average the noise out, but not what irises differ by among people.
	noise, differ := irisNoise/iris.Diameter*measured, irisSpread*measured
	prior, seen := 1/(spreadBetween*spreadBetween), 1/(differ*differ+noise*noise/float64(p.looks))
	p.between = (usualBetween*prior + p.byIris*seen) / (prior + seen)
	return nil
}

// opened says whether an eye is open enough for its iris to be seen.
func opened(f *face.Face, left bool) bool {
	outer, inner, upper, lower := face.RightOuter, face.RightInner, face.RightUpper, face.RightLower
	if left {
		outer, inner, upper, lower = face.LeftOuter, face.LeftInner, face.LeftUpper, face.LeftLower
	}
	return f.Mesh[upper].Distance(f.Mesh[lower]) > openEye*f.Mesh[outer].Distance(f.Mesh[inner])
}

// gaze is where the eyes are and the face points, in the cube.
func (p *person) gaze(camera space.Camera) (models.Gaze, bool) {
	if p.face == nil {
		return models.Gaze{}, false
	}
	x, y, ok := camera.Lens.Unproject(p.eyeX, p.eyeY)
	if !ok {
		return models.Gaze{}, false
	}
	at := func(i int) space.Vec3 {
		q := p.face.Mesh[i]
		return space.Vec3{X: q.X, Y: q.Y, Z: q.Z}
	}
	across := at(face.LeftSide).Sub(at(face.RightSide))
	down := at(face.Chin).Sub(at(face.Forehead))
	out := down.Cross(across) // y x x: towards the camera
	d := p.distance / 1000
	return models.Gaze{
		Eye:        camera.Pose.Apply(space.Vec3{X: x * d, Y: y * d, Z: d}),
		Direction:  camera.Pose.Rotate(out).Unit(),
		Confidence: p.face.Score,
	}, true
}
