package vantage

import (
	"math"

	"github.com/virtualcube/virtualcube/capture/space"
)

// improvements bounds the rounds of centring and assigning anew.
const improvements = 8

// Plan chooses at most budget vantage points for the eyes, as if there had been
// none before. of[i] is the index of eye i's point, worst the greatest error.
// Points and eyes are metres in the cube; a budget below one counts as one, a
// reach of zero or less as none.
func Plan(person space.Vec3, eyes []space.Vec3, budget int, reach float64) (points []space.Vec3, of []int, worst float64) {
	sights := make([]sight, len(eyes))
	for i, e := range eyes {
		sights[i] = sightOf(person, e)
	}
	centers, of, worst := plan(sights, budget, reach)
	for _, c := range centers {
		points = append(points, c.place(person))
	}
	return points, of, worst
}

func plan(sights []sight, budget int, reach float64) (centers []sight, of []int, worst float64) {
	of = make([]int, len(sights))
	if len(sights) == 0 {
		return nil, of, 0
	}
	c, worst := center(sights)
	centers = []sight{c}
	first, _ := farthest(c, sights) // an outermost eye
	picks := []sight{sights[first]}
	for worst > max(reach, 0) && len(picks) < budget {
		next, _ := outlier(sights, picks)
		picks = append(picks, sights[next])
		if better, assigned, w := improve(sights, picks); w < worst {
			centers, of, worst = better, assigned, w
		}
	}
	return centers, of, worst
}

// outlier is the sight that is farthest from its nearest center.
func outlier(sights, centers []sight) (at int, worst float64) {
	for i, s := range sights {
		if _, e := closest(s, centers); i == 0 || e > worst {
			at, worst = i, e
		}
	}
	return at, worst
}

func closest(s sight, centers []sight) (at int, least float64) {
	least = math.Inf(1)
	for k, c := range centers {
		if e := s.error(c); e < least {
			at, least = k, e
		}
	}
	return at, least
}

// improve assigns all to their nearest center, centres anew and repeats that
// while the worst error falls. It is never greater than that of the picks.
// Centers that nobody is nearest to are left out.
func improve(sights, picks []sight) (centers []sight, of []int, worst float64) {
	worst = math.Inf(1)
	trial := append([]sight(nil), picks...)
	for range improvements {
		assigned := make([]int, len(sights))
		members := make([][]sight, len(trial))
		for i, s := range sights {
			assigned[i], _ = closest(s, trial)
			members[assigned[i]] = append(members[assigned[i]], s)
		}
		next := append([]sight(nil), trial...)
		for k, m := range members {
			if len(m) > 0 {
				next[k], _ = center(m)
			}
		}
		before := worst
		for _, c := range [][]sight{trial, next} {
			if w := worstOf(sights, assigned, c); w < worst {
				centers, of, worst = c, assigned, w
			}
		}
		if worst >= before {
			break
		}
		trial = next
	}
	return compact(centers, of, worst)
}

func worstOf(sights []sight, of []int, centers []sight) (worst float64) {
	for i, s := range sights {
		worst = max(worst, s.error(centers[of[i]]))
	}
	return worst
}

// compact leaves out the centers without sights.
func compact(centers []sight, of []int, worst float64) ([]sight, []int, float64) {
	used := make([]bool, len(centers))
	for _, k := range of {
		used[k] = true
	}
	at, kept := make([]int, len(centers)), make([]sight, 0, len(centers))
	for k, c := range centers {
		if at[k] = len(kept); used[k] {
			kept = append(kept, c)
		}
	}
	moved := make([]int, len(of))
	for i, k := range of {
		moved[i] = at[k]
	}
	return kept, moved, worst
}
