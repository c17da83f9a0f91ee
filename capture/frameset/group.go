package frameset

import (
	"log/slog"
	"time"

	"github.com/virtualcube/virtualcube/capture"
)

// maxOpen bounds the sets that wait at the same time; one more closes the
// oldest at once.
const maxOpen = 3

// reanchorAfter is the number of periods without a set after which the grid
// of anchors is forgotten.
const reanchorAfter = 8

// silenceLogged is how often at most a camera's silence is logged.
const silenceLogged = 10 * time.Second

// grouping is the state machine of an Assembler: it knows no goroutine and no
// timer, and is told the time.
type grouping struct {
	period, deadline time.Duration
	silentAfter      int
	cameras          []cameraState
	open             []*pending // by anchor, at most maxOpen
	newest           pending    // the newest set that closed
	hasNewest        bool
	sequence         uint64
	spare            []*pending
	tally            *tally
	out              func(*capture.FrameSet)
	log              *slog.Logger
}

type cameraState struct {
	clock       ClockMap
	placed      capture.Time // newest capture instant that was placed
	delivered   bool
	missing     int // sets in a row
	silent      bool
	silentSince capture.Time
	logged      bool // the present silence was logged
}

// pending is a set that is being filled.
type pending struct {
	anchor      capture.Time // frames within half a period of it belong
	first, last capture.Time // of its frames
	due         capture.Time
	frames      []*capture.Frame // one a camera; nil in newest, see members
	members     uint64           // bit a camera
}

func (p *pending) has(camera int) bool { return p.members&(1<<camera) != 0 }

// place takes over a reference to a frame.
func (g *grouping) place(f *capture.Frame, now capture.Time) {
	c := &g.cameras[f.Camera]
	again := c.delivered && f.Captured <= c.placed
	late := again || g.belongsToClosed(f)
	// A silent camera is not waited for, so that its frames find their sets
	// closed: it is live again as soon as one would have been in time.
	if c.silent && !again && (!late || now < g.newest.due) {
		g.rejoin(f.Camera, now)
	}
	if late {
		g.tally.drop(f.Camera, capture.DropLate)
		f.Release()
		return
	}
	s := g.find(f)
	if s == nil {
		s = g.add(g.anchorFor(f), now)
	}
	s.frames[f.Camera] = f
	s.members |= 1 << f.Camera
	s.first, s.last = min(s.first, f.Captured), max(s.last, f.Captured)
	c.placed, c.delivered = f.Captured, true
	g.tally.frame(f.Camera)
	g.closeComplete(now)
}

// belongsToClosed says whether a frame is too late: it is of the newest closed
// set's instant or before it, and did not follow a frame in that set.
func (g *grouping) belongsToClosed(f *capture.Frame) bool {
	return g.hasNewest && !g.newest.has(f.Camera) && f.Captured <= g.newest.anchor.Add(g.period/2)
}

// find returns the open set nearest to a frame that it belongs to, or nil.
func (g *grouping) find(f *capture.Frame) *pending {
	var best *pending
	near := g.period/2 + 1
	for _, s := range g.open {
		d := f.Captured.Sub(s.anchor).Abs()
		if !s.has(f.Camera) && d < near {
			best, near = s, d
		}
	}
	return best
}

// anchorFor puts the anchor of a frame's new set onto the grid of the sets
// before it, or onto the frame where there is none.
func (g *grouping) anchorFor(f *capture.Frame) capture.Time {
	var before *pending
	if g.hasNewest {
		before = &g.newest
	}
	for _, s := range g.open {
		if s.anchor <= f.Captured {
			before = s
		}
	}
	if before == nil {
		return f.Captured
	}
	middle := before.first + (before.last-before.first)/2
	period := capture.Time(g.period)
	n := (f.Captured - middle + period/2) / period
	if n < 1 || n > reanchorAfter {
		return f.Captured
	}
	return middle + n*period
}

// add opens a set, in order; with too many open the oldest closes at once.
func (g *grouping) add(anchor, now capture.Time) *pending {
	var s *pending
	if n := len(g.spare); n > 0 {
		s, g.spare = g.spare[n-1], g.spare[:n-1]
	} else {
		s = new(pending)
	}
	// The slice goes out with the set, so it is new each time.
	*s = pending{anchor: anchor, first: 1<<63 - 1, last: -1 << 63, due: now.Add(g.deadline), frames: make([]*capture.Frame, len(g.cameras))}
	if len(g.open) == maxOpen {
		g.closeFirst(1, now)
	}
	i := len(g.open)
	for i > 0 && g.open[i-1].anchor > anchor {
		i--
	}
	g.open = append(g.open, nil)
	copy(g.open[i+1:], g.open[i:])
	g.open[i] = s
	return s
}

// closeComplete closes the sets for which no live camera can bring more, and
// those before them.
func (g *grouping) closeComplete(now capture.Time) {
	for i := len(g.open) - 1; i >= 0; i-- {
		if g.complete(g.open[i]) {
			g.closeFirst(i+1, now)
			return
		}
	}
}

func (g *grouping) complete(s *pending) bool {
	if s.members == 0 {
		return false
	}
	for i := range g.cameras {
		c := &g.cameras[i]
		if !s.has(i) && !c.silent && !(c.delivered && c.placed > s.anchor) {
			return false
		}
	}
	return true
}

// expire closes the sets whose deadline has passed.
func (g *grouping) expire(now capture.Time) {
	for i := len(g.open) - 1; i >= 0; i-- {
		if g.open[i].due <= now {
			g.closeFirst(i+1, now)
			return
		}
	}
}

// wait returns the time to the next deadline, an hour without any.
func (g *grouping) wait(now capture.Time) time.Duration {
	next := time.Hour
	for _, s := range g.open {
		next = min(next, s.due.Sub(now))
	}
	return max(next, 0)
}

// flush closes everything.
func (g *grouping) flush(now capture.Time) { g.closeFirst(len(g.open), now) }

// closeFirst closes the n oldest sets.
func (g *grouping) closeFirst(n int, now capture.Time) {
	for _, s := range g.open[:n] {
		g.close(s, now)
	}
	g.open = append(g.open[:0], g.open[n:]...)
}

func (g *grouping) close(s *pending, now capture.Time) {
	for i := range g.cameras {
		c := &g.cameras[i]
		if s.has(i) {
			c.missing = 0
			continue
		}
		g.tally.drop(i, capture.DropMissing)
		if c.missing++; c.missing == g.silentAfter {
			g.silence(i, now)
		}
	}
	g.tally.set(s.last.Sub(s.first), s.members, len(g.cameras))
	set := capture.NewFrameSet(g.sequence, now, s.frames)
	g.sequence++
	g.newest, g.hasNewest = *s, true
	g.newest.frames = nil
	s.frames = nil
	g.spare = append(g.spare, s)
	g.out(set)
}

func (g *grouping) silence(camera int, now capture.Time) {
	c := &g.cameras[camera]
	c.silent = true
	g.tally.silent(camera, true)
	c.logged = c.silentSince == 0 || now.Sub(c.silentSince) > silenceLogged
	c.silentSince = now
	if c.logged {
		g.log.Warn("camera is silent, views go on without it", "camera", g.tally.name(camera), "sets", c.missing)
	}
}

func (g *grouping) rejoin(camera int, now capture.Time) {
	c := &g.cameras[camera]
	c.silent, c.missing = false, 0
	g.tally.silent(camera, false)
	if c.logged {
		g.log.Info("camera delivers again", "camera", g.tally.name(camera), "silent", now.Sub(c.silentSince))
	}
}

// Spread returns the time between the oldest and the newest frame of a set.
func Spread(s *capture.FrameSet) time.Duration {
	oldest := s.Captured
	for _, f := range s.Frames {
		if f != nil {
			oldest = min(oldest, f.Captured)
		}
	}
	return s.Captured.Sub(oldest)
}
