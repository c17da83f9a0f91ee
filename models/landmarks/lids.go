package landmarks

import "slices"

// lids tells a blink from eyes that are open: they are less so than they are as a
// rule. The zero value takes the first look for open.
type lids struct {
	usual float64 // opening, as part of the eye's width
	now   []float64
}

const (
	narrowed = 0.75 // of the usual opening, below which it is a blink
	// What is usual follows within a second of looks down, for which the upper lids
	// come down too, and at once up again.
	falling, rising = 0.1, 0.5
)

// add notes how far one eye is open to one camera.
func (l *lids) add(opening float64) { l.now = append(l.now, opening) }

// shut says whether the eyes are, by all that was added since it was last called.
func (l *lids) shut() bool {
	if len(l.now) == 0 {
		return false
	}
	slices.Sort(l.now)
	opening := l.now[len(l.now)/2]
	l.now = l.now[:0]
	if l.usual == 0 {
		l.usual = opening
	}
	blinks := opening < narrowed*l.usual
	follow := falling
	if opening > l.usual {
		follow = rising
	}
	l.usual += follow * (opening - l.usual)
	return blinks
}
