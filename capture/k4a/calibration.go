package k4a

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/virtualcube/virtualcube/capture/space"
)

// Calibration is a device's calibration.json, still normalised to the
// sensors.
type Calibration struct{ Depth, Colour Sensor }

// Sensor is the calibration of one of the two cameras.
//
// The convention is that of the Azure Kinect Sensor SDK
// (src/transformation/mode_specific_calibration.c and
// intrinsic_transformation.c, MIT): the 14 parameters are cx, cy, fx, fy,
// k1 to k6, codx, cody, p2, p1; the first four are divided by the sensor's
// size, and (0, 0) is the outer corner of the first pixel. Rt maps points of
// the reference (the depth camera) into the camera's own frame, in metres.
type Sensor struct {
	Width, Height  int     // of the sensor, pixels
	Cx, Cy, Fx, Fy float64 // parts of the sensor's size
	K              [6]float64
	P1, P2         float64
	Radius         float64     // largest r for which the model holds
	FromReference  space.Rigid // reference to camera
}

// defaultRadius is the SDK's, for a sensor whose calibration states none.
const defaultRadius = 1.7

// ErrCalibration is wrapped when calibration.json cannot be used.
var ErrCalibration = errors.New("unusable calibration")

type calibrationFile struct {
	CalibrationInformation *struct {
		Cameras []struct {
			Location     string
			SensorWidth  int
			SensorHeight int
			MetricRadius float64
			Intrinsics   struct {
				ModelType       string
				ModelParameters []float64
			}
			Rt struct{ Rotation, Translation []float64 }
		}
	}
}

// ParseCalibration reads calibration.json. Trailing zero bytes, which
// k4arecorder writes, and unknown fields are ignored.
func ParseCalibration(data []byte) (Calibration, error) {
	var file calibrationFile
	if err := json.Unmarshal(bytes.TrimRight(data, "\x00"), &file); err != nil {
		return Calibration{}, fmt.Errorf("%w: %w", ErrCalibration, err)
	}
	if file.CalibrationInformation == nil {
		return Calibration{}, fmt.Errorf("%w: no CalibrationInformation", ErrCalibration)
	}
	var c Calibration
	for _, want := range []struct {
		location string
		into     *Sensor
	}{{"CALIBRATION_CameraLocationD0", &c.Depth}, {"CALIBRATION_CameraLocationPV0", &c.Colour}} {
		found := false
		for _, e := range file.CalibrationInformation.Cameras {
			if e.Location != want.location {
				continue
			}
			found = true
			*want.into = Sensor{Width: e.SensorWidth, Height: e.SensorHeight, Radius: e.MetricRadius}
			err := want.into.model(e.Intrinsics.ModelType, e.Intrinsics.ModelParameters)
			if err == nil {
				err = want.into.rt(e.Rt.Rotation, e.Rt.Translation)
			}
			if err != nil {
				return Calibration{}, fmt.Errorf("%w: %s: %w", ErrCalibration, e.Location, err)
			}
			break
		}
		if !found {
			return Calibration{}, fmt.Errorf("%w: it lacks %s", ErrCalibration, want.location)
		}
	}
	return c, nil
}

// model fills in the lens model.
func (s *Sensor) model(kind string, p []float64) error {
	const brown, rational = "CALIBRATION_LensDistortionModelBrownConrady", "CALIBRATION_LensDistortionModelRational6KT"
	if len(p) != 14 {
		return fmt.Errorf("%d model parameters, 14 needed", len(p))
	}
	s.Cx, s.Cy, s.Fx, s.Fy = p[0], p[1], p[2], p[3]
	copy(s.K[:], p[4:10])
	s.P2, s.P1 = p[12], p[13]
	if s.Radius <= 1e-4 {
		s.Radius = defaultRadius
	}
	switch {
	case p[10] != 0 || p[11] != 0:
		return errors.New("its centre of distortion is not the principal point, as on early internal devices only")
	case kind == rational && (s.P1 != 0 || s.P2 != 0):
		return errors.New("model Rational6KT with tangential distortion, as on early internal devices only")
	case kind != brown && kind != rational:
		return fmt.Errorf("lens model %q; %q can be read", kind, brown)
	}
	if s.Width < 16 || s.Height < 16 || s.Width > space.MaxPictureSide || s.Height > space.MaxPictureSide {
		return fmt.Errorf("sensor of %dx%d", s.Width, s.Height)
	}
	if slices.ContainsFunc(p, func(v float64) bool { return !(math.Abs(v) < 1e4) }) {
		return errors.New("a model parameter is not finite")
	}
	return nil
}

func (s *Sensor) rt(rotation, translation []float64) error {
	if len(rotation) != 9 || len(translation) != 3 {
		return fmt.Errorf("rt has %d and %d numbers, 9 and 3 needed", len(rotation), len(translation))
	}
	s.FromReference = space.Rigid{R: space.Mat3(rotation), T: space.Vec3{X: translation[0], Y: translation[1], Z: translation[2]}}
	if err := s.FromReference.Validate(); err != nil {
		return fmt.Errorf("rt: %w", err)
	}
	if s.FromReference.T.Norm() > 1 {
		return fmt.Errorf("rt: %.2f m between the two cameras of a device", s.FromReference.T.Norm())
	}
	return nil
}

// crop is a mode: the sensor scaled to a size, less what lies left of and
// above the offset, cut to the picture's size.
type crop struct{ width, height, left, top int }

// depthModes are the crops of the 1024 x 1024 depth sensor by picture size.
var depthModes = map[[2]int]crop{
	{320, 288}:   {512, 512, 96, 90},     // NFOV_2X2BINNED
	{640, 576}:   {1024, 1024, 192, 180}, // NFOV_UNBINNED
	{512, 512}:   {512, 512, 0, 0},       // WFOV_2X2BINNED
	{1024, 1024}: {1024, 1024, 0, 0},     // WFOV_UNBINNED
}

// DepthLens returns the lens of a depth mode, given its picture's size.
func (c Calibration) DepthLens(width, height int) (space.Lens, error) {
	s := c.Depth
	if s.Width == width && s.Height == height {
		return s.lens(crop{width, height, 0, 0}, width, height)
	}
	m, ok := depthModes[[2]int{width, height}]
	if !ok || s.Width != s.Height {
		return space.Lens{}, fmt.Errorf("%w: depth of %dx%d is no mode of a %dx%d sensor", ErrCalibration, width, height, s.Width, s.Height)
	}
	return s.lens(m, width, height)
}

// ColourLens returns the lens of a colour mode. Colour is calibrated at 4:3
// (in early devices at 16:9, the same without 384 of 3072 rows above and
// below); the 16:9 modes are the middle of the 4:3 picture of their width.
func (c Calibration) ColourLens(width, height int) (space.Lens, error) {
	s := c.Colour
	switch {
	case s.Width*9 == s.Height*16:
		s.Cy, s.Fy = (s.Cy*2304+384)/3072, s.Fy*2304/3072
	case s.Width*3 != s.Height*4:
		return space.Lens{}, fmt.Errorf("%w: colour sensor of %dx%d is neither 4:3 nor 16:9", ErrCalibration, s.Width, s.Height)
	}
	if width*9 != height*16 && width*3 != height*4 {
		return space.Lens{}, fmt.Errorf("%w: colour of %dx%d is neither 4:3 nor 16:9", ErrCalibration, width, height)
	}
	full := width * 3 / 4
	return s.lens(crop{width, full, 0, (full - height) / 2}, width, height)
}

// lens is the conversion of transformation_get_mode_specific_camera_calibration;
// the last half pixel moves (0, 0) to the centre of the first pixel.
func (s Sensor) lens(m crop, width, height int) (space.Lens, error) {
	l := space.Lens{
		Width: width, Height: height,
		Fx: s.Fx * float64(m.width), Fy: s.Fy * float64(m.height),
		Cx: s.Cx*float64(m.width) - float64(m.left) - 0.5,
		Cy: s.Cy*float64(m.height) - float64(m.top) - 0.5,
		K:  s.K, P1: s.P1, P2: s.P2, MaxRadius: s.Radius,
	}
	if err := l.Validate(); err != nil {
		return l, fmt.Errorf("%w: %w", ErrCalibration, err)
	}
	return l, nil
}

// DepthToColour returns the pose of the depth camera in the colour camera's
// frame.
func (c Calibration) DepthToColour() space.Rigid {
	return c.Colour.FromReference.Mul(c.Depth.FromReference.Inverse())
}
