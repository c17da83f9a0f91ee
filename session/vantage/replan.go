package vantage

// replan starts anew where the budget is short and that is much better. What
// is near to a present point takes its slot.
func (p *Planner) replan(seconds float64, eyes []Eye) {
	_, worst := p.worst(eyes)
	if worst <= p.config.Reach {
		return
	}
	p.waited += seconds
	for _, s := range p.slots {
		if s.changed {
			p.waited = replanEvery
		}
	}
	if p.waited < replanEvery {
		return
	}
	p.waited = 0
	centers, of, least := plan(p.sights, p.config.Budget, p.config.Reach)
	if worst <= max(p.config.Reach, replanShare*least) {
		return
	}
	slots := p.match(eyes, len(centers), of)
	for c, k := range slots {
		if !p.slots[k].open {
			p.openAt(k, centers[c])
		}
	}
	for i, c := range of {
		if slots[c] != eyes[i].Slot {
			p.move(eyes, i, slots[c])
		}
	}
	p.gather(eyes)
}

// match gives every center of a plan a slot of its own: the one with the most
// eyes in common first.
func (p *Planner) match(eyes []Eye, centers int, of []int) []int {
	common := make([][]int, centers)
	for c := range common {
		common[c] = make([]int, len(p.slots))
	}
	for i, c := range of {
		common[c][eyes[i].Slot]++
	}
	slots, taken := make([]int, centers), make([]bool, len(p.slots))
	for c := range slots {
		slots[c] = -1
	}
	for range centers {
		best, center, slot := -1, 0, 0
		for c, row := range common {
			for k, n := range row {
				if slots[c] < 0 && !taken[k] && n > best {
					best, center, slot = n, c, k
				}
			}
		}
		slots[center], taken[slot] = slot, true
	}
	return slots
}
