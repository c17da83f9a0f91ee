package vantage

import (
	"fmt"
	"math"

	"github.com/virtualcube/virtualcube/capture/space"
)

// Hysteresis, as shares of reach or of the present error.
const (
	joinShare   = 0.9  // an eye moves to a point only if that then holds all its eyes within this
	mergeShare  = 0.75 // two points become one only if that holds all their eyes within this
	replanShare = 1.25 // of a new plan's error, the present error that a plan replaces
)

// glide is the time in which what a change of eyes would make a point jump by
// falls to a third, in seconds.
const glide = 0.15

// mergeAfter is how long two points must be mergeable, in seconds: who walks by
// another viewer is no reason.
const mergeAfter = 0.5

// replanEvery is how often a better plan is looked for while no eyes come and
// go, in seconds.
const replanEvery = 0.2

// maxBudget bounds the vantage points of one cube.
const maxBudget = 16

// Config says for whom and within what a Planner works.
type Config struct {
	Person space.Vec3 // metres, in the cube
	Budget int        // most vantage points, 1 to 16
	Reach  float64    // radians; Reach if zero
}

// Eye is one viewer's.
type Eye struct {
	At space.Vec3 // metres, in the cube
	// Slot is that of the point which serves the eye, -1 before there is one.
	// Update keeps it; of a slot without a point it is a wish.
	Slot int
}

// Point is one vantage point. Its slot, 0 to budget-1, stays its own as long
// as it has eyes.
type Point struct {
	Slot  int
	At    space.Vec3 // metres, in the cube
	Eyes  int
	Worst float64 // greatest error of its eyes, radians
}

// Planner keeps vantage points from one moment to the next. It is not safe for
// concurrent use. Its result depends on its inputs alone.
type Planner struct {
	config Config
	slots  []slot
	sights []sight // of the eyes
	both   []sight // scratch
	points []Point
	turn   int     // grows; orders the slots by when they were left
	waited float64 // seconds since the last plan anew
	near   [2]int  // the two points that were mergeable at the last update
	nearby float64 // seconds for which they have been
}

// slot is the place of one point.
type slot struct {
	open    bool
	at      space.Vec3
	offset  space.Vec3 // what is left of a jump
	members []sight
	held    int  // eyes that come with it
	count   int  // of eyes at the last update
	changed bool // its eyes are others
	center  sight
	radius  float64
	left    int // turn in which it was left
}

// NewPlanner makes a planner without points.
func NewPlanner(config Config) (*Planner, error) {
	if config.Reach == 0 {
		config.Reach = Reach
	}
	if config.Budget < 1 || config.Budget > maxBudget || !(config.Reach > 0) || !config.Person.Finite() {
		return nil, fmt.Errorf("make planner: budget %d is not in 1 to %d, or reach %v or person %v is no number", config.Budget, maxBudget, config.Reach, config.Person)
	}
	return &Planner{config: config, slots: make([]slot, config.Budget)}, nil
}

// Update takes all eyes as they are now, seconds after the last call, and
// returns the points, by slot; they are valid until the next call. It writes
// the slot of every eye's point into eyes.
func (p *Planner) Update(seconds float64, eyes []Eye) []Point {
	p.turn++
	p.begin(eyes)
	p.place(eyes)
	p.gather(eyes)
	p.reassign(eyes)
	p.split(eyes)
	p.merge(seconds, eyes)
	p.replan(seconds, eyes)
	return p.finish(seconds)
}

// begin takes the sights and closes the points whose eyes have all left.
func (p *Planner) begin(eyes []Eye) {
	p.sights = p.sights[:0]
	for k := range p.slots {
		p.slots[k].held = 0
	}
	for i := range eyes {
		e := &eyes[i]
		p.sights = append(p.sights, sightOf(p.config.Person, e.At))
		if e.Slot < 0 || e.Slot >= len(p.slots) {
			e.Slot = -1
		} else {
			p.slots[e.Slot].held++
		}
	}
	for k := range p.slots {
		s := &p.slots[k]
		s.changed = s.held != s.count
		if s.open && s.held == 0 {
			s.open, s.left = false, p.turn
		}
	}
}

// place finds a point for those that have none: one that reaches them, else a
// new one, else the nearest.
func (p *Planner) place(eyes []Eye) {
	for i := range eyes {
		if k := eyes[i].Slot; k >= 0 && p.slots[k].open {
			continue
		}
		wish := eyes[i].Slot
		best, least := -1, math.Inf(1)
		for k, s := range p.slots {
			if e := s.center.error(p.sights[i]); s.open && e < least {
				best, least = k, e
			}
		}
		if free := p.free(wish); free >= 0 && least > p.config.Reach {
			p.openAt(free, p.sights[i])
			best = free
		}
		eyes[i].Slot = best
		p.slots[best].changed = true
	}
}

// free is the wished slot, or else the one that was left the longest ago; -1 if
// there is none.
func (p *Planner) free(wish int) int {
	best := -1
	for k, s := range p.slots {
		if s.open {
			continue
		}
		if k == wish {
			return k
		}
		if best < 0 || s.left < p.slots[best].left {
			best = k
		}
	}
	return best
}

func (p *Planner) openAt(k int, s sight) {
	at := s.place(p.config.Person)
	p.slots[k] = slot{open: true, at: at, center: s, members: p.slots[k].members[:0], left: p.slots[k].left}
}

// gather centres every point on its eyes.
func (p *Planner) gather(eyes []Eye) {
	for k := range p.slots {
		p.slots[k].members = p.slots[k].members[:0]
	}
	for i, e := range eyes {
		s := &p.slots[e.Slot]
		s.members = append(s.members, p.sights[i])
	}
	for k := range p.slots {
		if s := &p.slots[k]; len(s.members) > 0 {
			s.center, s.radius = center(s.members)
		} else if s.open {
			s.open, s.left = false, p.turn
		}
	}
}

// finish moves the points and reports them.
func (p *Planner) finish(seconds float64) []Point {
	p.points = p.points[:0]
	left := math.Exp(-max(seconds, 0) / glide)
	for k := range p.slots {
		s := &p.slots[k]
		if s.count = len(s.members); !s.open {
			continue
		}
		target := s.center.place(p.config.Person)
		if s.changed {
			s.offset = s.at.Sub(target)
		}
		if s.offset = s.offset.Scale(left); s.offset.Norm() < settled {
			s.offset = space.Vec3{}
		}
		s.at = target.Add(s.offset)
		_, worst := farthest(sightOf(p.config.Person, s.at), s.members)
		p.points = append(p.points, Point{Slot: k, At: s.at, Eyes: s.count, Worst: worst})
	}
	return p.points
}

// settled is what is left of a jump when it is over, in metres.
const settled = 0.0005
