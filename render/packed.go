package render

import (
	"github.com/virtualcube/virtualcube/render/gl"
	"github.com/virtualcube/virtualcube/render/pack"
)

// packed is the I420 picture of the canvas on its way from the GPU: luma rows,
// below them U and V side by side. The canvas's fill draws the colour tile's
// luma; the strip's rows are the processor's.
type packed struct {
	layout   pack.Layout
	texture  *gl.Texture
	target   *gl.Target
	fill     *gl.Target // the canvas's picture, and this texture
	readback *gl.Readback
	size     int // bytes
}

func newPacked(l pack.Layout, c *canvas) (*packed, error) {
	w, h := l.FrameWidth(), l.FrameHeight()
	p := &packed{layout: l, size: w * (h + h/2)}
	var err error
	if p.texture, err = gl.NewTexture(gl.R8, w, h+h/2, gl.Nearest); err != nil {
		return nil, err
	}
	if p.target, err = gl.NewTarget(nil, p.texture); err != nil {
		p.delete()
		return nil, err
	}
	if p.fill, err = gl.NewTarget(nil, c.picture, p.texture); err != nil {
		p.delete()
		return nil, err
	}
	p.readback = gl.NewReadback(p.size)
	// Chroma beside the tiles without colour stays neutral for ever.
	p.target.Clear([4]float32{pack.Neutral / 255.0})
	return p, nil
}

// draw packs the canvas, whose fill was drawn into p.fill.
func (p *packed) draw(programs *programs, c *canvas, near, far float64) {
	l := p.layout
	s := programs.tileDepth
	s.Use()
	s.Floats("inverse", 1/near, 1/far)
	s.Ints("count", pyramidLevels)
	for i := range c.levels {
		c.levels[i].distance.Bind(i)
	}
	s.Ints("origin", int32(l.Depth().X), int32(l.Depth().Y))
	p.squares(c, s, l.Depth(), pack.DepthFar)

	s = programs.tileHalf
	s.Use()
	c.picture.Bind(0)
	s.Floats("channel", 0, 0, 0, 1)
	s.Floats("range", (pack.MatteOne-pack.MatteZero)/255.0, pack.MatteZero/255.0)
	p.half(c, s, l.Matte(), pack.MatteZero)
	s.Floats("range", 1, 0)
	chroma := pack.Rect{Y: l.FrameHeight(), Width: l.Width / 2, Height: l.Height / 2}
	s.Floats("channel", 0, 1, 0, 0)
	p.half(c, s, chroma, pack.Neutral)
	chroma.X = l.Width / 2
	s.Floats("channel", 0, 0, 1, 0)
	p.half(c, s, chroma, pack.Neutral)
}

// half draws a tile of half the view's size.
func (p *packed) half(c *canvas, s *gl.Program, r pack.Rect, background int) {
	s.Floats("origin", float64(r.X), float64(r.Y))
	p.squares(c, s, r, background)
}

// squares draws a tile where the person may be, the background's code elsewhere.
func (p *packed) squares(c *canvas, s *gl.Program, r pack.Rect, background int) {
	c.tiled(s, 0.5)
	p.target.Draw(r.X, r.Y, r.Width, r.Height)
	gl.ClearRect(r.X, r.Y, r.Width, r.Height, [4]float32{float32(background) / 255})
	c.mesh.Draw()
}

func (p *packed) delete() {
	if p != nil {
		p.fill.Delete()
		p.target.Delete()
		p.texture.Delete()
		p.readback.Delete()
	}
}
