package render

import (
	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/render/gl"
	"github.com/virtualcube/virtualcube/render/learned"
)

// pyramidLevels is 1/2 to 1/64 of the view's size.
const pyramidLevels = 6

// canvas is what one size of view is drawn on.
type canvas struct {
	width, height int
	// Geometry is made at half size, the one at which it is sent; for the
	// learned blend at full size.
	scale      float64     // of the geometry
	layer      *gl.Texture // normal, facing, quality
	depth      *gl.Texture // of the layer
	fused      *gl.Texture // normal, matte
	reached    *gl.Texture // metres, R32F
	distance   *gl.Texture // the same at half size
	weights    *gl.Texture // of the colour cameras
	warp, fuse *gl.Target
	weigh      *gl.Target
	needed     *gl.Texture // the largest weights in each square
	need       *gl.Target
	blended    *gl.Texture // Y, Cb, Cr, matte
	blend      *gl.Target
	levels     [pyramidLevels]level
	picture    *gl.Texture // filled: Y, Cb, Cr, matte
	fill       *gl.Target
	squares    *tiles
	mesh       *gl.Mesh // of the squares
	groups     *gl.Mesh // of the squares, by the cameras that colour them
	learned    *judged  // nil where colours are not judged by the learned blend
	all        []*gl.Texture
	targets    []*gl.Target
}

type level struct {
	colour, distance *gl.Texture
	target           *gl.Target
}

func newCanvas(width, height int, network *learned.Network) (*canvas, error) {
	c := &canvas{width: width, height: height, squares: newTiles(width, height), mesh: gl.NewPoints(), groups: gl.NewPoints()}
	b := builder{canvas: c}
	w, h := max(1, width/2), max(1, height/2)
	c.distance = b.texture(gl.R32F, w, h, gl.Nearest)
	c.reached, c.scale = c.distance, 0.5
	if network != nil {
		c.scale, w, h = 1, width, height
		c.reached = b.texture(gl.R32F, w, h, gl.Nearest)
	}
	c.layer = b.texture(gl.RGBA8, w, h, gl.Nearest)
	c.depth = b.texture(gl.Depth32F, w, h, gl.Nearest)
	c.warp = b.target(c.depth, c.layer)
	c.fused = b.texture(gl.RGBA8, w, h, gl.Nearest)
	c.fuse = b.target(nil, c.fused, c.reached)
	c.weights = b.texture(gl.RGBA8, w, h, gl.Nearest)
	c.weigh = b.target(nil, c.weights)
	c.needed = b.texture(gl.RGBA8, c.squares.columns, c.squares.rows, gl.Nearest)
	c.need = b.target(nil, c.needed)
	c.blended = b.texture(gl.RGBA8, width, height, gl.Nearest)
	c.blend = b.target(nil, c.blended)
	w, h = max(1, width/2), max(1, height/2)
	for i := range c.levels {
		l := &c.levels[i]
		l.colour = b.texture(gl.RGBA8, w, h, gl.Linear)
		if i == 0 {
			l.distance = c.distance
			l.target = b.target(nil, l.colour)
		} else {
			l.distance = b.texture(gl.R32F, w, h, gl.Nearest)
			l.target = b.target(nil, l.colour, l.distance)
		}
		w, h = max(1, w/2), max(1, h/2)
	}
	c.picture = b.texture(gl.RGBA8, width, height, gl.Linear)
	c.fill = b.target(nil, c.picture)
	if network != nil {
		c.learned = newJudged(&b, network)
	}
	if b.err != nil {
		c.delete()
		return nil, b.err
	}
	return c, nil
}

// tiled makes a program draw squares of a picture that is so large against the
// view.
func (c *canvas) tiled(p *gl.Program, scale float64) {
	p.Floats("size", float64(c.width), float64(c.height))
	p.Floats("scale", scale)
}

// geometry is the camera of the geometry for that of a view.
func (c *canvas) geometry(target space.Camera) space.Camera {
	if c.scale == 1 {
		return target
	}
	return halved(target)
}

func (c *canvas) delete() {
	if c == nil {
		return
	}
	c.mesh.Delete()
	c.groups.Delete()
	for _, t := range c.targets {
		t.Delete()
	}
	for _, t := range c.all {
		t.Delete()
	}
}

// builder makes textures and targets until the first error.
type builder struct {
	canvas *canvas
	err    error
}

func (b *builder) texture(format gl.Format, width, height int, filter gl.Filter) *gl.Texture {
	if b.err != nil {
		return nil
	}
	var t *gl.Texture
	if t, b.err = gl.NewTexture(format, width, height, filter); b.err == nil {
		b.canvas.all = append(b.canvas.all, t)
	}
	return t
}

func (b *builder) target(depth *gl.Texture, colours ...*gl.Texture) *gl.Target {
	if b.err != nil {
		return nil
	}
	var t *gl.Target
	if t, b.err = gl.NewTarget(depth, colours...); b.err == nil {
		b.canvas.targets = append(b.canvas.targets, t)
	}
	return t
}
