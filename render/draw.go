package render

import (
	"fmt"
	"math"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/render/gl"
)

// hides is how far behind the occluder a point may lie before its colour is
// taken to be the occluder's, in metres.
const hides = 0.03

// draw renders the chosen cameras into the canvas of the target's size. It
// runs on the device's thread.
func (r *Renderer) draw(g *gpu, set *capture.FrameSet, c choice, target space.Camera, stages *Stages) (*canvas, error) {
	size := [2]int{target.Lens.Width, target.Lens.Height}
	if g.canvases[size] == nil {
		made, err := newCanvas(size[0], size[1])
		if err != nil {
			return nil, err
		}
		g.canvases[size] = made
	}
	canvas := g.canvases[size]

	clock := stopwatch{last: time.Now()}
	for _, i := range c.cameras {
		if err := g.upload(r.cameras[i], i, set.Frames[i]); err != nil {
			return nil, err
		}
	}
	clock.lap(&stages.Upload)
	for n, i := range c.cameras {
		g.warp(r.cameras[i], g.cameras[i], canvas.layers[n].target, set.Frames[i], target)
	}
	clock.lap(&stages.Warp)
	g.blend(r, canvas, c, target)
	g.fill(canvas)
	clock.lap(&stages.Blend)
	return canvas, nil
}

// stopwatch attributes the time since its last lap, GPU work included.
type stopwatch struct{ last time.Time }

func (s *stopwatch) lap(into *time.Duration) {
	gl.Finish()
	now := time.Now()
	*into += now.Sub(s.last)
	s.last = now
}

func (g *gpu) upload(c *camera, index int, f *capture.Frame) error {
	if g.cameras[index] == nil {
		t, err := newTextures(c, gl.Linear)
		if err != nil {
			return fmt.Errorf("upload: %w", err)
		}
		g.cameras[index] = t
	}
	g.cameras[index].upload(c, f)
	return nil
}

// warp draws one camera's layer.
func (g *gpu) warp(c *camera, t *textures, into *gl.Target, f *capture.Frame, target space.Camera) {
	t.depth.Bind(0)
	t.rays.Bind(1)
	hidden := 0.0
	if !c.Aligned() {
		hidden = hides
		p := g.programs.occlude
		p.Use()
		setRigid(p, "toColour", c.toColour)
		setLens(p, "colourLens", c.Colour.Lens)
		t.occlusion.Clear([4]float32{})
		t.occlusion.DrawAll()
		gl.TestDepth()
		t.mesh.Draw()
	}
	t.mask.Bind(2)
	t.luma.Bind(3)
	t.chroma.Bind(4)
	t.occluder.Bind(5)
	p := g.programs.warp
	p.Use()
	setRigid(p, "toCube", c.Depth.Pose)
	setRigid(p, "toView", target.Pose.Inverse())
	setRigid(p, "toColour", c.toColour)
	setLens(p, "colourLens", c.Colour.Lens)
	l := target.Lens
	p.Floats("viewFocal", l.Fx, l.Fy)
	p.Floats("viewCentre", l.Cx, l.Cy)
	p.Floats("viewSize", float64(l.Width), float64(l.Height))
	p.Floats("cameraAt", c.Depth.Pose.T.X, c.Depth.Pose.T.Y, c.Depth.Pose.T.Z)
	p.Floats("hides", hidden)
	if f.Colour.Range == capture.Full {
		p.Floats("range", 219.0/255, 16.0/255, 224.0/255)
	} else {
		p.Floats("range", 1, 0, 1)
	}
	into.Clear([4]float32{})
	into.DrawAll()
	gl.TestDepth()
	t.mesh.Draw()
}

// blend merges the layers.
func (g *gpu) blend(r *Renderer, canvas *canvas, c choice, target space.Camera) {
	p := g.programs.blend
	p.Use()
	p.Ints("count", int32(len(c.cameras)))
	p.Floats("eye", target.Pose.T.X, target.Pose.T.Y, target.Pose.T.Z)
	p.Matrix3("viewToCube", target.Pose.R)
	p.Floats("viewFocal", target.Lens.Fx, target.Lens.Fy)
	p.Floats("viewCentre", target.Lens.Cx, target.Lens.Cy)
	p.Floats("widest", 1-math.Cos(c.widest))
	for n := range Cameras {
		i := c.cameras[min(n, len(c.cameras)-1)]
		at := r.cameras[i].Colour.Pose.T
		p.Floats(fmt.Sprintf("cameraAt[%d]", n), at.X, at.Y, at.Z)
		p.Floats(fmt.Sprintf("sharpness[%d]", n), 1)
		canvas.layers[n].colour.Bind(n)
		canvas.layers[n].alpha.Bind(4 + n)
		canvas.layers[n].depth.Bind(8 + n)
	}
	canvas.blend.DrawAll()
	g.programs.cover.Draw()
}

// fill builds the pyramid and the filled picture.
func (g *gpu) fill(canvas *canvas) {
	p := g.programs.pyramid
	p.Use()
	colour, distance := canvas.blended, canvas.distance
	for i := range canvas.levels {
		l := &canvas.levels[i]
		p.Ints("first", int32(b2i(i == 0)))
		colour.Bind(0)
		distance.Bind(1)
		l.target.DrawAll()
		g.programs.cover.Draw()
		colour, distance = l.colour, l.distance
	}
	g.programs.fill.Use()
	canvas.blended.Bind(0)
	for i := range 4 {
		canvas.levels[i].colour.Bind(1 + i)
	}
	canvas.fill.DrawAll()
	g.programs.cover.Draw()
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
