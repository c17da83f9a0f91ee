package gl

import (
	"fmt"
	"unsafe"

	gl45 "github.com/go-gl/gl/v4.5-core/gl"
)

// Format is the type of a texture's texels.
type Format uint8

// Formats, named by channels and bits.
const (
	R8       Format = iota // 0..1
	RG8                    // 0..1
	RGBA8                  // 0..1
	R16                    // 0..1
	R32F                   // floats
	RGBA16F                // floats of 16 bits
	RG32F                  // floats
	Depth32F               // depth attachment, readable as 0..1
)

type formatInfo struct {
	internal, layout, kind uint32
	bytes                  int
}

var formats = [...]formatInfo{
	R8:       {gl45.R8, gl45.RED, gl45.UNSIGNED_BYTE, 1},
	RG8:      {gl45.RG8, gl45.RG, gl45.UNSIGNED_BYTE, 2},
	RGBA8:    {gl45.RGBA8, gl45.RGBA, gl45.UNSIGNED_BYTE, 4},
	R16:      {gl45.R16, gl45.RED, gl45.UNSIGNED_SHORT, 2},
	R32F:     {gl45.R32F, gl45.RED, gl45.FLOAT, 4},
	RGBA16F:  {gl45.RGBA16F, gl45.RGBA, gl45.HALF_FLOAT, 8},
	RG32F:    {gl45.RG32F, gl45.RG, gl45.FLOAT, 8},
	Depth32F: {gl45.DEPTH_COMPONENT32F, gl45.DEPTH_COMPONENT, gl45.FLOAT, 4},
}

// Texture is a two-dimensional texture, clamped at its edges.
type Texture struct {
	Format        Format
	Width, Height int
	id            uint32
}

// Filter says how a texture is sampled between texels.
type Filter uint8

// Filters.
const (
	Nearest Filter = iota
	Linear
)

// NewTexture allocates a texture with undefined content.
func NewTexture(format Format, width, height int, filter Filter) (*Texture, error) {
	t := &Texture{Format: format, Width: width, Height: height}
	gl45.CreateTextures(gl45.TEXTURE_2D, 1, &t.id)
	sampling := int32(gl45.NEAREST)
	if filter == Linear {
		sampling = gl45.LINEAR
	}
	gl45.TextureParameteri(t.id, gl45.TEXTURE_MIN_FILTER, sampling)
	gl45.TextureParameteri(t.id, gl45.TEXTURE_MAG_FILTER, sampling)
	gl45.TextureParameteri(t.id, gl45.TEXTURE_WRAP_S, gl45.CLAMP_TO_EDGE)
	gl45.TextureParameteri(t.id, gl45.TEXTURE_WRAP_T, gl45.CLAMP_TO_EDGE)
	gl45.TextureStorage2D(t.id, 1, formats[format].internal, int32(width), int32(height))
	if err := Check(fmt.Sprintf("allocate %dx%d texture", width, height)); err != nil {
		t.Delete()
		return nil, err
	}
	return t, nil
}

// Upload replaces the texture's texels from rows of stride bytes. The memory
// is borrowed for the call.
func (t *Texture) Upload(rows unsafe.Pointer, stride int) {
	t.UploadPart(0, 0, t.Width, t.Height, rows, stride)
}

// UploadPart replaces the texels of a rectangle from rows of stride bytes. The
// memory is borrowed for the call.
func (t *Texture) UploadPart(x, y, width, height int, rows unsafe.Pointer, stride int) {
	f := formats[t.Format]
	gl45.PixelStorei(gl45.UNPACK_ALIGNMENT, 1)
	gl45.PixelStorei(gl45.UNPACK_ROW_LENGTH, int32(stride/f.bytes))
	gl45.TextureSubImage2D(t.id, 0, int32(x), int32(y), int32(width), int32(height), f.layout, f.kind, rows)
	gl45.PixelStorei(gl45.UNPACK_ROW_LENGTH, 0)
}

// Bind makes the texture readable by samplers of the unit.
func (t *Texture) Bind(unit int) { gl45.BindTextureUnit(uint32(unit), t.id) }

// Read waits for drawing to end and copies the texels into memory that holds
// Width*Height of them.
func (t *Texture) Read(into unsafe.Pointer, bytes int) {
	f := formats[t.Format]
	gl45.PixelStorei(gl45.PACK_ALIGNMENT, 1)
	gl45.GetTextureImage(t.id, 0, f.layout, f.kind, int32(bytes), into)
}

// Delete frees the texture. It may be nil.
func (t *Texture) Delete() {
	if t != nil {
		gl45.DeleteTextures(1, &t.id)
	}
}
