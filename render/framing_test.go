package render_test

import (
	"errors"
	"math"
	"testing"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/render"
)

// TestWindowHoldsThePerson projects the ball through the window from many eyes.
func TestWindowHoldsThePerson(t *testing.T) {
	rig := ballRig()
	set := ballSet(rig)
	for _, eye := range []space.Vec3{{Z: 1.1}, {X: 0.6, Z: 0.9}, {X: -0.5, Y: 0.3, Z: 1}, {X: 0.9, Y: -0.2, Z: 0.4}} {
		w, near, far, err := render.NewFraming(rig).Frame(set, eye)
		if err != nil {
			t.Fatal(err)
		}
		c, err := w.Camera(eye, 512, 512)
		if err != nil {
			t.Fatal(err)
		}
		if far-near > 0.8+1e-9 || near <= 0 {
			t.Errorf("eye %v: depth from %.3f to %.3f m, at most 0.8 apart", eye, near, far)
		}
		widest := 0.0
		for i, camera := range rig.Cameras {
			for k, z := range set.Frames[i].Depth.Millimetres {
				if z == 0 {
					continue
				}
				l := camera.Depth.Lens
				x, y, _ := l.Unproject(float64(k%l.Width), float64(k/l.Width))
				p := camera.Depth.Pose.Apply(space.Vec3{X: x, Y: y, Z: 1}.Scale(float64(z) / 1000))
				if p.Sub(ball.centre).Dot(eye.Sub(p)) < 0 {
					continue // turned away from the eye
				}
				u, v, depth, ok := c.Project(p)
				// 8 pixels of the half-size tiles stay free as a guard.
				if !ok || u < 16 || v < 16 || u > 495 || v > 495 {
					t.Fatalf("eye %v: surface at pixel %.1f, %.1f leaves the window", eye, u, v)
				}
				if depth < near || depth > far {
					t.Fatalf("eye %v: surface at %.3f m is not in %.3f to %.3f", eye, depth, near, far)
				}
				widest = max(widest, math.Abs(u-255.5))
			}
		}
		if widest < 170 {
			t.Errorf("eye %v: the person fills only %.0f of 256 pixels", eye, widest)
		}
	}
}

func TestWindowStaysWhileTheEyeMovesALittle(t *testing.T) {
	rig := ballRig()
	set := ballSet(rig)
	f := render.NewFraming(rig)
	first, near, far, err := f.Frame(set, space.Vec3{Z: 1.1})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 100 {
		a := float64(i) * 0.3
		eye := space.Vec3{X: 0.1 * math.Sin(a), Y: 0.05 * math.Cos(a), Z: 1.1 + 0.02*math.Sin(2*a)}
		w, n, r, err := f.Frame(set, eye)
		if err != nil {
			t.Fatal(err)
		}
		if w != first || n != near || r != far {
			t.Fatalf("eye %v: window %+v (%.2f to %.2f m) replaced %+v (%.2f to %.2f m)", eye, w, n, r, first, near, far)
		}
	}
	turned, _, _, err := f.Frame(set, space.Vec3{X: 0.8, Z: 0.8})
	if err != nil {
		t.Fatal(err)
	}
	if turned.ID == first.ID {
		t.Error("an eye 45 degrees off keeps the window's id")
	}
	if d := math.Abs(turned.Right.Dot(turned.Up)); d > 1e-9 || math.Abs(turned.Right.Norm()-1) > 1e-9 {
		t.Errorf("window axes %v, %v are not at right angles and of length one", turned.Right, turned.Up)
	}
}

func TestNobodyIsSaid(t *testing.T) {
	rig := ballRig()
	rig.Volume = space.Box{Min: space.Vec3{X: 5, Y: 5, Z: 5}, Max: space.Vec3{X: 6, Y: 6, Z: 6}}
	set := ballSet(rig)
	if _, _, _, err := render.NewFraming(rig).Frame(set, space.Vec3{Z: 1}); !errors.Is(err, render.ErrNobody) {
		t.Errorf("error %v, want ErrNobody", err)
	}
	none := capture.NewFrameSet(1, 1, make([]*capture.Frame, len(rig.Cameras)))
	if _, _, _, err := render.NewFraming(ballRig()).Frame(none, space.Vec3{Z: 1}); !errors.Is(err, render.ErrNobody) {
		t.Errorf("error %v, want ErrNobody", err)
	}
}

func BenchmarkFraming(b *testing.B) {
	rig := ballRig()
	set := ballSet(rig)
	f := render.NewFraming(rig)
	b.ReportAllocs()
	for b.Loop() {
		if _, _, _, err := f.Frame(set, space.Vec3{Z: 1.1}); err != nil {
			b.Fatal(err)
		}
	}
}
