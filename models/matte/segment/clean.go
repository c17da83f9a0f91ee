package segment

import "github.com/virtualcube/virtualcube/models/matte/plane"

// cleaner takes away what is too small to be a person, and closes what is too
// small to be a hole.
type cleaner struct{ parts plane.Parts }

const (
	// The network's doubt lies round a half; what it says beyond is taken as sure.
	background, foreground = 0.25, 0.75

	speck = 0.03  // of the largest part's area: a part that goes
	hole  = 0.002 // of the picture's area: a hole that is closed
)

func (c *cleaner) clean(found *plane.Plane) {
	for i, v := range found.V {
		found.V[i] = min(max((v-background)/(foreground-background), 0), 1)
	}
	c.parts.Find(found.Width, found.Height, func(i int) bool { return found.V[i] > 0 })
	largest := 0
	for _, p := range c.parts.List {
		largest = max(largest, p.Area)
	}
	least := speck * float64(largest)
	c.set(found, 0, func(p plane.Part) bool { return float64(p.Area) < least })

	c.parts.Find(found.Width, found.Height, func(i int) bool { return found.V[i] < 1 })
	most := hole * float64(len(found.V))
	c.set(found, 1, func(p plane.Part) bool { return !p.Edge && float64(p.Area) <= most })
}

// set gives a value to the parts that are chosen.
func (c *cleaner) set(found *plane.Plane, value float32, chosen func(plane.Part) bool) {
	for i, p := range c.parts.List {
		if !chosen(p) {
			continue
		}
		for y := p.Bounds.Y0; y < p.Bounds.Y1; y++ {
			labels, row := c.parts.Labels[y*found.Width:][:found.Width], found.Row(y)
			for x := p.Bounds.X0; x < p.Bounds.X1; x++ {
				if labels[x] == int32(i) {
					row[x] = value
				}
			}
		}
	}
}
