package gl

import (
	"unsafe"

	gl45 "github.com/go-gl/gl/v4.5-core/gl"
)

// Mesh is an indexed list of triangles or points whose vertices are four unsigned 16-bit
// integers each, read by a shader as uvec4 at location 0.
type Mesh struct {
	array, vertices, indices      uint32
	vertexCapacity, indexCapacity int
	count                         int32
	mode                          uint32
}

// NewMesh makes an empty mesh.
func NewMesh() *Mesh {
	m := &Mesh{mode: gl45.TRIANGLES}
	gl45.CreateVertexArrays(1, &m.array)
	gl45.EnableVertexArrayAttrib(m.array, 0)
	gl45.VertexArrayAttribIFormat(m.array, 0, 4, gl45.UNSIGNED_SHORT, 0)
	gl45.VertexArrayAttribBinding(m.array, 0, 0)
	gl45.CreateBuffers(1, &m.vertices)
	gl45.CreateBuffers(1, &m.indices)
	gl45.VertexArrayVertexBuffer(m.array, 0, m.vertices, 0, 8)
	gl45.VertexArrayElementBuffer(m.array, m.indices)
	return m
}

// NewPoints makes an empty list of points, whose sizes the vertex shader gives.
func NewPoints() *Mesh {
	m := NewMesh()
	m.mode = gl45.POINTS
	gl45.Enable(gl45.PROGRAM_POINT_SIZE)
	return m
}

// Upload replaces the mesh. The memory is borrowed for the call.
func (m *Mesh) Upload(vertices [][4]uint16, indices []uint32) {
	m.count = int32(len(indices))
	if m.count == 0 {
		return
	}
	m.vertexCapacity = fill(m.vertices, m.vertexCapacity, unsafe.Pointer(&vertices[0]), 8*len(vertices))
	m.indexCapacity = fill(m.indices, m.indexCapacity, unsafe.Pointer(&indices[0]), 4*len(indices))
}

// fill writes a buffer, growing it by halves so that growth is rare.
func fill(buffer uint32, capacity int, data unsafe.Pointer, size int) int {
	if size > capacity {
		capacity = size + size/2
		gl45.NamedBufferData(buffer, capacity, nil, gl45.STREAM_DRAW)
	}
	gl45.NamedBufferSubData(buffer, 0, size, data)
	return capacity
}

// Draw draws all triangles.
func (m *Mesh) Draw() { m.DrawRange(0, int(m.count)) }

// DrawRange draws the triangles of indices from up to, not including, to.
func (m *Mesh) DrawRange(from, to int) {
	if from >= to {
		return
	}
	gl45.BindVertexArray(m.array)
	gl45.DrawElementsWithOffset(m.mode, int32(to-from), gl45.UNSIGNED_INT, uintptr(4*from))
}

// Delete frees the mesh. It may be nil.
func (m *Mesh) Delete() {
	if m != nil {
		gl45.DeleteVertexArrays(1, &m.array)
		gl45.DeleteBuffers(1, &m.vertices)
		gl45.DeleteBuffers(1, &m.indices)
	}
}

// Fill draws one triangle that covers the viewport; the vertex shader makes it
// from gl_VertexID 0 to 2.
type Fill struct{ array uint32 }

// NewFill makes what Draw needs.
func NewFill() *Fill {
	f := &Fill{}
	gl45.CreateVertexArrays(1, &f.array)
	return f
}

// Draw covers the viewport.
func (f *Fill) Draw() {
	gl45.BindVertexArray(f.array)
	gl45.DrawArrays(gl45.TRIANGLES, 0, 3)
}

// Delete frees it. It may be nil.
func (f *Fill) Delete() {
	if f != nil {
		gl45.DeleteVertexArrays(1, &f.array)
	}
}
