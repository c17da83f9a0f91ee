package lift

import (
	"math"

	"github.com/virtualcube/virtualcube/capture"
)

const (
	// irisDiameter in mm, of nearly everybody to some 4 %: it cannot tell the
	// distance between the eyes any better than that.
	irisDiameter = 11.7
	irisSpread   = 0.04
	irisNoise    = 0.7  // pixels
	irisEvery    = 10   // frames
	mostLooks    = 100  // after which the oldest fade
	leastIris    = 8    // pixels, below which it tells nothing
	mostYaw      = 0.3  // radians from which corners and irises are foreshortened too differently
	openEye      = 0.18 // height to width of an eye that is open
)

// lookIntoEyes corrects how far apart this person's eyes are by an iris.
func (p *person) lookIntoEyes(c capture.Picture, left bool) error {
	if math.Abs(p.yaw) > mostYaw {
		return nil
	}
	iris, ok, err := p.faces.Iris(c, p.camera, p.face, left)
	if err != nil {
		return err
	}
	pixels := iris.Diameter / p.face.Eyes().Z * p.camera.Lens.Fx
	if !ok || iris.Opening < openEye || !(pixels >= leastIris) {
		return nil
	}
	measured := irisDiameter / iris.Diameter
	if math.Abs(measured-usualBetween) > 4*spreadBetween {
		return nil
	}
	p.looks = min(p.looks+1, mostLooks)
	p.byIris += (measured - p.byIris) / float64(p.looks)
	// Looks average the noise out, but not what irises differ by among people.
	noise, differ := irisNoise/pixels*measured, irisSpread*measured
	prior, seen := 1/(spreadBetween*spreadBetween), 1/(differ*differ+noise*noise/float64(p.looks))
	p.between = (usualBetween*prior + p.byIris*seen) / (prior + seen)
	return nil
}
