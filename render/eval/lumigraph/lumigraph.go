package lumigraph

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/render"
)

// Cameras is how many cameras a view of the baseline blends.
const Cameras = 3

// Renderer draws frame sets of one rig. It keeps nothing from call to call but
// tables of the calibration, and is used by one goroutine at a time.
type Renderer struct {
	count   int
	volume  space.Box
	cameras []*camera
}

// New makes the baseline of a rig. count is how many cameras a view blends.
func New(rig capture.Rig, count int) (*Renderer, error) {
	if err := rig.Validate(); err != nil {
		return nil, fmt.Errorf("make lumigraph: %w", err)
	}
	if count < 1 {
		return nil, fmt.Errorf("make lumigraph: %d cameras a view, 1 at least are needed", count)
	}
	r := &Renderer{count: count, volume: rig.Volume, cameras: make([]*camera, len(rig.Cameras))}
	parallel(len(r.cameras), func(i int) { r.cameras[i] = newCamera(rig.Cameras[i], rig.Volume) })
	return r, nil
}

// Picture draws the frame set from a pinhole. The set is borrowed for the call,
// colour is NV12, and the goroutines that share the work end within it. It
// returns render.ErrNobody where no chosen camera sees a person.
func (r *Renderer) Picture(ctx context.Context, set *capture.FrameSet, target space.Camera) (*render.Image, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if !target.Lens.Pinhole() {
		return nil, errors.New("render lumigraph: the target lens is no pinhole")
	}
	chosen, widest, err := r.choose(set, target.Pose.T)
	if err != nil {
		return nil, fmt.Errorf("render lumigraph: %w", err)
	}
	layers := make([]*layer, len(chosen))
	parallel(len(chosen), func(n int) {
		i := chosen[n]
		if p := findPerson(r.cameras[i], set.Frames[i].Depth); p != nil {
			layers[n] = newLayer(p, set.Frames[i].Colour, target)
		}
	})
	layers = slices.DeleteFunc(layers, func(l *layer) bool { return l == nil })
	if len(layers) == 0 {
		return nil, render.ErrNobody
	}
	parallel(len(layers)*bands, func(n int) {
		l, band := layers[n/bands], n%bands
		l.draw(band*target.Lens.Height/bands, (band+1)*target.Lens.Height/bands)
	})
	return closeCracks(blend(layers, target, widest), target.Lens.Width, target.Lens.Height), nil
}

// choose takes the cameras in whose direction, from the person, the eye looks
// most nearly, best first, and the angle in radians at which a camera's weight
// reaches zero: that of the first camera left out (Buehler et al.,
// "Unstructured lumigraph rendering", 2001, section 4: k nearest cameras, the
// k+1st is the bound).
func (r *Renderer) choose(set *capture.FrameSet, eye space.Vec3) (chosen []int, widest float64, err error) {
	for i, f := range set.Frames {
		if f == nil || i >= len(r.cameras) {
			continue
		}
		if err := r.cameras[i].accept(f); err != nil {
			return nil, 0, err
		}
		chosen = append(chosen, i)
	}
	if len(chosen) == 0 {
		return nil, math.Pi, nil
	}
	person := r.centre(set)
	angle := func(i int) float64 {
		return space.Angle(eye.Sub(person), r.cameras[i].Colour.Pose.T.Sub(person))
	}
	slices.SortStableFunc(chosen, func(a, b int) int {
		switch x, y := angle(a), angle(b); {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	})
	const beyondLast, leastWidest = 1.25, 0.05
	if len(chosen) > r.count {
		widest = angle(chosen[r.count])
		chosen = chosen[:r.count]
	} else {
		widest = min(math.Pi, beyondLast*angle(chosen[len(chosen)-1]))
	}
	return chosen, max(widest, leastWidest), nil
}

// centreStep is every how many depth pixels the person's centre is measured.
const centreStep = 8

// centre is the mean of sparse surface points in the volume, or its middle.
func (r *Renderer) centre(set *capture.FrameSet) space.Vec3 {
	var sum space.Vec3
	points := 0.0
	for i, f := range set.Frames {
		if f == nil || i >= len(r.cameras) {
			continue
		}
		c := r.cameras[i]
		for y := centreStep / 2; y < f.Depth.Height; y += centreStep {
			for x := centreStep / 2; x < f.Depth.Width; x += centreStep {
				at := y*f.Depth.Width + x
				mm := f.Depth.Millimetres[at]
				if mm < nearestMM {
					continue
				}
				if p := c.Depth.Pose.Apply(c.ray(at).Scale(float64(mm) / 1000)); r.volume.Contains(p) {
					sum = sum.Add(p)
					points++
				}
			}
		}
	}
	if points == 0 {
		return r.volume.Center()
	}
	return sum.Scale(1 / points)
}

// bands is into how many bands of rows a picture is split.
const bands = 8

// parallel calls f with 0 to n-1 on as many goroutines as there are
// processors, and returns after them.
func parallel(n int, f func(i int)) {
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) {
		workers.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				f(i)
			}
		})
	}
	workers.Wait()
}
