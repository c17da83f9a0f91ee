package view

import (
	"math"
	"slices"
	"sync"

	"github.com/virtualcube/virtualcube/capture/space"
)

// liveWindows is how many framing windows frames in flight may use: the
// present one and the one before.
const liveWindows = 2

// Limits of a viewer's eye, in metres: its distance from the volume's centre,
// and how far it stays in front of it.
const (
	minEyeDistance = 0.4
	maxEyeDistance = 3.0
	minEyeFront    = 0.1
	eyeStep        = 0.001 // as the strip states it
	defaultEye     = 1.2   // metres in front of the cube's origin
)

// Watcher is one viewer of a view. Its methods may be called from any
// goroutine; after Leave they do nothing.
type Watcher struct {
	audience *audience
	changed  chan struct{} // one slot: windows wait to be taken

	// Guarded by the audience's lock.
	pending []space.Window // at most liveWindows, older ones are of no use
	eye     space.Vec3
	looks   bool
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

// Changed signals that Windows has something new.
func (w *Watcher) Changed() <-chan struct{} { return w.changed }

// Windows returns, once each, the framing windows that frames use or are about
// to use, oldest first.
func (w *Watcher) Windows() []space.Window {
	w.audience.mu.Lock()
	defer w.audience.mu.Unlock()
	p := w.pending
	w.pending = nil
	return p
}

// Leave takes the viewer, and its eye, off the view.
func (w *Watcher) Leave() {
	w.audience.mu.Lock()
	defer w.audience.mu.Unlock()
	w.audience.watchers = slices.DeleteFunc(w.audience.watchers, func(o *Watcher) bool { return o == w })
}

func (w *Watcher) push(window space.Window) {
	w.pending = append(w.pending, window)
	if len(w.pending) > liveWindows {
		w.pending = slices.Delete(w.pending, 0, len(w.pending)-liveWindows)
	}
	select {
	case w.changed <- struct{}{}:
	default:
	}
}

// audience is the viewers of one view, longest first.
type audience struct {
	center space.Vec3 // of the volume

	mu       sync.Mutex // guards all below, held for a few instructions
	watchers []*Watcher
	live     []space.Window // at most liveWindows, oldest first
}

func (a *audience) watch() *Watcher {
	a.mu.Lock()
	defer a.mu.Unlock()
	w := &Watcher{audience: a, changed: make(chan struct{}, 1)}
	for _, window := range a.live {
		w.push(window)
	}
	a.watchers = append(a.watchers, w)
	return w
}

// lead returns the eye to render for.
func (a *audience) lead() space.Vec3 {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, w := range a.watchers {
		if w.looks {
			return w.eye
		}
	}
	return clampEye(space.Vec3{Z: defaultEye}, a.center)
}

// announce tells everybody of a window before a frame uses its id.
func (a *audience) announce(window space.Window) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if n := len(a.live); n > 0 && a.live[n-1] == window {
		return
	}
	a.live = append(a.live, window)
	if len(a.live) > liveWindows {
		a.live = slices.Delete(a.live, 0, 1)
	}
	for _, w := range a.watchers {
		w.push(window)
	}
}

// clampEye moves an eye into the half shell in front of the volume's centre
// and onto the grid of the strip.
func clampEye(eye, center space.Vec3) space.Vec3 {
	d := eye.Sub(center)
	if n := d.Norm(); n > maxEyeDistance {
		d = d.Scale(maxEyeDistance / n)
	}
	if d.Z < minEyeFront {
		d.Z = minEyeFront
		// What moved forward must not leave the shell.
		flat, limit := math.Hypot(d.X, d.Y), math.Sqrt(maxEyeDistance*maxEyeDistance-minEyeFront*minEyeFront)
		if flat > limit {
			d.X, d.Y = d.X*limit/flat, d.Y*limit/flat
		}
	}
	if n := d.Norm(); n < minEyeDistance {
		d = d.Scale(minEyeDistance / n)
	}
	round := func(v float64) float64 { return math.Round(v/eyeStep) * eyeStep }
	p := center.Add(d)
	return space.Vec3{X: round(p.X), Y: round(p.Y), Z: round(p.Z)}
}
