package eval

import (
	"errors"
	"math"
	"testing"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/render"
	"github.com/virtualcube/virtualcube/render/score"
)

// Seen from the camera itself the plane shows what the camera saw.
func TestNearest(t *testing.T) {
	rig := ballRig()
	set := capture.NewFrameSet(1, 0, []*capture.Frame{ballFrame(rig, 0, func() {}), ballFrame(rig, 1, func() {})})
	for i, c := range rig.Cameras {
		target := space.Camera{Lens: pinhole(bentLens, 160, 120), Pose: c.Colour.Pose}
		target.Pose.T.X *= 0.999 // the plane faces the eye, not the camera
		image, err := Nearest{rig}.Picture(t.Context(), set, target)
		if err != nil {
			t.Fatal(err)
		}
		ball := score.NewMask(160, 120)
		for k := range ball.Set {
			r, _ := target.Ray(float64(k%160), float64(k/160))
			_, ball.Set[k] = hitBall(r)
		}
		if iou := score.IoU(score.MaskAbove(160, 120, image.Matte, 127), ball); iou < 0.94 {
			t.Errorf("camera %d: IoU %.3f", i, iou)
		}
		// rayPicture paints the ray: red is 128+120x.
		for k, s := range ball.Erode(4).Set {
			if !s {
				continue
			}
			x := (float64(k%160) - target.Lens.Cx) / target.Lens.Fx
			if d := math.Abs(float64(image.RGB[3*k]) - 128 - 120*x); d > 2 {
				t.Fatalf("camera %d: red of pixel %d is %d, want %.1f", i, k, image.RGB[3*k], 128+120*x)
			}
			if z := image.Depth[k]; z < 0.7 || z > 1.2 {
				t.Fatalf("camera %d: depth of pixel %d is %.3f m", i, k, z)
			}
		}
	}
	// A camera that is missing leaves the other one.
	alone := capture.NewFrameSet(1, 0, []*capture.Frame{nil, set.Frames[1]})
	target := space.Camera{Lens: pinhole(bentLens, 160, 120), Pose: rig.Cameras[0].Colour.Pose}
	if image, err := (Nearest{rig}).Picture(t.Context(), alone, target); err != nil || score.MaskAbove(160, 120, image.Matte, 127).Count() < 500 {
		t.Errorf("one camera alone: %v", err)
	}
	none := capture.NewFrameSet(1, 0, make([]*capture.Frame, 2))
	if _, err := (Nearest{rig}).Picture(t.Context(), none, target); !errors.Is(err, render.ErrNobody) {
		t.Errorf("nobody: %v", err)
	}
	if _, err := (Nearest{rig}).Picture(t.Context(), set, rig.Cameras[0].Colour); err == nil {
		t.Error("a bent target lens was accepted")
	}
}
