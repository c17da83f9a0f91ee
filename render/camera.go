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
	mesher   *mesher
}

func newCamera(c capture.Camera, volume space.Box) *camera {
	r := rays(c.Depth.Lens)
	return &camera{
		Camera:   c,
		rays:     r,
		toColour: c.Colour.Pose.Inverse().Mul(c.Depth.Pose),
		mesher:   newMesher(c.Depth, volume, r),
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

// occluderScale is colour pixels along one pixel of the occlusion picture.
const occluderScale = 4

// textures is what the renderer keeps of one camera on the GPU.
type textures struct {
	rays, mask, luma, chroma, occluder *gl.Texture
	occlusion                          *gl.Target
	mesh                               *gl.Mesh
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
		{&t.luma, gl.R8, l.Width, l.Height, gl.Linear},
		{&t.chroma, gl.RG8, l.Width / 2, l.Height / 2, gl.Linear},
		{&t.occluder, gl.Depth32F, (l.Width + occluderScale - 1) / occluderScale, (l.Height + occluderScale - 1) / occluderScale, gl.Nearest},
	} {
		texture, err := gl.NewTexture(want.format, want.width, want.height, want.filter)
		if err != nil {
			t.delete()
			return nil, fmt.Errorf("camera %q: %w", c.Name, err)
		}
		*want.into = texture
	}
	t.rays.Upload(unsafe.Pointer(&c.rays[0]), 8*d.Width)
	var err error
	if t.occlusion, err = gl.NewTarget(t.occluder); err != nil {
		t.delete()
		return nil, fmt.Errorf("camera %q: %w", c.Name, err)
	}
	return t, nil
}

// upload hands one frame and its mesh to the GPU.
func (t *textures) upload(c *camera, f *capture.Frame) {
	t.mask.Upload(unsafe.Pointer(&c.mesher.mask[0]), c.mesher.width)
	t.luma.Upload(unsafe.Pointer(&f.Colour.Planes[0][0]), f.Colour.Strides[0])
	t.chroma.Upload(unsafe.Pointer(&f.Colour.Planes[1][0]), f.Colour.Strides[1])
	t.mesh.Upload(c.mesher.vertices, c.mesher.indices)
}

func (t *textures) delete() {
	for _, x := range []*gl.Texture{t.rays, t.mask, t.luma, t.chroma, t.occluder} {
		x.Delete()
	}
	t.occlusion.Delete()
	t.mesh.Delete()
}

// setLens sets the uniforms of a Lens.
func setLens(p *gl.Program, name string, l space.Lens) {
	p.Floats(name+".focal", l.Fx, l.Fy)
	p.Floats(name+".centre", l.Cx, l.Cy)
	p.Floats(name+".size", float64(l.Width), float64(l.Height))
	p.Floats(name+".numerator", l.K[0], l.K[1], l.K[2])
	p.Floats(name+".denominator", l.K[3], l.K[4], l.K[5])
	p.Floats(name+".tangential", l.P1, l.P2)
}

// setRigid sets a mat3 and a vec3 called name and nameT.
func setRigid(p *gl.Program, name string, r space.Rigid) {
	p.Matrix3(name, r.R)
	p.Floats(name+"T", r.T.X, r.T.Y, r.T.Z)
}
