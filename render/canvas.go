package render

import (
	"github.com/virtualcube/virtualcube/render/gl"
)

// pyramidLevels is 1/2 to 1/64 of the view's size.
const pyramidLevels = 6

// canvas is what one size of view is drawn on.
type canvas struct {
	width, height int
	layers        [Cameras]layer
	blended       *gl.Texture // Y, Cb, Cr, matte
	distance      *gl.Texture // metres, R32F
	blend         *gl.Target
	levels        [pyramidLevels]level
	picture       *gl.Texture // filled: Y, Cb, Cr, matte
	fill          *gl.Target
	squares       *tiles
	mesh          *gl.Mesh // of the squares
	all           []*gl.Texture
	targets       []*gl.Target
}

type layer struct {
	colour, depth *gl.Texture
	target        *gl.Target
}

type level struct {
	colour, distance *gl.Texture
	target           *gl.Target
}

func newCanvas(width, height int) (*canvas, error) {
	c := &canvas{width: width, height: height, squares: newTiles(width, height), mesh: gl.NewMesh()}
	b := builder{canvas: c}
	for i := range c.layers {
		l := &c.layers[i]
		l.colour = b.texture(gl.RGBA8, width, height, gl.Nearest)
		l.depth = b.texture(gl.Depth32F, width, height, gl.Nearest)
		l.target = b.target(l.depth, l.colour)
	}
	c.blended = b.texture(gl.RGBA8, width, height, gl.Nearest)
	c.distance = b.texture(gl.R32F, width, height, gl.Nearest)
	c.blend = b.target(nil, c.blended, c.distance)
	w, h := width, height
	for i := range c.levels {
		w, h = max(1, w/2), max(1, h/2)
		l := &c.levels[i]
		l.colour = b.texture(gl.RGBA8, w, h, gl.Linear)
		l.distance = b.texture(gl.R32F, w, h, gl.Nearest)
		l.target = b.target(nil, l.colour, l.distance)
	}
	c.picture = b.texture(gl.RGBA8, width, height, gl.Linear)
	c.fill = b.target(nil, c.picture)
	if b.err != nil {
		c.delete()
		return nil, b.err
	}
	return c, nil
}

func (c *canvas) delete() {
	if c == nil {
		return
	}
	c.mesh.Delete()
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
