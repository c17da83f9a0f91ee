package render

import (
	"fmt"

	"github.com/virtualcube/virtualcube/render/gl"
	"github.com/virtualcube/virtualcube/render/shaders"
)

// programs are the renderer's shaders.
type programs struct {
	occlude, warp, blend, pyramid, fill, pack *gl.Program
	cover                                     *gl.Fill
}

func newPrograms() (*programs, error) {
	p := &programs{cover: gl.NewFill()}
	for _, want := range []struct {
		into             **gl.Program
		name             string
		vertex, fragment []string
	}{
		{&p.occlude, "occlude", []string{"mesh.glsl", "occlude.vert"}, []string{"occlude.frag"}},
		{&p.warp, "warp", []string{"mesh.glsl", "warp.vert"}, []string{"warp.frag"}},
		{&p.blend, "blend", []string{"cover.vert"}, []string{"blend.frag"}},
		{&p.pyramid, "pyramid", []string{"cover.vert"}, []string{"pyramid.frag"}},
		{&p.fill, "fill", []string{"cover.vert"}, []string{"fill.frag"}},
		{&p.pack, "pack", []string{"cover.vert"}, []string{"pack_layout.gen.glsl", "pack.frag"}},
	} {
		vertex, err := shaders.Source(want.vertex...)
		if err != nil {
			return nil, err
		}
		fragment, err := shaders.Source(want.fragment...)
		if err != nil {
			return nil, err
		}
		if *want.into, err = gl.NewProgram(want.name, vertex, fragment); err != nil {
			p.delete()
			return nil, fmt.Errorf("make renderer: %w", err)
		}
	}
	return p, nil
}

func (p *programs) delete() {
	if p == nil {
		return
	}
	for _, x := range []*gl.Program{p.occlude, p.warp, p.blend, p.pyramid, p.fill, p.pack} {
		x.Delete()
	}
	p.cover.Delete()
}
