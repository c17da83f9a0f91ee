package k4a

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/virtualcube/virtualcube/capture/space"
)

// A device's raw parameters, and the lenses that the Azure Kinect SDK itself
// reported for it in NFOV_UNBINNED and 1080P.
func TestLensesAreTheSDKs(t *testing.T) {
	c := Calibration{
		Depth:  Sensor{Width: 1024, Height: 1024, Cx: 0.5122697949409485, Cy: 0.49451231956481934, Fx: 0.4921168386936188, Fy: 0.4921667277812958},
		Colour: Sensor{Width: 4096, Height: 3072, Cx: 0.4967627227306366, Cy: 0.5108628273010254, Fx: 0.470907062292099, Fy: 0.6274453997612},
	}
	depth, err := c.DepthLens(640, 576)
	if err != nil {
		t.Fatal(err)
	}
	colour, err := c.ColourLens(1920, 1080)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []struct {
		name      string
		got, want float64
	}{
		{"depth cx", depth.Cx, 332.064270}, {"depth cy", depth.Cy, 325.880615}, {"depth fx", depth.Fx, 503.927643}, {"depth fy", depth.Fy, 503.978729},
		{"colour cx", colour.Cx, 953.284424}, {"colour cy", colour.Cy, 555.142456}, {"colour fx", colour.Fx, 904.141541}, {"colour fy", colour.Fy, 903.521362},
	} {
		if math.Abs(v.got-v.want) > 2e-3 {
			t.Errorf("%s is %.6f, the SDK says %.6f", v.name, v.got, v.want)
		}
	}
}

// A ray falls on the same spot of the sensor in every mode.
func TestModesAgree(t *testing.T) {
	c, err := ParseCalibration(calibrationOf(t))
	if err != nil {
		t.Fatal(err)
	}
	rays := [][2]float64{{0, 0}, {0.3, -0.2}, {-0.4, 0.25}}
	for mode, m := range depthModes {
		l, err := c.DepthLens(mode[0], mode[1])
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rays {
			u, v, _ := l.ProjectRay(r[0], r[1])
			su, sv := (u+0.5+float64(m.left))/float64(m.width), (v+0.5+float64(m.top))/float64(m.height)
			whole, _ := c.DepthLens(1024, 1024)
			wu, wv, _ := whole.ProjectRay(r[0], r[1])
			if math.Abs(su-(wu+0.5)/1024) > 1e-12 || math.Abs(sv-(wv+0.5)/1024) > 1e-12 {
				t.Errorf("mode %v puts ray %v at %v, %v of the sensor", mode, r, su, sv)
			}
		}
	}
	for _, size := range [][2]int{{1280, 720}, {1920, 1080}, {2560, 1440}, {2048, 1536}, {3840, 2160}, {4096, 3072}} {
		l, err := c.ColourLens(size[0], size[1])
		if err != nil {
			t.Fatal(err)
		}
		whole, _ := c.ColourLens(4096, 3072)
		for _, r := range rays {
			u, v, _ := l.ProjectRay(r[0], r[1])
			wu, wv, _ := whole.ProjectRay(r[0], r[1])
			scale := 4096 / float64(size[0])
			// Both pictures have the sensor's middle in their own middle.
			du, dv := (u+0.5)*scale-(wu+0.5), (v+0.5-float64(size[1])/2)*scale-(wv+0.5-1536)
			if math.Abs(du) > 1e-9 || math.Abs(dv) > 1e-9 {
				t.Errorf("%v puts ray %v %v, %v pixels off", size, r, du, dv)
			}
		}
	}
}

// A device that was calibrated at 16:9 has the same lens as one at 4:3.
func TestLegacyColourCalibration(t *testing.T) {
	whole := Sensor{Width: 4096, Height: 3072, Cx: 0.49, Cy: 0.52, Fx: 0.47, Fy: 0.63}
	cut := whole
	cut.Height = 2304
	cut.Cy, cut.Fy = (whole.Cy*3072-384)/2304, whole.Fy*3072/2304
	a, err1 := Calibration{Colour: whole}.ColourLens(1280, 720)
	b, err2 := Calibration{Colour: cut}.ColourLens(1280, 720)
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	if math.Abs(a.Cy-b.Cy) > 1e-9 || math.Abs(a.Fy-b.Fy) > 1e-9 || a.Cx != b.Cx {
		t.Errorf("%+v and %+v", a, b)
	}
}

func TestPoseOfDepth(t *testing.T) {
	c, err := ParseCalibration(calibrationOf(t))
	if err != nil {
		t.Fatal(err)
	}
	if got := c.DepthToColour().T; got.Sub(space.Vec3{X: -0.032, Y: -0.002, Z: 0.004}).Norm() > 1e-12 {
		t.Errorf("depth camera at %v in the colour camera's frame", got)
	}
	if c.Depth.P1 != 8e-5 || c.Depth.P2 != -5e-5 || c.Depth.K[5] != 0.66 || c.Depth.Radius != 1.74 {
		t.Errorf("%+v", c.Depth)
	}
}

func TestCalibrationRefuses(t *testing.T) {
	params := func(kind string, p ...float64) map[string]any {
		return map[string]any{"Intrinsics": map[string]any{"ModelType": kind, "ModelParameters": p}}
	}
	const brown = "CALIBRATION_LensDistortionModelBrownConrady"
	ok := []float64{0.5, 0.5, 0.5, 0.5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}
	with := func(i int, v float64) []float64 {
		p := append([]float64{}, ok...)
		p[i] = v
		return p
	}
	rt := func(r, t []float64) map[string]any {
		return map[string]any{"Rt": map[string]any{"Rotation": r, "Translation": t}}
	}
	one := []float64{1, 0, 0, 0, 1, 0, 0, 0, 1}
	cases := map[string]struct {
		change map[string]any
		want   string
	}{
		"13 parameters":        {params(brown, ok[1:]...), "13 model parameters"},
		"fisheye":              {params("CALIBRATION_LensDistortionModelTheta", ok...), "Theta"},
		"centre of distortion": {params(brown, with(10, 0.01)...), "centre of distortion"},
		"tangential 6KT":       {params("CALIBRATION_LensDistortionModelRational6KT", with(12, 0.01)...), "6KT"},
		"huge parameter":       {params(brown, with(4, 1e9)...), "not finite"},
		"sensor of 0":          {map[string]any{"SensorWidth": 0}, "sensor of"},
		"short rotation":       {rt(one[:8], []float64{0, 0, 0}), "9 and 3"},
		"mirror":               {rt([]float64{-1, 0, 0, 0, 1, 0, 0, 0, 1}, []float64{0, 0, 0}), "mirrors"},
		"in millimetres":       {rt(one, []float64{-32, 0, 0}), "32.00 m between"},
	}
	colour := camera("CALIBRATION_CameraLocationPV0", 4096, 3072, nil)
	for name, c := range cases {
		_, err := ParseCalibration(calibrationOf(t, camera("CALIBRATION_CameraLocationD0", 1024, 1024, c.change), colour))
		if !errors.Is(err, ErrCalibration) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, data := range map[string]string{"nothing": "", "a list": "[]", "empty": "{}", "no cameras": `{"CalibrationInformation":{}}`} {
		if _, err := ParseCalibration([]byte(data)); !errors.Is(err, ErrCalibration) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := ParseCalibration(calibrationOf(t, colour)); err == nil {
		t.Error("a calibration without depth was accepted")
	}
	c := Calibration{Depth: Sensor{Width: 1024, Height: 1024}, Colour: Sensor{Width: 1000, Height: 1000}}
	if _, err := c.DepthLens(333, 222); !errors.Is(err, ErrCalibration) {
		t.Error(err)
	}
	if _, err := c.DepthLens(640, 576); !errors.Is(err, ErrCalibration) {
		t.Error("a focal length of 0 was accepted")
	}
	if _, err := c.ColourLens(1280, 720); !errors.Is(err, ErrCalibration) {
		t.Error(err)
	}
}

func TestVarint(t *testing.T) {
	cases := []struct {
		bytes []byte
		keep  bool
		value uint64
		n     int
		bad   bool
	}{
		{[]byte{0x81}, false, 1, 1, false},
		{[]byte{0x40, 0x02}, false, 2, 2, false},
		{[]byte{0x1A, 0x45, 0xDF, 0xA3}, true, idEBML, 4, false},
		{[]byte{0x01, 0, 0, 0, 0, 0x19, 0xed, 0x8c}, false, 0x19ed8c, 8, false},
		{[]byte{0xff}, false, 127, 1, false},
		{nil, false, 0, 0, true},
		{[]byte{0}, false, 0, 0, true},
		{[]byte{0x40}, false, 0, 0, true},
	}
	for _, c := range cases {
		v, n, err := varint(c.bytes, c.keep)
		if (err != nil) != c.bad || !c.bad && (v != c.value || n != c.n) {
			t.Errorf("% x: %d of %d bytes, %v", c.bytes, v, n, err)
		}
	}
}
