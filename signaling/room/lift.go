package room

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/host"
	"github.com/virtualcube/virtualcube/session"
)

// Lifted is a cube whose only camera is a webcam.
type Lifted interface {
	Cube() Cube
	// Put shows a frame with depth, which it borrows. It does not block.
	Put(*capture.Frame)
	// Run renders and encodes until the context ends. It is called once.
	Run(context.Context) error
}

// lifts are the webcams of a room that are seen in 3D.
type lifts struct {
	mu    sync.Mutex // guards cubes; held for a few instructions
	cubes map[string]*lips
}

// set says what a cube is; nil: it is no more.
func (l *lifts) set(name string, cube *Cube) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if cube == nil {
		delete(l.cubes, name)
		return
	}
	l.cubes[name] = &lips{cube: cube}
}

func (l *lifts) find(name string) *lips {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.cubes[name]
}

// followLifted keeps voices with the views of webcams.
func (e *Endpoint) followLifted() {
	e.mu.Lock()
	var all []*lips
	for _, h := range e.halls {
		h.lifts.mu.Lock()
		for _, l := range h.lifts.cubes {
			all = append(all, l)
		}
		h.lifts.mu.Unlock()
	}
	e.mu.Unlock()
	for _, l := range all {
		l.follow()
	}
}

// lipsOf are those of a cube of a room, nil if there is none.
func (e *Endpoint) lipsOf(h *hall, cube string) *lips {
	if l := e.lips[cube]; l != nil {
		return l
	}
	return h.lifts.find(cube)
}

func (c *connection) cube(name string) *Cube {
	if l := c.endpoint.lipsOf(c.hall, name); l != nil {
		return l.cube
	}
	return nil
}

// lifting makes a cube of the frames of one treatment, where they have depth.
type lifting struct {
	treater *treater
	wanted  chan shape           // one slot: frames of another camera come
	lens    atomic.Pointer[lens] // of the filter that gives depth; nil: there is none
	current atomic.Pointer[liftedCube]

	// The treater's.
	parts sync.WaitGroup
	stop  context.CancelFunc
}

// lens is the camera of pictures of any size.
type lens struct {
	of     func(width, height int, v models.Values) space.Camera
	values models.Values
}

// shape is what a cube is made for.
type shape struct{ camera space.Camera }

type liftedCube struct {
	shape
	Lifted
}

func newLifting(t *treater) *lifting { return &lifting{treater: t, wanted: make(chan shape, 1)} }

// follow takes the chain's last filter that gives depth for the camera.
func (l *lifting) follow(ctx context.Context, links []host.Link) {
	var found *lens
	for _, link := range links {
		if link.Camera != nil {
			found = &lens{of: link.Camera, values: link.Values}
		}
	}
	if l.treater.lift == nil || l.treater.source != session.Camera {
		found = nil
	}
	l.lens.Store(found)
	if found == nil {
		l.end(ctx)
	}
}

// take shows a frame, in a goroutine of the treatment. The first one of a camera
// asks for its cube.
func (l *lifting) take(f *capture.Frame) bool {
	lens := l.lens.Load()
	if lens == nil {
		return false
	}
	s := shape{camera: lens.of(f.Colour.Width, f.Colour.Height, lens.values)}
	c := l.current.Load()
	if c == nil || c.shape != s {
		select {
		case l.wanted <- s:
		default:
		}
		return false
	}
	c.Put(f)
	return true
}

// begin makes the cube of a camera, in place of one before.
func (l *lifting) begin(ctx context.Context, s shape) {
	if c := l.current.Load(); c != nil && c.shape == s {
		return
	}
	l.end(ctx)
	t := l.treater
	made, err := t.lift(t.cube, s.camera)
	if err != nil {
		t.log.Error("webcam not lifted", "error", err)
		l.lens.Store(nil) // it is shown flat
		return
	}
	running, cancel := context.WithCancel(ctx)
	l.stop = cancel
	l.parts.Go(func() {
		if err := made.Run(running); err != nil {
			t.log.Error("lifted webcam ended", "error", err)
		}
	})
	l.current.Store(&liftedCube{shape: s, Lifted: made})
	cube := made.Cube()
	l.tell(ctx, &cube)
}

// end ends the cube, if there is one.
func (l *lifting) end(ctx context.Context) {
	if l.current.Swap(nil) == nil {
		return
	}
	l.tell(ctx, nil)
	l.stop()
	l.parts.Wait()
}

func (l *lifting) tell(ctx context.Context, cube *Cube) {
	select {
	case l.treater.lifted <- cube:
	case <-ctx.Done():
	}
}
