package landmarks_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/folder"
	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/models/face"
)

// person5 is a real man, round whom five cameras stand that lie on their side: 0, 1
// and 4 see his face, 2 and 3 the back of his head.
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

func TestFaceIsDetected(t *testing.T) {
	rig, frames := person5(t)
	f, err := face.Open(environment(t))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() // it only frees
	for i, c := range rig.Cameras {
		for _, metres := range []float64{0.7, 1.1, 1.6} {
			around := face.Square{Middle: c.Colour.Pose.T.Scale(-1), Up: space.Vec3{Y: 1}, Size: metres}
			found, err := f.Detect(frames[i].Colour, c.Colour, around)
			if err != nil {
				t.Fatal(err)
			}
			var points face.Face
			if err := f.Mesh(&points, frames[i].Colour, c.Colour, found.Box); err != nil {
				t.Fatal(err)
			}
			t.Logf("%s, %.1f m: face %.2f, mesh %.2f", c.Name, metres, found.Score, points.Score)
			if seen := found.Score > 0.75 && points.Score > 0.5; seen != slices.Contains([]int{0, 1, 4}, i) {
				t.Errorf("%s, %.1f m: a face is seen: %v", c.Name, metres, seen)
			}
		}
	}
}

// What the cameras say of the eye by triangles agrees with what each says by its own
// depth picture.
func TestEyeAgreesWithDepth(t *testing.T) {
	rig, frames := person5(t)
	through := func(cameras ...int) *capture.FrameSet {
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
	eye := func(cameras ...int) (space.Vec3, bool) {
		s := through(cameras...)
		defer s.Release()
		g := watch(t, rig, []*capture.FrameSet{s}, nil)[0]
		if g == nil {
			return space.Vec3{}, false
		}
		t.Logf("cameras %v: eye %.3f, gaze %.2f, confidence %.2f", cameras, g.Eye, g.Direction, g.Confidence)
		return g.Eye, true
	}
	all, ok := eye(0, 1, 2, 3, 4)
	if !ok {
		t.Fatal("nobody is seen")
	}
	for _, c := range []struct {
		cameras []int
		most    float64 // m
	}{
		{[]int{1}, 0.025}, {[]int{0}, 0.04}, {[]int{4}, 0.04}, // by depth
		{[]int{0, 1}, 0.025}, {[]int{1, 4}, 0.015}, {[]int{0, 4}, 0.015},
	} {
		p, ok := eye(c.cameras...)
		if !ok {
			t.Errorf("cameras %v see nobody", c.cameras)
			continue
		}
		d := p.Sub(all).Norm()
		t.Logf("cameras %v: %.0f mm from where all see it", c.cameras, 1000*d)
		if d > c.most {
			t.Errorf("cameras %v: %.0f mm from where all see it, at most %.0f were expected", c.cameras, 1000*d, 1000*c.most)
		}
	}
	if p, ok := eye(2, 3); ok {
		t.Errorf("from behind an eye is seen at %v", p)
	}
}
