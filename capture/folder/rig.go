package folder

import (
	"fmt"
	"path/filepath"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/replay"
	"github.com/virtualcube/virtualcube/capture/space"
)

// mattedShare is the part of depth pixels that are 0 from which on a camera
// counts as matted, if nothing is farther than the person either.
const mattedShare = 0.3

// describe makes the rig from the calibration and the first pictures.
func describe(o Options, c calibration, r *reel, k kind) (capture.Rig, error) {
	rig := capture.Rig{Name: filepath.Base(filepath.Clean(o.Dir)), Rate: 30, Estimated: c.notes}
	if c.rate != 0 {
		rig.Rate = c.rate
	}
	if o.Rate != 0 {
		rig.Rate = o.Rate
	}
	for i := range c.sensors {
		if err := fit(&c.sensors[i], r.start[i]); err != nil {
			return rig, fmt.Errorf("camera %q: %w", c.sensors[i].name, err)
		}
	}
	points := cloud(c.sensors, r.start)
	if len(points) == 0 {
		return rig, fmt.Errorf("no camera has valid depth")
	}
	matted := markMatted(c.sensors, r.start, &rig.Estimated)
	e := estimator{
		points: points, matted: matted, scene: k == scene,
		origin: o.Origin, front: o.Front, cube: c.cube, volume: c.volume,
	}
	for _, s := range c.sensors {
		e.cameras = append(e.cameras, s.colour.Pose)
	}
	cube, err := e.place()
	if err != nil {
		return rig, err
	}
	rig.Estimated = append(rig.Estimated, e.notes...)
	rig.Volume = e.box
	for _, s := range c.sensors {
		camera := capture.Camera{Name: s.name, Colour: s.colour, Depth: s.depth, Matted: *s.matted}
		camera.Colour.Pose = cube.Mul(camera.Colour.Pose)
		camera.Depth.Pose = cube.Mul(camera.Depth.Pose)
		if s.aligned() {
			camera.Depth = space.Camera{
				Lens: camera.Colour.Lens.Resized(camera.Depth.Lens.Width, camera.Depth.Lens.Height),
				Pose: camera.Colour.Pose,
			}
		}
		rig.Cameras = append(rig.Cameras, camera)
	}
	return rig, rig.Validate()
}

// fit gives the lenses the size of the pictures, or refuses them.
func fit(s *sensor, shot replay.Shot) error {
	set := func(what string, l *space.Lens, w, h int) error {
		// A column or row less: colour pictures are cut to even sizes.
		wrong := l.Width != 0 && (l.Width-w < 0 || l.Width-w > 1) || l.Height != 0 && (l.Height-h < 0 || l.Height-h > 1)
		if wrong {
			return fmt.Errorf("its %s picture is %dx%d, its calibration is for %dx%d", what, w, h, l.Width, l.Height)
		}
		l.Width, l.Height = w, h
		return nil
	}
	if err := set("colour", &s.colour.Lens, shot.Colour.Width, shot.Colour.Height); err != nil {
		return err
	}
	if err := s.colour.Lens.Validate(); err != nil {
		return err
	}
	return set("depth", &s.depth.Lens, shot.Depth.Width, shot.Depth.Height)
}

// lensOf returns the lens that the depth picture was made with.
func (s sensor) lensOf() space.Lens {
	if s.aligned() {
		return s.colour.Lens.Resized(s.depth.Lens.Width, s.depth.Lens.Height)
	}
	return s.depth.Lens
}

// cloudSide is how many pixels a camera gives to the cloud, a side.
const cloudSide = 160

// cloud unprojects a sample of all depth pictures into the folder's world.
func cloud(sensors []sensor, shots []replay.Shot) []space.Vec3 {
	var points []space.Vec3
	for i, s := range sensors {
		d, l := shots[i].Depth, s.lensOf()
		pose := s.depth.Pose
		step := max(1, min(d.Width, d.Height)/cloudSide)
		for y := step / 2; y < d.Height; y += step {
			for x := step / 2; x < d.Width; x += step {
				z := float64(d.Millimetres[y*d.Width+x]) / 1000
				if z == 0 {
					continue
				}
				if rx, ry, ok := l.Unproject(float64(x), float64(y)); ok {
					points = append(points, pose.Apply(space.Vec3{X: rx * z, Y: ry * z, Z: z}))
				}
			}
		}
	}
	return points
}

// markMatted decides for every camera that does not say whether its depth is
// matted, and tells whether all are: many zeros, and all that is left within
// the depth of one person.
func markMatted(sensors []sensor, shots []replay.Shot, notes *[]string) bool {
	const personDepth = 1.5 // metres from nearest to farthest, arms stretched
	all, guessed := true, 0
	for i := range sensors {
		if sensors[i].matted == nil {
			zeros, low, high := 0, uint16(65535), uint16(0)
			for _, v := range shots[i].Depth.Millimetres {
				if v == 0 {
					zeros++
					continue
				}
				low, high = min(low, v), max(high, v)
			}
			is := float64(zeros) > mattedShare*float64(len(shots[i].Depth.Millimetres)) && float64(high-low)/1000 < personDepth
			sensors[i].matted = &is
			if is {
				guessed++
			}
		}
		all = all && *sensors[i].matted
	}
	if guessed > 0 {
		*notes = append(*notes, fmt.Sprintf("matte: the depth of %d of %d cameras holds nothing but the person", guessed, len(sensors)))
	}
	return all
}
