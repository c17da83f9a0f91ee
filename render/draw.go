package render

import (
	"fmt"
	"math"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/render/gl"
	"github.com/virtualcube/virtualcube/render/pack"
)

// hides is how far behind the occluder a point may lie before its colour is
// taken to be the occluder's, in metres.
const hides = 0.03

// draw renders the chosen cameras into the canvas, its picture into filled. It
// runs on the device's thread.
func (r *Renderer) draw(g *gpu, set *capture.FrameSet, c choice, target space.Camera, canvas *canvas, filled *gl.Target, stages *Stages) error {
	clock := stopwatch{last: time.Now()}
	for _, i := range c.cameras {
		if err := g.upload(r.cameras[i], i, set.Frames[i]); err != nil {
			return err
		}
	}
	clock.lap(&stages.Upload)
	var cameras []*camera
	for _, i := range c.cameras {
		cameras = append(cameras, r.cameras[i])
	}
	canvas.squares.cover(cameras, target)
	canvas.mesh.Upload(canvas.squares.vertices, canvas.squares.indices)
	for n, i := range c.cameras {
		g.warp(r.cameras[i], g.cameras[i], canvas.layers[n].target, set.Frames[i], target)
	}
	clock.lap(&stages.Warp)
	g.blend(r, canvas, c, target)
	g.fill(canvas, filled)
	clock.lap(&stages.Blend)
	return nil
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
		t, err := newTextures(c)
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
	t.rays.Bind(0)
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
	t.mask.Bind(1)
	t.luma.Bind(2)
	t.chroma.Bind(3)
	t.occluder.Bind(4)
	into.Clear([4]float32{})
	into.DrawAll()
	gl.TestDepth()
	for i, p := range g.programs.warp {
		p.Use()
		setRigid(p, "toView", target.Pose.Inverse().Mul(c.Depth.Pose))
		setRigid(p, "toColour", c.toColour)
		setLens(p, "colourLens", c.Colour.Lens)
		l := target.Lens
		p.Floats("viewFocal", l.Fx, l.Fy)
		p.Floats("viewCentre", l.Cx, l.Cy)
		p.Floats("viewSize", float64(l.Width), float64(l.Height))
		p.Floats("hides", hidden)
		if f.Colour.Range == capture.Full {
			p.Floats("range", 219.0/255, 16.0/255, 224.0/255)
		} else {
			p.Floats("range", 1, 0, 1)
		}
		ranges := [3]int{0, c.mesher.inner, len(c.mesher.indices)}
		t.mesh.DrawRange(ranges[i], ranges[i+1])
	}
}

// blend merges the layers.
func (g *gpu) blend(r *Renderer, canvas *canvas, c choice, target space.Camera) {
	p := g.programs.blend[len(c.cameras)-1]
	p.Use()
	p.Floats("eye", target.Pose.T.X, target.Pose.T.Y, target.Pose.T.Z)
	p.Matrix3("viewToCube", target.Pose.R)
	p.Floats("viewFocal", target.Lens.Fx, target.Lens.Fy)
	p.Floats("viewCentre", target.Lens.Cx, target.Lens.Cy)
	p.Floats("perWidest", 1/(1-math.Cos(c.widest)))
	for n, i := range c.cameras {
		at := r.cameras[i].Colour.Pose.T
		p.Floats(cameraAt[n], at.X, at.Y, at.Z)
		canvas.layers[n].colour.Bind(n)
		canvas.layers[n].depth.Bind(4 + n)
	}
	p.Floats("size", float64(canvas.width), float64(canvas.height))
	canvas.blend.Clear([4]float32{})
	canvas.blend.DrawAll()
	canvas.mesh.Draw()
}

var cameraAt = [Cameras]string{"cameraAt[0]", "cameraAt[1]", "cameraAt[2]", "cameraAt[3]"}

// fill builds the pyramid and draws the filled picture.
func (g *gpu) fill(canvas *canvas, into *gl.Target) {
	first := &canvas.levels[0]
	g.programs.halve.Use()
	g.programs.halve.Floats("size", float64(canvas.width), float64(canvas.height))
	canvas.blended.Bind(0)
	canvas.distance.Bind(1)
	first.target.Clear([4]float32{})
	first.target.DrawAll()
	canvas.mesh.Draw()
	g.programs.pyramid.Use()
	for i := 1; i < len(canvas.levels); i++ {
		canvas.levels[i-1].colour.Bind(0)
		canvas.levels[i-1].distance.Bind(1)
		canvas.levels[i].target.DrawAll()
		g.programs.cover.Draw()
	}
	g.programs.fill.Use()
	canvas.blended.Bind(0)
	for i := range 4 {
		canvas.levels[i].colour.Bind(1 + i)
	}
	g.programs.fill.Floats("size", float64(canvas.width), float64(canvas.height))
	into.Draw(0, 0, canvas.width, canvas.height)
	gl.ClearRect(0, 0, canvas.width, canvas.height, [4]float32{pack.Grey / 255.0, pack.Neutral / 255.0, pack.Neutral / 255.0, 0})
	canvas.mesh.Draw()
}
