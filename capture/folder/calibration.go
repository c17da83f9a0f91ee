package folder

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
)

// maxText bounds the calibration files, in bytes.
const maxText = 4 << 20

// sensor is what is known of one camera before its pictures are seen.
type sensor struct {
	name   string
	colour space.Camera // pose: to the folder's world; Width 0 where not known
	depth  space.Camera // Lens.Fx is 0 where depth is aligned to colour
	posed  bool
	// unit is millimetres a unit of the depth picture.
	unit    float64
	invalid uint16 // depth value that means none, besides 0
	matted  *bool  // nil: not stated
}

func (s sensor) aligned() bool { return s.depth.Lens.Fx == 0 }

// calibration is what the folder's files say of the rig.
type calibration struct {
	sensors []sensor
	cube    *space.Rigid // world to cube
	volume  *space.Box   // in the cube
	rate    float64
	notes   []string
}

// matrix is a JSON list of rows.
type matrix [][]float64

type cameraEntry struct {
	Name            string
	Width, Height   int
	Fx, Fy, Cx, Cy  float64
	K               matrix
	Distortion      []float64
	MaxRadius       float64 `json:"max_radius"`
	Rotation        matrix  `json:"R_cam_to_world"`
	Position        []float64
	CamToWorld      matrix    `json:"cam_to_world"`
	DepthScale      *float64  `json:"depth_scale"`
	DepthWidth      int       `json:"depth_width"`
	DepthHeight     int       `json:"depth_height"`
	DepthFx         float64   `json:"depth_fx"`
	DepthFy         float64   `json:"depth_fy"`
	DepthCx         float64   `json:"depth_cx"`
	DepthCy         float64   `json:"depth_cy"`
	DepthK          matrix    `json:"depth_K"`
	DepthDistortion []float64 `json:"depth_distortion"`
	DepthMaxRadius  float64   `json:"depth_max_radius"`
	DepthToColour   matrix    `json:"depth_to_color"`
	Matted          *bool
}

type rigEntry struct {
	Cameras []cameraEntry
	Cube    matrix
	Volume  *struct{ Min, Max []float64 }
	Rate    float64
}

// readText reads a small file.
func readText(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxText+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	if len(data) > maxText {
		return nil, fmt.Errorf("read %s: more than %d MiB, not a calibration", path, maxText>>20)
	}
	return data, nil
}

func readCameras(dir string) (calibration, error) {
	path := filepath.Join(dir, "cameras.json")
	data, err := readText(path)
	if err != nil {
		return calibration{}, err
	}
	c, err := parseCameras(data)
	if err != nil {
		return calibration{}, fmt.Errorf("read %s: %w", path, err)
	}
	return c, nil
}

// parseCameras reads cameras.json, see the package comment.
func parseCameras(data []byte) (calibration, error) {
	var rig rigEntry
	into := any(&rig)
	for _, b := range data {
		if b == '[' {
			into = &rig.Cameras
		}
		if b == '[' || b == '{' {
			break
		}
	}
	if err := json.Unmarshal(data, into); err != nil {
		return calibration{}, fmt.Errorf("parse cameras: %w", err)
	}
	if n := len(rig.Cameras); n == 0 || n > capture.MaxCameras {
		return calibration{}, fmt.Errorf("%d cameras, 1 to %d are possible", n, capture.MaxCameras)
	}
	c := calibration{rate: rig.Rate}
	if rig.Rate != 0 && !(rig.Rate >= 0.1 && rig.Rate <= 240) {
		return calibration{}, fmt.Errorf("rate of %g Hz, 0.1 to 240 are possible", rig.Rate)
	}
	names := make(map[string]bool)
	for i, e := range rig.Cameras {
		s, err := e.sensor()
		if err == nil && names[s.name] {
			err = fmt.Errorf("name is used twice")
		}
		if err != nil {
			return calibration{}, fmt.Errorf("camera %d %q: %w", i, e.Name, err)
		}
		names[s.name] = true
		c.sensors = append(c.sensors, s)
	}
	if rig.Cube != nil {
		r, err := rig.Cube.rigid()
		if err != nil {
			return calibration{}, fmt.Errorf("cube: %w", err)
		}
		c.cube = &r
	}
	if v := rig.Volume; v != nil {
		if len(v.Min) != 3 || len(v.Max) != 3 {
			return calibration{}, fmt.Errorf("volume: min and max are three numbers each")
		}
		c.volume = &space.Box{Min: vec(v.Min), Max: vec(v.Max)}
	}
	return c, nil
}

func vec(v []float64) space.Vec3 { return space.Vec3{X: v[0], Y: v[1], Z: v[2]} }

func (e cameraEntry) sensor() (sensor, error) {
	s := sensor{name: e.Name, unit: 1, matted: e.Matted}
	if s.name == "" {
		return s, fmt.Errorf("has no name")
	}
	if !(e.MaxRadius >= 0 && e.DepthMaxRadius >= 0) {
		return s, fmt.Errorf("max_radius is negative")
	}
	var err error
	if s.colour.Lens, err = lens(e.Width, e.Height, e.K, e.Fx, e.Fy, e.Cx, e.Cy, e.Distortion); err != nil {
		return s, fmt.Errorf("colour: %w", err)
	}
	s.colour.Lens.MaxRadius = e.MaxRadius
	if s.colour.Pose, s.posed, err = e.pose(); err != nil {
		return s, err
	}
	s.depth.Pose = s.colour.Pose
	if e.DepthScale != nil {
		if s.unit = *e.DepthScale * 1000; !(s.unit > 1e-4 && s.unit < 1e3) {
			return s, fmt.Errorf("depth_scale of %g m a unit", *e.DepthScale)
		}
	}
	if e.DepthK == nil && e.DepthFx == 0 {
		if e.DepthToColour != nil {
			return s, fmt.Errorf("depth_to_color without depth_fx or depth_K")
		}
		return s, nil
	}
	if s.depth.Lens, err = lens(e.DepthWidth, e.DepthHeight, e.DepthK, e.DepthFx, e.DepthFy, e.DepthCx, e.DepthCy, e.DepthDistortion); err != nil {
		return s, fmt.Errorf("depth: %w", err)
	}
	s.depth.Lens.MaxRadius = e.DepthMaxRadius
	if e.DepthToColour != nil {
		r, err := e.DepthToColour.rigid()
		if err != nil {
			return s, fmt.Errorf("depth_to_color: %w", err)
		}
		s.depth.Pose = s.colour.Pose.Mul(r)
	}
	return s, nil
}

func (e cameraEntry) pose() (space.Rigid, bool, error) {
	if e.CamToWorld != nil {
		r, err := e.CamToWorld.rigid()
		if err != nil {
			return r, false, fmt.Errorf("cam_to_world: %w", err)
		}
		return r, true, nil
	}
	if e.Rotation == nil && e.Position == nil {
		return space.Identity(), false, nil
	}
	if len(e.Position) != 3 {
		return space.Rigid{}, false, fmt.Errorf("position has %d numbers, 3 needed", len(e.Position))
	}
	m, err := e.Rotation.three()
	if err != nil {
		return space.Rigid{}, false, fmt.Errorf("rotation R_cam_to_world: %w", err)
	}
	r := space.Rigid{R: m, T: vec(e.Position)}
	if err := r.Validate(); err != nil {
		return r, false, fmt.Errorf("rotation R_cam_to_world: %w", err)
	}
	return r, true, nil
}

// three reads a 3 x 3 matrix.
func (m matrix) three() (space.Mat3, error) {
	if len(m) != 3 {
		return space.Mat3{}, fmt.Errorf("has %d rows, 3 needed", len(m))
	}
	var out space.Mat3
	for r, row := range m {
		if len(row) != 3 {
			return space.Mat3{}, fmt.Errorf("row %d has %d numbers, 3 needed", r, len(row))
		}
		copy(out[3*r:], row)
	}
	return out, nil
}

// rigid reads a 3 x 4 or 4 x 4 matrix.
func (m matrix) rigid() (space.Rigid, error) {
	if len(m) != 3 && len(m) != 4 {
		return space.Rigid{}, fmt.Errorf("has %d rows, 3 or 4 needed", len(m))
	}
	var r space.Rigid
	var t [4]float64
	for i, row := range m {
		if len(row) != 4 {
			return space.Rigid{}, fmt.Errorf("row %d has %d numbers, 4 needed", i, len(row))
		}
		if i == 3 {
			if row[0] != 0 || row[1] != 0 || row[2] != 0 || row[3] != 1 {
				return space.Rigid{}, fmt.Errorf("last row is not 0 0 0 1")
			}
			continue
		}
		copy(r.R[3*i:3*i+3], row[:3])
		t[i] = row[3]
	}
	r.T = space.Vec3{X: t[0], Y: t[1], Z: t[2]}
	return r, r.Validate()
}

// lens reads intrinsics; width and height may be 0, for "as the picture is".
func lens(width, height int, k matrix, fx, fy, cx, cy float64, distortion []float64) (space.Lens, error) {
	l := space.Lens{Width: width, Height: height, Fx: fx, Fy: fy, Cx: cx, Cy: cy}
	if k != nil {
		m, err := k.three()
		if err != nil {
			return l, fmt.Errorf("matrix K: %w", err)
		}
		l.Fx, l.Fy, l.Cx, l.Cy = m[0], m[4], m[2], m[5]
		if m[1] != 0 || m[3] != 0 || m[6] != 0 || m[7] != 0 || m[8] != 1 {
			return l, fmt.Errorf("matrix K is not that of a pinhole without skew")
		}
	}
	switch len(distortion) {
	case 0:
	case 4, 5, 8:
		d := append(append([]float64{}, distortion...), 0, 0, 0, 0)
		l.K = [6]float64{d[0], d[1], d[4], d[5], d[6], d[7]}
		l.P1, l.P2 = d[2], d[3]
	default:
		return l, fmt.Errorf("%d distortion coefficients, 4, 5 or 8 needed", len(distortion))
	}
	check := l
	if check.Width == 0 && check.Height == 0 {
		check.Width, check.Height = 1024, 1024
	}
	return l, check.Validate()
}
