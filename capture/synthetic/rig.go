package synthetic

import (
	"fmt"
	"math"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/capture/synthetic/figure"
)

// volume is the box that holds the person and nothing else.
var volume = space.Box{Min: space.Vec3{X: -0.44, Y: -0.70, Z: -0.178}, Max: space.Vec3{X: 0.44, Y: 0.24, Z: 0.52}}

// volumeOf is the volume of a rig: wider where a rod reaches out of the usual
// one. Nothing of the room is near that either.
func volumeOf(o Options) space.Box {
	if o.Rod {
		return withRod(volume, o)
	}
	return volume
}

// Where the cameras stand, seen from the head: degrees and metres.
var stands = [capture.MaxCameras]struct {
	azimuth, elevation, distance float64
	name                         string
}{
	{-35, 18, 1.16, "left-top"}, {0, 19, 1.14, "middle-top"}, {35, 18, 1.16, "right-top"},
	{-35, -22, 1.16, "left-bottom"}, {0, -22, 1.12, "middle-bottom"}, {35, -22, 1.16, "right-bottom"},
	{-62, -2, 1.18, "left-side"}, {62, -2, 1.18, "right-side"},
}

// rig places the first n cameras. Sizes are of the full-size pictures unless
// the options scale the colour.
func rig(o Options) capture.Rig {
	r := capture.Rig{Name: "synthetic", Volume: volumeOf(o), Rate: o.Rate, Microphone: o.beeps()}
	for i := range o.Cameras {
		r.Cameras = append(r.Cameras, sensor(i, o))
	}
	return r
}

// sensor is one camera as Azure Kinects are built: the colour lens 32 mm
// beside the depth lens, tilted against it by a few degrees, every unit with
// slightly different lenses.
func sensor(i int, o Options) capture.Camera {
	s := stands[i]
	az, el := s.azimuth*math.Pi/180, s.elevation*math.Pi/180
	eye := space.Vec3{X: math.Sin(az) * math.Cos(el), Y: math.Sin(el), Z: math.Cos(az) * math.Cos(el)}.Scale(s.distance)
	target := space.Vec3{Y: -0.27, Z: 0.02}
	if s.elevation < 0 {
		target.Y = -0.22
	}
	depth := space.LookAt(eye, target, space.Vec3{Y: 1})
	vary := func(k int) float64 { return 2*figure.Unit(uint64(i)*64+uint64(k)+9000) - 1 }
	tilt := space.RotationAbout(space.Vec3{X: 1}, -0.02+0.004*vary(0)).
		Mul(space.RotationAbout(space.Vec3{Y: 1}, 0.003*vary(1))).Mul(space.RotationAbout(space.Vec3{Z: 1}, 0.002*vary(2)))
	colour := depth.Mul(space.Rigid{R: tilt, T: space.Vec3{X: 0.032, Y: -0.002 + 0.0005*vary(3), Z: 0.004 + 0.0005*vary(4)}})
	dl := space.Lens{
		Width: 640, Height: 576, Fx: 504 + 1.5*vary(5), Fy: 504 + 1.5*vary(6), Cx: 321 + 4*vary(7), Cy: 287 + 4*vary(8),
		K:  [6]float64{0.52 + 0.02*vary(9), 0.10, 0.005, 0.62 + 0.02*vary(9), 0.16, 0.02},
		P1: 0.00006 * vary(10), P2: 0.00006 * vary(11), MaxRadius: 1.74,
	}
	cl := space.Lens{
		Width: 1280, Height: 720, Fx: 610 + 2*vary(12), Fy: 610 + 2*vary(13), Cx: 639 + 5*vary(14), Cy: 362 + 5*vary(15),
		K:  [6]float64{0.48 + 0.02*vary(16), -0.10, 0.02, 0.42 + 0.02*vary(16), -0.06, 0.01},
		P1: 0.0002 * vary(17), P2: 0.0002 * vary(18), MaxRadius: 1.7,
	}
	if o.Width != cl.Width || o.Height != cl.Height {
		cl = cl.Resized(o.Width, o.Height)
		f := min(cl.Fx, cl.Fy)
		cl.Fx, cl.Fy = f, f
		k := float64(o.Width) / 1280
		dl = dl.Resized(max(16, int(640*k)/2*2), max(16, int(576*k)/2*2))
	}
	return capture.Camera{
		Name:   fmt.Sprintf("%d-%s", i, s.name),
		Colour: space.Camera{Lens: cl, Pose: colour},
		Depth:  space.Camera{Lens: dl, Pose: depth},
	}
}
