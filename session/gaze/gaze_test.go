package gaze

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/virtualcube/virtualcube/capture/space"
)

const (
	degree = math.Pi / 180
	tick   = 1.0 / 30
)

// towards is a direction at angles to +z, to the left (+x) and up, in degrees.
func towards(left, up float64) space.Vec3 {
	l, u := left*degree, up*degree
	return space.Vec3{X: math.Sin(l) * math.Cos(u), Y: math.Sin(u), Z: math.Cos(l) * math.Cos(u)}
}

// head is a person at an angle from the origin.
func head(id string, left, distance float64) Target {
	return Target{ID: id, Kind: Person, Center: towards(left, 0).Scale(distance), Radius: HeadRadius}
}

// panel is an item across the z axis, seen from the origin.
func panel(id string, center space.Vec3, width, height float64) Target {
	return Target{ID: id, Kind: Item, Center: center, Right: space.Vec3{X: -1}, Up: space.Vec3{Y: 1}, HalfWidth: width / 2, HalfHeight: height / 2}
}

func tracker(t testing.TB) *Tracker {
	t.Helper()
	tr, err := NewTracker(DefaultConfig())
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

func sure(left, up float64) Look { return Look{Direction: towards(left, up), Confidence: 1} }

// watch looks for some seconds and returns the attention after them.
func watch(tr *Tracker, now *float64, seconds float64, look Look, targets []Target) (a Attention, changes int) {
	for end := *now + seconds; *now < end; *now += tick {
		var changed bool
		if a, changed = tr.Update(*now, look, targets); changed {
			changes++
		}
	}
	return a, changes
}

func TestWhoIsMeant(t *testing.T) {
	table := []Target{head("left", 40, 1.5), head("opposite", 0, 1.4), head("right", -40, 1.5)}
	wall := []Target{panel("wall", space.Vec3{Z: 4}, 3, 2), head("before", 10, 2)}
	beside := []Target{panel("notes", space.Vec3{X: 0.19, Z: 0.7}, 0.224, 0.126), head("partner", 0, 1.4)}
	screen := []Target{panel("screen", space.Vec3{Z: 1}, 1, 1), head("behind", 0, 2)}
	stack := []Target{panel("far", space.Vec3{Z: 4}, 3, 3), panel("near", space.Vec3{X: 0.3, Z: 2}, 0.6, 0.6)}
	row := []Target{head("neighbour", 80, 1.2), head("after", 70, 2.4)}
	away := panel("back", space.Vec3{Z: 2}, 2, 2)
	away.Right = away.Right.Scale(-1)
	for _, c := range []struct {
		name    string
		targets []Target
		look    Look
		want    string
		angle   float64 // degrees
	}{
		{"straight", table, sure(0, 0), "opposite", 0},
		{"right", table, sure(-41, 2), "right", 0},
		{"between", table, sure(20, 0), "", 0},
		{"just beside a head", table, sure(8, 0), "opposite", 8 - 5.33},
		{"too far beside", table, sure(10, 0), "", 0},
		{"beside, unsure", table, Look{Direction: towards(10, 0), Confidence: 0.3}, "opposite", 10 - 5.33},
		{"over the heads", table, sure(0, 30), "", 0},
		{"backwards", table, sure(180, 0), "", 0},
		{"wall", wall, sure(-5, 5), "wall", 0},
		{"beyond the wall's edge", wall, sure(-23, 0), "wall", 23 - 20.556},
		{"who sits before the wall", wall, sure(10, 0), "before", 0},
		{"their ear", wall, sure(14.5, 0), "before", 14.5 - 10 - 3.73},
		{"wall beside them", wall, sure(17, 0), "wall", 0},
		{"item beside the face", beside, sure(15, 0), "notes", 0},
		{"face beside the item", beside, sure(0, 2), "partner", 0},
		{"nobody behind an item", screen, sure(0, 0), "screen", 0},
		{"the nearer item", stack, sure(8, 0), "near", 0},
		{"the farther item", stack, sure(-8, 0), "far", 0},
		{"past the neighbour", row, sure(69, 0), "after", 0},
		{"the neighbour", row, sure(81, 0), "neighbour", 0},
		{"back of an item", []Target{away}, sure(0, 0), "", 0},
		{"nothing there", nil, sure(0, 0), "", 0},
		{"inside a head", []Target{{ID: "self", Kind: Person, Radius: 0.1}}, sure(0, 0), "", 0},
		{"no direction", table, Look{Confidence: 1}, "", 0},
		{"not a number", table, Look{Direction: space.Vec3{X: math.NaN()}, Confidence: 1}, "", 0},
		{"no confidence", table, Look{Direction: towards(0, 0)}, "", 0},
		{"long direction", table, Look{Direction: towards(0, 0).Scale(50), Confidence: 7}, "opposite", 0},
	} {
		now := 100.0
		a, _ := watch(tracker(t), &now, 2, c.look, c.targets)
		if a.Target != c.want || (a.Kind == Nothing) != (c.want == "") || math.Abs(a.Angle/degree-c.angle) > 0.05 {
			t.Errorf("%s: %q (%v), off by %.2f degrees; want %q, %.2f", c.name, a.Target, a.Kind, a.Angle/degree, c.want, c.angle)
		}
	}
}

func TestWhereOnAnItem(t *testing.T) {
	now := 0.0
	wall := []Target{panel("wall", space.Vec3{Z: 4}, 4, 2)}
	a, _ := watch(tracker(t), &now, 1, Look{Direction: space.Vec3{X: -1, Y: 0.5, Z: 4}, Confidence: 1}, wall)
	if math.Abs(a.U-0.5) > 1e-9 || math.Abs(a.V-0.5) > 1e-9 {
		t.Errorf("looks at %v, %v, want the right upper quarter", a.U, a.V)
	}
}

func TestDwell(t *testing.T) {
	tr, now := tracker(t), 10.0
	targets := []Target{head("a", 0, 1.4), head("b", 40, 1.4)}
	if a, changes := watch(tr, &now, 0.28, sure(0, 0), targets); a.Target != "" || changes != 0 {
		t.Errorf("after 0.28 s: %+v", a)
	}
	a, changes := watch(tr, &now, 0.72, sure(0, 0), targets)
	if a.Target != "a" || changes != 1 || math.Abs(a.Since-10) > 1e-9 || math.Abs(a.Dwell-(now-tick-10)) > 1e-9 {
		t.Errorf("after 1 s: %+v, %d changes", a, changes)
	}
	// A glance aside ends nothing.
	if a, changes = watch(tr, &now, 0.25, sure(40, 0), targets); a.Target != "a" || changes != 0 {
		t.Errorf("glance: %+v", a)
	}
	if a, changes = watch(tr, &now, 0.5, sure(0, 0), targets); changes != 0 || a.Since != 10 {
		t.Errorf("after the glance: %+v", a)
	}
	turned := now
	if a, changes = watch(tr, &now, 0.5, sure(40, 0), targets); a.Target != "b" || changes != 1 || math.Abs(a.Since-turned) > 1e-9 {
		t.Errorf("turned to b: %+v", a)
	}
	// Without any look it is kept for a while.
	if a, changes = watch(tr, &now, 0.9, Look{}, targets); a.Target != "b" || changes != 0 {
		t.Errorf("blind: %+v", a)
	}
	if a, changes = watch(tr, &now, 1, Look{}, targets); a != (Attention{Since: a.Since, Dwell: a.Dwell}) || changes != 1 {
		t.Errorf("blind for long: %+v", a)
	}
	// Who leaves is left at once.
	watch(tr, &now, 1, sure(0, 0), targets)
	if a, changed := tr.Update(now, sure(0, 0), targets[1:]); a.Target != "" || !changed || a.Dwell != 0 {
		t.Errorf("who left is attended to: %+v", a)
	}
}

func TestTimeDoesNotGoBack(t *testing.T) {
	tr, now := tracker(t), 5.0
	targets := []Target{head("a", 0, 1.4)}
	watch(tr, &now, 1, sure(0, 0), targets)
	for _, at := range []float64{0, math.NaN(), math.Inf(-1)} {
		if a, changed := tr.Update(at, sure(0, 0), targets); changed || !(a.Dwell > 0.9 && a.Dwell < 1.1) {
			t.Errorf("at %v: %+v", at, a)
		}
	}
}

// TestNoFlicker puts a look with noise of one degree on borders of all kinds:
// attention changes at most once, after it has come to be.
func TestNoFlicker(t *testing.T) {
	looks, corrected := 0, 0
	gap := panel("right", space.Vec3{X: -1.05, Z: 2}, 2, 1.5)
	for name, targets := range map[string][]Target{
		"two heads":            {head("a", 3, 2), head("b", -3, 2)},
		"near and far head":    {head("a", 6, 1.2), head("b", -3, 4)},
		"head and nothing":     {head("a", 9.33, 1.4)},
		"head before a wall":   {head("a", 9, 1.5), panel("wall", space.Vec3{Z: 4}, 6, 4)},
		"two items":            {panel("left", space.Vec3{X: 1.05, Z: 2}, 2, 1.5), gap},
		"item behind an item":  {panel("near", space.Vec3{X: 1, Z: 2}, 2, 1.5), panel("far", space.Vec3{Z: 4}, 6, 4)},
		"item and face beside": {panel("notes", space.Vec3{X: 0.19, Z: 0.7}, 0.224, 0.126), head("partner", 0, 1.4)},
		"item and nothing":     {gap},
	} {
		for border := -12.0; border <= 15; border += 0.25 {
			for seed := range uint64(4) {
				r := rand.New(rand.NewPCG(seed, 3))
				tr := tracker(t)
				var turns []string
				noise := 0.0
				for k := range 600 { // 20 s
					// Fast noise dies in the dwell; slow noise is what flickers.
					if k%(1+6*int(seed)) == 0 {
						noise = 2*r.Float64() - 1
					}
					a, changed := tr.Update(float64(k)*tick, sure(border+noise, 0), targets)
					if changed {
						turns = append(turns, a.Target)
					}
					if a.Dwell < 0 || changed && a.Dwell < 0.3-1e-9 {
						t.Fatalf("%s: %+v", name, a)
					}
				}
				// It comes to be, and may be corrected once.
				if len(turns) > 2 || len(turns) == 2 && (turns[0] == "" || turns[1] == "") {
					t.Fatalf("%s: a look of %.2f ± 1 degrees turns to %q in 20 s", name, border, turns)
				}
				corrected += max(0, len(turns)-1)
				looks++
			}
		}
	}
	t.Logf("of %d looks at borders %d changed once after they had come to be", looks, corrected)
}

// TestSweep turns the head over a round of people: each is attended to once,
// in order, and only after a turn to them.
func TestSweep(t *testing.T) {
	var targets []Target
	var want []string
	for k := range 6 {
		id := fmt.Sprint("p", k)
		targets = append(targets, head(id, -75+30*float64(k), 1.5))
		want = append(want, id)
	}
	tr := tracker(t)
	var got []string
	for k := range 1200 {
		left := -90 + 180*float64(k)/1200 // 4.5 degrees a second
		if a, changed := tr.Update(float64(k)*tick, sure(left, 0), targets); changed && a.Target != "" {
			got = append(got, a.Target)
			if space.Angle(towards(left, 0), targets[slices.Index(want, a.Target)].Center) > 15*degree {
				t.Errorf("at %.0f degrees it is %s", left, a.Target)
			}
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("attention went over %v", got)
	}
}

// TestOffIsTheNearestPoint compares with a search over the rectangle.
func TestOffIsTheNearestPoint(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 9))
	for range 300 {
		rot := space.RotationAbout(space.Vec3{X: r.Float64() - 0.5, Y: r.Float64(), Z: r.Float64() - 0.5}, 6*r.Float64())
		q := Target{Kind: Item, Center: space.Vec3{X: r.NormFloat64(), Y: r.NormFloat64(), Z: r.NormFloat64()}.Scale(2), Right: rot.Column(0), Up: rot.Column(1), HalfWidth: 0.1 + r.Float64(), HalfHeight: 0.1 + r.Float64()}
		d := space.Vec3{X: r.NormFloat64(), Y: r.NormFloat64(), Z: r.NormFloat64()}.Unit()
		got, ok := q.off(space.Vec3{}, d)
		if ok != (q.front(space.Vec3{}) > 1e-6) {
			t.Fatalf("possible %t, the eye is %v before it", ok, q.front(space.Vec3{}))
		}
		if !ok {
			continue
		}
		least := math.Pi
		const n = 120
		for x := -n; x <= n; x++ {
			for y := -n; y <= n; y++ {
				p := q.Center.Add(q.Right.Scale(q.HalfWidth * float64(x) / n)).Add(q.Up.Scale(q.HalfHeight * float64(y) / n))
				least = min(least, space.Angle(d, p))
			}
		}
		if got > least+1e-9 || got < least-0.03 {
			t.Errorf("off by %v, a search finds %v", got, least)
		}
	}
}

// TestScoresFollowTheRay: off never changes faster than the ray turns.
func TestScoresFollowTheRay(t *testing.T) {
	r := rand.New(rand.NewPCG(10, 11))
	q := panel("q", space.Vec3{X: 0.3, Z: 1}, 0.8, 0.5)
	p := head("p", 10, 1)
	for range 2000 {
		a := space.Vec3{X: r.NormFloat64(), Y: r.NormFloat64(), Z: r.NormFloat64()}.Unit()
		b := a.Add(space.Vec3{X: r.NormFloat64(), Y: r.NormFloat64(), Z: r.NormFloat64()}.Scale(0.02)).Unit()
		step := space.Angle(a, b) + 1e-9
		offA, _ := q.off(space.Vec3{}, a)
		offB, _ := q.off(space.Vec3{}, b)
		angleA, _, _ := p.sphere(space.Vec3{}, a)
		angleB, _, _ := p.sphere(space.Vec3{}, b)
		if math.Abs(offA-offB) > step || math.Abs(angleA-angleB) > step {
			t.Fatalf("a turn by %v changes %v to %v and %v to %v", step, offA, offB, angleA, angleB)
		}
	}
}

func TestMutual(t *testing.T) {
	all := map[string]Attention{"a": {Target: "b"}, "b": {Target: "a"}, "c": {Target: "a"}, "d": {}, "e": {Target: "e"}}
	if !Mutual(all, "a", "b") || !Mutual(all, "b", "a") || Mutual(all, "a", "c") || Mutual(all, "d", "") || Mutual(all, "e", "e") || Mutual(all, "x", "y") {
		t.Error("who looks at each other")
	}
	if got := Watchers(all, "a"); !slices.Equal(got, []string{"b", "c"}) {
		t.Errorf("%v look at a", got)
	}
	if got := Watchers(all, "e"); got != nil {
		t.Errorf("%v look at e", got)
	}
}

func TestConfigIsChecked(t *testing.T) {
	for _, v := range []float64{-1, math.NaN(), math.Inf(1)} {
		c := DefaultConfig()
		c.Margin = v
		if _, err := NewTracker(c); err == nil {
			t.Errorf("a margin of %v is accepted", v)
		}
	}
}

func FuzzTracker(f *testing.F) {
	f.Add(0.0, 0.0, 1.0, 1.0, 1.4, 0.5)
	f.Add(1e9, math.NaN(), -3.0, 0.2, 0.0, 0.0)
	f.Add(0.1, 0.1, 1e-300, 1.0, 1e308, -1.0)
	f.Add(0.1, -46.9, 23.0, 9.0, 1e308, 3.4)
	f.Fuzz(func(t *testing.T, x, y, z, confidence, distance, width float64) {
		tr := tracker(t)
		targets := []Target{head("a", 0, distance), panel("b", space.Vec3{Z: distance}, width, 1), {ID: "c"}}
		for k := range 20 {
			a, _ := tr.Update(float64(k)*0.1, Look{Eye: space.Vec3{X: x, Z: y}, Direction: space.Vec3{X: x, Y: y, Z: z}, Confidence: confidence}, targets)
			if math.IsNaN(a.Dwell) || a.Dwell < 0 || (a.Target == "") != (a.Kind == Nothing) || !(math.Abs(a.U) <= 1 && math.Abs(a.V) <= 1) {
				t.Fatalf("%+v", a)
			}
		}
	})
}

// BenchmarkRoom is an update of 12 lookers with 20 targets each.
func BenchmarkRoom(b *testing.B) {
	var targets []Target
	for k := range 12 {
		targets = append(targets, head(fmt.Sprint("p", k), -80+15*float64(k), 2))
	}
	for k := range 8 {
		targets = append(targets, panel(fmt.Sprint("i", k), space.Vec3{X: float64(k) - 4, Y: 1, Z: 4}, 0.8, 0.5))
	}
	trackers := make([]*Tracker, 12)
	for k := range trackers {
		trackers[k] = tracker(b)
	}
	b.ReportAllocs()
	now := 0.0
	for b.Loop() {
		now += tick
		for k, tr := range trackers {
			tr.Update(now, sure(-80+15*float64(k), 1), targets)
		}
	}
}
