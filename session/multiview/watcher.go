package multiview

import (
	"slices"
	"sync"

	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/session/vantage"
)

// liveWindows is how many framing windows of a view frames in flight may use:
// the present one and the one before.
const liveWindows = 2

// windowIDs is how many ids the strip's 10 bits leave: 0 is none.
const windowIDs = 1<<10 - 1

// Watcher is one viewer. Its methods may be called from any goroutine; after
// Leave they do nothing.
type Watcher struct {
	audience *audience
	changed  chan struct{} // one slot: View or Windows have something new

	// Guarded by the audience's lock.
	pending []space.Window // the newest of the views that the viewer may see
	eye     space.Vec3
	looks   bool
	view    int // that it belongs to
	at      int // whose frames it gets
}

// Look sets where the viewer's eye is, metres in the cube. The newest wins. A
// position that is not finite is ignored; others are clamped to what can be
// rendered.
func (w *Watcher) Look(eye space.Eye) {
	if !eye.Position.Finite() {
		return
	}
	w.audience.mu.Lock()
	defer w.audience.mu.Unlock()
	w.eye, w.looks = clampEye(eye.Position, w.audience.center), true
}

// Changed signals that View or Windows has something new.
func (w *Watcher) Changed() <-chan struct{} { return w.changed }

// View is the index, in Config.Ladders, of the view that the viewer belongs to.
// It should move there once it was told of Windows, and then call Arrived.
func (w *Watcher) View() int {
	w.audience.mu.Lock()
	defer w.audience.mu.Unlock()
	return w.view
}

// Arrived says that the viewer gets the frames of a view, and of no other.
func (w *Watcher) Arrived(view int) {
	w.audience.mu.Lock()
	defer w.audience.mu.Unlock()
	w.at = view
	w.audience.signal()
}

// Windows returns, once each, the framing windows that frames use or are about
// to use, oldest first.
func (w *Watcher) Windows() []space.Window {
	w.audience.mu.Lock()
	defer w.audience.mu.Unlock()
	p := w.pending
	w.pending = nil
	return p
}

// Leave takes the viewer, and its eye, off.
func (w *Watcher) Leave() {
	w.audience.mu.Lock()
	defer w.audience.mu.Unlock()
	w.audience.watchers = slices.DeleteFunc(w.audience.watchers, func(o *Watcher) bool { return o == w })
	w.audience.signal()
}

// push keeps a window for the viewer, of two views at most.
func (w *Watcher) push(windows ...space.Window) {
	if len(windows) == 0 {
		return
	}
	w.pending = append(w.pending, windows...)
	if n := len(w.pending) - 2*liveWindows; n > 0 {
		w.pending = slices.Delete(w.pending, 0, n)
	}
	w.signal()
}

func (w *Watcher) signal() {
	select {
	case w.changed <- struct{}{}:
	default:
	}
}

// audience is the viewers of one cube, longest first.
type audience struct {
	center space.Vec3    // of the volume
	came   chan struct{} // one slot: somebody came, arrived or left

	mu       sync.Mutex // guards all below, held for a few instructions
	watchers []*Watcher
	open     []bool           // by view
	live     [][]space.Window // by view: at most liveWindows, oldest first
	lastID   uint16           // of a window
}

func newAudience(center space.Vec3, views int) audience {
	return audience{center: center, came: make(chan struct{}, 1), open: make([]bool, views), live: make([][]space.Window, views)}
}

func (a *audience) signal() {
	select {
	case a.came <- struct{}{}:
	default:
	}
}

// watch adds a viewer to the view that has the most.
func (a *audience) watch() *Watcher {
	a.mu.Lock()
	defer a.mu.Unlock()
	w := &Watcher{audience: a, changed: make(chan struct{}, 1)}
	w.view = a.largest()
	w.at = w.view
	w.push(a.live[w.view]...)
	a.watchers = append(a.watchers, w)
	a.signal()
	return w
}

// largest is the view with the most viewers; without any, one that is open.
func (a *audience) largest() int {
	count := make([]int, len(a.live))
	for _, w := range a.watchers {
		count[w.view]++
	}
	best := max(0, slices.Index(a.open, true))
	for k, n := range count {
		if n > count[best] {
			best = k
		}
	}
	return best
}

// eyes appends the viewers who look, and their eyes.
func (a *audience) eyes(eyes []vantage.Eye, who []*Watcher) ([]vantage.Eye, []*Watcher) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, w := range a.watchers {
		if w.looks {
			eyes, who = append(eyes, vantage.Eye{At: w.eye, Slot: w.view}), append(who, w)
		}
	}
	return eyes, who
}

// assign gives every viewer its view: the planned one, and of those without an
// eye the one where they are, if a point is there, else that with the most
// eyes. It fills in of every view whether a viewer belongs there or is still
// there, and whether one of those looks.
func (a *audience) assign(eyes []vantage.Eye, who []*Watcher, points []vantage.Point, needed, looked []bool) {
	most := -1
	for i, p := range points {
		if most < 0 || p.Eyes > points[most].Eyes {
			most = i
		}
	}
	clear(needed)
	clear(looked)
	a.mu.Lock()
	defer a.mu.Unlock()
	for i, w := range who {
		a.send(w, eyes[i].Slot)
	}
	for _, w := range a.watchers {
		if !w.looks && most >= 0 && !slices.ContainsFunc(points, func(p vantage.Point) bool { return p.Slot == w.view }) {
			a.send(w, points[most].Slot)
		}
		needed[w.view], needed[w.at] = true, true
		if w.looks {
			looked[w.view], looked[w.at] = true, true
		}
	}
}

// send lets a viewer belong to a view, under the lock.
func (a *audience) send(w *Watcher, view int) {
	if view == w.view {
		return
	}
	w.view = view
	w.push(a.live[view]...)
	w.signal()
}

// announce gives a new window of a view its id and tells those who may see it.
func (a *audience) announce(view int, window space.Window) space.Window {
	a.mu.Lock()
	defer a.mu.Unlock()
	for used := true; used; {
		a.lastID = a.lastID%windowIDs + 1
		used = slices.ContainsFunc(a.live, func(windows []space.Window) bool {
			return slices.ContainsFunc(windows, func(w space.Window) bool { return w.ID == a.lastID })
		})
	}
	window.ID = a.lastID
	a.live[view] = append(a.live[view], window)
	if len(a.live[view]) > liveWindows {
		a.live[view] = slices.Delete(a.live[view], 0, 1)
	}
	for _, w := range a.watchers {
		if w.view == view || w.at == view {
			w.push(window)
		}
	}
	return window
}
