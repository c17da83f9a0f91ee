package landmarks_test

import (
	"path/filepath"
	"slices"
	"testing"

	"os"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/folder"
	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/models/landmarks/face"
)

// person5 is a real man, whom five cameras see that lie on their side.
func person5(tb testing.TB) (capture.Rig, []*capture.Frame) {
	tb.Helper()
	dir := filepath.Join("..", "..", "..", "shared", "data", "person5")
	if _, err := os.Stat(dir); err != nil {
		tb.Skipf("real pictures are missing: %v", err)
	}
	s, err := folder.Open(folder.Options{Dir: dir, Clock: capture.NewClock()})
	if err != nil {
		tb.Fatal(err)
	}
	_, frames, err := s.Next(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		for _, f := range frames {
			f.Release()
		}
		if err := s.Close(); err != nil {
			tb.Error(err)
		}
	})
	return s.Rig(), frames
}

func TestPersonIsDetected(t *testing.T) {
	rig, frames := person5(t)
	e := environment(t)
	d, err := face.OpenDetector(e)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	for i, c := range rig.Cameras {
		for _, metres := range []float64{0.7, 1.1, 1.6} {
			v := face.Around(c.Colour, space.Vec3{}, space.Vec3{Y: 1}, metres, face.DetectorSide)
			q, err := d.Detect(frames[i].Colour, c.Colour, v)
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%s %.1f m: %.3f", c.Name, metres, q.Score)
		}
	}
}

func TestPersonsEye(t *testing.T) {
	rig, frames := person5(t)
	only := func(cameras ...int) *capture.FrameSet {
		list := make([]*capture.Frame, len(frames))
		for i, f := range frames {
			if slices.Contains(cameras, i) {
				list[i] = f.Retain()
			}
		}
		s := capture.NewFrameSet(0, 0, list)
		s.Captured = 1e9
		return s
	}
	for _, c := range rig.Cameras {
		t.Log(c.Name, c.Colour.Pose.T, c.Colour.Pose.T.Sub(space.Vec3{X: 0, Y: .012, Z: .055}).Unit())
	}
	for _, cameras := range [][]int{{0, 1, 2, 3, 4}, {0, 1}, {1, 4}, {0, 4}, {0}, {1}, {4}, {2}, {3}} {
		g := watch(t, rig, []*capture.FrameSet{only(cameras...)}, nil)[0]
		if g == nil {
			t.Log(cameras, "nobody")
			continue
		}
		t.Logf("%v: eye %.4f gaze %.3f conf %.2f", cameras, g.Eye, g.Direction, g.Confidence)
	}
}
