package render

import (
	"fmt"
	"math/bits"
	"time"
	"unsafe"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/render/gl"
	"github.com/virtualcube/virtualcube/render/pack"
)

// draw renders the chosen cameras into the canvas, its picture into filled. It
// runs on the device's thread; painted waits for what colour needs.
func (r *Renderer) draw(g *gpu, set *capture.FrameSet, c choice, painted func(), target space.Camera, canvas *canvas, filled *gl.Target, stages *Stages) error {
	clock := stopwatch{last: time.Now()}
	if err := r.allocate(g, c); err != nil {
		return err
	}
	var cameras []*camera
	for _, p := range c.geometry {
		g.cameras[p.camera].uploadGeometry(r.cameras[p.camera])
		cameras = append(cameras, r.cameras[p.camera])
	}
	clock.lap(&stages.Upload)
	canvas.squares.cover(cameras, target)
	canvas.mesh.Upload(canvas.squares.vertices, canvas.squares.indices)
	geometry := canvas.geometry(target)
	canvas.warp.Clear([4]float32{})
	canvas.warp.DrawAll()
	gl.TestDepth()
	for _, p := range c.geometry {
		g.warp(r.cameras[p.camera], g.cameras[p.camera], geometry)
	}
	g.fuse(r, canvas, c.geometry, geometry)
	clock.lap(&stages.Warp)
	painted()
	for _, p := range c.colour {
		g.cameras[p.camera].uploadColour(r.cameras[p.camera])
	}
	clock.lap(&stages.Upload)
	if canvas.learned != nil {
		g.describe(r, set, canvas, c.colour, target)
		g.judge(canvas)
	} else {
		g.weigh(r, canvas, c.colour, geometry)
		g.colour(r, set, canvas, c.colour, target)
	}
	g.fill(canvas, filled)
	clock.lap(&stages.Blend)
	return nil
}

// allocate makes the textures of the cameras that have none.
func (r *Renderer) allocate(g *gpu, c choice) (err error) {
	c.each(func(i int, _ bool) {
		if g.cameras[i] == nil && err == nil {
			if g.cameras[i], err = newTextures(r.cameras[i]); err != nil {
				err = fmt.Errorf("upload: %w", err)
			}
		}
	})
	return err
}

// stopwatch attributes the time since its last lap, GPU work included.
type stopwatch struct{ last time.Time }

func (s *stopwatch) lap(into *time.Duration) {
	gl.Finish()
	now := time.Now()
	*into += now.Sub(s.last)
	s.last = now
}

// warp draws one depth camera's mesh.
func (g *gpu) warp(c *camera, t *textures, target space.Camera) {
	t.rays.Bind(0)
	t.mask.Bind(1)
	ranges := [3]int{0, c.mesher.inner, len(c.mesher.indices)}
	for i, p := range g.programs.warp {
		p.Use()
		setRigid(p, "toView", "toViewT", target.Pose.Inverse().Mul(c.Depth.Pose))
		setView(p, target.Lens)
		p.Floats("viewSize", float64(target.Lens.Width), float64(target.Lens.Height))
		t.mesh.DrawRange(ranges[i], ranges[i+1])
	}
}

// fuse refines the surface.
func (g *gpu) fuse(r *Renderer, canvas *canvas, picks []pick, target space.Camera) {
	p := g.programs.fuse[len(picks)-1]
	p.Use()
	setView(p, target.Lens)
	canvas.layer.Bind(0)
	canvas.depth.Bind(1)
	for n, pick := range picks {
		c, name := r.cameras[pick.camera], &indexed[n]
		setRigid(p, name.toDepth, name.toDepthT, c.Depth.Pose.Inverse().Mul(target.Pose))
		setLens(p, &name.depthLens, c.Depth.Lens)
		p.Floats(name.share, pick.share)
		g.cameras[pick.camera].surface.Bind(2 + n)
	}
	canvas.tiled(p, canvas.scale)
	canvas.fuse.Clear([4]float32{})
	canvas.fuse.DrawAll()
	canvas.mesh.DrawRange(0, canvas.squares.inner)
}

// weigh decides how much each colour camera counts.
func (g *gpu) weigh(r *Renderer, canvas *canvas, picks []pick, target space.Camera) {
	p := g.programs.weigh[len(picks)-1]
	p.Use()
	setView(p, target.Lens)
	canvas.fused.Bind(0)
	canvas.distance.Bind(1)
	for n, pick := range picks {
		g.see(p, n, r.cameras[pick.camera], pick.share, target)
		g.cameras[pick.camera].shadow.Bind(2 + n)
	}
	canvas.tiled(p, 0.5)
	canvas.weigh.DrawAll()
	canvas.mesh.DrawRange(0, canvas.squares.inner)
}

// see makes a camera the n-th by which a program weighs.
func (g *gpu) see(p *gl.Program, n int, c *camera, share float64, target space.Camera) {
	name := &indexed[n]
	setRigid(p, name.toColour, name.toColourT, c.Colour.Pose.Inverse().Mul(target.Pose))
	setLens(p, &name.colourLens, c.Colour.Lens)
	at := target.Pose.Inverse().Apply(c.Colour.Pose.T)
	p.Floats(name.cameraAt, at.X, at.Y, at.Z)
	p.Floats(name.share, share)
	p.Floats(name.texel, float64(c.shadow.texel))
}

// colour paints the surface, the squares of each set of cameras by themselves.
func (g *gpu) colour(r *Renderer, set *capture.FrameSet, canvas *canvas, picks []pick, target space.Camera) {
	canvas.weights.Bind(0)
	canvas.need.DrawAll()
	g.programs.needed.Use()
	g.programs.cover.Draw()
	squares := canvas.squares
	canvas.needed.Read(unsafe.Pointer(&squares.weights[0]), len(squares.weights))
	squares.group()
	canvas.groups.Upload(squares.vertices, squares.order)

	canvas.blend.Clear([4]float32{})
	canvas.blend.DrawAll()
	canvas.fused.Bind(0)
	canvas.distance.Bind(1)
	canvas.weights.Bind(2)
	for mask := range 1 << Cameras {
		from, to := squares.groups[mask], squares.groups[mask+1]
		if from == to {
			continue
		}
		p := g.programs.colour[bits.OnesCount(uint(mask))-1]
		p.Use()
		setView(p, target.Lens)
		canvas.tiled(p, 1)
		n := 0
		for k, pick := range picks {
			if mask>>k&1 == 0 {
				continue
			}
			c := r.cameras[pick.camera]
			setRigid(p, indexed[n].toColour, indexed[n].toColourT, c.Colour.Pose.Inverse().Mul(target.Pose))
			setLens(p, &indexed[n].colourLens, c.Colour.Lens)
			p.Floats(indexed[n].channel, channels[k][:]...)
			g.paint(p, n, c, set.Frames[pick.camera], r.harmony.tint(pick.camera))
			g.cameras[pick.camera].picture.Bind(3 + n)
			n++
		}
		canvas.groups.DrawRange(from, to)
	}
}

// paint makes a camera's picture the n-th of a program.
func (g *gpu) paint(p *gl.Program, n int, c *camera, f *capture.Frame, t tint) {
	l := levels(f)
	// Gain is of luma above black.
	p.Floats(indexed[n].levels, t.gain*l[0], t.gain*l[1]+(1-t.gain)*black, t.gain*l[2])
	p.Floats(indexed[n].tint, t.cb, t.cr)
	part := uploaded(c)
	p.Floats(indexed[n].uploaded, part[:]...)
}

// black is the code of black luma, 0..1.
const black = 16.0 / 255

// uploaded is the part of a camera's picture that is on the GPU, in 0..1, less
// what sampling reaches across its border.
func uploaded(c *camera) [4]float64 {
	b, w, h := c.person, float64(c.Colour.Lens.Width), float64(c.Colour.Lens.Height)
	if b.empty() {
		return [4]float64{}
	}
	return [4]float64{float64(b.x0+1) / w, float64(b.y0+1) / h, float64(b.x1-1) / w, float64(b.y1-1) / h}
}

// channels select one of four.
var channels = [Cameras][4]float64{{1, 0, 0, 0}, {0, 1, 0, 0}, {0, 0, 1, 0}, {0, 0, 0, 1}}

// levels are the scale and offset of luma and the scale of chroma that bring a
// frame's colours to limited range.
func levels(f *capture.Frame) [3]float64 {
	if f.Colour.Range == capture.Full {
		return [3]float64{219.0 / 255, black, 224.0 / 255}
	}
	return [3]float64{1, 0, 1}
}

// halved is the camera at half its size: a pixel covers 2 x 2.
func halved(c space.Camera) space.Camera {
	l := &c.Lens
	l.Width, l.Height = max(1, l.Width/2), max(1, l.Height/2)
	l.Fx, l.Fy = l.Fx/2, l.Fy/2
	l.Cx, l.Cy = (l.Cx+0.5)/2-0.5, (l.Cy+0.5)/2-0.5
	return c
}

// fill builds the pyramid and draws the filled picture.
func (g *gpu) fill(canvas *canvas, into *gl.Target) {
	first := &canvas.levels[0]
	g.programs.halve.Use()
	canvas.tiled(g.programs.halve, 0.5)
	canvas.blended.Bind(0)
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
	canvas.tiled(g.programs.fill, 1)
	into.Draw(0, 0, canvas.width, canvas.height)
	gl.ClearRect(0, 0, canvas.width, canvas.height, [4]float32{pack.Grey / 255.0, pack.Neutral / 255.0, pack.Neutral / 255.0, 0})
	canvas.mesh.Draw()
}
