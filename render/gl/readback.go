package gl

import (
	"errors"
	"fmt"
	"time"
	"unsafe"

	gl45 "github.com/go-gl/gl/v4.5-core/gl"
)

// Readback copies a texture to memory without stalling the thread: Start
// queues the copy behind what was drawn, Wait takes it.
type Readback struct {
	buffer uint32
	size   int
	fence  uintptr
}

// NewReadback makes one for textures of up to size bytes.
func NewReadback(size int) *Readback {
	r := &Readback{size: size}
	gl45.CreateBuffers(1, &r.buffer)
	gl45.NamedBufferStorage(r.buffer, size, nil, gl45.MAP_READ_BIT|gl45.CLIENT_STORAGE_BIT)
	return r
}

// Start queues the copy of t.
func (r *Readback) Start(t *Texture) {
	f := formats[t.Format]
	gl45.BindBuffer(gl45.PIXEL_PACK_BUFFER, r.buffer)
	gl45.PixelStorei(gl45.PACK_ALIGNMENT, 1)
	gl45.GetTextureImage(t.id, 0, f.layout, f.kind, int32(r.size), nil)
	gl45.BindBuffer(gl45.PIXEL_PACK_BUFFER, 0)
	r.drop()
	r.fence = gl45.FenceSync(gl45.SYNC_GPU_COMMANDS_COMPLETE, 0)
	gl45.Flush()
}

// ErrReadback is wrapped where the copy does not end in time.
var ErrReadback = errors.New("GPU does not finish")

// Wait waits at most limit for the copy and fills into, which holds at most the
// size given to NewReadback.
func (r *Readback) Wait(into []byte, limit time.Duration) error {
	switch gl45.ClientWaitSync(r.fence, gl45.SYNC_FLUSH_COMMANDS_BIT, uint64(limit)) {
	case gl45.ALREADY_SIGNALED, gl45.CONDITION_SATISFIED:
	default:
		return fmt.Errorf("read picture back within %v: %w", limit, ErrReadback)
	}
	r.drop()
	p := gl45.MapNamedBufferRange(r.buffer, 0, len(into), gl45.MAP_READ_BIT)
	if p == nil {
		return fmt.Errorf("map readback buffer: %w", errors.Join(ErrReadback, Check("map")))
	}
	copy(into, unsafe.Slice((*byte)(p), len(into)))
	gl45.UnmapNamedBuffer(r.buffer)
	return nil
}

func (r *Readback) drop() {
	if r.fence != 0 {
		gl45.DeleteSync(r.fence)
		r.fence = 0
	}
}

// Delete frees it. It may be nil.
func (r *Readback) Delete() {
	if r != nil {
		r.drop()
		gl45.DeleteBuffers(1, &r.buffer)
	}
}
