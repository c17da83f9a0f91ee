package render

import (
	"fmt"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/render/gl"
	"github.com/virtualcube/virtualcube/render/learned"
)

// fours is how many textures the features of the learned blend take.
const fours = learned.Features / 4

// judged is what the learned blend draws on, beside the canvas.
type judged struct {
	nearer   *gl.Target  // the canvas's distance
	grown    *gl.Texture // normal, matte, beyond the surface too
	reached  *gl.Texture // metres, R32F
	rim      *gl.Texture // quality, nearness
	grow     *gl.Target
	features [fours]*gl.Texture // see features.frag
	describe *gl.Target
	channels [2][]*gl.Texture // of the layer before, of this one
	layers   [2]*gl.Target
}

func newJudged(b *builder, network *learned.Network) *judged {
	j := &judged{}
	width, height := b.canvas.width, b.canvas.height
	j.nearer = b.target(nil, b.canvas.distance)
	j.grown = b.texture(gl.RGBA8, width, height, gl.Nearest)
	j.reached = b.texture(gl.R32F, width, height, gl.Nearest)
	j.rim = b.texture(gl.RG8, width, height, gl.Nearest)
	j.grow = b.target(nil, j.grown, j.reached, j.rim)
	for i := range j.features {
		j.features[i] = b.texture(gl.RGBA16F, width, height, gl.Nearest)
	}
	j.describe = b.target(nil, j.features[:]...)
	for i := range j.channels {
		for range network.Width() / 4 {
			j.channels[i] = append(j.channels[i], b.texture(gl.RGBA16F, width, height, gl.Nearest))
		}
		j.layers[i] = b.target(nil, j.channels[i]...)
	}
	return j
}

// Textures of the features.
const (
	featureCameras = 0 // and the three behind it
	featurePlace   = 6
	featureBlend   = 7
)

// judges are the programs and weights of the learned blend.
type judges struct {
	nearer   *gl.Program
	grow     *gl.Program
	features [Cameras]*gl.Program // by the number of cameras less one
	layers   []*gl.Program
	blocks   []*gl.Block
}

func newJudges(n *learned.Network) (*judges, error) {
	j := &judges{layers: make([]*gl.Program, len(n.Layers)), blocks: make([]*gl.Block, len(n.Layers))}
	tiled := []string{"tiles.vert"}
	list := []recipe{
		{&j.nearer, "nearer", tiled, []string{"nearer.frag"}, ""},
		{&j.grow, "grow", tiled, []string{"grow.frag"}, ""},
	}
	for i := range j.features {
		list = append(list, recipe{&j.features[i], "features", tiled,
			[]string{"lens.glsl", "visibility.glsl", "pictures.glsl", "between.glsl", "features.frag"},
			fmt.Sprintf("#define COUNT %d\n#define PICTURES 7\n#define CUBIC\n#define WHOLE\n", i+1)})
	}
	last := len(n.Layers) - 1
	for i, l := range n.Layers {
		part := "layer.frag"
		if i == last {
			part = "learned.frag"
		}
		list = append(list, recipe{&j.layers[i], part, tiled, []string{part}, fmt.Sprintf("#define IN %d\n#define OUT %d\n", l.In/4, l.Out/4)})
	}
	for _, want := range list {
		if err := want.build(); err != nil {
			j.delete()
			return nil, fmt.Errorf("make learned blend: %w", err)
		}
	}
	for i, l := range n.Layers {
		var err error
		if j.blocks[i], err = gl.NewBlock(l.Values); err != nil {
			j.delete()
			return nil, fmt.Errorf("make learned blend: layer %d: %w", i+1, err)
		}
	}
	return j, nil
}

func (j *judges) delete() {
	if j == nil {
		return
	}
	for _, p := range append(append(j.features[:], j.layers...), j.nearer, j.grow) {
		p.Delete()
	}
	for _, b := range j.blocks {
		b.Delete()
	}
}

// describe draws the features of the learned blend.
func (g *gpu) describe(r *Renderer, set *capture.FrameSet, canvas *canvas, picks []pick, target space.Camera) {
	j := canvas.learned
	g.judges.nearer.Use()
	canvas.tiled(g.judges.nearer, 0.5)
	canvas.reached.Bind(0)
	j.nearer.Clear([4]float32{})
	j.nearer.DrawAll()
	canvas.mesh.Draw()

	g.judges.grow.Use()
	canvas.tiled(g.judges.grow, 1)
	canvas.fused.Bind(0)
	canvas.reached.Bind(1)
	canvas.layer.Bind(2)
	j.grow.Clear([4]float32{})
	j.grow.DrawAll()
	canvas.mesh.Draw()

	p := g.judges.features[len(picks)-1]
	p.Use()
	canvas.tiled(p, 1)
	setView(p, target.Lens)
	j.grown.Bind(0)
	j.reached.Bind(1)
	j.rim.Bind(6)
	for n, pick := range picks {
		c := r.cameras[pick.camera]
		g.see(p, n, c, pick.share, target)
		g.paint(p, n, c, set.Frames[pick.camera], r.harmony.tint(pick.camera))
		g.cameras[pick.camera].shadow.Bind(2 + n)
		g.cameras[pick.camera].picture.Bind(7 + n)
	}
	j.describe.Clear([4]float32{})
	j.describe.DrawAll()
	canvas.mesh.Draw()
}

// judge paints the surface by the learned blend, from the features.
func (g *gpu) judge(canvas *canvas) {
	j := canvas.learned
	inputs := j.features[:]
	last := len(g.judges.layers) - 1
	for i, p := range g.judges.layers {
		p.Use()
		canvas.tiled(p, 1)
		g.judges.blocks[i].Bind(0)
		for n, t := range inputs {
			t.Bind(n)
		}
		target := canvas.blend
		if i < last {
			j.features[featurePlace].Bind(8)
			target = j.layers[i%2]
			inputs = j.channels[i%2]
		} else {
			for n := range Cameras {
				j.features[featureCameras+n].Bind(8 + n)
			}
			j.features[featurePlace].Bind(12)
			j.features[featureBlend].Bind(13)
		}
		target.Clear([4]float32{})
		target.DrawAll()
		canvas.mesh.Draw()
	}
}
