package capture

import (
	"fmt"

	"github.com/virtualcube/virtualcube/capture/space"
)

// Camera is the calibration of one RGBD sensor in its cube.
type Camera struct {
	Name   string
	Colour space.Camera // pose: colour camera to cube
	Depth  space.Camera // pose: depth camera to cube
	// Matted says that depth is 0 wherever the person is not, so that every
	// valid depth in the volume belongs to them.
	Matted bool
}

// Aligned says whether depth and colour share one lens and pose, pixel for
// pixel, up to a change of size.
func (c Camera) Aligned() bool {
	return c.Depth.Pose == c.Colour.Pose && c.Depth.Lens == c.Colour.Lens.Resized(c.Depth.Lens.Width, c.Depth.Lens.Height)
}

// Rig is the cameras of one person, in the person's cube.
type Rig struct {
	Name    string
	Cameras []Camera
	// Volume is the box round the seat that holds the person, in the cube.
	Volume space.Box
	// Rate is the nominal frame rate in hertz.
	Rate float64
	// Microphone says that the source captures sound as well.
	Microphone bool
	// Estimated says what the source had to guess (cube, volume, lenses), one
	// sentence each, for the operator.
	Estimated []string
}

// DefaultVolume is 1.2 x 1.6 x 1.2 m round a seated person whose head is at
// the cube's origin.
func DefaultVolume() space.Box {
	return space.Box{Min: space.Vec3{X: -0.6, Y: -1.25, Z: -0.6}, Max: space.Vec3{X: 0.6, Y: 0.35, Z: 0.6}}
}

// Validate checks the number of cameras, every lens and every pose.
func (r Rig) Validate() error {
	if n := len(r.Cameras); n == 0 || n > MaxCameras {
		return fmt.Errorf("rig %q has %d cameras, 1 to %d are possible", r.Name, n, MaxCameras)
	}
	for _, c := range r.Cameras {
		for _, part := range []struct {
			name   string
			camera space.Camera
		}{{"colour", c.Colour}, {"depth", c.Depth}} {
			if err := part.camera.Lens.Validate(); err != nil {
				return fmt.Errorf("rig %q, camera %q, %s: %w", r.Name, c.Name, part.name, err)
			}
			if err := part.camera.Pose.Validate(); err != nil {
				return fmt.Errorf("rig %q, camera %q, %s: %w", r.Name, c.Name, part.name, err)
			}
		}
	}
	if s := r.Volume.Size(); !(s.X > 0.05 && s.Y > 0.05 && s.Z > 0.05 && s.X < 20 && s.Y < 20 && s.Z < 20) {
		return fmt.Errorf("rig %q: volume of %.2f x %.2f x %.2f m", r.Name, s.X, s.Y, s.Z)
	}
	return nil
}
