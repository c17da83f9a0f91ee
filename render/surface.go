package render

import (
	"math"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
)

// Constants of surface. Lengths are millimetres unless said otherwise.
const (
	eighths     = 8                      // of a millimetre, the unit of a surface's depth
	flyingShare = 0.03                   // of the depth: neighbours this near belong to one surface
	support     = 3                      // neighbours of its own surface that a pixel needs
	surrounded  = 5                      // of its eight neighbours that fill a pixel without an echo
	nearestMM   = 200                    // sensors see nothing nearer
	farthestMM  = 8000                   // nor farther
	minPerson   = 32                     // pixels; fewer are no person
	followed    = 20                     // frames that a still surface is averaged over
	moved       = 3                      // frames that are left of it where it moves
	gate        = 6.0                    // standard deviations: a pixel further off shows another surface
	still       = 0.4                    // standard deviations of a pixel, by which the mean of all around may stray
	around      = 3                      // pixels to each side that tell motion from noise
	held        = 30                     // frames that a pixel outlives its last echo
	noiseSteps  = 256                    // of the noise table
	gap         = 200 * time.Millisecond // between frames, after which nothing is followed
)

// surface is the person's surface as one depth camera sees it: its depth
// followed through time, and which pixels it covers. It is the CPU half of the
// clean stage and not safe for concurrent use.
//
// Every pixel is averaged over the frames in which its surface stood still.
// The mean of the 7 x 7 changes round a pixel, whose noise is a seventh of its
// own, tells motion from noise: it moves the average along, and shortens it. A
// pixel that shows another surface starts anew; one whose echo is lost or flies
// is held while its neighbours stay, for a second at most.
type surface struct {
	width, height int
	low, high     []uint16 // a pixel: depth between which its ray is in the volume; low > high: never
	region        rect     // pixels whose ray meets the volume at all
	footprint     float64  // millimetres a pixel covers at a distance of one millimetre
	noise         [noiseSteps]noise

	depth   []uint16 // 1/8 mm, 0 where the pixel is not the person's
	valid   []uint8  // 1 where it is
	mask    []uint8  // 0..252, share of the person among the 3 x 3
	age     []uint8  // frames averaged, 0 where nothing is followed
	unseen  []uint8  // frames since the last echo
	change  []int32  // one + the change since the last frame, 0 where nothing is followed
	columns []int32  // sums of follow
	spans   []run    // of each row, the pixels in the volume
	reach   []run    // of each row, the pixels beyond which nothing can be the person's

	count    int // of valid pixels
	captured capture.Time
	begun    bool
}

// noise of a depth: thresholds in eighths.
type noise struct{ gate, still float32 }

// one is what each pixel adds to a sum of changes: their number stands above
// their sum.
const one = 1 << 20

type rect struct{ x0, y0, x1, y1 int } // half open

func (r rect) empty() bool { return r.x0 >= r.x1 || r.y0 >= r.y1 }

// run is a part of a row, half open.
type run struct{ from, to int }

func (r run) empty() bool { return r.from >= r.to }

func newSurface(camera space.Camera, volume space.Box, rays []float32) *surface {
	w, h := camera.Lens.Width, camera.Lens.Height
	s := &surface{
		width: w, height: h,
		low: make([]uint16, w*h), high: make([]uint16, w*h),
		depth: make([]uint16, w*h), valid: make([]uint8, w*h), mask: make([]uint8, w*h),
		age: make([]uint8, w*h), unseen: make([]uint8, w*h), change: make([]int32, w*h), columns: make([]int32, w), spans: make([]run, h), reach: make([]run, h),
		footprint: 1 / camera.Lens.Fx,
		region:    rect{x0: w, y0: h},
	}
	for i := range s.low {
		s.low[i] = 1
		x, y := float64(rays[2*i]), float64(rays[2*i+1])
		if math.IsNaN(x) {
			continue
		}
		// A direction with z = 1 makes the box's interval one of depth.
		ray := space.Ray{Origin: camera.Pose.T, Direction: camera.Pose.Rotate(space.Vec3{X: x, Y: y, Z: 1})}
		near, far, ok := volume.Intersect(ray)
		low, high := max(math.Ceil(near*1000), nearestMM), min(math.Floor(far*1000), farthestMM)
		if !ok || low > high {
			continue
		}
		s.low[i], s.high[i] = uint16(low), uint16(high)
		px, py := i%w, i/w
		s.region = rect{min(s.region.x0, px), min(s.region.y0, py), max(s.region.x1, px+1), max(s.region.y1, py+1)}
	}
	// Whole wide cells and two pixels of border keep the inner loops free of tests.
	s.region.x0 = max(s.region.x0/wide*wide, wide)
	s.region.y0 = max(s.region.y0/wide*wide, wide)
	s.region.x1 = min((s.region.x1+wide-1)/wide*wide, (w-3)/wide*wide)
	s.region.y1 = min((s.region.y1+wide-1)/wide*wide, (h-3)/wide*wide)
	for i := range s.noise {
		// The Kinect's noise: a variance in mm² at z metres (LiveNVS).
		z := (float64(i) + 0.5) * 65536 / noiseSteps / (1000 * eighths)
		sigma := eighths * math.Sqrt(max(0.5, 9*z*z+0.74*z-0.58))
		s.noise[i] = noise{gate: float32(gate * sigma), still: float32(still * sigma * still * sigma)}
	}
	return s
}

// observe takes in a frame's depth and says whether somebody is seen.
func (s *surface) observe(f *capture.Frame) bool {
	if step := f.Captured - s.captured; s.begun && (step <= 0 || step > capture.Time(gap)) {
		clear(s.age)
	}
	s.begun, s.captured = true, f.Captured
	if s.region.empty() {
		return false
	}
	s.classify(f.Depth.Millimetres)
	s.bound()
	s.follow()
	s.hold()
	s.blur()
	return s.count >= minPerson
}
