package gl_test

import (
	"strings"
	"testing"
	"unsafe"

	"github.com/virtualcube/virtualcube/render/gl"
)

// TestBlockIsRead draws what a block holds, into floats of 16 bits.
func TestBlockIsRead(t *testing.T) {
	const vertex = "#version 450 core\nvoid main() { gl_Position = vec4(gl_VertexID == 1 ? 3.0 : -1.0, gl_VertexID == 2 ? 3.0 : -1.0, 0.0, 1.0); }"
	const fragment = "#version 450 core\nlayout(std140, binding = 1) uniform Values { mat4 m; vec4 v; };\nlayout(location = 0) out vec4 c;\nvoid main() { c = m * vec4(0.0, 1.0, 0.0, 0.0) + v; }"
	values := make([]float32, 20)
	copy(values[4:], []float32{1, 2, 3, 4}) // the second column
	copy(values[16:], []float32{0.5, 0, 0, -6})
	err := open(t).Do(t.Context(), func() error {
		texture, err := gl.NewTexture(gl.RGBA16F, 4, 4, gl.Nearest)
		if err != nil {
			return err
		}
		defer texture.Delete()
		target, err := gl.NewTarget(nil, texture)
		if err != nil {
			return err
		}
		defer target.Delete()
		program, err := gl.NewProgram("block", vertex, fragment)
		if err != nil {
			return err
		}
		defer program.Delete()
		block, err := gl.NewBlock(values)
		if err != nil {
			return err
		}
		defer block.Delete()
		fill := gl.NewFill()
		defer fill.Delete()
		program.Use()
		block.Bind(1)
		target.DrawAll()
		fill.Draw()
		var got [4 * 16]uint16
		texture.Read(unsafe.Pointer(&got[0]), 2*len(got))
		if want := [4]uint16{0x3e00, 0x4000, 0x4200, 0xc000}; [4]uint16(got[60:]) != want { // 1.5, 2, 3, -2
			t.Errorf("drawn %x, want %x", got[60:], want)
		}
		return gl.Check("draw a block")
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestBlockRefusesTooMuch(t *testing.T) {
	err := open(t).Do(t.Context(), func() error {
		_, err := gl.NewBlock(make([]float32, 1<<24))
		return err
	})
	if err == nil || !strings.Contains(err.Error(), "room for") {
		t.Errorf("a block of 64 MiB: %v", err)
	}
}
