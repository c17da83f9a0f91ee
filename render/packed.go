package render

import (
	"github.com/virtualcube/virtualcube/render/gl"
	"github.com/virtualcube/virtualcube/render/pack"
)

// packed is the I420 picture on its way from the GPU: luma rows, below them U
// and V side by side.
type packed struct {
	texture  *gl.Texture
	target   *gl.Target
	readback *gl.Readback
	size     int // bytes
}

func (g *gpu) pack(l pack.Layout) (*packed, error) {
	if g.packed != nil {
		return g.packed, nil
	}
	w, h := l.FrameWidth(), l.FrameHeight()
	p := &packed{size: w * (h + h/2)}
	var err error
	if p.texture, err = gl.NewTexture(gl.R8, w, h+h/2, gl.Nearest); err != nil {
		return nil, err
	}
	if p.target, err = gl.NewTarget(nil, p.texture); err != nil {
		p.texture.Delete()
		return nil, err
	}
	p.readback = gl.NewReadback(p.size)
	g.packed = p
	return p, nil
}

// draw packs the canvas.
func (p *packed) draw(programs *programs, c *canvas, l pack.Layout, near, far float64) {
	s := programs.pack
	s.Use()
	s.Ints("size", int32(l.Width), int32(l.Height))
	s.Ints("rows", int32(l.FrameHeight()))
	s.Floats("inverse", 1/near, 1/far)
	c.picture.Bind(0)
	for i := range c.levels {
		c.levels[i].distance.Bind(1 + i)
	}
	p.target.DrawAll()
	programs.cover.Draw()
}

func (p *packed) delete() {
	if p != nil {
		p.target.Delete()
		p.texture.Delete()
		p.readback.Delete()
	}
}
