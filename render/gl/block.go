package gl

import (
	"fmt"
	"unsafe"

	gl45 "github.com/go-gl/gl/v4.5-core/gl"
)

// Block is the content of a uniform block. OpenGL 4.5 promises 16 KiB; drivers
// of today take 64 KiB.
type Block struct {
	id    uint32
	bytes int
}

// NewBlock makes a block of values that stay as they are, laid out as std140. It
// fails where they are more than the driver takes.
func NewBlock(values []float32) (*Block, error) {
	var most int32
	if gl45.GetIntegerv(gl45.MAX_UNIFORM_BLOCK_SIZE, &most); 4*len(values) > int(most) {
		return nil, fmt.Errorf("allocate uniform block: it takes %d bytes, this OpenGL has room for %d", 4*len(values), most)
	}
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
