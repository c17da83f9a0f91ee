package gl

import (
	"unsafe"

	gl45 "github.com/go-gl/gl/v4.5-core/gl"
)

// Block is the content of a uniform block, at most 64 KiB, which every OpenGL
// 4.5 reads.
type Block struct {
	id    uint32
	bytes int
}

// NewBlock makes a block of values that stay as they are, laid out as std140.
func NewBlock(values []float32) (*Block, error) {
	b := &Block{bytes: 4 * len(values)}
	gl45.CreateBuffers(1, &b.id)
	gl45.NamedBufferStorage(b.id, b.bytes, unsafe.Pointer(unsafe.SliceData(values)), 0)
	if err := Check("allocate uniform block"); err != nil {
		b.Delete()
		return nil, err
	}
	return b, nil
}

// Bind makes the block the one of a binding.
func (b *Block) Bind(binding int) {
	gl45.BindBufferRange(gl45.UNIFORM_BUFFER, uint32(binding), b.id, 0, b.bytes)
}

// Delete frees the block. It may be nil.
func (b *Block) Delete() {
	if b != nil {
		gl45.DeleteBuffers(1, &b.id)
	}
}
