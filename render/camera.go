package render

import (
	"fmt"
	"unsafe"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/render/gl"
)

// camera is what the renderer keeps of one camera of the rig on the CPU.
type camera struct {
	capture.Camera
	rays     []float32   // of the depth lens, x and y a pixel
	toColour space.Rigid // depth camera to colour camera
	surface  *surface
	shadow   *shadow
	mesher   *mesher
	sharpen  int     // see sharpening
	picture  []uint8 // Y, Cb, Cr and nothing, sharpened, where the person is
	person   box     // in the colour picture

	// What of the frame that surface observed last is done.
	observed frameID
	somebody bool // is seen in it
	meshed   bool
	painted  bool
}

func newCamera(c capture.Camera, volume space.Box, sharpen int) *camera {
	r := rays(c.Depth.Lens)
	s := newSurface(c.Depth, volume, r)
	return &camera{
		Camera:   c,
		rays:     r,
		toColour: c.Colour.Pose.Inverse().Mul(c.Depth.Pose),
		surface:  s,
		shadow:   newShadow(c.Depth.Lens, c.Colour.Lens),
		mesher:   newMesher(s),
		sharpen:  sharpen,
		picture:  make([]uint8, 4*c.Colour.Lens.Width*c.Colour.Lens.Height),
	}
}

// frameID tells frames of one camera apart.
type frameID struct {
	sequence uint64
	captured capture.Time
	set      bool
}

func idOf(f *capture.Frame) frameID { return frameID{f.Sequence, f.Captured, true} }

// observe takes in the frame's depth, once.
func (c *camera) observe(f *capture.Frame) {
	if id := idOf(f); id != c.observed {
		c.observed, c.meshed, c.painted = id, false, false
		c.somebody = c.surface.observe(f)
	}
}

// mesh covers the surface of the frame that was observed, once.
func (c *camera) mesh() {
	if !c.meshed {
		c.mesher.mesh()
		c.meshed = true
	}
}

// paint makes what colour needs of the frame that was observed, once: the
// shadow and the sharpened picture.
func (c *camera) paint(f *capture.Frame) {
	if !c.painted {
		c.shadow.cast(c)
		c.person = c.shadow.sharpen(f.Colour, c.sharpen, c.picture)
		c.painted = true
	}
}

// accept refuses pictures that do not fit the calibration.
func (c *camera) accept(f *capture.Frame) error {
	if f.Depth.Width != c.Depth.Lens.Width || f.Depth.Height != c.Depth.Lens.Height {
		return fmt.Errorf("camera %q: depth of %dx%d, calibrated for %dx%d", c.Name, f.Depth.Width, f.Depth.Height, c.Depth.Lens.Width, c.Depth.Lens.Height)
	}
	if f.Colour.Format != capture.NV12 || f.Colour.Width != c.Colour.Lens.Width || f.Colour.Height != c.Colour.Lens.Height {
		return fmt.Errorf("camera %q: colour is %v %dx%d, the renderer takes NV12 of the calibrated %dx%d", c.Name, f.Colour.Format, f.Colour.Width, f.Colour.Height, c.Colour.Lens.Width, c.Colour.Lens.Height)
	}
	return nil
}

// textures is what the renderer keeps of one camera on the GPU.
type textures struct {
	rays, mask, surface, picture, shadow *gl.Texture

	mesh *gl.Mesh

	// The frames of which this holds the surface and mesh, and the colour and
	// shadow.
	geometry, colour frameID
}

func newTextures(c *camera) (*textures, error) {
	t := &textures{mesh: gl.NewMesh()}
	d, l := c.Depth.Lens, c.Colour.Lens
	for _, want := range []struct {
		into          **gl.Texture
		format        gl.Format
		width, height int
		filter        gl.Filter
	}{
		{&t.rays, gl.RG32F, d.Width, d.Height, gl.Nearest},
		{&t.mask, gl.R8, d.Width, d.Height, gl.Linear},
		{&t.surface, gl.R16, d.Width, d.Height, gl.Nearest},
		{&t.picture, gl.RGBA8, l.Width, l.Height, gl.Linear},
		{&t.shadow, gl.R16, c.shadow.width, c.shadow.height, gl.Nearest},
	} {
		texture, err := gl.NewTexture(want.format, want.width, want.height, want.filter)
		if err != nil {
			t.delete()
			return nil, fmt.Errorf("camera %q: %w", c.Name, err)
		}
		*want.into = texture
	}
	t.rays.Upload(unsafe.Pointer(&c.rays[0]), 8*d.Width)
	return t, nil
}

// uploadGeometry hands the camera's surface and mesh to the GPU, once a frame.
func (t *textures) uploadGeometry(c *camera) {
	if t.geometry != c.observed {
		t.geometry = c.observed
		t.mask.Upload(unsafe.Pointer(&c.surface.mask[0]), c.surface.width)
		t.surface.Upload(unsafe.Pointer(&c.surface.depth[0]), 2*c.surface.width)
		t.mesh.Upload(c.mesher.vertices, c.mesher.indices)
	}
}

// uploadColour hands the camera's shadow and colours to the GPU, once a frame.
func (t *textures) uploadColour(c *camera) {
	if t.colour == c.observed {
		return
	}
	t.colour = c.observed
	t.shadow.Upload(unsafe.Pointer(&c.shadow.depth[0]), 2*c.shadow.width)
	if b, w := c.person, c.Colour.Lens.Width; !b.empty() {
		t.picture.UploadPart(b.x0, b.y0, b.x1-b.x0, b.y1-b.y0, unsafe.Pointer(&c.picture[4*(b.y0*w+b.x0)]), 4*w)
	}
}

func (t *textures) delete() {
	for _, x := range []*gl.Texture{t.rays, t.mask, t.surface, t.picture, t.shadow} {
		x.Delete()
	}
	t.mesh.Delete()
}
