package folder

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"path/filepath"
	"slices"
	"strings"

	"github.com/virtualcube/virtualcube/capture/space"
)

// rawCalibration combines cwipc's cameraconfig*.json (poses) with cameras.json
// or nominal lenses for the serials that the folder has pictures of.
func rawCalibration(o Options, serials []string) (calibration, error) {
	given, err := readCameras(o.Dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return calibration{}, err
	}
	poses, err := rawPoses(o)
	if err != nil {
		return calibration{}, err
	}
	c := calibration{cube: given.cube, volume: given.volume, rate: given.rate}
	nominal := 0
	for _, serial := range serials {
		i := slices.IndexFunc(given.sensors, func(s sensor) bool { return s.name == serial })
		var s sensor
		switch {
		case i >= 0:
			s = given.sensors[i]
		case o.Nominal:
			s = nominalKinect(serial, o.DepthF)
			nominal++
		default:
			return calibration{}, fmt.Errorf("open %s: camera %s has no lens: describe it in cameras.json (name, fx, fy, cx, cy, depth_fx, ... depth_to_color), or accept an average Azure Kinect with ?intrinsics=nominal", o.Dir, serial)
		}
		if !s.posed {
			pose, ok := poses[serial]
			if !ok {
				return calibration{}, fmt.Errorf("open %s: camera %s has no pose: neither cameras.json nor cameraconfig*.json names it", o.Dir, serial)
			}
			toColour := s.colour.Pose.Inverse().Mul(s.depth.Pose)
			s.colour.Pose, s.posed = pose, true
			s.depth.Pose = pose.Mul(toColour)
		}
		c.sensors = append(c.sensors, s)
	}
	if nominal > 0 {
		c.notes = append(c.notes, fmt.Sprintf("lenses of %d cameras are those of an average Azure Kinect: expect some centimetres of error", nominal))
	}
	if c.cube == nil && len(poses) > 0 && o.Origin == nil {
		c.cube = rawCube(o.Front)
		c.notes = append(c.notes, "cube: cwipc's world has y up and its origin on the floor; the head was put 1.2 m above it")
	}
	return c, nil
}

// rawCube puts the cube into cwipc's world (y up, metres, origin on the floor
// under the person).
func rawCube(front *space.Vec3) *space.Rigid {
	const seatedHead = 1.2 // metres above the floor
	z := space.Vec3{Z: 1}
	if front != nil {
		if f := (space.Vec3{X: front.X, Z: front.Z}).Unit(); f != (space.Vec3{}) {
			z = f
		}
	}
	y := space.Vec3{Y: 1}
	toWorld := space.Rigid{R: space.Columns(y.Cross(z), y, z), T: space.Vec3{Y: seatedHead}}
	r := toWorld.Inverse()
	return &r
}

// rawPoses reads the folder's cameraconfig*.json; there may be none.
func rawPoses(o Options) (map[string]space.Rigid, error) {
	paths, err := filepath.Glob(filepath.Join(o.Dir, "cameraconfig*.json"))
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", o.Dir, err)
	}
	if o.Config != "" {
		paths = []string{filepath.Join(o.Dir, filepath.Base(o.Config))}
	}
	if len(paths) == 0 {
		return nil, nil
	}
	if len(paths) > 1 {
		return nil, fmt.Errorf("open %s: %d files are named cameraconfig*.json: choose one with ?config=NAME", o.Dir, len(paths))
	}
	data, err := readText(paths[0])
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", o.Dir, err)
	}
	poses, err := parseConfig(data)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", paths[0], err)
	}
	return poses, nil
}

// parseConfig reads a cwipc cameraconfig.json: camera-to-world transforms by
// serial. Disabled cameras are left out.
func parseConfig(data []byte) (map[string]space.Rigid, error) {
	var config struct {
		Camera []struct {
			Serial   string
			Disabled bool
			Trafo    matrix
		}
	}
	if err := json.Unmarshal(data, &config); err != nil {
		return nil, fmt.Errorf("parse camera configuration: %w", err)
	}
	if len(config.Camera) == 0 {
		return nil, errors.New(`no cameras: it has no list "camera"`)
	}
	poses := make(map[string]space.Rigid)
	for i, c := range config.Camera {
		if c.Disabled {
			continue
		}
		if c.Serial == "" {
			return nil, fmt.Errorf("camera %d has no serial", i)
		}
		r, err := c.Trafo.rigid()
		if err != nil {
			return nil, fmt.Errorf("trafo of camera %s: %w", c.Serial, err)
		}
		poses[strings.TrimSpace(c.Serial)] = r
	}
	return poses, nil
}

// nominalKinect is an average Azure Kinect: depth 640x576 (narrow field,
// unbinned: the crop of a 1024 x 1024 sensor at 192, 180), colour 1280x720,
// colour 32 mm beside depth and turned by 6 degrees. Two devices differ by some
// pixels.
func nominalKinect(name string, f float64) sensor {
	if f == 0 {
		f = 504
	}
	depth := space.Lens{
		Width: 640, Height: 576, Fx: f, Fy: f, Cx: 512 - 192 - 0.5, Cy: 512 - 180 - 0.5,
		K: [6]float64{3.1, 2.3, 0.13, 3.45, 3.3, 0.66}, MaxRadius: 1.7,
	}
	colour := space.Lens{
		Width: 1280, Height: 720, Fx: 610, Fy: 610, Cx: 639.5, Cy: 359.5,
		K: [6]float64{0.5, -2.7, 1.55, 0.38, -2.5, 1.5}, MaxRadius: 1.7,
	}
	toColour := space.Rigid{
		R: space.RotationAbout(space.Vec3{X: 1}, -6*math.Pi/180),
		T: space.Vec3{X: -0.032, Y: -0.002, Z: 0.004},
	}
	return sensor{
		name: name, unit: 1,
		colour: space.Camera{Lens: colour, Pose: space.Identity()},
		depth:  space.Camera{Lens: depth, Pose: toColour},
	}
}
