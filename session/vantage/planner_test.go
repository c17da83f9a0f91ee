package vantage

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/virtualcube/virtualcube/capture/space"
)

const tick = 1.0 / 30

func planner(t *testing.T, budget int) *Planner {
	t.Helper()
	p, err := NewPlanner(Config{Person: person, Budget: budget})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// at is an eye at an angle to the side, in degrees, 1.25 m from the person.
func at(degrees float64) space.Vec3 {
	a := degrees * math.Pi / 180
	return person.Add(space.Vec3{X: math.Sin(a), Z: math.Cos(a)}.Scale(1.25))
}

func newcomers(places ...space.Vec3) (eyes []Eye) {
	for _, p := range places {
		eyes = append(eyes, Eye{At: p, Slot: -1})
	}
	return eyes
}

// check holds what every update promises.
func check(t *testing.T, budget int, eyes []Eye, points []Point) map[int]Point {
	t.Helper()
	bySlot := map[int]Point{}
	for _, p := range points {
		if _, twice := bySlot[p.Slot]; twice || p.Slot < 0 || p.Slot >= budget || !p.At.Finite() {
			t.Fatalf("budget %d, points %v", budget, points)
		}
		bySlot[p.Slot] = p
	}
	count := map[int]int{}
	for i, e := range eyes {
		if _, open := bySlot[e.Slot]; !open {
			t.Fatalf("eye %d belongs to slot %d, points are %v", i, e.Slot, points)
		}
		count[e.Slot]++
	}
	for k, p := range bySlot {
		if p.Eyes != count[k] || p.Eyes == 0 {
			t.Fatalf("point %v has %d eyes", p, count[k])
		}
	}
	return bySlot
}

func TestSingleEyeIsFollowedExactly(t *testing.T) {
	p, r := planner(t, 3), rand.New(rand.NewPCG(1, 1))
	eyes := newcomers(at(0))
	for range 200 {
		eyes[0].At = somewhere(r)
		points := p.Update(tick, eyes)
		if len(points) != 1 || points[0].At.Sub(eyes[0].At).Norm() > 1e-9 || points[0].Slot != 0 {
			t.Fatalf("eye at %v, points %v", eyes[0].At, points)
		}
	}
}

func TestSharing(t *testing.T) {
	p := planner(t, 2)
	eyes := newcomers(at(0), at(5), at(40))
	points := check(t, 2, eyes, p.Update(tick, eyes))
	if len(points) != 2 || eyes[0].Slot != eyes[1].Slot || eyes[2].Slot == eyes[0].Slot {
		t.Fatalf("slots %v", eyes)
	}
	for range 30 {
		points = check(t, 2, eyes, p.Update(tick, eyes))
	}
	if got := points[eyes[0].Slot]; got.At.Sub(at(2.5)).Norm() > 0.002 || got.Worst > Reach {
		t.Errorf("the shared point is at %v, want the middle %v", got, at(2.5))
	}
	// One leaves: the point goes to the other without a jump.
	before := points[eyes[0].Slot].At
	eyes = eyes[1:]
	for i := range 30 {
		now := check(t, 2, eyes, p.Update(tick, eyes))[eyes[0].Slot].At
		if step := now.Sub(before).Norm(); step > 0.02 {
			t.Fatalf("update %d moves the point by %.3f m", i, step)
		}
		before = now
	}
	if before.Sub(at(5)).Norm() > 1e-9 {
		t.Errorf("the point ends at %v, want the eye %v", before, at(5))
	}
	eyes = eyes[:1]
	if points := check(t, 2, eyes, p.Update(tick, eyes)); len(points) != 1 {
		t.Errorf("nobody is at the second point any more: %v", points)
	}
}

// TestWalk lets one of two at a point walk over to a third: each eye's slot
// changes once at most, and no point jumps.
func TestWalk(t *testing.T) {
	for _, budget := range []int{2, 3} {
		p := planner(t, budget)
		eyes := newcomers(at(0), at(1), at(60))
		p.Update(tick, eyes)
		changes, slot := 0, eyes[1].Slot
		before := map[int]space.Vec3{}
		for i := range 240 {
			eyes[1].At = at(min(60, 1+float64(i)/3))
			points := check(t, budget, eyes, p.Update(tick, eyes))
			if eyes[1].Slot != slot {
				changes, slot = changes+1, eyes[1].Slot
			}
			for k, now := range points {
				if b, was := before[k]; was && now.At.Sub(b).Norm() > 0.13 {
					t.Errorf("budget %d, update %d: point %d moves by %.3f m", budget, i, k, now.At.Sub(b).Norm())
				}
			}
			clear(before)
			for k, now := range points {
				before[k] = now.At
			}
		}
		if eyes[1].Slot != eyes[2].Slot || eyes[0].Slot == eyes[1].Slot || len(before) != 2 {
			t.Errorf("budget %d: slots %v after the walk", budget, eyes)
		}
		if changes > budget-1 {
			t.Errorf("budget %d: the walker changed its slot %d times", budget, changes)
		}
	}
}

// TestPassingBy lets a viewer walk by another one: neither changes its point.
func TestPassingBy(t *testing.T) {
	p := planner(t, 2)
	eyes := newcomers(at(-30), at(0))
	p.Update(tick, eyes)
	was := [2]int{eyes[0].Slot, eyes[1].Slot}
	for a := -30.0; a <= 30; a += 1.5 { // 1 m/s
		eyes[0].At = at(a)
		check(t, 2, eyes, p.Update(tick, eyes))
		if now := [2]int{eyes[0].Slot, eyes[1].Slot}; now != was {
			t.Fatalf("at %v° the points are %v, they were %v", a, now, was)
		}
	}
	// Whoever stops there shares.
	eyes[0].At = at(1)
	for range 30 {
		p.Update(tick, eyes)
	}
	if eyes[0].Slot != eyes[1].Slot {
		t.Error("two points for eyes that stay together")
	}
}

func TestWishedSlot(t *testing.T) {
	p := planner(t, 4)
	eyes := []Eye{{At: at(0), Slot: 2}}
	if p.Update(tick, eyes); eyes[0].Slot != 2 {
		t.Errorf("a free slot is not taken: %v", eyes)
	}
	eyes = append(eyes, Eye{At: at(50), Slot: 2}, Eye{At: at(-50), Slot: 77})
	if points := check(t, 4, eyes, p.Update(tick, eyes)); len(points) != 3 || eyes[0].Slot != 2 {
		t.Errorf("slots %v, points %v", eyes, points)
	}
}

func TestBudgetIsShort(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 9))
	for range 100 {
		budget := 1 + r.IntN(3)
		p := planner(t, budget)
		var eyes []Eye
		for range 1 + r.IntN(7) { // they come one after the other
			eyes = append(eyes, Eye{At: somewhere(r), Slot: -1})
			check(t, budget, eyes, p.Update(tick, eyes))
		}
		var worst float64
		for range 60 {
			worst = 0
			for _, x := range check(t, budget, eyes, p.Update(tick, eyes)) {
				worst = max(worst, x.Worst)
			}
		}
		if least := leastPossible(p.sights, budget); worst > max(Reach, replanShare*2*least)+1e-4 {
			t.Errorf("budget %d: worst error %v, the least possible is no less than %v", budget, worst, least)
		}
	}
}

// TestStableUnderJitter repeats the same jitter: whoever changes its slot in
// the third repetition would do so for ever.
func TestStableUnderJitter(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	changed := 0
	for range 60 {
		budget := 1 + r.IntN(4)
		p := planner(t, budget)
		places := make([]space.Vec3, 2+r.IntN(8))
		eyes := make([]Eye, len(places))
		for i := range places {
			places[i] = somewhere(r)
			eyes[i].Slot = -1
		}
		const period = 90
		jitter := make([]space.Vec3, period*len(places))
		for i := range jitter {
			jitter[i] = space.Vec3{X: r.NormFloat64(), Y: r.NormFloat64(), Z: r.NormFloat64()}.Scale(0.002)
		}
		last := make([]int, len(eyes))
		for n := range 3 * period {
			for i := range eyes {
				eyes[i].At = places[i].Add(jitter[n%period*len(places)+i])
				last[i] = eyes[i].Slot
			}
			check(t, budget, eyes, p.Update(tick, eyes))
			for i := range eyes {
				if n > 0 && last[i] != eyes[i].Slot {
					changed++
					if n >= 2*period {
						t.Errorf("eye %d flaps between slots %d and %d", i, last[i], eyes[i].Slot)
					}
				}
			}
		}
	}
	t.Logf("%d changes of a slot in 60 runs", changed)
}

func TestConfigIsChecked(t *testing.T) {
	for _, c := range []Config{{Budget: 0}, {Budget: 17}, {Budget: 1, Reach: -1}, {Budget: 1, Reach: math.NaN()}, {Budget: 1, Person: space.Vec3{X: math.NaN()}}} {
		if _, err := NewPlanner(c); err == nil {
			t.Errorf("%+v is accepted", c)
		}
	}
}

// FuzzPlanner lets eyes come, move and leave as the input says: the first byte
// is the budget, then each five are an operation, an index and a place.
func FuzzPlanner(f *testing.F) {
	f.Add([]byte{2, 0, 0, 127, 127, 177, 0, 0, 140, 127, 177, 1, 1, 60, 130, 170, 2, 0, 0, 0, 0})
	f.Add([]byte{1, 0, 0, 255, 254, 0, 1, 0, 127, 109, 127})
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) == 0 {
			return
		}
		budget := 1 + int(data[0])%4
		p, twin := planner(t, budget), planner(t, budget)
		var eyes, copies []Eye
		for data = data[1:min(len(data), 201)]; len(data) >= 5; data = data[5:] {
			to := eyesOf(data[2:5])[0]
			i := int(data[1]) % max(len(eyes), 1)
			switch {
			case data[0]%3 == 0 && len(eyes) < 12:
				eyes = append(eyes, Eye{At: to, Slot: int(data[1]) - 1})
			case data[0]%3 == 1 && len(eyes) > 0:
				eyes[i].At = to
			case len(eyes) > 0:
				eyes = append(eyes[:i], eyes[i+1:]...)
			}
			copies = append(copies[:0], eyes...)
			points := p.Update(float64(data[1])/100, eyes)
			again := twin.Update(float64(data[1])/100, copies)
			check(t, budget, eyes, points)
			for i := range eyes {
				if eyes[i].Slot != copies[i].Slot {
					t.Fatal("the same eyes, other slots")
				}
			}
			for i := range points {
				if points[i] != again[i] {
					t.Fatal("the same eyes, other points")
				}
			}
		}
	})
}
