package eval

import (
	"context"
	"errors"
	"math"
	"testing"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/render"
	"github.com/virtualcube/virtualcube/render/score"
)

// discStage shows the disc to eyes before it and nobody to those behind.
type discStage struct {
	live  int
	again [][2]int
}

func (*discStage) Instants() int { return 60 }

func (*discStage) Rate() float64 { return 30 }

func (d *discStage) Frames(instant int) ([]*capture.Frame, error) {
	d.live++
	f := capture.NewFrame(func(*capture.Frame) { d.live-- })
	f.Sequence, f.Captured = uint64(instant), capture.Time(1e9+float64(instant)/30*1e9)
	return []*capture.Frame{f}, nil
}

func (d *discStage) Again(instant, n int) ([]*capture.Frame, error) {
	d.again = append(d.again, [2]int{instant, n})
	return d.Frames(instant + n)
}

func (*discStage) Truth(_ int, target space.Camera) (Truth, error) {
	p, m := disc()
	if target.Pose.T.Z < 0 {
		clear(m.Set)
	}
	return Truth{Picture: p, Silhouette: m}, nil
}

func TestFlicker(t *testing.T) {
	stage := &discStage{}
	s := Still{
		Stage: stage, Instant: 7, Frames: 4, Width: discSide, Height: discSide,
		Eyes: []space.Vec3{{Z: 1}, {Z: -1}, {X: 0.3, Z: 1}},
	}
	// Calls come by frame: eye 1 is off by 0, 2, 0, 2 levels, eye 3 by 0, 6, 0, 6.
	r := &offRenderer{off: []int{0, 0, 2, 6, 0, 0, 2, 6}}
	steps := 0
	measured, err := s.Flicker(t.Context(), []Named{{"still", &offRenderer{off: []int{5}}}, {"one", r}}, func(done, total int) {
		if steps++; done != steps || total != 4 {
			t.Errorf("progress %d of %d", done, total)
		}
	})
	if err != nil || steps != 4 || stage.live != 0 {
		t.Fatalf("%d steps, %d frames not released, %v", steps, stage.live, err)
	}
	levels := measured["one"]
	if still := measured["still"]; len(measured) != 2 || len(still) != 2 || still["eye01"] != 0 {
		t.Errorf("flicker %v", measured)
	}
	if len(levels) != 2 || math.Abs(levels["eye01"]-1) > 1e-9 || math.Abs(levels["eye03"]-3) > 1e-9 {
		t.Errorf("flicker %v, want 1 of eye01 and 3 of eye03", levels)
	}
	if len(stage.again) != 4 || stage.again[3] != [2]int{7, Preceding + 3} {
		t.Errorf("captured %v", stage.again)
	}
	report := Report{Views: []View{{Camera: "eye01"}, {Camera: "eye02"}, {Camera: "eye03"}}, shown: "one"}
	report.AddFlicker("one", levels)
	if v := report.Views; *v[0].Flicker != levels["eye01"] || v[1].Flicker != nil || *v[2].Flicker != levels["eye03"] || math.Abs(*report.Mean.Flicker-2) > 1e-9 {
		t.Errorf("report %+v", report)
	}
}

func TestFlickerFails(t *testing.T) {
	stage, broken := &discStage{}, errors.New("broken")
	s := Still{Stage: stage, Eyes: []space.Vec3{{Z: 1}}, Width: discSide, Height: discSide}
	if _, err := s.Flicker(t.Context(), one(failing{broken}), nil); !errors.Is(err, broken) || stage.live != 0 {
		t.Errorf("%d frames not released, %v", stage.live, err)
	}
	small := pictureFunc(func(context.Context, *capture.FrameSet, space.Camera) (*render.Image, error) {
		return &render.Image{Width: 1, Height: 1, RGB: make([]uint8, 3), Matte: make([]uint8, 1)}, nil
	})
	if _, err := s.Flicker(t.Context(), one(small), nil); !errors.Is(err, score.ErrPicture) {
		t.Errorf("a picture of another size: %v", err)
	}
}

type pictureFunc func(context.Context, *capture.FrameSet, space.Camera) (*render.Image, error)

func (f pictureFunc) Picture(ctx context.Context, set *capture.FrameSet, target space.Camera) (*render.Image, error) {
	return f(ctx, set, target)
}
