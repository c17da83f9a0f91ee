package folder

import (
	"errors"
	"image"
	"image/color"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/nv12"
	"github.com/virtualcube/virtualcube/capture/space"
)

// pairOfCameras has one aligned camera, and one with lenses and a depth camera
// apart.
func pairOfCameras() capture.Rig {
	pose := space.Rigid{R: space.RotationAbout(space.Vec3{X: 1}, math.Pi), T: space.Vec3{X: 0.1, Y: 0.2, Z: 1.5}}
	lens := space.Lens{Width: testW, Height: testH, Fx: 30, Fy: 31, Cx: 15.5, Cy: 11.5}
	bent := lens
	bent.K, bent.P1, bent.P2, bent.MaxRadius = [6]float64{0.1, -0.02, 0.003, 0.09, -0.01, 0.001}, 1e-3, -2e-3, 1.7
	deep := space.Lens{Width: 40, Height: 30, Fx: 25, Fy: 25, Cx: 20, Cy: 15, MaxRadius: 1.5}
	apart := pose.Mul(space.Rigid{R: space.RotationAbout(space.Vec3{Y: 1}, 0.1), T: space.Vec3{X: -0.03}})
	return capture.Rig{
		Name: "pair", Rate: 15, Volume: space.Box{Min: space.Vec3{X: -0.5, Y: -1, Z: -0.5}, Max: space.Vec3{X: 0.5, Y: 0.4, Z: 0.6}},
		Cameras: []capture.Camera{
			{Name: "left", Colour: space.Camera{Lens: lens, Pose: pose}, Depth: space.Camera{Lens: lens, Pose: pose}, Matted: true},
			{Name: "right", Colour: space.Camera{Lens: bent, Pose: pose}, Depth: space.Camera{Lens: deep, Pose: apart}},
		},
	}
}

// shotOf is a frame of a camera: one colour, and depth that counts up.
func shotOf(t *testing.T, c capture.Camera, n int) *capture.Frame {
	t.Helper()
	f := capture.NewFrame(nil)
	m := image.NewRGBA(image.Rect(0, 0, testW, testH))
	for i := range m.Pix {
		m.Pix[i] = []byte{byte(40 * n), 100, 150, 255}[i%4]
	}
	f.Colour = nv12.New(testW, testH, capture.Full)
	if err := nv12.FromPacked(f.Colour, m.Pix, m.Stride, nv12.RGBA); err != nil {
		t.Fatal(err)
	}
	f.Depth = capture.DepthPicture{Width: c.Depth.Lens.Width, Height: c.Depth.Lens.Height}
	for i := range f.Depth.Width * f.Depth.Height {
		f.Depth.Millimetres = append(f.Depth.Millimetres, uint16(1000+i+n))
	}
	return f
}

func near(a, b any) bool {
	switch x := a.(type) {
	case space.Camera:
		y := b.(space.Camera)
		same := x.Lens == y.Lens
		for i := range x.Pose.R {
			same = same && math.Abs(x.Pose.R[i]-y.Pose.R[i]) < 1e-12
		}
		return same && x.Pose.T.Sub(y.Pose.T).Norm() < 1e-12
	}
	return a == b
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	rig := pairOfCameras()
	dir := t.TempDir()
	w, err := Create(dir, rig)
	if err != nil {
		t.Fatal(err)
	}
	present := [][]bool{{true, false}, {true, true}, {false, true}, {true, true}} // the first set cannot be read
	for n, cameras := range present {
		list := make([]*capture.Frame, 2)
		for i, there := range cameras {
			if there {
				list[i] = shotOf(t, rig.Cameras[i], n)
			}
		}
		if err := w.Write(capture.NewFrameSet(uint64(n), 0, list)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	s, err := Open(Options{Dir: dir, Clock: capture.NewClock()})
	if err != nil {
		t.Fatal(err)
	}
	got := s.Rig()
	if got.Rate != rig.Rate || got.Volume != rig.Volume || len(got.Estimated) > 0 {
		t.Errorf("rig %+v", got)
	}
	for i, c := range rig.Cameras {
		g := got.Cameras[i]
		if g.Name != c.Name || g.Matted != c.Matted || !near(g.Colour, c.Colour) || !near(g.Depth, c.Depth) {
			t.Errorf("camera %d is %+v, was %+v", i, g, c)
		}
	}
	for n := 1; n < len(present); n++ {
		offset, frames, err := s.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if want := float64(n-1) / rig.Rate; math.Abs(offset.Seconds()-want) > 1e-6 {
			t.Errorf("set %d is of %v, want %v s", n, offset, want)
		}
		count := 0
		for _, f := range frames {
			count++
			want := shotOf(t, rig.Cameras[f.Camera], n)
			if !present[n][f.Camera] || f.Depth.Millimetres[77] != want.Depth.Millimetres[77] || f.Depth.Width != want.Depth.Width {
				t.Errorf("set %d, camera %d: depth %d", n, f.Camera, f.Depth.Millimetres[77])
			}
			for p := range 2 {
				if d := int(f.Colour.Planes[p][9]) - int(want.Colour.Planes[p][9]); d < -2 || d > 2 {
					t.Errorf("set %d, camera %d: plane %d is %d, was %d", n, f.Camera, p, f.Colour.Planes[p][9], want.Colour.Planes[p][9])
				}
			}
			f.Release()
		}
		if want := map[bool]int{true: 2, false: 1}[present[n][0] && present[n][1]]; count != want {
			t.Errorf("set %d has %d frames, want %d", n, count, want)
		}
	}
	if _, _, err := s.Next(t.Context()); !errors.Is(err, io.EOF) {
		t.Errorf("after the last: %v", err)
	}
}

func TestMatteIsWrittenAsAlpha(t *testing.T) {
	rig, dir := pairOfCameras(), t.TempDir()
	rig.Cameras = rig.Cameras[:1]
	w, err := Create(dir, rig)
	if err != nil {
		t.Fatal(err)
	}
	f := shotOf(t, rig.Cameras[0], 1)
	f.Matte = capture.Matte{Width: testW, Height: testH, Coverage: make([]byte, testW*testH)}
	f.Matte.Coverage[5*testW+3] = 200
	if err := errors.Join(w.Write(capture.NewFrameSet(0, 0, []*capture.Frame{f})), w.Close()); err != nil {
		t.Fatal(err)
	}
	m, err := readPNG(filepath.Join(dir, "000000", "left_color.png"))
	if err != nil {
		t.Fatal(err)
	}
	at := func(x, y int) uint8 { return color.NRGBAModel.Convert(m.At(x, y)).(color.NRGBA).A }
	if at(3, 5) != 200 || at(4, 5) != 0 {
		t.Errorf("alpha %d and %d, want 200 and 0", at(3, 5), at(4, 5))
	}
}

func TestWriteRefuses(t *testing.T) {
	rig := pairOfCameras()
	if _, err := Create(filepath.Join(t.TempDir(), "absent"), rig); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no folder: %v", err)
	}
	w, err := Create(t.TempDir(), rig)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(capture.NewFrameSet(0, 0, make([]*capture.Frame, 3))); err == nil {
		t.Error("a set of three cameras was written")
	}
	if err := w.Write(capture.NewFrameSet(0, 0, make([]*capture.Frame, 2))); err != nil {
		t.Error(err)
	}
	if err := w.Close(); err == nil || !strings.Contains(err.Error(), "none of 1 sets") {
		t.Errorf("nothing was written: %v", err)
	}
	rig.Cameras[0].Name = "../left"
	if _, err := Create(t.TempDir(), rig); err == nil {
		t.Error("a name with a slash was taken")
	}
}
