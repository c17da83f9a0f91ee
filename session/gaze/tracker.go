package gaze

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/virtualcube/virtualcube/capture/space"
)

// Config says how sure one has to be. Angles are radians, times seconds.
type Config struct {
	Tolerance float64 // of a look that is certain
	Unsure    float64 // more of it with a confidence of 0
	Margin    float64 // by which another target must be better
	Release   float64 // beyond the tolerance, until which a target is kept
	Dwell     float64 // until a target counts
	Forget    float64 // until no look at all is a look at nothing
}

// DefaultConfig suits head tracking with a webcam.
func DefaultConfig() Config {
	const degree = math.Pi / 180
	return Config{Tolerance: 4 * degree, Unsure: 6 * degree, Margin: 2.5 * degree, Release: 3 * degree, Dwell: 0.3, Forget: 1}
}

// Look is where somebody looks, in the frame of the targets.
type Look struct {
	Eye        space.Vec3 // metres
	Direction  space.Vec3 // of any length but 0
	Confidence float64    // 0 to 1; at 0 nothing is known of the look
}

// known says whether there is a look at all.
func (l Look) known() bool {
	length := l.Direction.Norm()
	return l.Confidence > 0 && l.Eye.Norm() < farthest && length > 1e-9 && length < farthest // false for NaN
}

// Attention is what somebody attends to.
type Attention struct {
	Target string // id; empty for nothing
	Kind   Kind
	Angle  float64 // radians by which the last look was off the target
	U, V   float64 // where on an item, -1 to 1 to its reader's right and up
	Since  float64 // when it was first meant, on the clock of Update
	Dwell  float64 // seconds for which it has been attended to
}

// Tracker follows one looker's attention. It is not safe for concurrent use.
type Tracker struct {
	config Config

	now, seen float64 // of the last update, and of the last one with a look
	begun     bool
	held      string // what is meant
	meant     float64
	counted   Attention
	scores    []score // scratch, one a target
}

// score is how a look lies to a target.
type score struct {
	value, off float64 // radians
	u, v       float64
	possible   bool
}

// NewTracker makes one that attends to nothing.
func NewTracker(config Config) (*Tracker, error) {
	for _, v := range []float64{config.Tolerance, config.Unsure, config.Margin, config.Release, config.Dwell, config.Forget} {
		if !(v >= 0 && v <= 100) {
			return nil, fmt.Errorf("follow attention: %v in %+v is not in 0 to 100", v, config)
		}
	}
	return &Tracker{config: config}, nil
}

// Update takes a look at a time in seconds, on any clock that does not go
// back, and all targets that there are now. It returns the attention and
// whether its target is another one than before.
func (t *Tracker) Update(now float64, look Look, targets []Target) (Attention, bool) {
	if !t.begun {
		t.begun, t.now, t.seen, t.meant = true, now, now, now
		t.counted.Since = now
	}
	if now > t.now { // false for NaN
		t.now = now
	}
	before := t.counted.Target
	t.lose(targets)
	if look.known() {
		t.seen = t.now
		look.Direction = look.Direction.Unit()
		look.Confidence = min(look.Confidence, 1)
		t.mean(t.choose(look, targets))
	} else if t.now-t.seen >= t.config.Forget {
		t.mean("")
	}
	t.count(look, targets)
	t.counted.Dwell = t.now - t.counted.Since
	return t.counted, t.counted.Target != before
}

// lose drops what is there no more.
func (t *Tracker) lose(targets []Target) {
	if t.held != "" && find(targets, t.held) < 0 {
		t.mean("")
	}
	if t.counted.Target != "" && find(targets, t.counted.Target) < 0 {
		t.counted = Attention{Since: t.now}
	}
}

func (t *Tracker) mean(id string) {
	if id != t.held {
		t.held, t.meant = id, t.now
	}
}

// count makes attention of what has been meant for long enough.
func (t *Tracker) count(look Look, targets []Target) {
	if t.held != t.counted.Target && t.now-t.meant >= t.config.Dwell {
		t.counted = Attention{Target: t.held, Since: t.meant}
	}
	k := find(targets, t.counted.Target)
	if k < 0 || t.counted.Target == "" {
		return
	}
	t.counted.Kind = targets[k].Kind
	if look.known() && t.scores[k].possible {
		s := t.scores[k]
		t.counted.Angle, t.counted.U, t.counted.V = s.off, s.u, s.v
	}
}

func find(targets []Target, id string) int {
	return slices.IndexFunc(targets, func(t Target) bool { return t.ID == id })
}

// choose returns the target that is meant, empty if there is none.
func (t *Tracker) choose(look Look, targets []Target) string {
	tolerance := t.config.Tolerance + (1-look.Confidence)*t.config.Unsure
	t.score(look, targets, tolerance)
	best, held := -1, -1
	for k := range targets {
		s := &t.scores[k]
		if !s.possible {
			continue
		}
		if targets[k].ID == t.held && s.off <= tolerance+t.config.Release {
			held = k
		}
		if s.off <= tolerance && (best < 0 || s.value < t.scores[best].value) {
			best = k
		}
	}
	switch {
	case held >= 0 && (best < 0 || t.scores[best].value >= t.scores[held].value-t.config.Margin):
		return t.held
	case best >= 0:
		return targets[best].ID
	}
	return ""
}

// score looks at all targets.
func (t *Tracker) score(look Look, targets []Target, tolerance float64) {
	t.scores = slices.Grow(t.scores[:0], len(targets))[:len(targets)]
	nearest := math.Inf(1) // distance of the item that the ray meets
	for k := range targets {
		if targets[k].Kind != Item || !targets[k].sound() {
			continue
		}
		if d, u, v, ok := targets[k].meets(look.Eye, look.Direction); ok && math.Abs(u) <= 1 && math.Abs(v) <= 1 {
			nearest = min(nearest, d)
		}
	}
	for k := range targets {
		target, s := &targets[k], score{}
		switch {
		case !target.sound():
		case target.Kind == Person:
			var angle, radius float64
			if angle, radius, s.possible = target.sphere(look.Eye, look.Direction); s.possible {
				s.off, s.value = max(0, angle-radius), angle-radius-tolerance/2
				s.possible = !t.hidden(look.Eye, target, targets)
			}
		case target.Kind == Item:
			if s.off, s.possible = target.off(look.Eye, look.Direction); s.possible {
				var d float64
				d, s.u, s.v, _ = target.meets(look.Eye, look.Direction)
				s.u, s.v = max(-1, min(1, s.u)), max(-1, min(1, s.v))
				if s.value = s.off; s.off == 0 && d > nearest+1e-6 {
					s.value += 2 * t.config.Margin
				}
			}
		}
		t.scores[k] = s
	}
}

// shrink of the items that hide whom is attended to: an eye at an item's edge
// makes nobody flicker.
const shrink = 0.9

// hidden says whether an item stands before the middle of a person's head.
func (t *Tracker) hidden(eye space.Vec3, person *Target, targets []Target) bool {
	edge := 1.0
	if person.ID == t.held {
		edge = shrink
	}
	to := person.Center.Sub(eye)
	for k := range targets {
		if targets[k].Kind != Item || !targets[k].sound() {
			continue
		}
		if d, u, v, ok := targets[k].meets(eye, to); ok && d < 1 && math.Abs(u) < edge && math.Abs(v) < edge {
			return true
		}
	}
	return false
}

// Watchers are those who attend to an id, in order.
func Watchers(all map[string]Attention, id string) []string {
	var ids []string
	for _, looker := range slices.Sorted(maps.Keys(all)) {
		if looker != id && all[looker].Target == id && id != "" {
			ids = append(ids, looker)
		}
	}
	return ids
}

// Mutual says whether two people attend to each other. Lookers' keys in all are
// their ids as targets.
func Mutual(all map[string]Attention, a, b string) bool {
	return a != b && a != "" && b != "" && all[a].Target == b && all[b].Target == a
}
