package gl

import (
	"fmt"

	gl45 "github.com/go-gl/gl/v4.5-core/gl"
)

// Target is a framebuffer: colour textures and perhaps a depth texture, all of
// one size. It does not own them.
type Target struct {
	Width, Height int
	id            uint32
	colours       int
}

// NewTarget makes a framebuffer. depth may be nil.
func NewTarget(depth *Texture, colours ...*Texture) (*Target, error) {
	t := &Target{colours: len(colours)}
	gl45.CreateFramebuffers(1, &t.id)
	var buffers []uint32
	for i, c := range colours {
		attachment := uint32(gl45.COLOR_ATTACHMENT0 + i)
		gl45.NamedFramebufferTexture(t.id, attachment, c.id, 0)
		buffers = append(buffers, attachment)
		t.Width, t.Height = c.Width, c.Height
	}
	if depth != nil {
		gl45.NamedFramebufferTexture(t.id, gl45.DEPTH_ATTACHMENT, depth.id, 0)
		t.Width, t.Height = depth.Width, depth.Height
	}
	if len(buffers) > 0 {
		gl45.NamedFramebufferDrawBuffers(t.id, int32(len(buffers)), &buffers[0])
	}
	if status := gl45.CheckNamedFramebufferStatus(t.id, gl45.FRAMEBUFFER); status != gl45.FRAMEBUFFER_COMPLETE {
		t.Delete()
		return nil, fmt.Errorf("make framebuffer: incomplete, status 0x%04x", status)
	}
	return t, nil
}

// Draw makes the target current over a rectangle of its pixels.
func (t *Target) Draw(x, y, width, height int) {
	gl45.BindFramebuffer(gl45.FRAMEBUFFER, t.id)
	gl45.Viewport(int32(x), int32(y), int32(width), int32(height))
	gl45.Disable(gl45.CULL_FACE)
	gl45.Disable(gl45.DEPTH_TEST)
}

// DrawAll makes the whole target current.
func (t *Target) DrawAll() { t.Draw(0, 0, t.Width, t.Height) }

// Clear sets every colour texture to the value and depth to its farthest.
func (t *Target) Clear(value [4]float32) {
	gl45.BindFramebuffer(gl45.FRAMEBUFFER, t.id)
	for i := range t.colours {
		gl45.ClearBufferfv(gl45.COLOR, int32(i), &value[0])
	}
	far := float32(1)
	gl45.DepthMask(true)
	gl45.ClearBufferfv(gl45.DEPTH, 0, &far)
}

// ClearRect sets a rectangle of every colour texture of the target made current
// last.
func ClearRect(x, y, width, height int, value [4]float32) {
	gl45.Enable(gl45.SCISSOR_TEST)
	gl45.Scissor(int32(x), int32(y), int32(width), int32(height))
	gl45.ClearColor(value[0], value[1], value[2], value[3])
	gl45.Clear(gl45.COLOR_BUFFER_BIT)
	gl45.Disable(gl45.SCISSOR_TEST)
}

// TestDepth keeps the nearest fragment and drops triangles that are seen from
// behind, for the target made current last.
func TestDepth() {
	gl45.Enable(gl45.DEPTH_TEST)
	gl45.DepthFunc(gl45.LESS)
	gl45.DepthMask(true)
	gl45.Enable(gl45.CULL_FACE)
	gl45.CullFace(gl45.BACK)
	// Rows run downwards, so a front face that winds clockwise in the picture
	// winds counter-clockwise for OpenGL.
	gl45.FrontFace(gl45.CCW)
}

// Delete frees the framebuffer, not its textures. It may be nil.
func (t *Target) Delete() {
	if t != nil {
		gl45.DeleteFramebuffers(1, &t.id)
	}
}
