package vantage

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/virtualcube/virtualcube/capture/space"
)

var person = space.Vec3{Y: -0.45}

// somewhere is a random eye in front of the person.
func somewhere(r *rand.Rand) space.Vec3 {
	azimuth, height := (r.Float64()-0.5)*2, (r.Float64()-0.3)*0.8
	d := space.Vec3{X: math.Sin(azimuth) * math.Cos(height), Y: math.Sin(height), Z: math.Cos(azimuth) * math.Cos(height)}
	return person.Add(d.Scale(0.5 + 2*r.Float64()))
}

// leastPossible is half the widest cluster of the best of all partitions into
// at most budget clusters: no vantage points can have a lesser worst error.
func leastPossible(sights []sight, budget int) float64 {
	of, best := make([]int, len(sights)), math.Inf(1)
	var try func(i, used int, widest float64)
	try = func(i, used int, widest float64) {
		if widest >= best {
			return
		}
		if i == len(sights) {
			best = widest
			return
		}
		for k := range min(used+1, budget) {
			w := widest
			for j := range i {
				if of[j] == k {
					w = max(w, sights[i].error(sights[j]))
				}
			}
			of[i] = k
			try(i+1, max(used, k+1), w)
		}
	}
	try(0, 0, 0)
	return best / 2
}

func sights(eyes []space.Vec3) []sight {
	s := make([]sight, len(eyes))
	for i, e := range eyes {
		s[i] = sightOf(person, e)
	}
	return s
}

// checkPlan holds what every plan promises.
func checkPlan(t *testing.T, eyes []space.Vec3, budget int, reach float64) {
	t.Helper()
	points, of, worst := Plan(person, eyes, budget, reach)
	if len(points) > max(budget, 1) || len(of) != len(eyes) {
		t.Fatalf("%d points for budget %d, %d of %d eyes assigned", len(points), budget, len(of), len(eyes))
	}
	seen, found := make([]bool, len(points)), 0.0
	for i, k := range of {
		if k < 0 || k >= len(points) {
			t.Fatalf("eye %d belongs to point %d of %d", i, k, len(points))
		}
		seen[k] = true
		found = max(found, Error(person, eyes[i], points[k]))
	}
	if slices.Contains(seen, false) {
		t.Errorf("points without eyes: %v", of)
	}
	if math.Abs(found-worst) > 1e-6 {
		t.Errorf("worst error is %v, said to be %v", found, worst)
	}
	if least := leastPossible(sights(eyes), max(budget, 1)); worst > max(reach, 2*least)+1e-9 {
		t.Errorf("worst error %v, the least possible is no less than %v", worst, least)
	}
	if again, _, _ := Plan(person, eyes, budget, reach); !slices.Equal(points, again) {
		t.Errorf("another plan for the same eyes: %v, %v", points, again)
	}
}

func TestPlanIsNearTheOptimum(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	sum, n := 0.0, 0
	for range 400 {
		eyes := make([]space.Vec3, 1+r.IntN(8))
		for i := range eyes {
			eyes[i] = somewhere(r)
		}
		budget := 1 + r.IntN(4)
		checkPlan(t, eyes, budget, []float64{0, Reach, 0.4}[r.IntN(3)])
		if _, _, worst := Plan(person, eyes, budget, 0); worst > 1e-9 {
			sum, n = sum+worst/leastPossible(sights(eyes), budget), n+1
		}
	}
	t.Logf("worst error is %.3f of the lower bound on average", sum/float64(n))
}

func TestError(t *testing.T) {
	front := person.Add(space.Vec3{Z: 1.25})
	for _, test := range []struct {
		name string
		eye  space.Vec3
		want float64
	}{
		{"the same", front, 0},
		{"15 cm to the side", front.Add(space.Vec3{X: 0.15}), math.Atan(0.15/1.25) + 0.3*(1/1.25-1/math.Hypot(1.25, 0.15))},
		{"nearer", person.Add(space.Vec3{Z: 1}), 0.3 * (1 - 0.8)},
		{"from the side", person.Add(space.Vec3{X: 1.25}), math.Pi / 2},
	} {
		if got := Error(person, test.eye, front); math.Abs(got-test.want) > 1e-12 {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
	// A metric: without the triangle inequality the factor of two is lost.
	r := rand.New(rand.NewPCG(3, 4))
	for range 1000 {
		a, b, c := somewhere(r), somewhere(r), somewhere(r)
		if Error(person, a, c) > Error(person, a, b)+Error(person, b, c)+1e-12 || math.Abs(Error(person, a, b)-Error(person, b, a)) > 1e-12 {
			t.Fatalf("no metric at %v, %v, %v", a, b, c)
		}
	}
}

func TestReachIsWhatTheClientFinishes(t *testing.T) {
	front := person.Add(space.Vec3{Z: 1.25})
	two := func(apart float64) []space.Vec3 { return []space.Vec3{front, front.Add(space.Vec3{X: apart})} }
	if points, _, _ := Plan(person, two(0.29), 4, Reach); len(points) != 1 {
		t.Errorf("eyes 29 cm apart, each 15 cm from the middle, get %d points", len(points))
	}
	if points, _, _ := Plan(person, two(0.33), 4, Reach); len(points) != 2 {
		t.Errorf("eyes 33 cm apart get %d points", len(points))
	}
}

func TestCenterIsInTheMiddle(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 500 {
		s := sights([]space.Vec3{somewhere(r), somewhere(r), somewhere(r), somewhere(r)}[:1+r.IntN(4)])
		c, radius := center(s)
		if _, worst := farthest(c, s); math.Abs(worst-radius) > 1e-9 {
			t.Fatalf("radius %v, said %v", worst, radius)
		}
		least := leastPossible(s, 1)
		if len(s) <= 2 && math.Abs(radius-least) > 1e-9 || radius > 1.5*least {
			t.Errorf("%d sights: radius %v, half the diameter %v", len(s), radius, least)
		}
	}
	// Opposite directions have a middle too.
	c, radius := center([]sight{sightOf(person, person.Add(space.Vec3{Z: 1})), sightOf(person, person.Add(space.Vec3{Z: -1}))})
	if math.Abs(radius-math.Pi/2) > 1e-9 || !c.direction.Finite() {
		t.Errorf("between opposite sights: %v, radius %v", c, radius)
	}
}

// eyesOf reads eyes from fuzz input, three bytes each, whatever they are.
func eyesOf(data []byte) (eyes []space.Vec3) {
	at := func(b byte) float64 {
		switch b {
		case 255:
			return math.NaN()
		case 254:
			return math.Inf(1)
		}
		return (float64(b) - 127) / 40
	}
	for ; len(data) >= 3; data = data[3:] {
		eyes = append(eyes, space.Vec3{X: at(data[0]), Y: at(data[1]), Z: at(data[2])})
	}
	return eyes
}

func FuzzPlan(f *testing.F) {
	f.Add(2, 0.12, []byte{127, 127, 177, 140, 127, 177, 60, 130, 170})
	f.Add(0, -1.0, []byte{})
	f.Add(99, 0.0, []byte{255, 254, 0, 127, 109, 127, 1, 1, 1, 1, 1, 1})
	f.Fuzz(func(t *testing.T, budget int, reach float64, data []byte) {
		eyes := eyesOf(data[:min(len(data), 21)])
		if budget > 6 || math.IsNaN(reach) {
			return
		}
		points, of, worst := Plan(person, eyes, budget, reach)
		if len(points) > max(budget, 1) || math.IsNaN(worst) || (len(eyes) > 0) != (len(points) > 0) {
			t.Fatalf("%d points for budget %d, worst %v", len(points), budget, worst)
		}
		for _, k := range of {
			if !points[k].Finite() {
				t.Fatalf("point %v", points[k])
			}
		}
		if len(eyes) > 0 {
			if least := leastPossible(sights(eyes), max(budget, 1)); worst > max(reach, 2*least)+1e-9 {
				t.Errorf("worst error %v, the least possible is no less than %v", worst, least)
			}
		}
	})
}

func BenchmarkUpdate(b *testing.B) {
	for _, n := range []int{1, 8, 64, 1000} {
		b.Run(fmt.Sprintf("%deyes", n), func(b *testing.B) {
			r := rand.New(rand.NewPCG(7, 8))
			p, err := NewPlanner(Config{Person: person, Budget: 4})
			if err != nil {
				b.Fatal(err)
			}
			eyes := make([]Eye, n)
			for i := range eyes {
				eyes[i] = Eye{At: somewhere(r), Slot: -1}
			}
			b.ReportAllocs()
			for b.Loop() {
				p.Update(1.0/30, eyes)
			}
		})
	}
}
