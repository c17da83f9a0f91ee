//go:build evaluation

package landmarks_test

import (
	"testing"

	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/capture/synthetic"
)

// TestEvaluation measures the filter against the truth of the synthetic rig, with
// the noise of its sensors on: a loop of 2 s, ten looks a second, the person looking
// straight ahead and by 20 degrees to the sides, up and down, and wandering:
//
//	go test -tags evaluation -run TestEvaluation -v ./models/landmarks
func TestEvaluation(t *testing.T) {
	const ahead, side = 1.2, 0.41
	frames := make([]int, 20)
	for i := range frames {
		frames[i] = 3 * i
	}
	targets := []struct {
		name string
		at   *space.Vec3
	}{
		{"ahead", &space.Vec3{Z: ahead}}, {"left", &space.Vec3{X: side, Z: ahead}}, {"right", &space.Vec3{X: -side, Z: ahead}},
		{"up", &space.Vec3{Y: side, Z: ahead}}, {"down", &space.Vec3{Y: -side, Z: ahead}}, {"wandering", nil},
	}
	ways := map[string]map[string]any{
		"raw": each, "as usual": nil,
		"through one camera":  {"rate": 30.0, "steady": 0.0, "cameras": 1},
		"through two cameras": {"rate": 30.0, "steady": 0.0, "cameras": 2},
		"through six cameras": {"rate": 30.0, "steady": 0.0, "cameras": 6},
	}
	all := make(map[string]*errors)
	for _, target := range targets {
		o := synthetic.Default()
		o.Gaze = target.at
		r := record(t, o, frames)
		for way, values := range ways {
			var e errors
			r.measure(t, &e, values)
			t.Logf("%s, %s: %v", way, target.name, &e)
			if all[way] == nil {
				all[way] = &errors{}
			}
			r.measure(t, all[way], values)
		}
	}
	for way, e := range all {
		t.Logf("%s, all: %v", way, e)
		if way != "through one camera" && (e.unseen > 2 || at(e.eye, 0.5) > 3 || at(e.gaze, 0.5) > 6) {
			t.Errorf("%s: at most 3 mm and 6 degrees in the median were expected", way)
		}
	}
}
