package render

import (
	"errors"
	"math"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
)

// ErrNobody is returned where a frame set shows nobody in the rig's volume.
var ErrNobody = errors.New("nobody is in the rig's volume")

// Constants of Framing.
const (
	sampleStep    = 8                  // depth pixels between samples
	windowTilt    = 14 * math.Pi / 180 // the eye may leave the window's axis this far
	windowGuard   = 1.0 / 16           // of the half size, always free round the person: 8 pixels of a half-size tile of 256
	windowMargin  = 0.03               // of the half size, free beyond the guard in a new window
	windowSlack   = 0.25               // of the half size, by which a new window must be smaller to replace one that fits
	windowQuantum = 0.02               // metres
	maxSpan       = 0.8                // metres between near and far
	spanMargin    = 0.03               // metres, kept free before and behind the person
	spanSlack     = 0.12               // metres, free before near and far tighten
	spanQuantum   = 0.02               // metres, a multiple of the strip's step
	windowIDs     = 1 << 10
)

// Framing keeps the window and depth range of one view tight on the person.
// Both change only when they must, in coarse steps, so that the packed view
// stays comparable from frame to frame. It is not safe for concurrent use.
type Framing struct {
	rig       capture.Rig
	samplers  []sampler
	window    space.Window
	near, far float64
	missed    float64 // metres that the sparse samples may miss at an edge
	points    []space.Vec3
}

// sampler holds the rays of every sampleStep-th depth pixel of one camera.
type sampler struct {
	pixels []int        // index into the depth picture
	rays   []space.Vec3 // (x, y, 1) rotated into the cube
	origin space.Vec3
}

// NewFraming makes the framing of one view of a rig.
func NewFraming(rig capture.Rig) *Framing {
	f := &Framing{rig: rig, samplers: make([]sampler, len(rig.Cameras))}
	for i, c := range rig.Cameras {
		s := &f.samplers[i]
		s.origin = c.Depth.Pose.T
		l := c.Depth.Lens
		f.missed = max(f.missed, sampleStep*s.origin.Sub(rig.Volume.Center()).Norm()/l.Fx)
		for v := sampleStep / 2; v < l.Height; v += sampleStep {
			for u := sampleStep / 2; u < l.Width; u += sampleStep {
				x, y, ok := l.Unproject(float64(u), float64(v))
				if !ok {
					continue
				}
				s.pixels = append(s.pixels, v*l.Width+u)
				s.rays = append(s.rays, c.Depth.Pose.Rotate(space.Vec3{X: x, Y: y, Z: 1}))
			}
		}
	}
	return f
}

// person returns sparse surface points in the volume; valid until the next call.
func (f *Framing) person(set *capture.FrameSet) []space.Vec3 {
	f.points = f.points[:0]
	for i, frame := range set.Frames {
		if frame == nil || i >= len(f.samplers) {
			continue
		}
		s := &f.samplers[i]
		for k, at := range s.pixels {
			d := frame.Depth.Millimetres[at]
			if d < nearestMM {
				continue
			}
			p := s.origin.Add(s.rays[k].Scale(float64(d) / 1000))
			if f.rig.Volume.Contains(p) {
				f.points = append(f.points, p)
			}
		}
	}
	return f.points
}

// Frame returns the window through which the eye sees the person and the depth
// range, at most 0.8 m, along the window's normal. It returns ErrNobody where
// no camera sees anybody.
func (f *Framing) Frame(set *capture.FrameSet, eye space.Vec3) (w space.Window, near, far float64, err error) {
	points := f.person(set)
	if len(points) < 8 {
		return space.Window{}, 0, 0, ErrNobody
	}
	var centre space.Vec3
	for _, p := range points {
		centre = centre.Add(p.Scale(1 / float64(len(points))))
	}
	if f.window.ID == 0 || space.Angle(eye.Sub(centre), f.window.Normal()) > windowTilt {
		f.turn(eye, centre)
	}
	b := f.bounds(points, eye)
	f.resize(b)
	f.stretch(b)
	return f.window, f.near, f.far, nil
}

// bounds are the person's extents as seen through the window's plane: metres
// from the window's centre, and distances from the eye along the normal.
type bounds struct{ left, right, bottom, top, near, far float64 }

func (f *Framing) bounds(points []space.Vec3, eye space.Vec3) bounds {
	b := bounds{left: math.Inf(1), right: math.Inf(-1), bottom: math.Inf(1), top: math.Inf(-1), near: math.Inf(1)}
	n := f.window.Normal()
	d := eye.Sub(f.window.Center).Dot(n)
	for _, p := range points {
		z := eye.Sub(p).Dot(n)
		if z < minDistance {
			continue
		}
		at := eye.Add(p.Sub(eye).Scale(d / z)).Sub(f.window.Center)
		x, y := at.Dot(f.window.Right), at.Dot(f.window.Up)
		b.left, b.right = min(b.left, x), max(b.right, x)
		b.bottom, b.top = min(b.bottom, y), max(b.top, y)
		b.near, b.far = min(b.near, z), max(b.far, z)
	}
	return b
}

const minDistance = 0.15 // metres from the eye, nothing nearer is drawn

// turn starts a window that faces the eye, upright in the cube.
func (f *Framing) turn(eye, centre space.Vec3) {
	n := eye.Sub(centre).Unit()
	right := space.Vec3{Y: 1}.Cross(n).Unit()
	if right == (space.Vec3{}) {
		right = space.Vec3{X: 1}
	}
	f.replace(space.Window{Center: quantise(centre, windowQuantum), Right: right, Up: n.Cross(right)})
	f.near, f.far = 0, 0
}

func (f *Framing) replace(w space.Window) {
	w.ID = f.window.ID%(windowIDs-1) + 1
	f.window = w
}

// resize moves the window's edges where the person left it or fills it badly.
func (f *Framing) resize(b bounds) {
	w := f.window
	cx, cy := (b.left+b.right)/2, (b.bottom+b.top)/2
	hw, hh := (b.right-b.left)/2, (b.top-b.bottom)/2
	hw, hh = hw+f.missed, hh+f.missed
	const free = 1 - windowGuard
	up := func(v float64) float64 {
		return math.Ceil(v/(free-windowMargin)/windowQuantum+1) * windowQuantum
	}
	// Pixels more than twice as wide as high, or the reverse, waste the picture.
	width, height := max(up(hw), up(hh)/2), max(up(hh), up(hw)/2)
	fits := math.Abs(cx)+hw <= w.HalfWidth*free && math.Abs(cy)+hh <= w.HalfHeight*free
	tight := width >= w.HalfWidth*(1-windowSlack) && height >= w.HalfHeight*(1-windowSlack)
	if fits && tight {
		return
	}
	w.HalfWidth, w.HalfHeight = width, height
	w.Center = quantise(w.Center.Add(w.Right.Scale(cx)).Add(w.Up.Scale(cy)), windowQuantum/2)
	f.replace(w)
}

// stretch moves near and far where the person left them or they are far off.
func (f *Framing) stretch(b bounds) {
	near := max(math.Floor((b.near-spanMargin)/spanQuantum)*spanQuantum, minDistance)
	far := math.Ceil((b.far+spanMargin)/spanQuantum) * spanQuantum
	if f.near > 0 && b.near >= f.near && b.near <= f.near+spanSlack && (b.far <= f.far || f.far-f.near >= maxSpan-spanQuantum) && b.far >= f.far-spanSlack-spanMargin {
		return
	}
	f.near, f.far = near, min(far, near+maxSpan)
}

func quantise(v space.Vec3, q float64) space.Vec3 {
	return space.Vec3{X: math.Round(v.X/q) * q, Y: math.Round(v.Y/q) * q, Z: math.Round(v.Z/q) * q}
}
