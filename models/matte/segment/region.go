package segment

import "github.com/virtualcube/virtualcube/models/matte/plane"

const (
	likely    = 0.5   // probability from which somebody is there
	newcomer  = 0.125 // of the largest part's area: a part that counts
	margin    = 0.15  // of the person's longer side, left round them
	leastLeft = 0.06  // the region moves when less is left
	mostLeft  = 0.3   // or more
	tall      = 2.5   // height to width at most
)

// aim moves the region to the person of the last matte, and to who came since.
func (l *looker) aim(width, height int) {
	target := l.person
	l.parts.Find(l.sights.Width, l.sights.Height, func(i int) bool { return l.sights.V[i] > likely })
	least := l.least()
	for i, p := range l.parts.List {
		if p.Area >= least && !l.covers(i, p) {
			b := p.Bounds
			target = target.Union(plane.Rect{X0: b.X0 * block, Y0: b.Y0 * block, X1: min(width, b.X1*block), Y1: min(height, b.Y1*block)})
		}
	}
	if target.Empty() {
		l.region = target
		return
	}
	if !settled(l.region, target, width, height) {
		l.region = around(target, width, height)
	}
}

// least is the area from which a part counts.
func (l *looker) least() int {
	largest := 0
	for _, p := range l.parts.List {
		largest = max(largest, p.Area)
	}
	return max(2, int(newcomer*float64(largest)))
}

// covers says whether most of a part of the sights lies within the region.
func (l *looker) covers(i int, p plane.Part) bool {
	inside := 0
	for y := max(p.Bounds.Y0, l.region.Y0/block); y < min(p.Bounds.Y1, blocks(l.region.Y1)); y++ {
		for x := max(p.Bounds.X0, l.region.X0/block); x < min(p.Bounds.X1, blocks(l.region.X1)); x++ {
			if l.parts.Labels[y*l.sights.Width+x] == int32(i) {
				inside++
			}
		}
	}
	return 10*inside >= 7*p.Area
}

// largest returns what holds the parts that count.
func (l *looker) largest() plane.Rect {
	least, all := l.least(), plane.Rect{}
	for _, p := range l.parts.List {
		if p.Area >= least {
			all = all.Union(p.Bounds)
		}
	}
	return all
}

// around leaves a margin round a person, within the picture.
func around(person plane.Rect, width, height int) plane.Rect {
	long := max(person.X1-person.X0, person.Y1-person.Y0)
	r := person.Grow(max(2, int(margin*float64(long))), width, height)
	if slim := int(float64(r.Y1-r.Y0)/tall) - (r.X1 - r.X0); slim > 0 {
		r.X0, r.X1 = max(0, r.X0-slim/2), min(width, r.X1+slim/2)
	}
	return r
}

// settled says whether a region still fits a person: each side leaves some, and
// not too much, but at the picture's edge.
func settled(region, person plane.Rect, width, height int) bool {
	if region.Empty() {
		return false
	}
	long := float64(max(person.X1-person.X0, person.Y1-person.Y0))
	least, most := int(leastLeft*long), int(mostLeft*long)+2
	for _, side := range [4]struct {
		left int
		edge bool
	}{
		{person.X0 - region.X0, region.X0 == 0},
		{person.Y0 - region.Y0, region.Y0 == 0},
		{region.X1 - person.X1, region.X1 == width},
		{region.Y1 - person.Y1, region.Y1 == height},
	} {
		if side.left > most || side.left < least && !side.edge {
			return false
		}
	}
	return true
}

// follow learns from a matte where the person is.
func (l *looker) follow(found *plane.Plane) {
	l.parts.Find(found.Width, found.Height, func(i int) bool { return found.V[i] > likely })
	l.person = l.largest()
}
