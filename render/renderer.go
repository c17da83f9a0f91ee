package render

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/render/gl"
	"github.com/virtualcube/virtualcube/render/learned"
	"github.com/virtualcube/virtualcube/render/pack"
)

// ErrContextLost is wrapped by errors of a lost OpenGL context. The next call
// builds everything anew from the CPU's state.
var ErrContextLost = gl.ErrContextLost

// Options are the choices of a Renderer.
type Options struct {
	Width, Height int // of a view's colour, multiples of 64
	// Geometry and Colour are how many cameras a view takes each from, 1 to
	// Cameras; 0 means 4.
	Geometry, Colour int
	// Learned blends the cameras' colours and cuts the matte by a network (see
	// package learned) instead of the lumigraph's weights alone.
	Learned bool
	// OwnColours leaves the cameras' colours as they are, which otherwise are
	// brought together in exposure and white balance.
	OwnColours bool
}

// Renderer turns frame sets of one rig into views. It draws on a Device that
// others may share. It is used by one goroutine at a time.
type Renderer struct {
	device  *gl.Device
	rig     capture.Rig
	options Options
	layout  pack.Layout
	network *learned.Network // nil unless Learned
	cameras []*camera
	harmony *harmony
	views   chan *View // free views, made as needed; a full channel lets one go

	gpu *gpu
}

// gpu is what belongs to one OpenGL context.
type gpu struct {
	generation uint64
	programs   *programs
	judges     *judges // nil without a learned blend
	cameras    []*textures
	view       *canvas // of the views' size
	packed     *packed
}

// New makes the renderer of a rig. Nothing is drawn before the first call.
func New(device *gl.Device, rig capture.Rig, options Options) (*Renderer, error) {
	options.Geometry, options.Colour = cmp.Or(options.Geometry, 4), cmp.Or(options.Colour, 4)
	for _, n := range [2]int{options.Geometry, options.Colour} {
		if n < 1 || n > Cameras {
			return nil, fmt.Errorf("make renderer: %d cameras a view, 1 to %d are possible", n, Cameras)
		}
	}
	layout := pack.Layout{Width: options.Width, Height: options.Height}
	if err := layout.Validate(); err != nil {
		return nil, fmt.Errorf("make renderer: %w", err)
	}
	if err := rig.Validate(); err != nil {
		return nil, fmt.Errorf("make renderer: %w", err)
	}
	r := &Renderer{device: device, rig: rig, options: options, layout: layout, views: make(chan *View, 8)}
	sharpen := sharpening
	if options.Learned {
		sharpen = cubicSharpening
		var err error
		if r.network, err = learned.Shipped(); err != nil {
			return nil, fmt.Errorf("make renderer: %w", err)
		}
	}
	for _, c := range rig.Cameras {
		r.cameras = append(r.cameras, newCamera(c, rig.Volume, sharpen))
	}
	r.harmony = newHarmony(r.cameras)
	return r, nil
}

// Close frees what the renderer holds on the GPU.
func (r *Renderer) Close(ctx context.Context) error {
	err := r.device.Do(ctx, func() error {
		if r.gpu != nil && r.gpu.generation == r.device.Generation() {
			r.gpu.delete()
		}
		r.gpu = nil
		return nil
	})
	if errors.Is(err, gl.ErrClosed) {
		return nil // the context is gone, and all with it
	}
	return err
}

// Render draws and packs one view. The frame set is borrowed for the call, the
// view belongs to the caller. It returns ErrNobody where no chosen camera sees
// a person, and errors that wrap ErrContextLost.
func (r *Renderer) Render(ctx context.Context, set *capture.FrameSet, q Request) (*View, error) {
	target, err := q.Window.Camera(q.Eye, r.layout.Width, r.layout.Height)
	if err != nil {
		return nil, err
	}
	if !(q.Near > 0 && q.Far > q.Near) {
		return nil, fmt.Errorf("render view: depth range %.3f to %.3f m", q.Near, q.Far)
	}
	var stages Stages
	c, err := r.prepare(set, q.Eye, q.Window.Center, &stages)
	if err != nil {
		return nil, err
	}
	painted := r.paint(set, c)
	defer painted()
	var p *packed
	err = r.device.Do(ctx, func() error {
		g, err := r.ready()
		if err != nil {
			return err
		}
		p = g.packed
		if err := r.draw(g, set, c, painted, target, g.view, p.fill, &stages); err != nil {
			return err
		}
		clock := stopwatch{last: time.Now()}
		p.draw(g.programs, g.view, q.Near, q.Far)
		clock.lap(&stages.Blend)
		p.readback.Start(p.texture)
		return gl.Check("render view")
	})
	if err != nil {
		return nil, fmt.Errorf("render view: %w", err)
	}
	v := r.view()
	start := time.Now()
	err = r.device.Do(ctx, func() error { return p.readback.Wait(v.Packed.Planes[0][:p.size], readbackLimit) })
	if err != nil {
		v.Release()
		return nil, fmt.Errorf("render view: %w", err)
	}
	stages.Readback = time.Since(start)
	v.Request, v.Captured, v.Stages = q, set.Captured, stages
	strip := pack.Strip{
		Sequence: q.Sequence, Milliseconds: uint32(set.Captured.Milliseconds() & (1<<24 - 1)),
		Eye: q.Eye, Near: q.Near, Far: q.Far, Window: q.Window.ID,
	}
	if err := r.layout.DrawStrip(v.Packed.Planes[0], v.Packed.Strides[0], strip); err != nil {
		v.Release()
		return nil, fmt.Errorf("render view: %w", err)
	}
	return v, nil
}

// readbackLimit is far above any frame; a GPU that exceeds it hangs.
const readbackLimit = 2 * time.Second

// Picture draws what a pinhole camera in the cube would see of the person.
// It is for measuring: it waits for the GPU and allocates its result.
func (r *Renderer) Picture(ctx context.Context, set *capture.FrameSet, target space.Camera) (*Image, error) {
	img := newImage(target.Lens.Width, target.Lens.Height)
	var err error
	if img.Stages, err = r.still(ctx, set, target, img.read); err != nil {
		return nil, fmt.Errorf("render picture: %w", err)
	}
	return img, nil
}

// ready builds what the present OpenGL context lacks. It runs on the device's
// thread.
func (r *Renderer) ready() (*gpu, error) {
	if r.gpu != nil && r.gpu.generation == r.device.Generation() {
		return r.gpu, nil
	}
	// What an earlier context owned is gone with it.
	r.gpu = nil
	g := &gpu{generation: r.device.Generation(), cameras: make([]*textures, len(r.cameras))}
	if err := g.build(r.layout, r.network); err != nil {
		g.delete()
		return nil, err
	}
	r.gpu = g
	return g, nil
}

func (g *gpu) build(l pack.Layout, network *learned.Network) (err error) {
	if g.programs, err = newPrograms(); err != nil {
		return err
	}
	if network != nil {
		if g.judges, err = newJudges(network); err != nil {
			return err
		}
	}
	if g.view, err = newCanvas(l.Width, l.Height, network); err != nil {
		return err
	}
	g.packed, err = newPacked(l, g.view)
	return err
}

func (g *gpu) delete() {
	g.programs.delete()
	g.judges.delete()
	for _, t := range g.cameras {
		if t != nil {
			t.delete()
		}
	}
	g.packed.delete()
	g.view.delete()
}

// view takes a free view or makes one.
func (r *Renderer) view() *View {
	select {
	case v := <-r.views:
		return v
	default:
	}
	w, h := r.layout.FrameWidth(), r.layout.FrameHeight()
	b := make([]byte, w*h+w*h/2)
	v := &View{Packed: capture.Picture{
		Format: capture.I420, Range: capture.Limited, Width: w, Height: h,
		// U and V stand side by side below the luma, as the GPU writes them.
		Planes:  [3][]byte{b, b[w*h:], b[w*h+w/2:]},
		Strides: [3]int{w, w, w},
	}}
	v.free = func(v *View) {
		capture.Poison(b)
		select {
		case r.views <- v:
		default:
		}
	}
	return v
}
