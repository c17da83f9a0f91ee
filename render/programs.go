package render

import (
	"fmt"

	"github.com/virtualcube/virtualcube/render/gl"
	"github.com/virtualcube/virtualcube/render/shaders"
)

// programs are the renderer's shaders.
type programs struct {
	warp                 [2]*gl.Program // inner cells, border cells
	needed               *gl.Program
	halve, pyramid, fill *gl.Program
	fuse, weigh, colour  [Cameras]*gl.Program // by the number of cameras less one
	tileDepth, tileHalf  *gl.Program
	cover                *gl.Fill
}

// recipe says what a program is made of.
type recipe struct {
	into             **gl.Program
	name             string
	vertex, fragment []string // parts, see shaders.Source
	definitions      string
}

func (r recipe) build() error {
	vertex, err := shaders.Source(r.definitions, r.vertex...)
	if err != nil {
		return err
	}
	fragment, err := shaders.Source(r.definitions, r.fragment...)
	if err != nil {
		return err
	}
	*r.into, err = gl.NewProgram(r.name, vertex, fragment)
	return err
}

func newPrograms() (*programs, error) {
	p := &programs{cover: gl.NewFill()}
	cover, tiled := []string{"cover.vert"}, []string{"tiles.vert"}
	list := []recipe{
		{&p.pyramid, "pyramid", cover, []string{"pyramid.frag"}, "#define FIRST 0\n"},
		{&p.needed, "needed", cover, []string{"needed.frag"}, ""},
		{&p.halve, "pyramid base", tiled, []string{"pyramid.frag"}, "#define FIRST 1\n"},
		{&p.fill, "fill", tiled, []string{"fill.frag"}, ""},
		{&p.tileDepth, "depth tile", tiled, []string{"pack_layout.gen.glsl", "tile_depth.frag"}, ""},
		{&p.tileHalf, "half tile", tiled, []string{"tile_half.frag"}, ""},
	}
	for i := range p.warp {
		list = append(list, recipe{&p.warp[i], "warp", []string{"facing.glsl", "warp.vert"}, []string{"facing.glsl", "warp.frag"}, fmt.Sprintf("#define BORDER %d\n", i)})
	}
	for i := range p.fuse {
		count := fmt.Sprintf("#define COUNT %d\n", i+1)
		list = append(list,
			recipe{&p.fuse[i], "fuse", tiled, []string{"facing.glsl", "lens.glsl", "fuse.frag"}, count},
			recipe{&p.weigh[i], "weigh", tiled, []string{"lens.glsl", "visibility.glsl", "weigh.frag"}, count},
			recipe{&p.colour[i], "colour", tiled, []string{"lens.glsl", "pictures.glsl", "between.glsl", "colour.frag"}, count + "#define PICTURES 3\n"})
	}
	for _, want := range list {
		if err := want.build(); err != nil {
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
	for _, x := range append(append(append(p.fuse[:], p.weigh[:]...), p.colour[:]...), p.warp[0], p.warp[1], p.needed, p.halve, p.pyramid, p.fill, p.tileDepth, p.tileHalf) {
		x.Delete()
	}
	p.cover.Delete()
}
