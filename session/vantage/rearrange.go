package vantage

import "math"

// worst is the greatest error of all, and the eye to blame: of the eyes of that
// point, the one that is the farthest from where the point was. Who came or
// walked away has to go, not who sat there.
func (p *Planner) worst(eyes []Eye) (at int, worst float64) {
	blamed := -1
	for k, s := range p.slots {
		if s.open && (blamed < 0 || s.radius > worst) {
			blamed, worst = k, s.radius
		}
	}
	at = -1
	if blamed < 0 {
		return at, 0
	}
	was, most := sightOf(p.config.Person, p.slots[blamed].at), -1.0
	for i, e := range eyes {
		if d := was.error(p.sights[i]); e.Slot == blamed && d > most {
			at, most = i, d
		}
	}
	return at, worst
}

// joined is the radius of a point with one more eye.
func (s *slot) joined(eye sight) float64 {
	s.members = append(s.members, eye)
	_, radius := center(s.members)
	s.members = s.members[:len(s.members)-1]
	return radius
}

func (p *Planner) move(eyes []Eye, i, to int) {
	p.slots[eyes[i].Slot].changed, p.slots[to].changed = true, true
	eyes[i].Slot = to
}

// reassign lets eyes that are out of reach go to a point that reaches them,
// one after the other.
func (p *Planner) reassign(eyes []Eye) {
	for range eyes {
		i, worst := p.worst(eyes)
		if worst <= p.config.Reach {
			return
		}
		best, least := -1, joinShare*p.config.Reach
		for k := range p.slots {
			if s := &p.slots[k]; s.open && k != eyes[i].Slot {
				if r := s.joined(p.sights[i]); r <= least {
					best, least = k, r
				}
			}
		}
		if best < 0 {
			return
		}
		p.move(eyes, i, best)
		p.gather(eyes)
	}
}

// split gives eyes out of reach a point of their own while the budget lasts.
func (p *Planner) split(eyes []Eye) {
	for range p.slots {
		i, worst := p.worst(eyes)
		to := p.free(-1)
		if worst <= p.config.Reach || to < 0 {
			return
		}
		from := eyes[i].Slot
		p.openAt(to, p.sights[i])
		// Its neighbours come along if they are nearer to it than to those that
		// stay: to the eye that is the farthest from it.
		far, _ := farthest(p.sights[i], p.slots[from].members)
		stay := p.slots[from].members[far]
		for j := range eyes {
			if eyes[j].Slot == from && p.sights[j].error(p.sights[i]) < p.sights[j].error(stay) {
				p.move(eyes, j, to)
			}
		}
		p.gather(eyes)
	}
}

// merge makes one point of two where it would hold all their eyes well within
// reach, and has done so for a while. The smaller joins the larger.
func (p *Planner) merge(seconds float64, eyes []Eye) {
	from, to := p.mergeable()
	pair := [2]int{min(from, to), max(from, to)}
	if from < 0 || pair != p.near {
		p.near, p.nearby = pair, 0
		return
	}
	if p.nearby += max(seconds, 0); p.nearby < mergeAfter {
		return
	}
	for i := range eyes {
		if eyes[i].Slot == from {
			p.move(eyes, i, to)
		}
	}
	p.gather(eyes)
}

// mergeable is a pair of points that one would serve, the one of the last
// update if it still is; -1 where there is none.
func (p *Planner) mergeable() (from, to int) {
	a, b := p.near[0], p.near[1]
	least := p.union(a, b)
	for i := range p.slots {
		for j := i + 1; j < len(p.slots) && math.IsInf(least, 1); j++ {
			if least = p.union(i, j); !math.IsInf(least, 1) {
				a, b = i, j
			}
		}
	}
	if math.IsInf(least, 1) {
		return -1, -1
	}
	if len(p.slots[b].members) > len(p.slots[a].members) {
		return a, b
	}
	return b, a
}

// union is the radius of a point for the eyes of two, infinite where they may
// not become one.
func (p *Planner) union(a, b int) float64 {
	if a < 0 || a >= b || !p.slots[a].open || !p.slots[b].open {
		return math.Inf(1)
	}
	s, o := &p.slots[a], &p.slots[b]
	limit := mergeShare * p.config.Reach
	if s.members[0].error(o.members[0]) > 2*limit {
		return math.Inf(1)
	}
	p.both = append(append(p.both[:0], s.members...), o.members...)
	if _, r := center(p.both); r <= limit {
		return r
	}
	return math.Inf(1)
}
